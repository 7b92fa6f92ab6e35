"""Rows of registers that wait: for a correction, or for a label to be mapped."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from lib.domain.vocabulary import BatchKind, RejectionStatus
from lib.store.bulk import insert_rows, parts
from lib.store.journal import WAITING, as_text, entries_of, note
from lib.store.revisions import Change
from lib.store.rows import frame_of, table_of
from lib.store.schema import BatchChange, IngestBatch, Landlord, RejectedRow, RejectionReason

STATUSES = (RejectionStatus.OPEN, RejectionStatus.TO_QUALIFY)
REASON = ["column_name", "value", "reason"]
AT_ONCE = 5_000


@dataclass(frozen=True)
class WaitingRow:
    """A row that waits; ``cells`` is its JSON text, ``reasons`` its (column, value, reason)."""

    rejected_row_id: int
    batch_id: int
    status: RejectionStatus
    cells: str
    reasons: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class HeldRow:
    """A row that waits, or waited; ``cells`` and ``original`` are its JSON texts now and as its file gave it."""

    rejected_row_id: int
    batch_id: int
    is_waiting: bool
    cells: str
    original: str


def save_rejections(
    change: Change, batch_id: int, rows: pd.Series, reasons: pd.DataFrame, to_qualify: Iterable[int] = ()
) -> None:
    """Keeps rejected rows, with their reasons, until somebody corrects them.

    Args:
        change: The transaction.
        batch_id: The file they come from.
        rows: JSON text of the mapped cells, indexed by ``line_number``.
        reasons: ``line_number``, ``column_name``, ``value``, ``reason``; lines absent from ``rows`` are left out.
        to_qualify: Lines that wait only for a label to be mapped.
    """
    if rows.empty:
        return
    lines = [int(str(line)) for line in rows.index]
    first_id = int(change.connection.scalar(select(func.max(RejectedRow.rejected_row_id))) or 0)
    unmapped, revision = set(to_qualify), change.revision
    kept = (
        (batch_id, line, cells, _status(line in unmapped).value, revision)
        for line, cells in zip(lines, rows, strict=True)
    )
    columns = ["batch_id", "line_number", "cells", "status", "revision"]
    insert_rows(change.connection, table_of(RejectedRow), columns, kept)
    made = select(RejectedRow.line_number, RejectedRow.rejected_row_id)
    made = made.where(RejectedRow.batch_id == batch_id, RejectedRow.rejected_row_id > first_id)
    ids = {row.line_number: row.rejected_row_id for row in change.connection.execute(made)}
    said = reasons[reasons["line_number"].isin(ids)]
    values = [said["line_number"].map(ids).tolist(), *(said[name].tolist() for name in REASON)]
    table, columns = table_of(RejectionReason), ["rejected_row_id", *REASON, "revision"]
    insert_rows(change.connection, table, columns, ((*row, revision) for row in zip(*values, strict=True)))


def held_rows(connection: Connection, landlord_id: int) -> list[HeldRow]:
    """Rows of the registers of a landlord that wait, or waited once, the oldest first."""
    columns = (RejectedRow.rejected_row_id, RejectedRow.batch_id, RejectedRow.status, RejectedRow.cells)
    statement = _rows(*columns, landlord_id=landlord_id).where(
        RejectedRow.status.in_((*STATUSES, RejectionStatus.RESOLVED))
    )
    original = _original_cells(connection, landlord_id)
    return [
        HeldRow(row.rejected_row_id, row.batch_id, row.status in STATUSES, row.cells, original.get(row[0], row.cells))
        for row in connection.execute(statement.order_by(RejectedRow.rejected_row_id))
    ]


def waiting_by_id(connection: Connection, landlord_id: int) -> dict[int, WaitingRow]:
    """Every row of a landlord that waits, with its reasons, by ``rejected_row_id``, the oldest first."""
    columns = (RejectedRow.rejected_row_id, RejectedRow.batch_id, RejectedRow.status, RejectedRow.cells)
    rows = connection.execute(_waiting(*columns, landlord_id=landlord_id).order_by(RejectedRow.rejected_row_id)).all()
    said = _reasons(connection, [row.rejected_row_id for row in rows])
    return {row.rejected_row_id: WaitingRow(*row, said.get(row.rejected_row_id, ())) for row in rows}


def resolve(change: Change, batch_id: int, row_ids: Iterable[int]) -> int:
    """Closes rows that waited and that a batch brings, and forgets what they held, but for undoing that batch."""
    ids = list(row_ids)
    _note_rows(change, batch_id, ids)
    shared = {"status": RejectionStatus.RESOLVED, "resolved_at": datetime.now(UTC), "revision": change.revision}
    for part in parts(ids, AT_ONCE):
        closed = update(RejectedRow).where(RejectedRow.rejected_row_id.in_(part)).values(shared | {"cells": "{}"})
        change.connection.execute(closed)
        change.connection.execute(delete(RejectionReason).where(RejectionReason.rejected_row_id.in_(part)))
    return len(ids)


def rewrite(change: Change, batch_id: int, rows: Iterable[WaitingRow]) -> None:
    """Rows that a batch judged again and that still wait: their cells, status and reasons of now."""
    changed = list(rows)
    _note_rows(change, batch_id, [row.rejected_row_id for row in changed])
    _write(change, changed)


def reopen(change: Change, batch_id: int) -> int:
    """Gives the rows that a batch closed or rewrote their state before it; returns how many."""
    before = entries_of(change.connection, batch_id, WAITING)
    rows = [_from_text(int(key), text) for key, text in before.items() if text]
    _write(change, rows)
    return len(rows)


def open_rejections(
    connection: Connection, landlord_code: str | None = None, status: RejectionStatus | None = None
) -> pd.DataFrame:
    """Rows of registers that wait.

    Args:
        connection: The store.
        landlord_code: One landlord; all of them where None.
        status: ``OPEN`` (to correct) or ``TO_QUALIFY`` (a label to map); both where None.

    Returns:
        One row per reason, oldest file first: ``rejected_row_id``, ``batch_id``, ``landlord_code``, ``file_name``,
        ``line_number``, ``status``, ``cells`` (JSON text), ``column_name``, ``value``, ``reason``.
    """
    waiting = (
        select(
            RejectedRow.rejected_row_id,
            RejectedRow.batch_id,
            Landlord.landlord_code,
            IngestBatch.file_name,
            RejectedRow.line_number,
            RejectedRow.status,
            RejectedRow.cells,
            RejectionReason.column_name,
            RejectionReason.value,
            RejectionReason.reason,
        )
        .join(IngestBatch, IngestBatch.batch_id == RejectedRow.batch_id)
        .join(Landlord, Landlord.landlord_id == IngestBatch.landlord_id)
        .join(RejectionReason, RejectionReason.rejected_row_id == RejectedRow.rejected_row_id)
        .where(IngestBatch.kind == BatchKind.INCIDENTS)
        .where(RejectedRow.status.in_(STATUSES if status is None else (status,)))
        .order_by(RejectedRow.batch_id, RejectedRow.line_number, RejectionReason.rejection_reason_id)
    )
    if landlord_code is not None:
        waiting = waiting.where(Landlord.landlord_code == landlord_code)
    return frame_of(connection, waiting)


def waiting_rows(
    connection: Connection, landlord_code: str | None = None, status: RejectionStatus | None = None
) -> pd.DataFrame:
    """Rows of registers that wait, one line each, the oldest file first; arguments as ``open_rejections``.

    Returns:
        ``rejected_row_id, batch_id, landlord_code, file_name, line_number, status, cells`` (JSON text: heading of the
        file, value), ``reasons`` (all of them, in one French text).
    """
    found = open_rejections(connection, landlord_code, status)
    said = [_said(*three) for three in found[REASON].itertuples(index=False, name=None)]
    key = [name for name in found.columns if name not in REASON]
    rows = found.assign(reasons=pd.Series(said, index=found.index, dtype=object))
    joined = rows.groupby("rejected_row_id", sort=False)["reasons"].agg("\u00a0; ".join)
    return rows[key].drop_duplicates("rejected_row_id", ignore_index=True).assign(reasons=joined.tolist())


def _said(column: str, value: str, reason: str) -> str:
    return f"{column} «\u00a0{value}\u00a0»\u00a0: {reason}" if value else f"{column}\u00a0: {reason}"


def _status(is_unmapped: bool) -> RejectionStatus:
    return RejectionStatus.TO_QUALIFY if is_unmapped else RejectionStatus.OPEN


def _waiting(*columns: Any, landlord_id: int) -> Select:
    return _rows(*columns, landlord_id=landlord_id).where(RejectedRow.status.in_(STATUSES))


def _rows(*columns: Any, landlord_id: int) -> Select:
    """Rows kept from the registers of a landlord, whatever became of them."""
    return (
        select(*columns)
        .join(IngestBatch, IngestBatch.batch_id == RejectedRow.batch_id)
        .where(IngestBatch.kind == BatchKind.INCIDENTS, IngestBatch.landlord_id == landlord_id)
    )


def _original_cells(connection: Connection, landlord_id: int) -> dict[int, str]:
    """The cells of the rows that batches, not undone, closed or rewrote, as they were before the first of them."""
    changed = (
        select(BatchChange.row_key, BatchChange.before)
        .join(IngestBatch, IngestBatch.batch_id == BatchChange.batch_id)
        .where(BatchChange.table_name == WAITING, IngestBatch.landlord_id == landlord_id)
        .where(IngestBatch.undone_at.is_(None))
        .order_by(BatchChange.batch_change_id.desc())
    )
    return {int(row.row_key): json.loads(row.before)["cells"] for row in connection.execute(changed)}


def _reasons(connection: Connection, row_ids: list[int]) -> dict[int, tuple[tuple[str, str, str], ...]]:
    found: dict[int, tuple[tuple[str, str, str], ...]] = {}
    names = (RejectionReason.rejected_row_id, *(getattr(RejectionReason, name) for name in REASON))
    for part in parts(row_ids, AT_ONCE):
        said = select(*names).where(RejectionReason.rejected_row_id.in_(part))
        for row_id, *three in connection.execute(said.order_by(RejectionReason.rejection_reason_id)):
            found[row_id] = (*found.get(row_id, ()), tuple(three))
    return found


def _note_rows(change: Change, batch_id: int, row_ids: list[int]) -> None:
    said = _reasons(change.connection, row_ids)
    for part in parts(row_ids, AT_ONCE):
        held = select(RejectedRow.rejected_row_id, RejectedRow.batch_id, RejectedRow.status, RejectedRow.cells)
        rows = change.connection.execute(held.where(RejectedRow.rejected_row_id.in_(part))).mappings()
        entries = [
            (str(row["rejected_row_id"]), as_text(dict(row) | {"reasons": said.get(row["rejected_row_id"], ())}))
            for row in rows
        ]
        note(change, batch_id, WAITING, entries)


def _from_text(row_id: int, text: str) -> WaitingRow:
    held = json.loads(text)
    reasons = tuple((column, value, reason) for column, value, reason in held["reasons"])
    return WaitingRow(row_id, held["batch_id"], RejectionStatus(held["status"]), held["cells"], reasons)


def _write(change: Change, rows: list[WaitingRow]) -> None:
    """Rows waiting again, in this state."""
    if not rows:
        return
    shared = {"resolved_at": None, "revision": change.revision}
    statement = update(RejectedRow).where(RejectedRow.rejected_row_id == bindparam("key"))
    statement = statement.values(status=bindparam("now"), cells=bindparam("held"), **shared)
    states = [{"key": row.rejected_row_id, "now": row.status, "held": row.cells} for row in rows]
    change.connection.execute(statement, states)
    for part in parts((row.rejected_row_id for row in rows), AT_ONCE):
        change.connection.execute(delete(RejectionReason).where(RejectionReason.rejected_row_id.in_(part)))
    said = [
        dict(zip(REASON, three, strict=True)) | {"rejected_row_id": row.rejected_row_id, "revision": change.revision}
        for row in rows
        for three in row.reasons
    ]
    if said:
        change.connection.execute(insert(RejectionReason), said)
