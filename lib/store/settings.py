"""Facts about the store itself."""

from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select

from lib.store.revisions import Change
from lib.store.schema import Setting

IS_SYNTHETIC = "is_synthetic"
REGISTER_KEY = "register_key"


def save_setting(change: Change, key: str, value: str) -> None:
    """Sets one fact, replacing the former value."""
    change.connection.execute(delete(Setting).where(Setting.key == key))
    change.connection.execute(insert(Setting).values(key=key, value=value, revision=change.revision))


def setting(connection: Connection, key: str) -> str | None:
    """The value of one fact, or None where it was never set."""
    return connection.scalar(select(Setting.value).where(Setting.key == key))


def register_key(connection: Connection) -> str:
    """What tells the register of actions of this store from any other; blank where it never held anything."""
    return setting(connection, REGISTER_KEY) or ""


def ensure_register_key(change: Change) -> None:
    """Draws the key of the register with what it first holds, and never again: it follows a copy of the store."""
    if not register_key(change.connection):
        save_setting(change, REGISTER_KEY, uuid4().hex)


def is_synthetic(connection: Connection) -> bool:
    """Whether the facts of this store are invented: a banner then says so on every page."""
    return setting(connection, IS_SYNTHETIC) == "true"
