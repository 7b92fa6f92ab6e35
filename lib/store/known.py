"""Which keys a table holds."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from lib.store.rows import table_of
from lib.store.schema import Base


def unknown_keys(connection: Connection, table: type[Base], keys: Iterable[Any]) -> set[Any]:
    """Those of the keys that a table of one key does not hold; None is no key."""
    asked, key = set(keys) - {None}, next(iter(table_of(table).primary_key))
    return asked - set(connection.scalars(select(key).where(key.in_(asked))))
