"""The page of the map, in order: title, controls, map or maps, months, card, table."""

from dataclasses import replace

import streamlit as st

from lib.analysis.rates import with_rates
from lib.domain.filters import IncidentFilter
from lib.snapshot import queries, territories
from lib.snapshot.places import Level
from lib.ui import blocks, map_blocks, map_card, map_legend, map_search, map_table, map_time, map_words
from lib.ui import components as c
from lib.ui.filters import period_words
from lib.ui.map_blocks import Scene
from lib.ui.map_state import Comparison, MapState, controls, said
from lib.ui.projection import is_projected
from lib.ui.session import Visit


def show(visit: Visit) -> None:
    """The whole view of the address, drawn anew at each click.

    Every block has its place from the start: one that appears would move the map after it, which a browser then
    loads again. Projected, the map comes before its controls.
    """
    map_blocks.take_click(visit)
    head = st.container()
    first, second = st.container(), st.container()
    asked, body = (second, first) if is_projected() else (first, second)
    with asked:
        state = controls(visit, before=map_search.box)
        with st.container():
            map_search.answers(visit, state.shown.qpv_generation)
    drawn = map_blocks.scene(visit, state, state.shown)
    with head:
        _head(visit, state, drawn)
    with body:
        (_two_maps if state.comparison == Comparison.SIDE_BY_SIDE else _one_map)(visit, state, drawn)


def _one_map(visit: Visit, state: MapState, drawn: Scene) -> None:
    left, right = st.columns([1.5 if is_projected() else 1.4, 1], gap="medium")
    with left:
        with st.container():
            map_legend.classes(state, drawn.breaks)
        map_blocks.show(visit, state, drawn)
        _under_maps(visit, state, drawn)
    with right:
        with st.container():
            map_card.card(visit, state)
        map_table.table(visit, state, drawn)


def _two_maps(visit: Visit, state: MapState, drawn: Scene) -> None:
    """The months before on the left, those shown on the right, of the same classes; card and table beneath."""
    before = replace(state.shown, period=state.shown.before, years_back=0)
    with st.container():
        map_legend.classes(state, drawn.breaks)
    left, right = st.columns(2, gap="small")
    with left:
        c.section(period_words(before.period), _generation(state, before))
        map_blocks.show(visit, state, map_blocks.scene(visit, state, before), key=map_blocks.KEY_BEFORE)
    with right:
        c.section(period_words(state.shown.period), _generation(state, state.shown))
        map_blocks.show(visit, state, drawn)
    _under_maps(visit, state, drawn)
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        map_card.card(visit, state)
    with right:
        map_table.table(visit, state, drawn)


def _under_maps(visit: Visit, state: MapState, drawn: Scene) -> None:
    map_legend.symbols(visit, state)
    map_time.slider(visit)
    map_legend.reading(state)
    map_blocks.unmapped(visit, state, drawn)


def _head(visit: Visit, state: MapState, drawn: Scene) -> None:
    figures = visit.ask(queries.place_figures, Level.ALL, chosen=state.shown)
    title = map_words.title(
        state.level,
        state.measure,
        drawn.found,
        residences=drawn.residences,
        whole=with_rates(figures).iloc[0],
        has_qpvs=visit.ask_store(territories.qpv_count, state.shown.qpv_generation) > 0,
    )
    if state.shown.period != visit.period:
        title = f"{title}, {period_words(state.shown.period)}"
    blocks.head(replace(visit, chosen=state.shown, said=said(visit, state.shown)), title, figures)


def _generation(state: MapState, chosen: IncidentFilter) -> str:
    return f"QPV {chosen.qpv_generation}" if state.level == Level.QPV else ""
