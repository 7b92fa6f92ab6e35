"""Landlords and residences: what the store keeps and gives back."""

import pandas as pd
from sqlalchemy import Connection, bindparam, select, update

from lib.domain.vocabulary import QpvStatus
from lib.errors import StoreError
from lib.store.revisions import Change
from lib.store.rows import Saved, frame_of, records, table_of, upsert
from lib.store.schema import Landlord, Qpv, Residence

RESIDENCE_COLUMNS = [
    "reference",
    "residence_name",
    "address",
    "commune_code",
    "longitude",
    "latitude",
    "dwelling_count",
    "active_from",
    "active_to",
]
LINK_COLUMNS = ["qpv_2015_id", "qpv_2015_status", "qpv_2024_id", "qpv_2024_status", "district_id"]


def save_landlords(change: Change, landlords: pd.DataFrame) -> Saved:
    """Writes ``landlord_code`` and ``landlord_name``."""
    rows = landlords[["landlord_code", "landlord_name"]]
    existing = select(Landlord.landlord_code, Landlord.landlord_name)
    return upsert(change, table_of(Landlord), rows, key=["landlord_code"], existing=existing)


def save_residences(change: Change, residences: pd.DataFrame) -> Saved:
    """Writes residences, one row per landlord and reference; a new one has no link yet (see ``save_links``).

    Args:
        change: The transaction.
        residences: ``landlord_code`` and ``RESIDENCE_COLUMNS``; ``LINK_COLUMNS`` when they are already computed.

    Raises:
        StoreError: If a landlord is not in the store.
    """
    ids = landlord_ids(change.connection)
    unknown = sorted(set(residences["landlord_code"]) - set(ids))
    if unknown:
        raise StoreError(f"Bailleur inconnu\u00a0: {', '.join(unknown)}\u00a0; ajoutez-le d’abord.")
    links = [name for name in LINK_COLUMNS if name in residences.columns]
    rows = residences[RESIDENCE_COLUMNS + links].assign(landlord_id=residences["landlord_code"].map(ids))
    table = table_of(Residence)
    existing = select(*(table.c[name] for name in rows.columns)).where(
        table.c.landlord_id.in_(int(i) for i in set(rows["landlord_id"]))
    )
    if links:
        return upsert(change, table, rows, key=["landlord_id", "reference"], existing=existing)
    return _upsert_without_links(change, rows, existing)


def save_links(change: Change, links: pd.DataFrame) -> int:
    """Writes the neighbourhoods and the service of residences, missing values included; returns how many changed.

    Args:
        change: The transaction.
        links: ``residence_id`` and ``LINK_COLUMNS``.
    """
    table = table_of(Residence)
    names = ["residence_id", *LINK_COLUMNS]
    held = {
        row["residence_id"]: dict(row)
        for row in change.connection.execute(select(*(table.c[n] for n in names))).mappings()
    }
    changed = [row for row in records(links[names]) if row != held.get(row["residence_id"])]
    if changed:
        statement = update(table).where(table.c.residence_id == bindparam("key"))
        statement = statement.values({name: bindparam(f"new_{name}") for name in [*LINK_COLUMNS, "revision"]})
        change.connection.execute(
            statement,
            [
                {"key": row["residence_id"], "new_revision": change.revision}
                | {f"new_{name}": row[name] for name in LINK_COLUMNS}
                for row in changed
            ],
        )
    return len(changed)


def landlord_ids(connection: Connection) -> dict[str, int]:
    """``landlord_id`` of each landlord code."""
    return dict(connection.execute(select(Landlord.landlord_code, Landlord.landlord_id)).all())


def landlords(connection: Connection) -> pd.DataFrame:
    """``landlord_id, landlord_code, landlord_name``, in code order."""
    statement = select(Landlord.landlord_id, Landlord.landlord_code, Landlord.landlord_name)
    return frame_of(connection, statement.order_by(Landlord.landlord_code))


def residences(connection: Connection) -> pd.DataFrame:
    """Every residence with its links.

    Returns:
        ``residence_id, landlord_id, landlord_code``, ``RESIDENCE_COLUMNS``, ``LINK_COLUMNS`` and the codes
        ``qpv_2015_code, qpv_2024_code`` (missing outside); in the order of ``residence_id``.
    """
    table = table_of(Residence)
    old, new = Qpv.__table__.alias("qpv_2015"), Qpv.__table__.alias("qpv_2024")
    columns = [table.c[name] for name in ["residence_id", "landlord_id", *RESIDENCE_COLUMNS, *LINK_COLUMNS]]
    statement = (
        select(
            *columns,
            Landlord.landlord_code,
            old.c.qpv_code.label("qpv_2015_code"),
            new.c.qpv_code.label("qpv_2024_code"),
        )
        .select_from(table)
        .join(Landlord, Landlord.landlord_id == table.c.landlord_id)
        .outerjoin(old, old.c.qpv_id == table.c.qpv_2015_id)
        .outerjoin(new, new.c.qpv_id == table.c.qpv_2024_id)
        .order_by(table.c.residence_id)
    )
    found = frame_of(connection, statement)
    whole = dict.fromkeys(["qpv_2015_id", "qpv_2024_id", "district_id", "dwelling_count"], "Int64")
    return found.astype(whole | {"longitude": "float64", "latitude": "float64"})


def _upsert_without_links(change: Change, rows: pd.DataFrame, existing) -> Saved:
    """New rows start «unknown»; rows already there keep their links."""
    held = frame_of(change.connection, select(Residence.landlord_id, Residence.reference))
    keys = pd.MultiIndex.from_frame(rows[["landlord_id", "reference"]])
    is_held = keys.isin(pd.MultiIndex.from_frame(held)) if len(held) else pd.Series(False, index=rows.index).to_numpy()
    unknown = dict.fromkeys(["qpv_2015_status", "qpv_2024_status"], QpvStatus.UNKNOWN)
    nothing = existing.add_columns(Residence.qpv_2015_status, Residence.qpv_2024_status)
    key = ["landlord_id", "reference"]
    new = upsert(change, table_of(Residence), rows[~is_held].assign(**unknown), key=key, existing=nothing)
    old = upsert(change, table_of(Residence), rows[is_held], key=key, existing=existing)
    return Saved(new.new_count, old.changed_count, old.known_count)
