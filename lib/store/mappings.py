"""How each landlord's register is read: what persons confirmed, one version after another."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Select, insert, select

from lib.store.revisions import Change
from lib.store.schema import IngestBatch, RegisterMapping


@dataclass(frozen=True)
class SavedMapping:
    """One version of the declaration of a landlord's register.

    Attributes:
        register_mapping_id: Key of the version.
        version: 1 for the first, one more at each change.
        declaration: Tables of the declaration, as ``lib.ingest.mapping.declare`` takes them.
        confirmed_by: Who confirmed it, as a function, never a person.
        confirmed_at: UTC instant, without zone.
    """

    register_mapping_id: int
    version: int
    declaration: dict
    confirmed_by: str
    confirmed_at: datetime


def save_mapping(change: Change, landlord_id: int, declaration: dict, confirmed_by: str) -> int:
    """Writes a new version, unless the newest already says the same.

    Args:
        change: The transaction.
        landlord_id: Whose register it is.
        declaration: What JSON can hold; the order of its keys does not count.
        confirmed_by: Who confirms, as a function, never a person.

    Returns:
        The ``register_mapping_id`` of the version that says this.
    """
    text = json.dumps(declaration, ensure_ascii=False, sort_keys=True)
    newest = change.connection.execute(_newest_first(landlord_id).limit(1)).one_or_none()
    if newest is not None and newest.declaration == text:
        return int(newest.register_mapping_id)
    row = {
        "landlord_id": landlord_id,
        "version": 1 if newest is None else newest.version + 1,
        "declaration": text,
        "confirmed_by": confirmed_by,
        "confirmed_at": datetime.now(UTC),
        "revision": change.revision,
    }
    made = change.connection.execute(insert(RegisterMapping).values(row))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def latest_mapping(connection: Connection, landlord_id: int) -> SavedMapping | None:
    """The newest version, or None where nothing was ever confirmed."""
    found = connection.execute(_newest_first(landlord_id).limit(1)).mappings().one_or_none()
    return None if found is None else _saved(dict(found))


def mapping_versions(connection: Connection, landlord_id: int) -> list[SavedMapping]:
    """Every version, the newest first."""
    return [_saved(dict(row)) for row in connection.execute(_newest_first(landlord_id)).mappings()]


def batch_mappings(connection: Connection, landlord_id: int) -> dict[int, int | None]:
    """By ``batch_id`` of the registers of a landlord, the version each was read under; None where none was kept."""
    own = select(IngestBatch.batch_id, IngestBatch.register_mapping_id).where(IngestBatch.landlord_id == landlord_id)
    return {row.batch_id: row.register_mapping_id for row in connection.execute(own)}


def _versions() -> Select:
    return select(
        RegisterMapping.register_mapping_id,
        RegisterMapping.version,
        RegisterMapping.declaration,
        RegisterMapping.confirmed_by,
        RegisterMapping.confirmed_at,
    )


def _newest_first(landlord_id: int) -> Select:
    return _versions().where(RegisterMapping.landlord_id == landlord_id).order_by(RegisterMapping.version.desc())


def _saved(row: dict) -> SavedMapping:
    return SavedMapping(**row | {"declaration": json.loads(row["declaration"])})
