"""Rows of a file that wait, kept once; rows that waited and that a file brings at last, closed."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lib.ingest.accounting import as_json
from lib.ingest.cleaning import plain
from lib.ingest.settling import Import
from lib.ingest.validation import PLACE_COLUMNS, REQUIRED, Read, Validated
from lib.store.journal import WAITING, changers
from lib.store.rejections import held_rows, resolve, save_rejections

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Held:
    """A row kept before the import: its keys, whether it still waits, its reference."""

    row_id: int
    batch_id: int
    is_waiting: bool
    reference: str | None


@dataclass
class Shape:
    """Rows held that share some columns with the file, by what they say there.

    Attributes:
        columns: Of ours, those compared.
        rows: Rows held, by their cells in these columns, as their file gave them and as they are now.
        can_match: By column, which of the distinct texts of the file one of the rows held has.
    """

    columns: tuple[str, ...]
    rows: dict[Key, list[Held]] = field(default_factory=dict)
    can_match: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass
class Waiting:
    """Rows that wait or waited, before and during an import.

    Attributes:
        held: Those kept before.
        shapes: The same, to be found again in the file: declarations of several months may read different columns.
        references: References of those that wait.
        used: Keys of the rows held that a row of the file is, refused as they were.
        hidden: Lines of the file that wait already.
        brought: Keys of the rows held that the file brings, and references that it brings.
        stood_for: Keys of the rows held that became facts, and for which a row of the file brings no second one.
        seen: Batches of the rows held that are not kept again.
        kept_count: Rows of the file that wait from now on.
    """

    held: list[Held]
    shapes: list[Shape]
    references: frozenset[str] = frozenset()
    used: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    brought: set[int | str] = field(default_factory=set)
    stood_for: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    kept_count: int = 0


def waiting_before(under: Import, read: Read) -> Waiting:
    """The rows kept of the landlord, that wait or were brought since."""
    columns = {plain(heading): ours for ours, heading in read.headings.items()}
    heading = plain(read.headings.get("external_reference", ""))
    held, shapes = [], {}
    for row in held_rows(under.made.connection, under.landlord_id):
        now = _cells(row.cells)
        one = Held(row.rejected_row_id, row.batch_id, row.is_waiting, _reference(now.get(heading)))
        held.append(one)
        contents = (_cells(row.original), now) if row.is_waiting else (_cells(row.original),)
        for cells in contents:
            if _tells_a_fact(cells, read):
                _hold(shapes, one, {columns[name]: text for name, text in cells.items() if name in columns})
    for shape in shapes.values():
        for place, ours in enumerate(shape.columns):
            said = {key[place] for key in shape.rows}
            shape.can_match[ours] = np.array([text in said for text in read.rows.columns[ours].texts], bool)
    return Waiting(held, list(shapes.values()), frozenset(row.reference for row in held if row.reference is not None))


def recall(waiting: Waiting, read: Read, part: slice, lines: Collection[int], *, are_refused: bool) -> set[int]:
    """Lines of a part that are rows kept before and brought since: known, they make no second fact.

    Refused lines that still wait are remembered: they are not kept again. A row held is found once in a file.
    """
    known = set()
    for line, rows in _matches(waiting, read, part, lines).items():
        free = [row for row in rows if row.row_id not in waiting.used and (are_refused or not row.is_waiting)]
        if not free:
            continue
        waiting.used.add(free[0].row_id)
        waiting.seen.add(free[0].batch_id)
        if free[0].is_waiting:
            waiting.hidden.add(line)
            continue
        known.add(line)
        if not are_refused:
            waiting.stood_for.add(free[0].row_id)
    return known


def keep(waiting: Waiting, under: Import, read: Read, part: slice, judged: Validated) -> None:
    """Stores the refused rows of a part that do not wait yet."""
    fresh = judged.refused[~judged.refused.isin(list(waiting.hidden))]
    rows = pd.Series(cells_of(read, part, fresh), index=fresh, dtype=object)
    save_rejections(under.made, under.batch_id, rows, judged.reasons, judged.to_qualify)
    waiting.kept_count += len(fresh)


def bring(waiting: Waiting, read: Read, part: slice, brought: pd.DataFrame) -> None:
    """Remembers which of the rows held a part of the file brings: sound facts, as ``settling.settle`` tells them."""
    if waiting.references:
        waiting.brought |= waiting.references & set(brought["external_reference"])
    for rows in _matches(waiting, read, part, brought.index).values():
        waiting.brought |= {row.row_id for row in rows}


def close(waiting: Waiting, under: Import) -> int:
    """Closes the rows held that the file brought; returns how many. One that it repeats as it was still waits."""
    brought = [
        row.row_id
        for row in waiting.held
        if row.is_waiting and row.row_id not in waiting.used and waiting.brought & {row.row_id, row.reference}
    ]
    return resolve(under.made, under.batch_id, brought)


def seen_by(waiting: Waiting, under: Import) -> set[int]:
    """Batches on which the import rests for rows that it did not keep, or of which it made no fact."""
    return waiting.seen | changers(under.made.connection, WAITING, sorted(waiting.stood_for))


def cells_of(read: Read, part: slice, lines: Collection[int]) -> list[str]:
    """JSON texts of some rows of a part, in the order of the file."""
    places = _places(read, part, lines)
    columns = {ours: column.texts[column.codes[places]] for ours, column in read.rows.columns.items()}
    return as_json(columns, read.headings)


def _places(read: Read, part: slice, lines: Collection[int]) -> np.ndarray:
    return part.start + np.flatnonzero(np.isin(read.rows.lines[part], np.array(list(lines), "int64")))


def _tells_a_fact(cells: Collection[str], read: Read) -> bool:
    """Whether these plain headings are those of what makes a fact in the file: its day, its type and its place."""
    told = {ours for ours, heading in read.headings.items() if plain(heading) in cells}
    return set(REQUIRED) & set(read.headings) <= told and bool(told & PLACE_COLUMNS)


def _hold(shapes: dict[tuple[str, ...], Shape], row: Held, cells: dict[str, str | None]) -> None:
    """Files a row under the columns it shares with the file."""
    columns = tuple(sorted(cells))
    shape = shapes.setdefault(columns, Shape(columns))
    rows = shape.rows.setdefault(tuple(cells[ours] for ours in columns), [])
    if row not in rows:
        rows.append(row)


def _matches(waiting: Waiting, read: Read, part: slice, lines: Collection[int]) -> dict[int, list[Held]]:
    """Rows held that say what some lines of a part say, by line, in the order of the file."""
    found: dict[int, list[Held]] = {}
    if not waiting.shapes or not len(lines):
        return found
    all_places = _places(read, part, lines)
    for shape in waiting.shapes:
        places = all_places
        for ours, can_match in shape.can_match.items():
            places = places[can_match[read.rows.columns[ours].codes[places]]]
        columns = [read.rows.columns[ours] for ours in shape.columns]
        texts = zip(*(column.texts[column.codes[places]] for column in columns), strict=True)
        for line, key in zip(read.rows.lines[places].tolist(), texts, strict=True):
            if key in shape.rows:
                found.setdefault(line, []).extend(shape.rows[key])
    return dict(sorted(found.items()))


def _cells(text: str) -> dict[str, str | None]:
    """Cells by plain heading: «Date» one month may be «DATE» the next."""
    return {plain(heading): cell for heading, cell in json.loads(text).items()}


def _reference(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())
