"""What each landlord's sending is worth: its delay, its unknown hours, its waiting rows, its silent months."""

import pandas as pd
from sqlalchemy import Connection, func, or_, select

from lib.domain.vocabulary import BatchKind, RejectionStatus, TimePrecision
from lib.store.reporting import next_month, silent_months, told_months
from lib.store.schema import Incident, IngestBatch, Landlord, RejectedRow, RejectionReason

# How the reasons of a row whose residence was not found start: see lib/ingest/locating.py and validation.py.
UNLOCATED = (
    "résidence",
    "aucune résidence",
    "plusieurs résidences",
    "coordonnées",
    "adresse",
    "référence ambiguë",
    "géocodeur",
    "code postal",
)


def registers_quality(connection: Connection) -> pd.DataFrame:
    """The quality of each landlord's registers, by code.

    Returns:
        ``landlord_code, landlord_name``; ``last_import_at``, missing where nothing was imported; ``delay_days``, median
        over its imports of the days from the end of the last month brought to the import, missing without any;
        ``fact_count``; ``unknown_hour_share`` (0–1), missing without fact; ``unlocated_share`` (0–1), rows whose
        residence was not found among these and the facts; ``open_count``, rows to correct; ``to_qualify_count``;
        ``silent_month_count``, of ``reporting.silent_months``, the silences of the calendar.
    """
    named = select(Landlord.landlord_id, Landlord.landlord_code, Landlord.landlord_name)
    rows = connection.execute(named.order_by(Landlord.landlord_code)).all()
    months = told_months(connection)
    return pd.DataFrame(
        [
            {"landlord_code": code, "landlord_name": name}
            | _imports(connection, landlord_id)
            | _rows(connection, landlord_id)
            | {"silent_month_count": len(silent_months(connection, landlord_id, months))}
            for landlord_id, code, name in rows
        ]
    )


def _imports(connection: Connection, landlord_id: int) -> dict:
    last_fact = (
        select(IngestBatch.batch_id, IngestBatch.imported_at, func.max(Incident.occurred_on).label("last_on"))
        .outerjoin(Incident, Incident.batch_id == IngestBatch.batch_id)
        .where(IngestBatch.landlord_id == landlord_id, IngestBatch.undone_at.is_(None))
        .where(IngestBatch.kind.in_((BatchKind.INCIDENTS, BatchKind.DEMONSTRATION)))
        .group_by(IngestBatch.batch_id, IngestBatch.imported_at)
    )
    found = connection.execute(last_fact).all()
    delays = pd.Series(
        [max((row.imported_at.date() - next_month(row.last_on)).days + 1, 0) for row in found if row.last_on],
        dtype="float64",
    )
    return {"last_import_at": max((row.imported_at for row in found), default=None), "delay_days": delays.median()}


def _rows(connection: Connection, landlord_id: int) -> dict:
    """Facts and waiting rows."""
    own = select(func.count()).select_from(Incident).where(Incident.landlord_id == landlord_id)
    rows = (
        select(func.count(func.distinct(RejectedRow.rejected_row_id)))
        .join(IngestBatch, IngestBatch.batch_id == RejectedRow.batch_id)
        .where(IngestBatch.landlord_id == landlord_id, IngestBatch.kind == BatchKind.INCIDENTS)
    )
    opened = rows.where(RejectedRow.status == RejectionStatus.OPEN)
    said = opened.join(RejectionReason, RejectionReason.rejected_row_id == RejectedRow.rejected_row_id)
    asked = {
        "facts": own,
        "timeless": own.where(Incident.time_precision.in_((TimePrecision.DAY, TimePrecision.MONTH))),
        "opened": opened,
        "unlocated": said.where(or_(*(RejectionReason.reason.startswith(text) for text in UNLOCATED))),
        "to_qualify": rows.where(RejectedRow.status == RejectionStatus.TO_QUALIFY),
    }
    counts = {name: int(connection.scalar(statement) or 0) for name, statement in asked.items()}
    return {
        "fact_count": counts["facts"],
        "unknown_hour_share": _share(counts["timeless"], counts["facts"]),
        "unlocated_share": _share(counts["unlocated"], counts["facts"] + counts["unlocated"]),
        "open_count": counts["opened"],
        "to_qualify_count": counts["to_qualify"],
    }


def _share(count: int, among: int) -> float | None:
    return count / among if among else None
