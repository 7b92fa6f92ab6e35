"""What undoing an import takes back from the store, table by table."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection, CursorResult, Delete, delete, exists, select, tuple_, update

from lib.domain.vocabulary import BatchKind, ReportingStatus
from lib.store.bulk import parts
from lib.store.claims import ResidenceMonth, claimed, remaining
from lib.store.incidents import rewrite_incidents
from lib.store.journal import FACT, RESIDENCE, as_fact, entries_of
from lib.store.reporting import with_facts, write_months
from lib.store.revisions import Change
from lib.store.schema import (
    ActionPlace,
    BatchChange,
    HallMonth,
    Incident,
    IngestBatch,
    RejectedRow,
    ReportingMonth,
    Residence,
    Situation,
)

UNDOABLE = (BatchKind.INCIDENTS, BatchKind.REPLAY, BatchKind.REPORTING)
AT_ONCE = 5_000


@dataclass(frozen=True)
class BatchLine:
    """A line of the history, as a sentence names it."""

    batch_id: int
    kind: BatchKind
    landlord_id: int | None
    file_name: str
    imported_at: datetime
    undone_at: datetime | None


def batch_line(connection: Connection, batch_id: int) -> BatchLine | None:
    """A line of the history of the registers, or None."""
    names = (getattr(IngestBatch, name) for name in BatchLine.__dataclass_fields__)
    statement = select(*names).where(IngestBatch.batch_id == batch_id, IngestBatch.kind.in_(UNDOABLE))
    row = connection.execute(statement).first()
    return None if row is None else BatchLine(*row)


def mark_undone(change: Change, batch_id: int) -> None:
    """Says in the history that a batch is undone; its line and its journal stay."""
    now = {"undone_at": datetime.now(UTC), "revision": change.revision}
    change.connection.execute(update(IngestBatch).where(IngestBatch.batch_id == batch_id).values(now))


def restore_facts(change: Change, batch_id: int) -> int:
    """Gives the facts that a batch rewrote their content before it; returns how many."""
    before = entries_of(change.connection, batch_id, FACT)
    rewrite_incidents(change, [{"incident_id": int(key)} | as_fact(text) for key, text in before.items() if text])
    return len(before)


def remove_facts(change: Change, batch_id: int) -> int:
    """Removes the facts that a batch brought; returns how many."""
    return _removed(change, delete(Incident).where(Incident.batch_id == batch_id))


def remove_waiting(change: Change, batch_id: int) -> int:
    """Removes the rows of a batch that wait; returns how many."""
    return _removed(change, delete(RejectedRow).where(RejectedRow.batch_id == batch_id))


def restore_months(change: Change, batch: BatchLine) -> int:
    """Residence-months as the imports that remain say them; returns how many were looked at again.

    To be called once the batch is marked as undone and its facts are removed.
    """
    claims = claimed(change.connection, batch.batch_id)
    if not claims or batch.landlord_id is None:
        return 0
    before, left = remaining(change.connection, batch.landlord_id, claims)
    months = {month for _, month in claims}
    found, shown = (
        with_facts(change.connection, batch.landlord_id, months, is_protected_told=is_told) for is_told in (True, False)
    )
    told = {claim: _status(claim, before, left, found if left.get(claim) else shown) for claim in claims}
    _forget_months(change, [claim for claim, status in told.items() if status is None])
    said = {claim: status for claim, status in told.items() if status is not None}
    write_months(change, said, standing={**said})
    return len(claims)


def remove_residences(change: Change, landlord_id: int) -> int:
    """Removes the residences that undone batches of a landlord made and that nothing uses; returns how many.

    One in which partners act stays: what they decided is theirs, and does not change because a register is taken back.
    """
    made = (
        select(BatchChange.row_key)
        .join(IngestBatch, IngestBatch.batch_id == BatchChange.batch_id)
        .where(BatchChange.table_name == RESIDENCE, IngestBatch.landlord_id == landlord_id)
        .where(IngestBatch.undone_at.is_not(None))
    )
    removed = 0
    for part in parts(list(change.connection.scalars(made)), AT_ONCE):
        unused = select(Residence.residence_id).where(Residence.residence_id.in_(map(int, part)))
        for table in (Incident, Situation, ReportingMonth, HallMonth, ActionPlace):
            unused = unused.where(~exists().where(table.residence_id == Residence.residence_id))
        ids = list(change.connection.scalars(unused))
        removed += _removed(change, delete(Residence).where(Residence.residence_id.in_(ids)))
        keys = [str(residence_id) for residence_id in ids]
        own = (BatchChange.table_name == RESIDENCE, BatchChange.row_key.in_(keys))
        change.connection.execute(delete(BatchChange).where(*own))
    return removed


def _status(
    claim: ResidenceMonth,
    before: dict[ResidenceMonth, ReportingStatus | None],
    left: dict[ResidenceMonth, bool],
    with_fact: set[ResidenceMonth],
) -> ReportingStatus | None:
    """What the batches left say; what stood before all of them where none says anything."""
    if claim not in left:
        return before[claim]
    if claim in with_fact or before[claim] is ReportingStatus.REPORTED:
        return ReportingStatus.REPORTED
    return ReportingStatus.NOTHING_TO_REPORT if left[claim] else before[claim]


def _forget_months(change: Change, claims: list[ResidenceMonth]) -> None:
    key = tuple_(ReportingMonth.residence_id, ReportingMonth.month_on)
    for part in parts(claims, AT_ONCE):
        change.connection.execute(delete(ReportingMonth).where(key.in_(part)))


def _removed(change: Change, statement: Delete) -> int:
    return cast(CursorResult, change.connection.execute(statement)).rowcount
