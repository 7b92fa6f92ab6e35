"""Every cache: the engine of the store, the snapshot of its last revision, the answers to questions."""

import threading
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import streamlit as st
from sqlalchemy import Engine

from lib.config import settings
from lib.snapshot.columnar import Snapshot, build
from lib.store.engine import open_store
from lib.store.revisions import current_revision

Answer = TypeVar("Answer")
_snapshots: dict[str, Snapshot] = {}
_building = threading.Lock()


@cache
def store(database_url: str) -> Engine:
    """The store, opened and migrated once per process."""
    return open_store(database_url)


def snapshot() -> Snapshot:
    """A copy of the store at its last committed revision, rebuilt only when that number moved."""
    url = settings().database_url
    engine = store(url)
    with engine.connect() as connection:
        revision = current_revision(connection)
    with _building:
        if url not in _snapshots or _snapshots[url].revision != revision:
            _snapshots[url] = build(engine)
        return _snapshots[url]


def engine() -> Engine:
    """The store of this installation."""
    return store(settings().database_url)


def record(question: Callable[..., Answer], read: Snapshot, *args: Any) -> Answer:
    """The answer of a reader of the store itself, kept as long as the store is at the revision of the page.

    Args:
        question: A function whose first argument is a connection.
        read: The snapshot of the page, for its revision.
        args: Values with a stable ``repr``.
    """
    key = f"{settings().database_url} {read.revision} {question.__module__}.{question.__name__} {args}"
    return _recorded(key, question, args)


def ask(question: Callable[..., Answer], read: Snapshot, *args: Any, **named: Any) -> Answer:
    """The answer of ``snapshot.queries`` or ``directory``, kept for the revision it was asked of.

    Args:
        question: A function whose first argument is the snapshot.
        read: The snapshot of the page, the same for all its questions.
        args: Values with a stable ``repr`` (filter, scope, level, period).
        named: The same.
    """
    key = f"{settings().database_url} {read.revision} {question.__module__}.{question.__name__} {args} {named}"
    return _answer(key, question, read, args, named)


@st.cache_data(max_entries=2000, show_spinner=False)
def _answer(key: str, _question: Callable[..., Any], _read: Snapshot, _args: tuple, _named: dict) -> Any:
    return _question(_read, *_args, **_named)


@st.cache_data(max_entries=200, show_spinner=False)
def _recorded(key: str, _question: Callable[..., Any], _args: tuple) -> Any:
    with engine().connect() as connection:
        return _question(connection, *_args)
