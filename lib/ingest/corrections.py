"""Rows that wait for a correction, as a table that a person corrects and sends back."""

import json
from collections.abc import Iterable
from io import BytesIO

import pandas as pd
import xlsxwriter

PLACE = ["rejet\u00a0: motifs", "rejet\u00a0: fichier", "rejet\u00a0: ligne"]


def rows_to_correct(waiting: pd.DataFrame) -> pd.DataFrame:
    """One row per waiting row, indexed by ``rejected_row_id``: why it waits, where it stood, then its cells.

    Args:
        waiting: As ``store.rejections.waiting_rows`` gives it.

    Returns:
        ``PLACE``, then every heading of the files the rows come from, in the order met; text, "" where blank.
    """
    places = [[row.reasons, row.file_name, str(row.line_number)] for row in waiting.itertuples()]
    cells = [json.loads(text) for text in waiting["cells"]]
    headings = list(dict.fromkeys(heading for row in cells for heading in row))
    lines = [
        [*place, *(row.get(heading) or "" for heading in headings)] for place, row in zip(places, cells, strict=True)
    ]
    index = pd.Index(waiting["rejected_row_id"], dtype="int64", name="rejected_row_id")
    return pd.DataFrame(lines, index=index, columns=[*PLACE, *headings], dtype=object)


def workbook(rows: pd.DataFrame) -> bytes:
    """These rows as an XLSX whose cells are all text: a spreadsheet runs none of them and keeps their zeros."""
    target = BytesIO()
    inert = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, inert) as book:
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
