"""The table of the map as a file: the selection, its months, units and source, then the rows."""

from collections.abc import Sequence

import pandas as pd

from lib.analysis.trends import MIN_BASE_COUNT, Verdict
from lib.domain.labels import date_label
from lib.domain.terms import FORCES
from lib.exports import tables
from lib.exports.tables import Cell, as_csv
from lib.maps.scene import SHARES, Measure
from lib.snapshot.places import Level
from lib.ui import blocks
from lib.ui.filters import period_words
from lib.ui.map_state import LEVELS, MapState, said
from lib.ui.marks import VERDICTS
from lib.ui.session import Visit

__all__ = ["FEW", "as_csv", "as_xlsx", "rows"]

FEW, SILENT = "effectif insuffisant", "aucune déclaration"
UNITS = (
    "Taux\u00a0: faits pour 1\u00a0000 logements déclarants et par an, intervalle à 95\u00a0%. Lissé\u00a0: rapproché "
    "de l’ensemble quand le lieu est petit. Indice de gravité\u00a0: un fait pèse 1, 2, 5 ou 10. Évolution\u00a0: à "
    "logements déclarants égaux, en\u00a0%. Parts\u00a0: en\u00a0%, sur dix faits au moins."
)
Rows = list[list[Cell]]


def rows(visit: Visit, state: MapState, found: pd.DataFrame) -> Rows:
    """Lines of the file: five that say what it is, an empty one, the headings, then one for each place."""
    fictitious = "Données fictives. " if visit.is_synthetic else ""
    heading: Rows = [
        ["Sélection", said(visit, state.shown)],
        ["Période", f"{period_words(state.shown.period)}, comparés à {period_words(state.shown.before)}"],
        ["Unités", UNITS],
        [
            "Source",
            f"{fictitious}Registres des bailleurs\u00a0; un fait recensé n’est pas une infraction établie.",
        ],
        ["Données", f"au {date_label(visit.data_on)}, révision {visit.snapshot.revision}"],
        [],
        list(_HEADINGS),
    ]
    return heading + [_line(row, state.level) for row in found.itertuples()]


_HEADINGS = (
    "Niveau",
    "Code",
    "Nom",
    "Commune ou force",
    "Faits",
    "Faits, période comparée",
    "Logements",
    "Couverture déclarative (%)",
    "Taux",
    "Taux, borne basse",
    "Taux, borne haute",
    "Taux lissé",
    "Indice de gravité",
    "Indice pour 1\u00a0000 logements",
    "Indice lissé",
    "Évolution (%)",
    "Évolution, borne basse (%)",
    "Évolution, borne haute (%)",
    "Verdict",
    "Plaintes déposées",
    "Faits susceptibles de plainte",
    "Taux de plainte (%)",
    "Faits visant le personnel",
    "Part visant le personnel (%)",
)


def _line(row, level: Level) -> list[Cell]:
    has_told = blocks.has_told(row)

    def count(value: float) -> Cell:
        return int(value) if has_told else SILENT

    def rate(value: float) -> Cell:
        return SILENT if pd.isna(value) else round(float(value), 1)

    def moved(ratio: float) -> Cell:
        if row.verdict == Verdict.UNKNOWN:
            return VERDICTS[Verdict.UNKNOWN]
        return FEW if pd.isna(ratio) else round(100 * (ratio - 1), 1) if ratio != float("inf") else "sans borne"

    past = row.previous_incident_count
    reported = row.reporting_dwelling_months / row.dwelling_months if row.dwelling_months else float("nan")
    return [
        LEVELS[level].label,
        row.map_code if isinstance(row.map_code, str) else "",
        str(row.place_name),
        _beside(row),
        count(row.incident_count),
        SILENT if pd.isna(past) else int(past),
        int(row.dwelling_count),
        rate(100 * reported),
        rate(row.rate_per_1000_dwellings),
        rate(row.rate_low),
        rate(row.rate_high),
        rate(row.shrunk_rate_per_1000_dwellings),
        count(row.severity_index),
        rate(row.severity_per_1000_dwellings),
        rate(row.shrunk_severity_per_1000_dwellings),
        *(moved(ratio) for ratio in (row.year_on_year_ratio, row.ratio_low, row.ratio_high)),
        VERDICTS[row.verdict],
        *_share(row, Measure.COMPLAINTS, has_told=has_told),
        *_share(row, Measure.STAFF, has_told=has_told)[::2],
    ]


def _beside(row) -> str:
    if isinstance(row.force, str):
        return FORCES[row.force]
    return row.commune_name if isinstance(row.commune_name, str) else ""


def _share(row, measure: Measure, *, has_told: bool) -> list[Cell]:
    """The part, its base and the percentage."""
    if not has_told:
        return [SILENT, SILENT, SILENT]
    part, base = (int(getattr(row, name)) for name in SHARES[measure])
    return [part, base, round(100 * part / base, 1) if base >= MIN_BASE_COUNT else FEW]


def as_xlsx(lines: Sequence[Sequence[Cell]]) -> bytes:
    """The lines as a workbook of one sheet."""
    return tables.as_xlsx(lines, sheet="Carte", headings=_HEADINGS)
