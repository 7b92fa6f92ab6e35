"""Schemes: what the store keeps."""

import pandas as pd
from sqlalchemy import bindparam, insert, select, update

from lib.store.revisions import Change
from lib.store.rows import Saved, records, table_of
from lib.store.schema import Scheme

PLACES = ["qpv_id", "landlord_id", "district_id", "departement_code"]
COLUMNS = ["label", "kind", "starts_on", "ends_on", *PLACES]


def save_schemes(change: Change, schemes: pd.DataFrame) -> Saved:
    """Writes schemes, each known by its label and its first day; all that a row says replaces what was held.

    A missing value is a word too: without ``ends_on`` the scheme goes on, without a place it bears on everything.

    Args:
        change: The transaction.
        schemes: ``COLUMNS``; ``ends_on`` is the day after the last. One row per label and first day.
    """
    table = table_of(Scheme)
    columns = (table.c.scheme_id, *(table.c[name] for name in COLUMNS))
    held = {
        (row["label"], row["starts_on"]): dict(row) for row in change.connection.execute(select(*columns)).mappings()
    }
    rows = [(held.get((row["label"], row["starts_on"])), row) for row in records(schemes[COLUMNS])]
    new = [row | {"revision": change.revision} for before, row in rows if before is None]
    changed = [
        {f"new_{name}": value for name, value in row.items()} | {"key": before["scheme_id"]}
        for before, row in rows
        if before is not None and before != row | {"scheme_id": before["scheme_id"]}
    ]
    if new:
        change.connection.execute(insert(table), new)
    if changed:
        values = {name: bindparam(f"new_{name}") for name in COLUMNS} | {"revision": change.revision}
        change.connection.execute(update(table).where(table.c.scheme_id == bindparam("key")).values(values), changed)
    return Saved(len(new), len(changed), len(rows) - len(new) - len(changed))
