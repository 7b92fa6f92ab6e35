"""What each import said of residences and months, so that undoing one leaves what the others said."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from lib.domain.vocabulary import ReportingStatus
from lib.store.journal import MONTH, entries_of, note
from lib.store.revisions import Change
from lib.store.schema import BatchChange, IngestBatch

ResidenceMonth = tuple[int, date]
NONE = "none"


def note_claims(
    change: Change,
    batch_id: int,
    said: Collection[ResidenceMonth],
    standing: Mapping[ResidenceMonth, ReportingStatus],
    *,
    is_list_complete: bool,
) -> None:
    """Writes that a batch spoke of these residence-months, even where it changed nothing.

    One line per month. ``before`` holds ``is_complete``, whether the batch speaks for residences without facts too, and
    ``residences``: by what stood («none» where nothing did), the keys of the residences.
    """
    stood: dict[date, dict[str, list[int]]] = {}
    for claim in said:
        before = standing.get(claim, NONE)
        stood.setdefault(claim[1], {}).setdefault(str(before), []).append(claim[0])
    entries = (
        (month.isoformat(), json.dumps({"is_complete": is_list_complete, "residences": residences}))
        for month, residences in stood.items()
    )
    note(change, batch_id, MONTH, entries)


def claimed(connection: Connection, batch_id: int) -> list[ResidenceMonth]:
    """Residence-months a batch spoke of."""
    before = entries_of(connection, batch_id, MONTH)
    return [claim for key, text in before.items() if text for claim, _ in _claims(key, json.loads(text))]


def remaining(
    connection: Connection, landlord_id: int, claims: Collection[ResidenceMonth]
) -> tuple[dict[ResidenceMonth, ReportingStatus | None], dict[ResidenceMonth, bool]]:
    """What is left of these residence-months of a landlord without the batches undone.

    Returns:
        What stood before any batch spoke; and, for those that a batch not undone speaks of, whether one of them speaks
        for residences without facts too.
    """
    first: dict[ResidenceMonth, ReportingStatus | None] = {}
    left: dict[ResidenceMonth, bool] = {}
    wanted = set(claims)
    rows = (
        select(BatchChange.row_key, BatchChange.before, IngestBatch.undone_at)
        .join(IngestBatch, IngestBatch.batch_id == BatchChange.batch_id)
        .where(BatchChange.table_name == MONTH, IngestBatch.landlord_id == landlord_id)
        .where(BatchChange.row_key.in_({month.isoformat() for _, month in wanted}))
        .order_by(BatchChange.batch_change_id)
    )
    for key, before, undone_at in connection.execute(rows):
        told = json.loads(before)
        for claim, status in _claims(key, told):
            if claim not in wanted:
                continue
            first.setdefault(claim, status)
            if undone_at is None:
                left[claim] = left.get(claim, False) or told["is_complete"]
    return first, left


def _claims(key: str, told: dict[str, Any]) -> Iterator[tuple[ResidenceMonth, ReportingStatus | None]]:
    month = date.fromisoformat(key)
    for before, residences in told["residences"].items():
        status = None if before == NONE else ReportingStatus(before)
        yield from (((residence_id, month), status) for residence_id in residences)
