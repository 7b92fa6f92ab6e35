"""The map of the places ranked: their bands on outlines, or the residences to treat as symbols."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from lib.analysis.criteria import Unit
from lib.analysis.priorities import Band
from lib.domain.labels import share
from lib.maps.files import SECRET_FILES
from lib.maps.scene import extent
from lib.maps.values import NO_DATA, MapValues, Residences, State
from lib.snapshot import directory
from lib.ui import carte, layers, map_blocks
from lib.ui import components as c
from lib.ui.layers import QPV_LAYERS
from lib.ui.marks import BANDS
from lib.ui.priority import LEVELS, UNITS, Ranked
from lib.ui.priority_words import none_stands_out
from lib.ui.session import Visit

KEY, CHOSEN = "carte-priorites", "lieu"  # the second in the address
HEIGHT_PX = 560
CLASSES: dict[str, State] = {Band.OTHER: 0, Band.DISCUSS: 2, Band.PRIORITY: 4}  # of the five of the map


def chosen_place(visit: Visit, found: Ranked) -> object | None:
    """Key of the place chosen on the map, or named by the address («residence:12»), when it is ranked."""
    word = UNITS[found.unit].word  # the place of one unit is none of another's
    clicked = carte.chosen(KEY)
    carte.choose(KEY, None)
    if clicked is not None:
        code = _residence(visit, clicked.code) if clicked.level == "residence" else str(clicked.code)
        st.query_params[CHOSEN] = f"{word}:{code}"
    kind, _, asked = st.query_params.get(CHOSEN, "").partition(":")
    if kind != word:
        return None
    row = found.places[(found.places["map_code"] == asked) | (found.places["place_key"].astype(str) == asked)]
    return None if row.empty else row["place_key"].iloc[0]


def is_asked(unit: Unit) -> bool:
    """Whether the address names a place of a unit."""
    return st.query_params.get(CHOSEN, "").startswith(f"{UNITS[unit].word}:")


def _residence(visit: Visit, rank: object) -> str:
    positions = visit.ask_store(directory.residences, visit.scope)
    at = int(rank) if str(rank).isdecimal() else -1
    return str(positions["residence_id"].iloc[at]) if 0 <= at < len(positions) else ""


def shown(visit: Visit, found: Ranked, key: object | None) -> None:
    """The map, with the place chosen lit; a click reruns the enclosing fragment."""
    values = _of_outlines(visit, found, key) if found.unit in LEVELS else _of_residences(visit, found, key)
    carte.show(
        layers.addresses(visit.snapshot),
        values,
        key=KEY,
        look=map_blocks.look(),
        title="Carte des priorités",
        height=HEIGHT_PX,
    )
    c.source(_legend(found))


def _legend(found: Ranked) -> str:
    is_outlined = found.unit in LEVELS
    if not found.stands_out:
        shown = "Pointillé\u00a0: trop peu de données." if is_outlined else "Les nombres sont ceux des faits."
        return f"{none_stands_out(found)}. {shown}"
    if is_outlined:
        return (
            "Couleur foncée\u00a0: prioritaire\u00a0; moyenne\u00a0: à discuter\u00a0; claire\u00a0: non "
            "prioritaire\u00a0; pointillé\u00a0: trop peu de données."
        )
    of_what = "" if found.unit == Unit.RESIDENCE else " d’un hall"
    return (
        f"Carré sombre\u00a0: résidence{of_what} prioritaire\u00a0; clair\u00a0: à discuter. Une pastille réunit "
        "plusieurs résidences, sombre si l’une est prioritaire. Les nombres sont ceux des faits."
    )


def _of_outlines(visit: Visit, found: Ranked, key: object | None) -> MapValues:
    layer = QPV_LAYERS[visit.at().qpv_generation] if found.unit == Unit.QPV else "districts"
    shapes = {
        row.map_code: (CLASSES[row.band], f"{BANDS[row.band][1]}, {share(getattr(row, found.chance))} des tirages")
        if found.stands_out
        else (CLASSES[Band.OTHER], none_stands_out(found))
        for row in found.places.itertuples()
    } | {row.map_code: (NO_DATA, "trop peu de données pour classer") for row in found.short.itertuples()}
    own = found.places.loc[found.places["place_key"] == key, "map_code"]
    positions, facts = _facts(visit, found.places.iloc[:0])
    known = layers.extents(visit.snapshot).get(layer, {})
    bounds = [known[code] for code in shapes if code in known]
    return MapValues(
        level=layer,
        shapes=shapes,
        selection=(layer, str(own.iloc[0])) if len(own) else None,
        bounds=_around(bounds) or extent(positions, facts),
        lit=map_blocks.lit(visit, visit.at()),
        residences=_residences(visit, facts),
    )


def _of_residences(visit: Visit, found: Ranked, key: object | None) -> MapValues:
    told = found.places[found.places["band"] != Band.OTHER]
    positions, facts = _facts(visit, told)
    ranks = _ranks(positions, found.places[found.places["place_key"] == key])
    return MapValues(
        residences=replace(
            _residences(visit, facts), prominent=_ranks(positions, told[told["band"] == Band.PRIORITY]), is_named=True
        ),
        lit=map_blocks.lit(visit, visit.at()),
        selection=("residence", ranks[0]) if ranks else None,
        bounds=extent(positions, facts),
    )


def _ranks(positions: pd.DataFrame, places: pd.DataFrame) -> list[int]:
    """Where the residences of some places are in the positions."""
    return positions["residence_id"].isin(places["residence_id"]).to_numpy().nonzero()[0].tolist()


def _facts(visit: Visit, told: pd.DataFrame) -> tuple[pd.DataFrame, list[int | None]]:
    """Every located residence, and the facts of those told of; None elsewhere, which draws nothing."""
    positions = visit.ask_store(directory.residences, visit.scope)
    counts = told.groupby("residence_id")["incident_count"].sum() if len(told) else pd.Series(dtype=int)
    facts = positions["residence_id"].map(counts)
    return positions, [None if pd.isna(count) else int(count) for count in facts]


def _residences(visit: Visit, facts: list[int | None]) -> Residences:
    positions = visit.ask_store(map_blocks.positions_file, visit.scope)
    return Residences(SECRET_FILES.publish(st.session_state, positions), positions.name, facts)


def _around(bounds: list) -> tuple | None:
    if not bounds:
        return None
    souths, norths = [one[0] for one in bounds], [one[1] for one in bounds]
    return (
        (min(at[0] for at in souths), min(at[1] for at in souths)),
        (max(at[0] for at in norths), max(at[1] for at in norths)),
    )
