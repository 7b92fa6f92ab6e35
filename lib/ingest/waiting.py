"""Rows of a file that wait, kept once; rows that waited and that a file brings at last, closed."""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lib.ingest.accounting import as_json, fingerprint, unseen
from lib.ingest.settling import Import
from lib.ingest.validation import Read, Validated
from lib.store.rejections import resolve, save_rejections, waiting_cells


@dataclass(frozen=True)
class Held:
    """A row that waited before the import: its key, the fingerprint of its cells, its reference."""

    row_id: int
    print: bytes
    reference: str | None


@dataclass
class Waiting:
    """Rows that wait, before and during an import.

    Attributes:
        held: Those that waited before.
        counts: How many times each content waited; those met in the file are taken away.
        references: References of those held.
        refused: Contents held that this file repeats and that are still refused.
        brought: Contents (of rows without reference) and references held that this file brings.
        kept_count: Rows of the file that wait from now on.
    """

    held: list[Held]
    counts: Counter[bytes] = field(default_factory=Counter)
    references: frozenset[str] = frozenset()
    refused: set[bytes] = field(default_factory=set)
    brought: set[bytes | str] = field(default_factory=set)
    kept_count: int = 0


def waiting_before(under: Import, read: Read) -> Waiting:
    """The rows of the landlord that wait."""
    heading = read.headings.get("external_reference")
    held = [
        Held(row_id, fingerprint(cells), _reference(cells, heading))
        for row_id, cells in waiting_cells(under.made.connection, under.landlord_id)
    ]
    references = frozenset(row.reference for row in held if row.reference is not None)
    return Waiting(held, Counter(row.print for row in held), references)


def keep(waiting: Waiting, under: Import, read: Read, part: slice, judged: Validated) -> None:
    """Stores the refused rows of a part that do not wait yet."""
    refused = judged.refused
    if not len(refused):
        return
    rows = pd.Series(cells_of(read, part, refused), index=refused, dtype=object)
    waiting.refused |= {key for text in rows if (key := fingerprint(text)) in waiting.counts}
    fresh = unseen(rows, waiting.counts)
    save_rejections(under.made, under.batch_id, fresh, judged.reasons, judged.to_qualify)
    waiting.kept_count += len(fresh)


def bring(waiting: Waiting, read: Read, part: slice, brought: pd.DataFrame) -> None:
    """Remembers which of the rows held a part of the file brings: sound facts, as ``settling.settle`` tells them."""
    if not waiting.held:
        return
    waiting.brought |= waiting.references & set(brought["external_reference"])
    if len(waiting.references) < len(waiting.held):
        waiting.brought |= {
            key for text in cells_of(read, part, brought.index) if (key := fingerprint(text)) in waiting.counts
        }


def close(waiting: Waiting, under: Import) -> int:
    """Closes the rows held that the file brought; returns how many. One that it repeats as it was still waits."""
    brought = [
        row.row_id
        for row in waiting.held
        if row.print not in waiting.refused and (row.print in waiting.brought or row.reference in waiting.brought)
    ]
    return resolve(under.made, under.batch_id, brought)


def cells_of(read: Read, part: slice, lines: Collection[int]) -> list[str]:
    """JSON texts of some rows of a part, in the order of the file."""
    places = part.start + np.flatnonzero(np.isin(read.rows.lines[part], np.array(list(lines), "int64")))
    columns = {ours: column.texts[column.codes[places]] for ours, column in read.rows.columns.items()}
    return as_json(columns, read.headings)


def _reference(cells: str, heading: str | None) -> str | None:
    text = json.loads(cells).get(heading) if heading is not None else None
    return " ".join(text.split()) if isinstance(text, str) else None
