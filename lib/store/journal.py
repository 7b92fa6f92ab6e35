"""What each batch changed: enough to undo it, and to read the history of a fact."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Date, Select, String, cast, select
from sqlalchemy import Enum as Listed

from lib.store.bulk import insert_rows
from lib.store.revisions import Change
from lib.store.rows import table_of
from lib.store.schema import BatchChange, Incident, IngestBatch, RejectedRow

FACT, MONTH, RESIDENCE, WAITING = "incident", "reporting_month", "residence", "rejected_row"
READING = "reading"  # not a table: how the columns of the file were read
JOURNAL = ["batch_id", "table_name", "row_key", "before"]


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


def later_batch(connection: Connection, batch_id: int) -> int | None:
    """The last batch, not undone, that changed a fact or a waiting row that this one wrote; None where none did."""
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
        )
        .order_by(BatchChange.batch_id.desc())
        .limit(1)
    )
    return connection.scalar(later)


def fact_history(connection: Connection, landlord_id: int, external_reference: str) -> pd.DataFrame:
    """Every content a fact had, the oldest first, with the import that brought it.

    Returns:
        ``batch_id, file_name, imported_at, imported_by``, then the columns of the fact; the last row is what the store
        holds now. Empty where the landlord has no such fact.
    """
    own = (Incident.landlord_id == landlord_id, Incident.external_reference == external_reference)
    held = connection.execute(select(Incident.__table__).where(*own)).mappings().first()
    if held is None:
        return pd.DataFrame()
    changed = (
        select(BatchChange.batch_id, BatchChange.before)
        .join(IngestBatch, IngestBatch.batch_id == BatchChange.batch_id)
        .where(BatchChange.table_name == FACT, BatchChange.row_key == str(held["incident_id"]))
        .where(IngestBatch.undone_at.is_(None))
        .order_by(BatchChange.batch_change_id)
    )
    changes = connection.execute(changed).all()
    now = {name: value for name, value in held.items() if name not in {"incident_id", "batch_id", "revision"}}
    contents = [*(as_fact(row.before) for row in changes), now]
    brought_by = [held["batch_id"], *(row.batch_id for row in changes)]
    return pd.DataFrame(
        [_batch(connection, batch_id) | content for batch_id, content in zip(brought_by, contents, strict=True)],
        dtype=object,
    )


def _touched(batch_id: int, table_name: str) -> Select:
    return select(BatchChange.row_key).where(BatchChange.batch_id == batch_id, BatchChange.table_name == table_name)


def _batch(connection: Connection, batch_id: int) -> dict[str, Any]:
    names = (IngestBatch.batch_id, IngestBatch.file_name, IngestBatch.imported_at, IngestBatch.imported_by)
    return dict(connection.execute(select(*names).where(IngestBatch.batch_id == batch_id)).mappings().one())


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
