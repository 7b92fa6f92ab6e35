"""The mapped columns of a register, each held as its distinct texts and the place of each row among them.

A million rows then hold in little memory, and each distinct text is read, checked and masked once.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lib.ingest.cleaning import Reason
from lib.ingest.columns import REFERENCE_COLUMNS
from lib.ingest.looks import names_a_person
from lib.ingest.privacy import MASKED, PERSONAL_VALUE, form_of, looks_personal
from lib.ingest.reading import Sheet

MAX_CELL = 500
# What a spreadsheet shows where its formula fails; «#N/A», not known, is read as such.
SHEET_ERROR = re.compile(r"#(?:REF|DIV/0|VALUE|VALEUR|NAME|NOM|NUM|NOMBRE|NULL|NUL)[!?]|Err:\d{3}")
IN_ERROR = Reason("cellule en erreur dans le tableur\u00a0: corrigez sa formule, ou écrivez sa valeur")
NAMED_PLACES = frozenset({"address", "residence_name", "commune_name"})  # «12 rue Madame Curie»
OWN_FORM = (
    "plus de la moitié des références ont une même forme, qui peut être celle d’un téléphone ou d’une plaque\u00a0; "
    "elles sont lues comme des références"
)
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
        sentences: What was decided on whole columns, in French.
    """

    lines: np.ndarray
    columns: dict[str, Column]
    is_duplicate: np.ndarray
    overflows: frozenset[int]
    sentences: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)


def gather(
    sheets: Iterable[Sheet],
    headings: Mapping[str, str],
    said: Callable[[int], None] = lambda _: None,
    *,
    is_judged: bool = False,
) -> Rows:
    """The mapped columns of all the rows of a file.

    Args:
        sheets: The file, in chunks.
        headings: The file's heading for each of our columns.
        said: Told the number of rows read so far.
        is_judged: Whether the references were judged with their file already: too few, they would be judged otherwise.
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
    kept = {name: _masked(name, list(texts.pop(name)), is_judged=is_judged) for name in headings}
    columns = {name: Column(_joined(codes[name], "int32"), distinct) for name, (distinct, _) in kept.items()}
    sentences = [f"«\u00a0{headings[name]}\u00a0»\u00a0: {OWN_FORM}." for name, (_, has_own) in kept.items() if has_own]
    is_whole = ~np.isin(all_lines, list(overflows))
    is_duplicate = np.zeros(len(all_lines), bool)
    is_duplicate[is_whole] = pd.Series(_joined(prints, "uint64")[is_whole]).duplicated().to_numpy()
    return Rows(all_lines, columns, is_duplicate, frozenset(overflows), sentences)


def is_personal(text: str, name: str | None, *, is_own: bool = False) -> bool:
    """Whether a cell may be of a person.

    Args:
        text: The cell.
        name: Column of ours it is read as, None where it is not read.
        is_own: Whether it has the form of the landlord's own references.
    """
    if looks_personal(text, is_reference=is_own):
        return True
    return name not in NAMED_PLACES and names_a_person(text)


def read_values(column: Column, reader: Reader) -> np.ndarray:
    """What each distinct text of a column says: a value, None or a ``Reason``; then None for blank cells."""
    values = np.empty(len(column.texts), object)
    for place, text in enumerate(column.texts[:-1]):
        values[place] = _read(text, reader)
    return values


def _read(text: str, reader: Reader) -> Any:
    if text == MASKED:
        return Reason(PERSONAL_VALUE)
    if text.startswith(("#", "E")) and SHEET_ERROR.fullmatch(text):
        return IN_ERROR
    return reader(text) if len(text) <= MAX_CELL else Reason("texte trop long")


def _coded(cells: pd.Series, texts: dict[str, int]) -> np.ndarray:
    """Place of each cell among the distinct texts met so far, to which those of the cells are added."""
    own, distinct = pd.factorize(cells.to_numpy(object))
    places = np.fromiter((texts.setdefault(text, len(texts)) for text in distinct), "int32", len(distinct))
    return np.where(own < 0, np.int32(-1), places[own] if len(places) else np.int32(-1)).astype("int32")


def _masked(name: str, texts: list[str], *, is_judged: bool) -> tuple[np.ndarray, bool]:
    """Distinct texts, then None, and whether some look personal and are kept as references of the landlord's own."""
    doubted = {text for text in texts if is_personal(text, name)}
    own = _of_own_form(texts, doubted, is_judged=is_judged) if name in REFERENCE_COLUMNS else set[str]()
    hidden = doubted - {text for text in own if not is_personal(text, name, is_own=True)}
    return np.array([*(MASKED if text in hidden else text for text in texts), None], object), hidden != doubted


def _of_own_form(texts: list[str], doubted: set[str], *, is_judged: bool) -> set[str]:
    """Doubted references that have the form of more than half of the column."""
    if is_judged or not doubted:
        return doubted
    counts = Counter(form_of(text) for text in texts)
    return {text for text in doubted if 2 * counts[form_of(text)] > len(texts)}


def _joined(arrays: list[np.ndarray], kind: str) -> np.ndarray:
    return np.concatenate(arrays) if arrays else np.array([], kind)
