"""Files read, facts accepted and rows rejected, as the store keeps them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from lib.domain.vocabulary import BatchKind, RejectionStatus
from lib.store.revisions import Change
from lib.store.rows import frame_of, records
from lib.store.schema import Incident, IncidentType, IngestBatch, Landlord, RejectedRow, RejectionReason, Residence

# What the caller gives for each fact; the store adds its own keys.
INCIDENT_COLUMNS = [
    column.name for column in Incident.__table__.columns if column.name not in {"incident_id", "batch_id", "revision"}
]


@dataclass(frozen=True)
class Batch:
    """One file read: ``accepted_count + known_count + rejected_count`` is ``read_count``, checked by the database."""

    kind: BatchKind
    landlord_id: int | None
    file_name: str
    file_sha256: str
    imported_by: str
    read_count: int
    accepted_count: int
    known_count: int
    rejected_count: int


def save_batch(change: Change, batch: Batch) -> int:
    """Writes the file's line in the history and returns its ``batch_id``."""
    row = asdict(batch) | {"imported_at": datetime.now(UTC), "revision": change.revision}
    made = change.connection.execute(insert(IngestBatch).values(row))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def save_incidents(change: Change, batch_id: int, incidents: pd.DataFrame) -> int:
    """Writes new facts.

    Args:
        change: The transaction.
        batch_id: The file they come from.
        incidents: One row per fact, the columns of ``INCIDENT_COLUMNS``; codes as text, ids as integers,
            any missing mark where a value is unknown.

    Returns:
        The number of rows written.

    Raises:
        ValueError: If a column is absent.
    """
    absent = set(INCIDENT_COLUMNS) - set(incidents.columns)
    if absent:
        raise ValueError(f"incidents without {sorted(absent)}")
    rows = records(incidents[INCIDENT_COLUMNS].assign(batch_id=batch_id, revision=change.revision))
    if rows:
        change.connection.execute(insert(Incident), rows)
    return len(rows)


def save_rejections(change: Change, batch_id: int, rows: pd.Series, reasons: pd.DataFrame) -> None:
    """Keeps rejected rows, with their reasons, until somebody corrects them.

    Args:
        change: The transaction.
        batch_id: The file they come from.
        rows: JSON text of the mapped cells, indexed by ``line_number``.
        reasons: ``line_number``, ``column_name``, ``value``, ``reason``; lines absent from ``rows`` are left out.
    """
    if rows.empty:
        return
    shared = {"batch_id": batch_id, "status": RejectionStatus.OPEN, "revision": change.revision}
    kept = [{"line_number": int(str(line)), "cells": cells} | shared for line, cells in rows.items()]
    change.connection.execute(insert(RejectedRow), kept)
    made = change.connection.execute(
        select(RejectedRow.line_number, RejectedRow.rejected_row_id).where(RejectedRow.batch_id == batch_id)
    )
    ids = {row.line_number: row.rejected_row_id for row in made}
    said = reasons[reasons["line_number"].isin(ids)]
    said = said.assign(rejected_row_id=said["line_number"].map(ids), revision=change.revision)
    change.connection.execute(insert(RejectionReason), records(said.drop(columns="line_number")))


def known_references(connection: Connection, landlord_id: int) -> set[str]:
    """References of the facts already stored for a landlord."""
    return set(connection.scalars(select(Incident.external_reference).where(Incident.landlord_id == landlord_id)))


def resolve_rejections(change: Change, landlord_id: int, is_resolved: Callable[[str], bool]) -> int:
    """Closes the waiting rows of a landlord whose cells satisfy ``is_resolved``, and forgets what they held."""
    rows = change.connection.execute(_waiting(RejectedRow.rejected_row_id, RejectedRow.cells, landlord_id=landlord_id))
    ids = [row_id for row_id, cells in rows if is_resolved(cells)]
    shared = {"status": RejectionStatus.RESOLVED, "resolved_at": datetime.now(UTC), "revision": change.revision}
    closed = shared | {"cells": "{}"}
    statement = update(RejectedRow).where(RejectedRow.rejected_row_id == bindparam("key")).values(closed)
    if ids:
        change.connection.execute(statement, [{"key": row_id} for row_id in ids])
        change.connection.execute(delete(RejectionReason).where(RejectionReason.rejected_row_id.in_(ids)))
    return len(ids)


def open_cells(connection: Connection, landlord_id: int) -> Counter[str]:
    """How many rows of a landlord's registers wait for correction, by the JSON text of their cells."""
    return Counter(connection.scalars(_waiting(RejectedRow.cells, landlord_id=landlord_id)))


def open_rejections(connection: Connection, landlord_code: str | None = None) -> pd.DataFrame:
    """Rows of registers waiting for correction.

    Returns:
        One row per reason, oldest file first: ``batch_id``, ``landlord_code``, ``file_name``, ``line_number``,
        ``cells`` (JSON text), ``column_name``, ``value``, ``reason``.
    """
    waiting = (
        select(
            RejectedRow.batch_id,
            Landlord.landlord_code,
            IngestBatch.file_name,
            RejectedRow.line_number,
            RejectedRow.cells,
            RejectionReason.column_name,
            RejectionReason.value,
            RejectionReason.reason,
        )
        .join(IngestBatch, IngestBatch.batch_id == RejectedRow.batch_id)
        .join(Landlord, Landlord.landlord_id == IngestBatch.landlord_id)
        .join(RejectionReason, RejectionReason.rejected_row_id == RejectedRow.rejected_row_id)
        .where(IngestBatch.kind == BatchKind.INCIDENTS, RejectedRow.status == RejectionStatus.OPEN)
        .order_by(RejectedRow.batch_id, RejectedRow.line_number, RejectionReason.rejection_reason_id)
    )
    if landlord_code is not None:
        waiting = waiting.where(Landlord.landlord_code == landlord_code)
    return frame_of(connection, waiting)


def residence_ids(connection: Connection, landlord_id: int) -> dict[str, int]:
    """``residence_id`` of each residence of a landlord, by its reference."""
    own = select(Residence.reference, Residence.residence_id).where(Residence.landlord_id == landlord_id)
    return {row.reference: row.residence_id for row in connection.execute(own)}


def default_severities(connection: Connection) -> dict[str, int]:
    """Default severity (1–4) of each type of the nomenclature, by ``type_code``."""
    types = select(IncidentType.type_code, IncidentType.severity_default)
    return {row.type_code: row.severity_default for row in connection.execute(types)}


def _waiting(*columns: InstrumentedAttribute, landlord_id: int) -> Select:
    return (
        select(*columns)
        .join(IngestBatch, IngestBatch.batch_id == RejectedRow.batch_id)
        .where(
            IngestBatch.kind == BatchKind.INCIDENTS,
            IngestBatch.landlord_id == landlord_id,
            RejectedRow.status == RejectionStatus.OPEN,
        )
    )
