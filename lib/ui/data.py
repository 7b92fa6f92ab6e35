"""Every cache: the engine of the store, what is read of it, the answers to questions."""

import threading
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import streamlit as st
from sqlalchemy import Engine

from lib.config import settings
from lib.snapshot.columnar import Snapshot, StaleSnapshotError
from lib.snapshot.copies import Copy
from lib.snapshot.direct import Direct
from lib.store.engine import open_store

Answer = TypeVar("Answer")


_opening = threading.RLock()


def store(database_url: str) -> Engine:
    """The store, opened and migrated once per process."""
    with _opening:
        return _store(database_url)


@cache
def _store(database_url: str) -> Engine:
    return open_store(database_url)


@cache
def _source(database_url: str) -> Copy | Direct:
    engine = store(database_url)
    return Direct(engine) if settings().is_asked_directly else Copy(engine, settings().copy_folder)


def snapshot() -> Snapshot:
    """The store at its last revision; to be released at the end of the run."""
    with _opening:
        source = _source(settings().database_url)
    return source.snapshot()


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
    try:
        return _answer(key, question, read, args, named)
    except StaleSnapshotError:  # a part of a page asks again after the store moved: the whole page is drawn anew
        st.rerun()


@st.cache_data(max_entries=2000, show_spinner=False)
def _answer(key: str, _question: Callable[..., Any], _read: Snapshot, _args: tuple, _named: dict) -> Any:
    return _question(_read, *_args, **_named)


@st.cache_data(max_entries=200, show_spinner=False)
def _recorded(key: str, _question: Callable[..., Any], _args: tuple) -> Any:
    with engine().connect() as connection:
        return _question(connection, *_args)
