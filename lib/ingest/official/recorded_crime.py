"""État 4001: facts recorded by each police and gendarmerie service, 2012 onwards (SSMSI workbook)."""

import re
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from lib.domain.vocabulary import Force
from lib.errors import FileError, LayoutError

WHAT = "État 4001"
SHEET_PATTERN = re.compile(r"Services (PN|GN) (\d{4})")
HEADER_ROWS = {Force.PN.value: 3, Force.GN.value: 2}
# Perimeters whose services answer for a territory; the others (DCPAF, DRPJ, DCPJ, DOPC, DCCRS…) cut across them.
TERRITORIAL_PERIMETERS = frozenset({"DCSP", "DSPAP", "DTPN"})
NOT_TERRITORIAL = re.compile(r"^(DCPAF|DRPJ)\b|SECURISATION")
COLUMNS = ["force", "service_name", "year", "index_code", "index_label", "fact_count", "is_territorial"]


def sheets_of(path: Path) -> list[str]:
    """Names of the data sheets of a workbook; empty where it is not an état 4001.

    Raises:
        FileError: If the file is not a workbook.
    """
    return [name for name in _opened(path).sheet_names if SHEET_PATTERN.fullmatch(name)]


def read_recorded_crime(path: Path) -> pd.DataFrame:
    """One row per service, year and index, in the order of the sheets.

    Returns:
        ``force, service_name, year, index_code, index_label, fact_count`` (missing where the cell is blank),
        ``is_territorial`` (False for border police, judicial police and security companies).

    Raises:
        FileError: If the file is not a workbook.
        LayoutError: If it has no sheet «Services PN 2012», or one whose head is not the known one.
    """
    workbook = _opened(path)
    sheets = [(name, SHEET_PATTERN.fullmatch(name)) for name in workbook.sheet_names]
    frames = [_read_sheet(workbook, name, found) for name, found in sheets if found]
    if not frames:
        raise LayoutError(
            f"{WHAT}\u00a0: feuilles attendues «\u00a0Services PN 2012\u00a0», «\u00a0Services GN 2012\u00a0»…\u00a0; "
            f"feuilles trouvées\u00a0: {', '.join(workbook.sheet_names) or 'aucune'}."
        )
    return pd.concat(frames, ignore_index=True)


def _opened(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise FileError(f"«\u00a0{path.name}\u00a0» n’est pas un classeur lisible.") from error


def _read_sheet(workbook: CalamineWorkbook, name: str, found: re.Match[str]) -> pd.DataFrame:
    force, year = found[1], int(found[2])
    cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    header_count = HEADER_ROWS[force]
    heads, body = cells[:header_count], cells[header_count:]
    if len(heads) < header_count or not str(heads[-1][0]).startswith("Code index"):
        first = [str(row[0]) for row in heads]
        raise LayoutError(
            f"{WHAT}, feuille «\u00a0{name}\u00a0»\u00a0: «\u00a0Code index\u00a0» attendu en ligne "
            f"{header_count}\u00a0; trouvé en première colonne\u00a0: {', '.join(first)}."
        )
    services = _services(heads, force)
    facts = pd.DataFrame([row[2:] for row in body], columns=services["service_name"])
    facts = facts.apply(_whole_numbers, sheet=name)
    labels = {"index_code": [str(int(row[0])) for row in body], "index_label": [str(row[1]).strip() for row in body]}
    long = facts.assign(**labels).melt(
        id_vars=list(labels), var_name="service_name", value_name="fact_count", ignore_index=True
    )
    territorial = services.set_index("service_name")["is_territorial"]
    return long.assign(force=force, year=year, is_territorial=long["service_name"].map(territorial))[COLUMNS]


def _services(heads: list[list[object]], force: str) -> pd.DataFrame:
    """Name of each service of a sheet, and whether it answers for a territory."""
    names = [str(cell).strip() for cell in heads[-1][2:]]
    if force == Force.GN.value:
        return pd.DataFrame({"service_name": names, "is_territorial": True})
    perimeters = [str(cell).strip() for cell in heads[1][2:]]
    is_territorial = [
        perimeter in TERRITORIAL_PERIMETERS and not NOT_TERRITORIAL.search(name)
        for name, perimeter in zip(names, perimeters, strict=True)
    ]
    return pd.DataFrame({"service_name": names, "is_territorial": is_territorial})


def _whole_numbers(cells: pd.Series, sheet: str) -> pd.Series:
    """Counts of one service, missing where the cell is blank."""
    try:
        return cells.replace("", None).astype("Float64").round().astype("Int64")
    except (ValueError, TypeError) as error:
        raise LayoutError(
            f"{WHAT}, feuille «\u00a0{sheet}\u00a0»\u00a0: la colonne «\u00a0{cells.name}\u00a0» contient autre chose "
            "que des nombres."
        ) from error
