"""What each batch changed, and on which others it rests: enough to undo it, or to refuse to."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Select, String, cast, select
from sqlalchemy import Enum as Listed

from lib.store.bulk import insert_rows, parts
from lib.store.revisions import Change
from lib.store.rows import table_of
from lib.store.schema import BatchChange, Incident, IngestBatch, RejectedRow

FACT, MONTH, RESIDENCE, WAITING = "incident", "reporting_month", "residence", "rejected_row"
READING = "reading"  # not a table: how the columns of the file were read
SEEN = "seen"  # not a table: the batches whose rows this one found again
JOURNAL = ["batch_id", "table_name", "row_key", "before"]
AT_ONCE = 5_000


def note(change: Change, batch_id: int, table_name: str, entries: Iterable[tuple[str, str | None]]) -> None:
    """Writes that a batch changed rows: the key of each, and its JSON text before, None where the batch made it."""
    rows = ((batch_id, table_name, key, before) for key, before in entries)
    insert_rows(change.connection, table_of(BatchChange), JOURNAL, rows)


def as_text(row: dict[str, Any]) -> str:
    """A row of the store as JSON text: days in ISO form, codes as they are kept."""
    return json.dumps(row, ensure_ascii=False, default=_jsonable)


def as_fact(before: str) -> dict[str, Any]:
    """The columns of a fact from its JSON text."""
    columns = table_of(Incident).c
    return {name: _typed(columns[name].type, value) for name, value in json.loads(before).items()}


def entries_of(connection: Connection, batch_id: int, table_name: str) -> dict[str, str | None]:
    """What a batch changed in a table: the state before, by key."""
    own = select(BatchChange.row_key, BatchChange.before).where(
        BatchChange.batch_id == batch_id, BatchChange.table_name == table_name
    )
    return dict(connection.execute(own.order_by(BatchChange.batch_change_id.desc())).all())


def later_batches(connection: Connection, batch_id: int) -> list[int]:
    """Batches, not undone, that rest on this one, the last first.

    They changed a fact or a waiting row that it wrote, or found there a row that they did not store again.
    """
    facts = _touched(batch_id, FACT).union(
        select(cast(Incident.incident_id, String)).where(Incident.batch_id == batch_id)
    )
    rows = _touched(batch_id, WAITING).union(
        select(cast(RejectedRow.rejected_row_id, String)).where(RejectedRow.batch_id == batch_id)
    )
    later = (
        select(BatchChange.batch_id)
        .join(IngestBatch, IngestBatch.batch_id == BatchChange.batch_id)
        .where(BatchChange.batch_id > batch_id, IngestBatch.undone_at.is_(None))
        .where(
            ((BatchChange.table_name == FACT) & BatchChange.row_key.in_(facts))
            | ((BatchChange.table_name == WAITING) & BatchChange.row_key.in_(rows))
            | ((BatchChange.table_name == SEEN) & (BatchChange.row_key == str(batch_id)))
        )
        .order_by(BatchChange.batch_id.desc())
        .distinct()
    )
    return list(connection.scalars(later))


def changers(connection: Connection, table_name: str, keys: Iterable[int]) -> set[int]:
    """Batches, not undone, that changed rows of a table."""
    changed = (
        select(BatchChange.batch_id)
        .join(IngestBatch, IngestBatch.batch_id == BatchChange.batch_id)
        .where(BatchChange.table_name == table_name, IngestBatch.undone_at.is_(None))
        .distinct()
    )
    return {
        batch_id
        for part in parts(map(str, keys), AT_ONCE)
        for batch_id in connection.scalars(changed.where(BatchChange.row_key.in_(part)))
    }


def note_seen(change: Change, batch_id: int, seen: Iterable[int]) -> None:
    """Writes which earlier batches hold rows that a batch brought too, and that were not stored again."""
    note(change, batch_id, SEEN, ((str(one), None) for one in sorted(set(seen) - {batch_id})))


def _touched(batch_id: int, table_name: str) -> Select:
    return select(BatchChange.row_key).where(BatchChange.batch_id == batch_id, BatchChange.table_name == table_name)


def _jsonable(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise ValueError(f"{type(value).__name__} has no JSON form")


def _typed(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return kind.enum_class(value) if isinstance(kind, Listed) and kind.enum_class else value
