"""Recorded crime by département, class and year (SSMSI, base départementale)."""

from pathlib import Path

import pandas as pd

from lib.errors import LayoutError
from lib.ingest.official.tables import decimal, matched, read_text_table

WHAT = "Base départementale du SSMSI"
COLUMNS = {
    "ssmsi_class": ("classe", "indicateur"),
    "year": ("annee",),
    "departement_code": ("Code.département", "code_departement"),
    "unit": ("unité.de.compte", "unite_de_compte"),
    "fact_count": ("faits", "nombre"),
    "population": ("POP", "insee_pop"),
    "dwelling_count": ("LOG", "insee_log"),
    "rate": ("tauxpourmille", "taux_pour_mille"),
}
WHOLE_NUMBERS = ("year", "fact_count", "population", "dwelling_count")


def read_ssmsi(path: Path) -> pd.DataFrame:
    """One row per class, year and département, in the order of the file.

    Returns:
        ``ssmsi_class, year`` (four digits)``, departement_code, unit, fact_count, population, dwelling_count, rate``
        (per 1,000, as published); whole numbers rounded (the file gives dwellings as estimates), missing where blank.

    Raises:
        FileError: If the file is not a table.
        LayoutError: If a column is absent, or a year is not a number.
    """
    cells = read_text_table(path)
    names = matched(cells.columns, COLUMNS, what=WHAT)
    rows = cells[list(names.values())].set_axis(list(names), axis=1).reset_index(drop=True)
    numbers = {
        column: pd.Series([decimal(text) for text in rows[column]], dtype="Float64")
        for column in (*WHOLE_NUMBERS, "rate")
    }
    if numbers["year"].isna().any():
        raise LayoutError(
            f"{WHAT}\u00a0: la colonne «\u00a0{names['year']}\u00a0» contient autre chose que des années."
        )
    numbers["year"] = numbers["year"].where(numbers["year"] >= 100, numbers["year"] + 2000)
    whole = {column: numbers[column].round().astype("Int64") for column in WHOLE_NUMBERS}
    return rows.assign(**numbers).assign(**whole)[list(COLUMNS)]
