"""Frames to rows and back, and the one way a frame meets a table: new, changed or known."""

from collections.abc import Sequence
from typing import NamedTuple, cast

import pandas as pd
from sqlalchemy import Connection, Select, Table, bindparam, insert, update

from lib.store.revisions import Change
from lib.store.schema import Base


class Saved(NamedTuple):
    """What became of the rows of a frame: written, rewritten, or already there as they are."""

    new_count: int
    changed_count: int
    known_count: int

    @property
    def written_count(self) -> int:
        """Rows the store did not hold in this state."""
        return self.new_count + self.changed_count


def table_of(model: type[Base]) -> Table:
    """The table behind a mapped class."""
    return cast(Table, model.__table__)


def records(frame: pd.DataFrame) -> list[dict]:
    """Rows of plain Python values, None where missing: what both engines accept."""
    names = [str(name) for name in frame.columns]
    columns = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def frame_of(connection: Connection, statement: Select) -> pd.DataFrame:
    """Answer of a query, its columns named even when it is empty."""
    found = connection.execute(statement)
    return pd.DataFrame(found.all(), columns=list(found.keys()), dtype=object).infer_objects()


def upsert(change: Change, table: Table, frame: pd.DataFrame, *, key: Sequence[str], existing: Select) -> Saved:
    """Writes the rows that are new or differ, and leaves the others as they are.

    A missing value never erases one the store holds: a file that is silent on a column changes nothing there.

    Args:
        change: The transaction.
        table: Table written to.
        frame: One row per key, columns named as those of the table.
        key: Columns that name a row.
        existing: Rows to compare with, all the columns of ``frame``.
    """
    columns = list(frame.columns)
    held = {tuple(row[name] for name in key): row for row in map(dict, change.connection.execute(existing).mappings())}
    new, changed = [], []
    for row in records(frame):
        before = held.get(tuple(row[name] for name in key))
        if before is None:
            new.append(row | {"revision": change.revision})
            continue
        merged = {name: before[name] if row[name] is None else row[name] for name in columns}
        if merged != {name: before[name] for name in columns}:
            changed.append(merged | {"revision": change.revision})
    _insert(change, table, new)
    _update(change, table, changed, key)
    return Saved(len(new), len(changed), len(frame) - len(new) - len(changed))


def _insert(change: Change, table: Table, rows: list[dict]) -> None:
    if rows:
        change.connection.execute(insert(table), rows)


def _update(change: Change, table: Table, rows: list[dict], key: Sequence[str]) -> None:
    if not rows:
        return
    names = [name for name in rows[0] if name not in key]
    statement = update(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in key))
    statement = statement.values({name: bindparam(f"new_{name}") for name in names})
    change.connection.execute(
        statement,
        [{f"key_{n}": row[n] for n in key} | {f"new_{n}": row[n] for n in names} for row in rows],
    )
