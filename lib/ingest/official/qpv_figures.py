"""INSEE figures per priority neighbourhood: one row per commune in the file, one per neighbourhood here."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lib.ingest.official.tables import decimal, read_text_table, under_our_names

WHAT = "Chiffres des QPV (INSEE)"
COLUMNS = {
    "qpv_code": ("codeQPV", "code_qpv", "code_qp"),
    "population": ("popMuniQPV", "pop_muni_qpv", "population"),
    "social_dwelling_count": ("nombre_logements_sociaux", "nb_logements_sociaux"),
}
FIGURES = ["population", "social_dwelling_count"]


@dataclass(frozen=True)
class QpvFigures:
    """Figures as read.

    Attributes:
        figures: ``qpv_code, population, social_dwelling_count`` (whole numbers, missing under statistical secrecy);
            one row per neighbourhood, in code order.
        row_count: Rows of the file.
        disagreeing_codes: Neighbourhoods whose repeated totals differ from row to row: the figure is left missing.
    """

    figures: pd.DataFrame
    row_count: int
    disagreeing_codes: list[str]


def read_qpv_figures(path: Path) -> QpvFigures:
    """Totals of each neighbourhood, counted once though the file repeats them for each of its communes.

    Raises:
        FileError: If the file is not a table.
        LayoutError: If a column is absent.
    """
    rows = under_our_names(read_text_table(path), COLUMNS, what=WHAT)
    for figure in FIGURES:
        rows[figure] = pd.Series([decimal(text) for text in rows[figure]], index=rows.index, dtype="Float64").round()
    by_code = rows[rows["qpv_code"] != ""].groupby("qpv_code")[FIGURES]
    is_torn = by_code.nunique() > 1
    figures = by_code.first().mask(is_torn).astype("Int64")
    torn = is_torn.any(axis=1)
    return QpvFigures(figures.reset_index(), len(rows), list(torn.index[torn]))
