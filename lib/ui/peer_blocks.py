"""Block of a place's sheet that reads it beside its département and places about as large."""

import pandas as pd
from markupsafe import Markup

from lib.analysis.funnel import Position
from lib.analysis.peers import Peers
from lib.analysis.sheet import Sheet
from lib.domain.labels import MISSING, number, plural, service_label
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.drilldown import PAGE, Place, Step
from lib.ui.links import href
from lib.ui.marks import Text

# Word of the address for the key of a place; a QPV is named by its code.
WORDS = {
    Step.DEPARTEMENT: "departement",
    Step.DISTRICT: "service",
    Step.COMMUNE: "commune",
    Step.RESIDENCE: "residence",
}
POSITIONS = {
    Position.ABOVE: "nettement au-dessus",
    Position.HIGH: "au-dessus",
    Position.INSIDE: "dans l’attendu",
    Position.LOW: "au-dessous",
    Position.BELOW: "nettement au-dessous",
}
# What the places comparable with it are called, one and several.
PEER_NAMES = {
    Step.DEPARTEMENT: ("département comparable", "départements comparables"),
    Step.DISTRICT: ("circonscription comparable", "circonscriptions comparables"),
    Step.QPV: ("QPV comparable", "QPV comparables"),
    Step.COMMUNE: ("commune comparable", "communes comparables"),
    Step.RESIDENCE: ("résidence comparable", "résidences comparables"),
}


def compared(place: Place, sheet: Sheet) -> None:
    """The rate of the place against its département, then against places about as large."""
    told = sheet.peers
    if told is None:
        return
    rows, is_part = told.rows, _is_part(sheet, told)
    tops = [rows["rate_high"], *([sheet.references["rate_high"]] if len(sheet.references) else [])]
    scale = (0.0, float(pd.concat(tops).max()))
    mark = float(sheet.references.iloc[0]["rate_per_1000_dwellings"]) if len(sheet.references) == 1 else None
    c.section("Contre les lieux comparables", _comparison_unit(sheet, scale[1], mark))
    lines = [[_bold(row.place_name), *_rate_cells(row, scale, mark), ""] for row in sheet.references.itertuples()]
    lines += [
        [
            _peer_name(row, place, is_part=is_part),
            *_rate_cells(row, scale, mark),
            POSITIONS.get(Position(row.position), MISSING),
        ]
        for row in rows.itertuples()
    ]
    heads = ["Lieu", "Pour 1\u00a0000", "Échelle", "Faits", "Pour sa taille"]
    c.table(heads, lines, numeric=(1, 3))
    c.reading(_position_words(place, told, is_part=is_part))


def _comparison_unit(sheet: Sheet, top: float, mark: float | None) -> str:
    said = f"Faits pour 1\u00a0000 logements déclarants et par an, à 95\u00a0%. Échelle de 0 à {number(top)}"
    return said if mark is None else f"{said}, trait vertical\u00a0: {sheet.references.iloc[0]['place_name']}"


def _rate_cells(row, scale: tuple[float, float], mark: float | None) -> list[Text | int]:
    if pd.isna(row.rate_per_1000_dwellings):
        return [c.NONE, "", int(row.incident_count)]
    drawn = c.interval(row.rate_per_1000_dwellings, (row.rate_low, row.rate_high), scale=scale, mark=mark)
    return [blocks.rate_words(row), drawn, int(row.incident_count)]


def _is_part(sheet: Sheet, told: Peers) -> bool:
    """Whether the sheet bears on a part of the place, which is compared as a whole: a quarter of several services."""
    own = told.rows.loc[told.rows["is_self"], "reporting_dwelling_months"].iloc[0]
    return bool(own != sheet.overview.whole["reporting_dwelling_months"])


def _position_words(place: Place, told: Peers, *, is_part: bool) -> str:
    """«X est dans l’attendu pour sa taille, parmi 54 circonscriptions; 7 comparables…»."""
    one, several = PEER_NAMES[place.step]
    words = POSITIONS.get(told.position, "sans position")
    expected = "" if told.position == Position.INSIDE else " de l’attendu"
    whole = " (le lieu entier, tous services confondus)" if is_part else ""
    among = plural(told.place_count, "lieu", "lieux")
    return (
        f"{place.name}{whole} est {words}{expected} pour sa taille, parmi {among} du même niveau\u00a0; "
        f"{_similar(told, one, several)}. {number(told.quiet_count)} sur {number(told.place_count)} ont au plus un "
        "fait par mois."
    )


def _similar(told: Peers, one: str, several: str) -> str:
    if not told.similar_count:
        alone = "aucun autre n’a de la moitié au double de ses logements"
        return f"{alone}, les plus proches sont montrés" if len(told.rows) > 1 else alone
    return f"{plural(told.similar_count, one, several)}, de la moitié au double de ses logements"


def _bold(name: str) -> Markup:
    return Markup("<b>{}</b>").format(name)


def _peer_name(row, place: Place, *, is_part: bool) -> Text:
    if row.is_self:
        return c.two_lines(_bold(place.name), "lieu entier, tous services") if is_part else _bold(place.name)
    name = service_label(row.place_name) if place.step == Step.DISTRICT else row.place_name
    linked = c.link_cell(name, peer_address(row, place.step))
    return c.two_lines(linked, "taux le plus bas des comparables") if row.is_quietest else linked


def peer_address(row, step: Step) -> str:
    """Sheet of another place of the same level."""
    if step == Step.QPV:
        return href(PAGE, quartier=row.place_code)
    if step in {Step.DISTRICT, Step.RESIDENCE}:
        return href(PAGE, **{WORDS[step]: int(row.place_key)})
    return href(PAGE, **{WORDS[step]: row.place_key})
