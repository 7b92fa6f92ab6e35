"""One transaction per change, and one revision number per transaction."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, insert, select

from lib.store.schema import Revision

logger = logging.getLogger(__name__)
WRITERS_LOCK = 7_352_001  # any number of ours: advisory locks are shared by the whole database


@dataclass(frozen=True)
class Change:
    """A transaction being written; every row written in it carries ``revision``."""

    connection: Connection
    revision: int


@contextmanager
def change(engine: Engine, reason: str) -> Iterator[Change]:
    """All or nothing: committed when the block ends, undone when it raises.

    Args:
        engine: The store.
        reason: What is done, in a word or two, without any name («faits», «territoires»).
    """
    with engine.begin() as connection:
        _wait_for_turn(connection)
        made = connection.execute(insert(Revision).values(reason=reason, made_at=datetime.now(UTC)))
        assert made.inserted_primary_key is not None
        revision = int(made.inserted_primary_key[0])
        yield Change(connection, revision)
    logger.info("revision %d: %s", revision, reason)


def _wait_for_turn(connection: Connection) -> None:
    """One writer at a time, so that numbers follow commits: a reader at 6 must not miss a 5 committed later.

    SQLite has one writer by nature, from its first insert on.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(WRITERS_LOCK)))


def current_revision(connection: Connection) -> int:
    """The number of the last committed change; 0 in a store nobody wrote to."""
    return int(connection.scalar(select(func.max(Revision.number))) or 0)
