"""The table beside the map: the same places and numbers, sorted, kept to what the map shows, taken away as a file."""

import pandas as pd
import streamlit as st
from markupsafe import Markup

from lib.analysis.trends import MIN_BASE_COUNT, Verdict
from lib.domain.labels import alphabetical, interval_label, number, plural, share
from lib.maps.scene import SHARES, Measure, measured
from lib.maps.values import Bounds
from lib.snapshot.places import Level
from lib.ui import blocks, carte, layers, map_export
from lib.ui import components as c
from lib.ui.downloads import downloads
from lib.ui.links import href
from lib.ui.map_blocks import Scene
from lib.ui.map_card import SHEETS, evolution
from lib.ui.map_focus import layer_of
from lib.ui.map_state import FOLLOWS, KEY, LEVELS, Choice, MapState, choice, here, is_on
from lib.ui.marks import Text
from lib.ui.session import Visit

TESTED = {Verdict.RISE: 0, Verdict.FALL: 1}  # what was tested comes first
SORTS = ("Faits", "Mesure", "Évolution", "Nom")
HEADINGS = {
    Measure.SEVERITY: "Indice",
    Measure.COMPLAINTS: "Taux de plainte",
    Measure.STAFF: "Visant le personnel",
}
UNITS = {
    Measure.SEVERITY: "indice pour 1\u00a0000 logements et par an",
    Measure.COMPLAINTS: "part des faits susceptibles de plainte",
    Measure.STAFF: "part des faits recensés",
}


def table(visit: Visit, state: MapState, drawn: Scene) -> None:
    """Places of the level, forty at a time: the map for a keyboard or a screen reader."""
    terms = LEVELS[state.level]
    in_view = _in_view(visit, state, drawn)
    c.section(f"Les {terms.nouns} de la carte", _counted(state, len(in_view), len(drawn.found)))
    if drawn.found.empty:
        c.source(f"{terms.none} n’a de résidence dans la sélection\u00a0: la carte montre les résidences seules.")
        return
    with st.container(key="maporder"):  # kept, and hidden from a projected page, as the address has it
        left, right = st.columns([1, 1], gap="small", vertical_alignment="bottom")
        with left:
            order = st.selectbox("Trier par", SORTS, key="tri", bind="query-params")
        with right:
            st.toggle("Suivre la carte", key=FOLLOWS, bind="query-params")
    shown = _chosen_first(_sorted(in_view, order, state), choice(), state.level)
    with st.container(key="maptable"):  # scrolls beside the map on a wide screen (look.css)
        _lines(shown, state)
    _downloads(visit, state, shown)


def _counted(state: MapState, count: int, total: int) -> str:
    """«40 QPV 2024, taux pour 1 000 logements et par an»: how many places, and the unit of the third column."""
    terms, unit = LEVELS[state.level], UNITS.get(state.measure, "taux pour 1\u00a0000 logements et par an")
    if is_on(FOLLOWS):
        return f"{number(count)} sur {number(total)} dans la vue, {unit}"
    generation = f" {state.shown.qpv_generation}" if state.level == Level.QPV else ""
    return f"{plural(total, terms.noun, terms.nouns)}{generation}, {unit}"


def _in_view(visit: Visit, state: MapState, drawn: Scene) -> pd.DataFrame:
    """Places that the map shows, when the table follows it; all of them before it has told what it shows."""
    view = carte.view(KEY) if is_on(FOLLOWS) else None
    if view is None:
        return drawn.found
    if state.level == Level.RESIDENCE:
        at = drawn.positions
        (south, west), (north, east) = view
        inside = at["latitude"].between(south, north) & at["longitude"].between(west, east)
        return drawn.found[drawn.found["place_key"].isin(at.loc[inside, "residence_id"])]
    known = layers.extents(visit.snapshot).get(layer_of(state.level, drawn.chosen) or "", {})
    return drawn.found[[code in known and _meet(known[code], view) for code in drawn.found["map_code"]]]


def _meet(place: Bounds, view: Bounds) -> bool:
    (south, west), (north, east) = place
    return south <= view[1][0] and north >= view[0][0] and west <= view[1][1] and east >= view[0][1]


