"""The map itself: what it is given for a selection, and what is done of a click."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from lib.config import settings
from lib.domain.filters import IncidentFilter
from lib.domain.scope import Scope
from lib.domain.vocabulary import NEAR_QPV_M
from lib.figures.tokens import DIVERGING, LIGHT, RAMP, tokens
from lib.maps.carte import Look, Palette
from lib.maps.files import SECRET_FILES, Asset, residence_positions
from lib.maps.layers import ring
from lib.maps.scene import Measure, extent, phrases, residence_facts, short_labels, states
from lib.maps.values import MapValues, Residences, Ring
from lib.snapshot import directory, queries, territories
from lib.snapshot.columnar import Snapshot
from lib.snapshot.places import Level
from lib.ui import carte, data, layers
from lib.ui import components as c
from lib.ui.layers import QPV_LAYERS
from lib.ui.map_classes import class_breaks
from lib.ui.map_focus import focus, keep_view, layer_of, rank_of
from lib.ui.map_places import one, places
from lib.ui.map_state import CLICKED, FOLLOWS, KEY, LAYERS, RING, Choice, MapState, choice, choose, is_on
from lib.ui.projection import is_projected, text_px
from lib.ui.session import Visit

KEY_BEFORE = "carte-avant"
POSITIONS = "carte.positions"
HEIGHT_PX, PROJECTED_HEIGHT_PX = 640, 520  # projected, the title, the classes and the map hold on one screen
CREDIT = "Communes\u00a0: IGN-INSEE (Licence ouverte)"
TILES_CREDIT = "\u00a0; fond\u00a0: Plan IGN, Géoplateforme"


@dataclass(frozen=True)
class Scene:
    """What a map shows of a selection.

    Attributes:
        chosen: The selection.
        found: Places of the level, ``map_places.places``.
        residences: ``residence_counts``.
        positions: Every located residence of the scope.
        facts: Of each of them, in the order of the positions.
        breaks: Bounds of the classes; none at level RESIDENCE, whose symbols count facts.
    """

    chosen: IncidentFilter
    found: pd.DataFrame
    residences: pd.DataFrame
    positions: pd.DataFrame
    facts: list[int | None]
    breaks: tuple[int, ...]


def scene(visit: Visit, state: MapState, chosen: IncidentFilter) -> Scene:
    """Places and residences of a selection, which may be that of the period before."""
    residences = visit.ask(queries.residence_counts, chosen=chosen)
    positions = visit.ask_store(directory.residences, visit.scope)
    breaks = () if state.level == Level.RESIDENCE else class_breaks(visit, state.level, state.measure)
    found = places(visit, state.level, chosen)
    return Scene(chosen, found, residences, positions, residence_facts(positions, residences), breaks)


def show(visit: Visit, state: MapState, drawn: Scene, *, key: str = KEY) -> None:
    """The map; a click reruns the enclosing fragment."""
    carte.show(
        layers.addresses(visit.snapshot),
        _values(visit, state, drawn, is_first=key == KEY),
        key=key,
        look=look(),
        title="Carte des faits recensés" if key == KEY else "Carte des faits recensés, période précédente",
        height=PROJECTED_HEIGHT_PX if is_projected() else HEIGHT_PX,
    )


def _values(visit: Visit, state: MapState, drawn: Scene, *, is_first: bool) -> MapValues:
    asked = choice()
    layer = layer_of(state.level, drawn.chosen)
    coloured = drawn.found[drawn.found["map_code"].notna()] if layer else drawn.found.iloc[:0]
    codes = coloured["map_code"].tolist()
    month_count = drawn.chosen.period.month_count
    classes = states(coloured, state.measure, drawn.breaks, month_count=month_count) if codes else []
    labels = dict(zip(codes, short_labels(coloured, state.measure), strict=True))
    return MapValues(
        level=layer,
        scale="diverging" if state.measure == Measure.CHANGE else "sequential",
        shapes=dict(zip(codes, zip(classes, phrases(coloured, state.measure), strict=True), strict=True)),
        labels={code: label for code, label in labels.items() if label is not None},
        residences=_residences(visit, drawn),
        selection=None if asked is None else _selection(asked, drawn),
        bounds=extent(drawn.positions, drawn.facts),
        focus=focus(visit, asked, drawn.chosen, drawn.positions),
        ring=None if asked is None else ring_of(visit, asked, drawn.chosen.qpv_generation),
        lit=lit(visit, drawn.chosen),
        tells_view=is_first and is_on(FOLLOWS),
    )


def lit(visit: Visit, chosen: IncidentFilter) -> list[str]:
    """Codes of the départements in full light: those chosen, else all that the visitor has residences in."""
    known = visit.ask_store(directory.departements, visit.scope)["departement_code"]
    return [code for code in known if not chosen.departement_codes or code in chosen.departement_codes]


def _selection(asked: Choice, drawn: Scene) -> tuple[str, str | int] | None:
    if asked.level != Level.RESIDENCE:
        layer = layer_of(asked.level, drawn.chosen)
        return (layer, asked.code) if layer else None
    rank = rank_of(asked, drawn.positions)
    return None if rank is None else ("residence", rank)


def ring_of(visit: Visit, asked: Choice, generation: int) -> Ring | None:
    """The 300 m around the QPV chosen, when they are asked for and it has an outline."""
    if asked.level != Level.QPV or not is_on(RING):
        return None
    return data.ask(_ring, visit.snapshot, asked.code, generation)


def _ring(snapshot: Snapshot, code: str, generation: int) -> Ring | None:
    qpvs = territories.qpvs(snapshot, generation)
    found = qpvs[(qpvs["qpv_code"] == code) & qpvs.geometry.notna()]
    if found.empty:
        return None
    return ring(found.geometry.iloc[0], f"À moins de {NEAR_QPV_M}\u00a0m du QPV {found['qpv_name'].iloc[0]}")


def take_click(visit: Visit) -> None:
    """Writes in the address the place last clicked, on either map, and the view; what is not there chooses nothing."""
    positions = visit.ask_store(directory.residences, visit.scope)
    name = visit.ask_store(positions_file, visit.scope).name
    is_same = st.session_state.get(POSITIONS, name) == name  # an index of former positions is another residence
    st.session_state[POSITIONS] = name
    for key in (KEY, KEY_BEFORE):
        clicked = carte.chosen(key)
        carte.choose(key, None)
        place = _place(clicked, positions) if clicked is not None else None
        if place is not None and (is_same or place.level != Level.RESIDENCE):
            choose(place)
            st.session_state[CLICKED] = str(place)
    keep_view()


def _place(clicked: carte.Click, positions: pd.DataFrame) -> Choice | None:
    levels = {layer: level for level, layer in LAYERS.items()} | dict.fromkeys(QPV_LAYERS.values(), Level.QPV)
    if clicked.level in levels:
        return Choice(levels[clicked.level], str(clicked.code))
    code = str(clicked.code)
    is_rank = clicked.level == "residence" and code.isascii() and code.isdecimal() and int(code) < len(positions)
    return Choice(Level.RESIDENCE, str(int(positions["residence_id"].iloc[int(code)]))) if is_rank else None


def _residences(visit: Visit, drawn: Scene) -> Residences:
    """Positions at an address of this session alone, bound to the scope and the revision."""
    positions = visit.ask_store(positions_file, visit.scope)
    return Residences(SECRET_FILES.publish(st.session_state, positions), positions.name, drawn.facts)


def positions_file(snapshot: Snapshot, scope: Scope) -> Asset:
    """Positions of the residences of a scope, in the order of ``directory.residences``."""
    at = directory.residences(snapshot, scope)
    homes, names = at["dwelling_count"].tolist(), at["residence_name"].tolist()
    known = directory.hall_codes(snapshot, scope)
    halls = [", ".join(known.get(key, ())) for key in at["residence_id"].tolist()]
    return residence_positions(at["latitude"], at["longitude"], homes=homes, names=names, halls=halls)


def look() -> Look:
    """Colours of the theme, size of text and basemap of a map."""
    colours = tokens(st.context.theme.type)
    tiles = settings().tiles_url
    palette = Palette(
        paper=colours["paper"],
        sea=colours["sea"],
        thread=colours["thread"],
        card=LIGHT["raised"],
        ink=colours["ink"],
        muted=LIGHT["muted"],
        edge=LIGHT["edge"],
        hatch=colours["hatch"],
        accent=LIGHT["accent"],
        warn=LIGHT["warn"],
        ramp=RAMP,
        diverging=(*DIVERGING[:2], *DIVERGING[3:]),
        flat=DIVERGING[2],
    )
    return Look(palette, text_px=text_px(), tiles=tiles, credit=CREDIT + (TILES_CREDIT if tiles else ""))


def unmapped(visit: Visit, state: MapState, drawn: Scene) -> None:
    """Places of the level that the map cannot draw are said, by name."""
    layer = layer_of(state.level, drawn.chosen)
    if layer is None:
        count = int((~drawn.residences["place_key"].isin(drawn.positions["residence_id"])).sum())
        if count:
            c.source(f"Résidences sans point, absentes de la carte et comptées dans le tableau\u00a0: {count}.")
        return
    known = layers.extents(visit.snapshot).get(layer, {})
    lost = drawn.found.loc[~drawn.found["map_code"].isin(list(known)), "place_name"]
    if len(lost):
        c.source(f"Sans contour utilisable, donc absents de la carte\u00a0: {', '.join(lost)}.")


def chosen_row(visit: Visit, asked: Choice, chosen: IncidentFilter):
    """Figures of the place chosen, or None when it has none in the selection or is not of the scope."""
    return one(places(visit, asked.level, chosen), asked.code)
