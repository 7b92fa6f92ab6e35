"""Files read and facts accepted, as the store keeps them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, bindparam, insert, select, update

from lib.domain.vocabulary import BatchKind
from lib.store.bulk import insert_rows, parts, plain_columns
from lib.store.journal import FACT, as_text, note
from lib.store.revisions import Change
from lib.store.rows import frame_of, table_of
from lib.store.schema import Incident, IncidentType, IngestBatch, Landlord, Residence

# What the caller gives for each fact; the store adds its own keys.
INCIDENT_COLUMNS = [
    column.name for column in Incident.__table__.columns if column.name not in {"incident_id", "batch_id", "revision"}
]
# What a register says of a fact, besides its landlord and reference: a change there is an update.
CONTENT = [
    name
    for name in INCIDENT_COLUMNS
    if name not in {"landlord_id", "external_reference", "severity_default", "situation_id"}
]
KEYS = ("incident_id", "batch_id")
AT_ONCE = 5_000


@dataclass(frozen=True)
class Batch:
    """One file read: accepted + known + updated + to qualify + rejected is ``read_count``, checked by the database."""

    kind: BatchKind
    landlord_id: int | None
    file_name: str
    file_sha256: str
    imported_by: str
    read_count: int
    accepted_count: int
    known_count: int
    rejected_count: int
    updated_count: int = 0
    to_qualify_count: int = 0
    register_mapping_id: int | None = None


def save_batch(change: Change, batch: Batch) -> int:
    """Writes the file's line in the history and returns its ``batch_id``."""
    row = asdict(batch) | {"imported_at": datetime.now(UTC), "revision": change.revision}
    made = change.connection.execute(insert(IngestBatch).values(row))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def close_batch(change: Change, batch_id: int, batch: Batch) -> None:
    """Writes the counts of a file once all its rows are judged; the line was opened without any."""
    change.connection.execute(update(IngestBatch).where(IngestBatch.batch_id == batch_id).values(asdict(batch)))


def batches(connection: Connection) -> pd.DataFrame:
    """The history of the registers, the newest first.

    Returns:
        ``batch_id, kind, landlord_code, landlord_name, file_name, imported_by, imported_at, read_count,
        accepted_count, known_count, updated_count, to_qualify_count, rejected_count, register_mapping_id, undone_at``.
    """
    columns = [IngestBatch.batch_id, IngestBatch.kind, Landlord.landlord_code, Landlord.landlord_name]
    names = "file_name imported_by imported_at read_count accepted_count known_count updated_count to_qualify_count"
    names += " rejected_count register_mapping_id undone_at"
    columns += [getattr(IngestBatch, name) for name in names.split()]
    statement = select(*columns).outerjoin(Landlord, Landlord.landlord_id == IngestBatch.landlord_id)
    statement = statement.where(IngestBatch.kind.in_((BatchKind.INCIDENTS, BatchKind.REPLAY, BatchKind.REPORTING)))
    return frame_of(connection, statement.order_by(IngestBatch.batch_id.desc()))


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
    table, revision = table_of(Incident), change.revision
    columns = plain_columns(table, incidents[INCIDENT_COLUMNS])
    rows = ((*row, batch_id, revision) for row in zip(*columns, strict=True))
    insert_rows(change.connection, table, [*INCIDENT_COLUMNS, "batch_id", "revision"], rows)
    return len(incidents)


def stored_facts(connection: Connection, landlord_id: int, references: Sequence[str]) -> dict[str, dict[str, Any]]:
    """``KEYS`` and ``INCIDENT_COLUMNS`` of the facts of a landlord that bear these references, by reference."""
    names = [*KEYS, *INCIDENT_COLUMNS]
    statement = select(*(getattr(Incident, name) for name in names)).where(Incident.landlord_id == landlord_id)
    place = names.index("external_reference")
    return {
        row[place]: dict(zip(names, row, strict=True))
        for part in parts(references, AT_ONCE)
        for row in connection.execute(statement.where(Incident.external_reference.in_(part)))
    }


def has_facts(connection: Connection, landlord_id: int) -> bool:
    """Whether the store holds any fact of a landlord."""
    return (
        connection.scalar(select(Incident.incident_id).where(Incident.landlord_id == landlord_id).limit(1)) is not None
    )


def made_references(connection: Connection, landlord_id: int, prefix: str) -> Iterator[tuple[str, int]]:
    """References of a landlord's facts that start so, with the ``batch_id`` of each."""
    own = select(Incident.external_reference, Incident.batch_id).where(Incident.landlord_id == landlord_id)
    for row in connection.execute(own.where(Incident.external_reference.startswith(prefix, autoescape=True))):
        yield row.external_reference, row.batch_id


def update_incidents(change: Change, batch_id: int, before: Iterable[dict[str, Any]], after: pd.DataFrame) -> int:
    """Rewrites facts whose register says otherwise now, and keeps what they were.

    Args:
        change: The transaction.
        batch_id: The file that says so.
        before: The facts as ``stored_facts`` gives them, in the order of ``after``.
        after: ``CONTENT`` and ``severity_default``, one row per fact.
    """
    held = list(before)
    note(change, batch_id, FACT, ((str(row["incident_id"]), as_text(_without_keys(row))) for row in held))
    names = [*CONTENT, "severity_default"]
    columns = [after[name].astype(object).where(after[name].notna(), None).tolist() for name in names]
    rewrite_incidents(
        change,
        [
            {"incident_id": row["incident_id"]} | dict(zip(names, values, strict=True))
            for row, values in zip(held, zip(*columns, strict=True), strict=True)
        ],
    )
    return len(held)


def rewrite_incidents(change: Change, facts: list[dict[str, Any]]) -> None:
    """Writes these columns of these facts: ``incident_id`` and any others, the same in each."""
    if not facts:
        return
    names = [name for name in facts[0] if name != "incident_id"]
    statement = update(table_of(Incident)).where(Incident.incident_id == bindparam("key"))
    statement = statement.values({name: bindparam(f"new_{name}") for name in names} | {"revision": change.revision})
    rows = [{"key": fact["incident_id"]} | {f"new_{name}": fact[name] for name in names} for fact in facts]
    change.connection.execute(statement, rows)


def residence_ids(connection: Connection, landlord_id: int) -> dict[str, int]:
    """``residence_id`` of each residence of a landlord, by its reference."""
    own = select(Residence.reference, Residence.residence_id).where(Residence.landlord_id == landlord_id)
    return {row.reference: row.residence_id for row in connection.execute(own)}


def default_severities(connection: Connection) -> dict[str, int]:
    """Default severity (1–4) of each type of the nomenclature, by ``type_code``."""
    types = select(IncidentType.type_code, IncidentType.severity_default)
    return {row.type_code: row.severity_default for row in connection.execute(types)}


def _without_keys(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in KEYS}
