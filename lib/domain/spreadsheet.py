"""Cells that leave for a spreadsheet and come back: none is run there, each is found again as it was."""

import re

import pandas as pd

# What a spreadsheet runs, in ASCII or full width; quoted already, it is quoted once more, and so found again as it was.
FORMULA = re.compile(r"'*+(?:[=+@\t\r\n\uff1d\uff0b\uff20\uff0d]|-(?![\d,. ]*\Z))", re.ASCII)


def inert(cell: object) -> object:
    """A cell that a spreadsheet would run as a formula, quoted; numbers keep their sign. ``original`` undoes it."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def original(cell: object) -> object:
    """A cell as it was before ``inert``."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and FORMULA.match(cell, 1) else cell


def inert_csv(rows: pd.DataFrame) -> bytes:
    """Rows, without their index, as a CSV that a spreadsheet opens in French and runs nothing of, headings included."""
    safe = rows.map(inert).set_axis(rows.columns.map(inert), axis=1)
    return safe.to_csv(sep=";", index=False).encode("utf-8-sig")
