"""Official tables as text, and the recognition of their headings."""

import csv
import gzip
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from lib.errors import FileError, LayoutError

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xls", ".ods", ".xlsb"})
MAX_LISTED = 20
DELIMITERS = ";,\t|"
MAX_HEAD = 1_000_000  # bytes


def read_text_table(path: Path) -> pd.DataFrame:
    """Every cell as stripped text, blank where empty; the index is the line number in the file.

    Raises:
        FileError: If the file is not a table, or is empty.
    """
    cells = _workbook_cells(path) if path.suffix.lower() in WORKBOOK_SUFFIXES else _csv_cells(path)
    if not cells or not any(cells[0]):
        raise FileError(f"«\u00a0{path.name}\u00a0» est vide ou n’a pas de ligne d’intitulés.")
    headings, width = cells[0], len(cells[0])
    rows = {number: (row + [""] * width)[:width] for number, row in enumerate(cells[1:], start=2) if any(row)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=headings, dtype=object)


def headings_of(path: Path) -> list[str]:
    """The first row of a table alone; a CSV file may be gzipped, and is not read further."""
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        return list(read_text_table(path).columns)
    head = _first_line(path)
    return [cell.strip() for row in csv.reader([head], delimiter=_delimiter(head)) for cell in row] if head else []


def delimiter_of(path: Path) -> str:
    """The mark between the cells of a CSV file, gzipped or not."""
    return _delimiter(_first_line(path))


def matched(
    columns: Collection[str], wanted: Mapping[str, Collection[str]], *, what: str, optional: Collection[str] = ()
) -> dict[str, str]:
    """The heading of the file that stands for each of our columns.

    Args:
        columns: Headings of the file.
        wanted: For each of our columns, the headings it is known by; case, accents and punctuation do not count.
        what: French name of the format, for the sentence.
        optional: Columns of ours that may be absent.

    Raises:
        LayoutError: If a column that is not optional is absent; the sentence names columns found and expected.
    """
    by_key = {simplified(column): column for column in reversed(list(columns))}
    found = {
        ours: by_key[key]
        for ours, names in wanted.items()
        for key in [next((k for k in map(simplified, names) if k in by_key), None)]
        if key is not None
    }
    absent = [next(iter(names)) for ours, names in wanted.items() if ours not in found and ours not in optional]
    if absent:
        raise LayoutError(
            f"{what}\u00a0: colonnes attendues et absentes\u00a0: {', '.join(absent)}\u00a0; "
            f"colonnes trouvées\u00a0: {listed(columns)}."
        )
    return found


def under_our_names(
    cells: pd.DataFrame, wanted: Mapping[str, Collection[str]], *, what: str, optional: Collection[str] = ()
) -> pd.DataFrame:
    """The columns of a file under our names, in the order of ``wanted``; blank where an optional one is absent.

    Args and errors are those of ``matched``.
    """
    names = matched([str(column) for column in cells.columns], wanted, what=what, optional=optional)
    return cells[list(names.values())].set_axis(list(names), axis=1).reindex(columns=list(wanted), fill_value="")


def simplified(heading: str) -> str:
    """A heading without case, accents nor punctuation: «Code.département» → «codedepartement»."""
    bare = unicodedata.normalize("NFKD", str(heading)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9%]", "", bare.lower())


def listed(columns: Iterable[object]) -> str:
    """Headings for a sentence: the first twenty, each cut at forty characters."""
    names = [str(name)[:40] for name in columns]
    more = f"… ({len(names)} en tout)" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more or "aucune"


def decimal(text: str) -> float | None:
    """A number written with a comma or a point, spaces between thousands; None where it is not one."""
    bare = re.sub(r"\s", "", text).replace(",", ".")
    return float(bare) if re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?", bare, re.IGNORECASE) else None


def decoded(path: Path) -> str:
    """The text of a file in UTF-8 (with or without mark), else in Windows-1252, the habit of French ministries."""
    return _decoded(path.read_bytes())


def _first_line(path: Path) -> str:
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            return next(iter(_decoded(file.readline(MAX_HEAD)).splitlines()), "")
    except (gzip.BadGzipFile, EOFError) as error:
        raise FileError(f"«\u00a0{path.name}\u00a0» n’est pas un fichier compressé lisible.") from error


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _csv_cells(path: Path) -> list[list[str]]:
    text = decoded(path)
    if "\0" in text:
        raise FileError(f"«\u00a0{path.name}\u00a0» n’est pas un fichier de texte.")
    delimiter = _delimiter(text.partition("\n")[0])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [[cell.strip() for cell in row] for row in rows]
    except csv.Error as error:
        raise FileError(
            f"«\u00a0{path.name}\u00a0»\u00a0: guillemet jamais refermé ou cellule trop longue, "
            f"vers la ligne {rows.line_num}."
        ) from error


def _delimiter(head: str) -> str:
    return max(DELIMITERS, key=head.count)


def _workbook_cells(path: Path) -> list[list[str]]:
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    except (CalamineError, OSError) as error:
        raise FileError(f"«\u00a0{path.name}\u00a0» n’est pas un classeur lisible.") from error
    return [[_cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
