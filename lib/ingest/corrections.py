"""Rows that wait for a correction, as a table that a person corrects and sends back."""

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pandas as pd
import xlsxwriter

from lib.domain.spreadsheet import inert, original
from lib.errors import FileError
from lib.ingest.cleaning import plain
from lib.ingest.reading import read_sheet

PLACE = ["rejet\u00a0: motifs", "rejet\u00a0: fichier", "rejet\u00a0: ligne"]
IDENTIFIER, ROW_ID = "rejet\u00a0: identifiant", "rejected_row_id"


class SentBackError(FileError):
    """A file holds waiting rows sent back, not a register."""


def check_not_sent_back(headings: Iterable[str]) -> None:
    """Refuses the workbook of waiting rows as a register.

    Raises:
        SentBackError: If one of the headings is that of their identifier.
    """
    if plain(IDENTIFIER) in map(plain, headings):
        raise SentBackError(
            "Ce fichier est celui des lignes en attente\u00a0: renvoyez-le sur la page «\u00a0Données\u00a0», ou avec "
            "«\u00a0faits rejouer --corrections\u00a0»."
        )


def rows_sent_back(path: Path) -> pd.DataFrame:
    """Rows of a corrected workbook or CSV, as ``replay.replay`` takes them, without the quotes of ``inert``.

    Raises:
        FileError: If the identifiers are absent or no longer numbers, or if two headings are one.
    """
    cells = read_sheet(path).cells
    cells = cells.map(original).rename(columns=original)
    if not cells.columns.is_unique:
        raise FileError("Deux intitulés n’en font qu’un, à une apostrophe près\u00a0: renommez l’un des deux.")
    places = {plain(name) for name in PLACE}
    named = {heading: ROW_ID for heading in cells if plain(heading) == plain(IDENTIFIER)}
    if len(named) != 1:
        raise FileError(
            f"La colonne «\u00a0{IDENTIFIER}\u00a0» manque\u00a0: partez des lignes à corriger téléchargées."
        )
    rows = cells.drop(columns=[name for name in cells if plain(name) in places]).rename(columns=named)
    if not rows[ROW_ID].fillna("").str.fullmatch(r"[0-9]{1,18}").all():
        raise FileError(f"La colonne «\u00a0{IDENTIFIER}\u00a0» ne contient que des nombres\u00a0: rétablissez-la.")
    return rows


def rows_to_correct(waiting: pd.DataFrame) -> pd.DataFrame:
    """One row per waiting row, indexed by ``rejected_row_id``: why it waits, where it stood, then its cells.

    Args:
        waiting: As ``store.rejections.waiting_rows`` gives it.

    Returns:
        ``PLACE``, then every heading of the files the rows come from, in the order met; text, "" where blank. One
        heading spelt in several ways («Date», «DATE») is one column.
    """
    places = [[row.reasons, row.file_name, str(row.line_number)] for row in waiting.itertuples()]
    found = [json.loads(text) for text in waiting["cells"]]
    headings: dict[str, str] = {}
    for row in found:
        for heading in row:
            headings.setdefault(plain(heading), heading)
    cells = [{plain(heading): text for heading, text in row.items()} for row in found]
    lines = [[*place, *(row.get(name) or "" for name in headings)] for place, row in zip(places, cells, strict=True)]
    index = pd.Index(waiting["rejected_row_id"], dtype="int64", name=ROW_ID)
    return pd.DataFrame(lines, index=index, columns=[*PLACE, *headings.values()], dtype=object)


def workbook(rows: pd.DataFrame) -> bytes:
    """These rows, under their identifiers, as an XLSX of texts: a spreadsheet runs none and keeps their zeros."""
    rows = rows.rename_axis(IDENTIFIER).reset_index()
    rows = rows.map(inert).rename(columns=inert)  # saved as CSV by the spreadsheet, they would be run
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet, text = book.add_worksheet("À corriger"), book.add_format({"num_format": "@"})
        sheet.set_column(0, max(len(rows.columns) - 1, 0), 22, text)
        _write(sheet, 0, rows.columns, book.add_format({"bold": True}))
        for line, values in enumerate(rows.itertuples(index=False, name=None), start=1):
            _write(sheet, line, values, text)
        sheet.freeze_panes(1, 0)
    return target.getvalue()


def _write(sheet, line: int, values: Iterable[object], style) -> None:
    for column, value in enumerate(values):
        sheet.write_string(line, column, str(value), style)
