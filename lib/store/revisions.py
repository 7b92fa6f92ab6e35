"""One transaction per change, and one revision number per transaction."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import OperationalError

from lib.errors import StoreError
from lib.store.schema import Revision

logger = logging.getLogger(__name__)
PATIENCE_MS = 900_000  # how long an import waits for those before it; a million rows take less than two minutes
CACHE_KB = 131_072  # pages of the indexes that an import writes everywhere at once
WRITERS_LOCK = 7_352_001  # any number of ours: advisory locks are shared by the whole database


@dataclass(frozen=True)
class Change:
    """A transaction being written; every row written in it carries ``revision``."""

    connection: Connection
    revision: int


@contextmanager
def change(engine: Engine, reason: str, *, patience_ms: int | None = None) -> Iterator[Change]:
    """All or nothing: committed when the block ends, undone when it raises.

    Args:
        engine: The store.
        reason: What is done, in a word or two, without any name («faits», «territoires»).
        patience_ms: How long to wait for another writer of a SQLite store, where the usual time is too short.
    """
    with engine.connect() as connection, _waiting(connection, patience_ms), connection.begin():
        _wait_for_turn(connection)
        made = connection.execute(insert(Revision).values(reason=reason, made_at=datetime.now(UTC)))
        assert made.inserted_primary_key is not None
        revision = int(made.inserted_primary_key[0])
        yield Change(connection, revision)
    logger.info("revision %d: %s", revision, reason)


@contextmanager
def long_change(engine: Engine, reason: str) -> Iterator[Change]:
    """As ``change``, after any import under way, however long it is.

    Raises:
        StoreError: If the store cannot be written: full, cut off, or kept by another writer; nothing is written then.
    """
    try:
        with change(engine, reason, patience_ms=PATIENCE_MS) as made:
            yield made
    except OperationalError as error:
        raise StoreError(
            "La base n’a pas pu être écrite (occupée, pleine ou déconnectée)\u00a0: rien n’a été enregistré, "
            "vérifiez-la puis recommencez."
        ) from error


@contextmanager
def _waiting(connection: Connection, patience_ms: int | None) -> Iterator[None]:
    if patience_ms is None or connection.dialect.name != "sqlite":
        yield
        return
    wanted = {"busy_timeout": patience_ms, "cache_size": -CACHE_KB}
    usual = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
    _set(connection, wanted)
    try:
        yield
    finally:
        _set(connection, usual)


def _set(connection: Connection, pragmas: dict[str, int]) -> None:
    for name, value in pragmas.items():
        connection.exec_driver_sql(f"PRAGMA {name}={value}")
    connection.rollback()


def _wait_for_turn(connection: Connection) -> None:
    """One writer at a time, so that numbers follow commits: a reader at 6 must not miss a 5 committed later.

    SQLite has one writer by nature, from its first insert on.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(WRITERS_LOCK)))


def current_revision(connection: Connection) -> int:
    """The number of the last committed change; 0 in a store nobody wrote to."""
    return int(connection.scalar(select(func.max(Revision.number))) or 0)
