"""Lines of cells as a file that a spreadsheet opens in French, and runs nothing of."""

import csv
import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lib.domain.spreadsheet import inert

Cell = str | int | float | date | None
DAY = "dd/mm/yyyy"
TEXT = {"quote_prefix": True}  # «=1+1» stays the text it is, without a mark that a reader sees


def as_csv(lines: Sequence[Sequence[Cell]]) -> bytes:
    """Semicolons, decimal commas and the mark of UTF-8: what a spreadsheet opens in French. No cell runs."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for line in lines:
        writer.writerow([_said(cell) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(lines: Sequence[Sequence[Cell]], *, sheet: str, headings: Sequence[str]) -> bytes:
    """One sheet; numbers stay numbers and days days, text is never a formula nor a link, even typed over again.

    Args:
        lines: The rows, preamble and headings included.
        sheet: Its name.
        headings: The line that is written in bold.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        text, bold = book.add_format(TEXT), book.add_format(TEXT | {"bold": True})
        day = book.add_format({"num_format": DAY, "align": "left"})
        for i, line in enumerate(lines):
            is_heading = list(line) == list(headings)
            for j, cell in enumerate(line):
                _write(page, (i, j), cell, day if isinstance(cell, date) else bold if j == 0 or is_heading else text)
        page.set_column(0, 1, 16)
        page.set_column(2, 3, 32)
    return content.getvalue()


def _said(cell: Cell) -> object:
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(inert(cell)).replace(".", ",") if isinstance(cell, float) else inert(cell)


def _write(page: Worksheet, place: tuple[int, int], cell: Cell, drawn: Format) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        page.write_string(*place, cell, drawn)
    elif isinstance(cell, date):
        page.write_datetime(*place, cell, drawn)
    else:
        page.write_number(*place, cell)