def _sorted(found: pd.DataFrame, order: str, state: MapState) -> pd.DataFrame:
    """Most first, missing values last; names from A to Z."""
    if order == "Nom":
        return found.sort_values("place_name", key=lambda names: names.map(alphabetical), kind="stable")
    if order == "Évolution":
        rank = found["verdict"].map(TESTED).fillna(len(TESTED))
        return found.assign(rank=rank).sort_values(
            ["rank", "year_on_year_ratio"], ascending=[True, False], kind="stable"
        )
    if order == "Faits":
        return found
    values = measured(found, state.measure, month_count=state.shown.period.month_count)
    return found.assign(sorting=values).sort_values("sorting", ascending=False, kind="stable")


def _chosen_first(found: pd.DataFrame, asked: Choice | None, level: Level) -> pd.DataFrame:
    if asked is None or asked.level != level:
        return found
    is_chosen = found["map_code"] == asked.code
    return pd.concat([found[is_chosen], found[~is_chosen]])


def _lines(shown: pd.DataFrame, state: MapState) -> None:
    heads = [LEVELS[state.level].label, "Faits", HEADINGS.get(state.measure, "Taux"), "Évolution des faits"]
    with blocks.paged(len(shown), state.level.value) as ranks:
        lines = [
            [
                _place(row, state.level),
                blocks.facts_cell(row),
                _measure(row, state.measure),
                _change(row, state.measure),
            ]
            for row in shown.iloc[ranks].itertuples()
        ]
        c.table(heads, lines, numeric=(1, 2))


def _place(row, level: Level) -> Text:
    """The name, which opens the sheet; beneath, what tells it apart, and the link that finds it on the map."""
    if not isinstance(row.map_code, str):
        return str(row.place_name)
    asked = Choice(level, row.map_code)
    name = c.link_cell(row.place_name, href("circonscriptions", **{SHEETS[level][0]: row.map_code}))
    detail = c.force(row.force) if isinstance(row.force, str) else row.commune_name
    is_chosen = str(choice()) == str(asked)
    find = Markup('<a href="{}" aria-label="Situer {} sur la carte">situer</a>').format(
        here(choix=asked), row.place_name
    )
    words = [detail] if isinstance(detail, str) else []
    return c.two_lines(name, Markup(", ").join([*words, "sur la carte" if is_chosen else find]))


def _measure(row, measure: Measure) -> Text:
    if measure in SHARES:
        return _share(row, measure)
    if measure == Measure.SEVERITY:
        if pd.isna(row.severity_per_1000_dwellings):
            return c.NONE
        smoothed = f"lissé {number(row.shrunk_severity_per_1000_dwellings)}"
        return c.two_lines(number(row.severity_per_1000_dwellings), smoothed)
    if measure != Measure.RATE or pd.isna(row.rate_per_1000_dwellings):
        return blocks.rate_words(row)
    bounds = interval_label(row.rate_low, row.rate_high)
    smoothed = f"lissé {number(row.shrunk_rate_per_1000_dwellings)}"
    return c.two_lines(number(row.rate_per_1000_dwellings), Markup("{}<br>{}").format(bounds, smoothed))


def _share(row, measure: Measure) -> Text:
    if not blocks.has_told(row):
        return c.NONE
    part, base = (int(getattr(row, name)) for name in SHARES[measure])
    counted = f"{number(part)} sur {number(base)}"
    return c.two_lines(share(part / base), counted) if base >= MIN_BASE_COUNT else c.two_lines(counted, map_export.FEW)


def _change(row, measure: Measure) -> Text:
    return evolution(row) if measure == Measure.CHANGE else blocks.change_mark(row)


def _downloads(visit: Visit, state: MapState, shown: pd.DataFrame) -> None:
    """The rows of the table, all of them."""

    def lines() -> map_export.Rows:
        return map_export.rows(visit, state, shown)

    downloads(
        f"carte-{LEVELS[state.level].word}-{state.shown.period.last_day:%Y-%m}",
        {"csv": lambda: map_export.as_csv(lines()), "xlsx": lambda: map_export.as_xlsx(lines())},
    )
