"""Facts about the store itself."""

from sqlalchemy import Connection, delete, insert, select

from lib.store.revisions import Change
from lib.store.schema import Setting

IS_SYNTHETIC = "is_synthetic"


def save_setting(change: Change, key: str, value: str) -> None:
    """Sets one fact, replacing the former value."""
    change.connection.execute(delete(Setting).where(Setting.key == key))
    change.connection.execute(insert(Setting).values(key=key, value=value, revision=change.revision))


def setting(connection: Connection, key: str) -> str | None:
    """The value of one fact, or None where it was never set."""
    return connection.scalar(select(Setting.value).where(Setting.key == key))


def is_synthetic(connection: Connection) -> bool:
    """Whether the facts of this store are invented: a banner then says so on every page."""
    return setting(connection, IS_SYNTHETIC) == "true"
