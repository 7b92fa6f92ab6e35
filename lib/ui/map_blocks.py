"""Blocks of the map page: the map itself, the card of what was chosen, the table that says the same."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from lib.config import settings
from lib.domain.labels import service_label
from lib.domain.scope import Scope
from lib.domain.terms import FORCES
from lib.figures.tokens import RAMP, tokens
from lib.maps.carte import Look, Palette
from lib.maps.files import SECRET_FILES, Asset, residence_positions
from lib.maps.scene import RATE_BREAKS, extent, qpv_labels, qpv_shapes, residence_facts
from lib.maps.values import MapValues, Residences, class_labels
from lib.snapshot import directory, territories
from lib.snapshot.columnar import Snapshot
from lib.snapshot.places import Level
from lib.ui import blocks, carte, layers
from lib.ui import components as c
from lib.ui.findings import concentration_title
from lib.ui.links import href
from lib.ui.projection import text_px
from lib.ui.selection import places
from lib.ui.session import Visit

KEY = "carte"
POSITIONS = "carte.positions"
HEIGHT_PX = 640
RATE_UNIT = "taux pour 1\u00a0000 logements et par an"
CREDIT = "Communes\u00a0: IGN-INSEE (Licence ouverte)"
TILES_CREDIT = "\u00a0; fond\u00a0: Plan IGN, Géoplateforme"


@dataclass(frozen=True)
class Scene:
    """What the map page shows of a selection: QPV, residences, and the positions they are drawn at."""

    qpvs: pd.DataFrame
    residences: pd.DataFrame
    positions: pd.DataFrame
    facts: list[int | None]


def scene(visit: Visit) -> Scene:
    """Rated QPV and residences of the selection, and every located residence of the scope."""
    residences = places(visit, Level.RESIDENCE)
    positions = visit.ask_store(directory.residences, visit.scope)
    return Scene(places(visit, Level.QPV), residences, positions, residence_facts(positions, residences))


def title(visit: Visit, drawn: Scene) -> str:
    """The finding: where the facts of the QPV are, or that there are none there."""
    has_qpvs = not drawn.qpvs.empty or not territories.qpvs(visit.snapshot).empty
    return concentration_title(drawn.qpvs["incident_count"], drawn.residences["incident_count"], has_qpvs=has_qpvs)


def legend() -> None:
    """Fixed classes, then the states that are not classes."""
    c.ramp_legend(f"Faits {blocks.RATE.lower()}", class_labels(RATE_BREAKS))


def how_to_read() -> None:
    """What dots, symbols and lines mean."""
    c.reading(
        "Un point ou un contour coloré est un QPV, une étiquette la somme des faits des résidences qu’elle regroupe. "
        "Limites de compétence\u00a0: trait plein pour la police, tirets pour la gendarmerie. "
        "Les bornes des classes ne changent pas d’une période à l’autre."
    )


def show(visit: Visit, drawn: Scene) -> None:
    """The map; a click reruns the enclosing fragment."""
    carte.show(
        layers.addresses(visit.snapshot),
        _values(visit, drawn),
        key=KEY,
        look=_look(),
        title="Carte des QPV et des résidences",
        height=HEIGHT_PX,
    )


def _values(visit: Visit, drawn: Scene) -> MapValues:
    chosen = carte.chosen(KEY)
    return MapValues(
        level="qpv",
        shapes=qpv_shapes(drawn.qpvs),
        labels=qpv_labels(drawn.qpvs),
        residences=_residences(visit, drawn),
        selection=None if chosen is None else (chosen.level, chosen.code),
        bounds=extent(drawn.positions, drawn.facts),
    )


def _residences(visit: Visit, drawn: Scene) -> Residences:
    """Positions at an address of this session alone, bound to the scope and the revision."""
    positions = visit.ask_store(_positions_file, visit.scope)
    if st.session_state.get(POSITIONS, positions.name) != positions.name:
        carte.choose(KEY, None)  # an index of the former positions is another residence
    st.session_state[POSITIONS] = positions.name
    return Residences(SECRET_FILES.publish(st.session_state, positions), positions.name, drawn.facts)


def _positions_file(snapshot: Snapshot, scope: Scope) -> Asset:
    """Positions of the residences of a scope, in the order of ``directory.residences``."""
    at = directory.residences(snapshot, scope)
    homes, names = at["dwelling_count"].tolist(), at["residence_name"].tolist()
    return residence_positions(at["latitude"], at["longitude"], homes=homes, names=names)


def _look() -> Look:
    colours = tokens(st.context.theme.type)
    tiles = settings().tiles_url
    palette = Palette(
        paper=colours["paper"],
        sea=colours["sea"],
        thread=colours["thread"],
        card="#ffffff",
        ink=colours["ink"],
        muted="#4b5a61",
        edge="#76868b",
        hatch=colours["hatch"],
        accent="#0d5263",
        warn="#8a4b00",
        ramp=tuple(RAMP),
    )
    return Look(palette, text_px=text_px(), tiles=tiles, credit=CREDIT + (TILES_CREDIT if tiles else ""))


def card(visit: Visit, drawn: Scene) -> None:
    """Figures of the QPV or the residence last clicked, resolved within the scope."""
    chosen = carte.chosen(KEY)
    if chosen is None:
        c.source("Cliquez sur un quartier ou une résidence pour en voir les chiffres.")
    elif chosen.level == "qpv":
        _qpv_card(visit, drawn, str(chosen.code))
    elif str(chosen.code).isdecimal():
        _residence_card(visit, drawn, int(chosen.code))


def _qpv_card(visit: Visit, drawn: Scene, code: str) -> None:
    found = drawn.qpvs[drawn.qpvs["place_code"] == code]
    if found.empty:
        c.source("Ce quartier n’a pas de résidence dans la sélection.")
        return
    row = found.iloc[0]
    services = visit.ask_store(territories.services_of_qpv, int(row.place_key), visit.scope)
    named = ", ".join(f"{FORCES[s.force]}, {service_label(s.district_name)}" for s in services.itertuples())
    c.definition_card(_title(row), _figures(row) | {"Service": named or FORCES[""]})
    c.html(c.link_cell("Ouvrir la fiche du quartier", _sheet_of_qpv(row)))


def _residence_card(visit: Visit, drawn: Scene, index: int) -> None:
    if not 0 <= index < len(drawn.positions):
        return
    key = int(drawn.positions.iloc[index]["residence_id"])
    found = drawn.residences[drawn.residences["place_key"] == key]
    sheet = visit.ask_store(directory.residence_sheet, key, visit.scope)
    if found.empty or sheet is None:
        c.source("Cette résidence n’est pas dans la sélection.")
        return
    row = found.iloc[0]
    service = (
        f"{FORCES[sheet['force'] or '']}, {service_label(sheet['district_name'])}" if sheet["force"] else FORCES[""]
    )
    items = {"Bailleur": sheet["landlord_name"], **_figures(row), "Service": service}
    c.definition_card(_title(row), items)
    c.html(c.link_cell("Ouvrir la fiche de la résidence", href("circonscriptions", residence=key)))


def _title(row) -> str:
    return f"{row.place_name}, {row.commune_name}" if isinstance(row.commune_name, str) else str(row.place_name)


def _figures(row) -> dict[str, object]:
    return {
        "Faits": c.two_lines(c.cell(int(row.incident_count)), blocks.change_mark(row))
        if blocks.has_told(row)
        else c.NONE,
        blocks.RATE: blocks.rate_words(row),
        "Logements": blocks.dwellings_words(row),
    }


def table(drawn: Scene) -> None:
    """The QPV of the map with the same numbers, most facts first: the map for a keyboard or a screen reader."""
    c.section("Les quartiers de la carte", f"{len(drawn.qpvs)} QPV 2024, {RATE_UNIT}")
    if drawn.qpvs.empty:
        c.source("Aucun QPV n’a de résidence dans la sélection\u00a0: la carte montre les résidences seules.")
        return
    with st.container(key="maptable"):  # scrolls beside the map on a wide screen (look.css)
        blocks.places_table(drawn.qpvs, "Quartier", link=_sheet_of_qpv, rate="Taux")


def _sheet_of_qpv(row) -> str:
    return href("circonscriptions", quartier=row.place_code)


def without_outline(visit: Visit, drawn: Scene) -> None:
    """QPV that the map cannot draw are said, by name."""
    outlines = territories.qpvs(visit.snapshot)
    lost = outlines[outlines.geometry.isna() & outlines["qpv_code"].isin(drawn.qpvs["place_code"])]
    if len(lost):
        c.source(f"Sans contour officiel utilisable, donc absents de la carte\u00a0: {', '.join(lost['qpv_name'])}.")
