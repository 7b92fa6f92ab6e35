"""The mapped columns of a register, each held as its distinct texts and the place of each row among them.

A million rows then hold in little memory, and each distinct text is read, checked and masked once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lib.ingest.cleaning import Reason
from lib.ingest.columns import REFERENCE_COLUMNS
from lib.ingest.privacy import MASKED, PERSONAL_VALUE, looks_personal
from lib.ingest.reading import Sheet

MAX_CELL = 500
Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        codes: Place of the text of each row, -1 for a blank cell.
        texts: Distinct texts, then None, so that -1 finds it.
    """

    codes: np.ndarray
    texts: np.ndarray

    def cells(self, part: slice) -> np.ndarray:
        """Text or None of some rows."""
        return self.texts[self.codes[part]]


@dataclass(frozen=True)
class Rows:
    """Rows of a register, in the order of the file, no person's data in them.

    Attributes:
        lines: Line of the file of each row.
        columns: By our column name.
        is_duplicate: Whether all the cells of the row, mapped or not, are those of an earlier one.
        overflows: Lines that have more filled cells than the heading.
    """

    lines: np.ndarray
    columns: dict[str, Column]
    is_duplicate: np.ndarray
    overflows: frozenset[int]

    def __len__(self) -> int:
        return len(self.lines)


def gather(sheets: Iterable[Sheet], headings: Mapping[str, str], said: Callable[[int], None] = lambda _: None) -> Rows:
    """The mapped columns of all the rows of a file.

    Args:
        sheets: The file, in chunks.
        headings: The file's heading for each of our columns.
        said: Told the number of rows read so far.
    """
    texts: dict[str, dict[str, int]] = {name: {} for name in headings}
    codes: dict[str, list[np.ndarray]] = {name: [] for name in headings}
    lines, prints, overflows, read_count = [], [], set(), 0
    for sheet in sheets:
        for name, heading in headings.items():
            codes[name].append(_coded(sheet.cells[heading], texts[name]))
        lines.append(sheet.cells.index.to_numpy())
        prints.append(pd.util.hash_pandas_object(sheet.cells, index=False).to_numpy())
        overflows |= set(sheet.overflows)
        read_count += len(sheet.cells)
        said(read_count)
    all_lines = np.concatenate(lines) if lines else np.array([], "int64")
    columns = {name: Column(_joined(codes[name], "int32"), _masked(name, texts.pop(name))) for name in headings}
    is_whole = ~np.isin(all_lines, list(overflows))
    is_duplicate = np.zeros(len(all_lines), bool)
    is_duplicate[is_whole] = pd.Series(_joined(prints, "uint64")[is_whole]).duplicated().to_numpy()
    return Rows(all_lines, columns, is_duplicate, frozenset(overflows))


def read_values(column: Column, reader: Reader) -> np.ndarray:
    """What each distinct text of a column says: a value, None or a ``Reason``; then None for blank cells."""
    values = np.empty(len(column.texts), object)
    for place, text in enumerate(column.texts[:-1]):
        values[place] = _read(text, reader)
    return values


def _read(text: str, reader: Reader) -> Any:
    if text == MASKED:
        return Reason(PERSONAL_VALUE)
    return reader(text) if len(text) <= MAX_CELL else Reason("texte trop long")


def _coded(cells: pd.Series, texts: dict[str, int]) -> np.ndarray:
    """Place of each cell among the distinct texts met so far, to which those of the cells are added."""
    own, distinct = pd.factorize(cells.to_numpy(object))
    places = np.fromiter((texts.setdefault(text, len(texts)) for text in distinct), "int32", len(distinct))
    return np.where(own < 0, np.int32(-1), places[own] if len(places) else np.int32(-1)).astype("int32")


def _masked(name: str, texts: Iterable[str]) -> np.ndarray:
    is_reference = name in REFERENCE_COLUMNS
    kept = [MASKED if looks_personal(text, is_reference=is_reference) else text for text in texts]
    return np.array([*kept, None], object)


def _joined(arrays: list[np.ndarray], kind: str) -> np.ndarray:
    return np.concatenate(arrays) if arrays else np.array([], kind)
