"""The copy of a store: kept on disk beside it, reopened at start, brought up to date behind the readers."""

import hashlib
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

import duckdb
import pandas as pd
from sqlalchemy import Engine, Executable

from lib.errors import StoreError
from lib.snapshot import filling
from lib.snapshot.columnar import DIALECT, Snapshot, StaleSnapshotError, compiled
from lib.snapshot.filling import Database
from lib.snapshot.making import make_apart, open_file
from lib.snapshot.reader import Reader, reading
from lib.snapshot.tables import FRAMEWORK, LARGE, SMALL, exposures, facts
from lib.store.revisions import current_revision
from lib.store.schema import Incident

Answer = TypeVar("Answer")
logger = logging.getLogger(__name__)
PATIENCE_S = 3.0
MADE_APART_FROM = 200_000  # facts: below, a process would take longer to start than the copy to be made
DAMAGED = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
FOUND_DAMAGED = "La copie d’analyse de la base était abîmée\u00a0: elle est refaite, rechargez la page."
SUFFIX = ".duckdb"


class Opened(NamedTuple):
    """A database that this process has open, and its file, None in memory."""

    database: Database
    path: Path | None


class Copy:
    """The columnar copy of one store in this process.

    Args:
        engine: The store.
        folder: Where its files are kept, private to this store; None for memory alone.
    """

    def __init__(self, engine: Engine, folder: Path | None = None) -> None:
        self._engine = engine
        self._folder = folder
        self._opened: Opened | None = None
        self._revision = -1
        self._worker = ThreadPoolExecutor(1, "snapshot")
        self._following: Future[None] | None = None
        self._lock = threading.Lock()

    def snapshot(self, patience_s: float = PATIENCE_S) -> Snapshot:
        """The store at its last revision, or at the one before while a long change is still being copied.

        Args:
            patience_s: How long to wait for the last revision, where there is another one to show.
        """
        with self._engine.connect() as connection:
            revision = current_revision(connection)
        if self._revision != revision:
            with suppress(TimeoutError):
                self._reach(revision, monotonic() + patience_s)
        return ColumnarSnapshot(self)

    def pinned(self) -> Database:
        """A connection that sees one revision until it is closed.

        Raises:
            StoreError: If the copy was found damaged twice in a row.
        """
        for _ in range(2):  # found damaged by another page since this one asked, maybe while it was caught up
            if self._opened is None:
                self._follow().result()
        opened = self._opened
        if opened is None:
            raise StoreError(FOUND_DAMAGED)
        connection = opened.database.cursor()
        try:
            connection.begin()
            filling.held(connection)  # a transaction of DuckDB begins with its first reading
        except BaseException:
            connection.close()
            raise
        return connection

    def discard(self) -> None:
        """Forgets a copy found damaged and removes its file: the next page has it made anew."""
        with self._lock:
            damaged, self._opened, self._revision = self._opened, None, -1
        if damaged is not None and damaged.path is not None:
            _remove(damaged.path)

    def _reach(self, revision: int, deadline: float) -> None:
        """Waits for a revision: a catching up under way may have begun before it.

        Raises:
            TimeoutError: If it is not reached by then, where there is another one to show.
        """
        while True:
            self._follow().result(None if self._opened is None else max(0.0, deadline - monotonic()))
            if self._revision >= revision:
                return

    def _follow(self) -> Future[None]:
        """The catching up under way, or a new one."""
        with self._lock:
            if self._following is None or self._following.done():
                self._following = self._worker.submit(self._catch_up)
            return self._following

    def _catch_up(self) -> None:
        shape = fingerprint()
        with reading(self._engine) as reader:
            before = self._opened
            opened = before or self._reopened()
            if opened is None or not _is_refreshed(opened.database, reader, shape):
                opened = self._made(reader, shape)
                self._remove_others(opened.path, before.path if before is not None else None)
            revision = filling.held(opened.database).state.revision
            with self._lock:
                if before is not None and opened is before and self._opened is None:
                    return  # found damaged meanwhile
                self._opened, self._revision = opened, revision
        logger.info("snapshot of revision %d", revision)

    def _reopened(self) -> Opened | None:
        """The newest file of the folder that opens and was finished."""
        files = self._folder.glob(f"*{SUFFIX}") if self._folder else ()
        for path in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
            with suppress(duckdb.Error):
                database = open_file(path)
                filling.held(database)
                return Opened(database, path)
        return None

    def _made(self, reader: Reader, shape: str) -> Opened:
        """A copy made anew; in a process of its own when it is long."""
        if self._folder is None:
            database = duckdb.connect(":memory:")
            filling.fill(database, reader, shape)
            return Opened(database, None)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{uuid4().hex}{SUFFIX}"
        if reader.count(Incident) > MADE_APART_FROM:
            make_apart(self._engine, path, shape)
            return Opened(open_file(path), path)
        database = open_file(path)
        filling.fill(database, reader, shape)
        return Opened(database, path)

    def _remove_others(self, kept: Path | None, replaced: Path | None) -> None:
        """Removes the files that a copy replaces, but those another process has open; and what crashed ones left."""
        if self._folder is None:
            return
        for path in set(self._folder.glob(f"*{SUFFIX}")) - {kept}:
            try:
                open_file(path).close()
            except duckdb.Error as error:
                if "lock" in str(error).lower():
                    continue
            _remove(path)
        for spilled in self._folder.glob(f"*{SUFFIX}.tmp"):
            path = spilled.with_suffix("")
            if path != replaced and not path.exists():  # a page may still read the copy replaced
                shutil.rmtree(spilled, ignore_errors=True)


class ColumnarSnapshot(Snapshot):
    """A snapshot answered by the columnar copy."""

    def __init__(self, copy: Copy) -> None:
        self._copy = copy
        with self._whole():
            self._connection: Database | None = copy.pinned()
            super().__init__(filling.held(self._connection).state)

    def _frame(self, statement: Executable) -> pd.DataFrame:
        return _as_text(self._answer(statement, Database.fetch_df))

    def _rows(self, statement: Executable) -> list[tuple[Any, ...]]:
        return self._answer(statement, Database.fetchall)

    def _release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self, statement: Executable, fetch: Callable[[Database], Answer]) -> Answer:
        with self._whole():
            if self._connection is not None:
                return fetch(self._connection.execute(*compiled(statement)))
            with closing(self._copy.pinned()) as connection:
                if filling.held(connection).state != self.state:
                    raise StaleSnapshotError
                return fetch(connection.execute(*compiled(statement)))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Has the copy made anew where a reading finds it damaged."""
        try:
            yield
        except DAMAGED as error:
            self._copy.discard()
            raise StoreError(FOUND_DAMAGED) from error


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Codes as text: a category would count places that are not there."""
    coded = frame.select_dtypes("category")
    return frame.assign(**{str(name): column.astype(column.cat.categories.dtype) for name, column in coded.items()})


def build(engine: Engine) -> Snapshot:
    """A snapshot of its own, in memory, for who reads the store once."""
    return Copy(engine).snapshot()


def fingerprint() -> str:
    """Changes with what a copy is made of: the code of its tables, their codes and order, the version of DuckDB."""
    copied = {table.__tablename__: names for table, names in {**FRAMEWORK, **SMALL, **LARGE}.items()}
    derived = [str(statement.compile(dialect=DIALECT)) for statement in (facts(), exposures())]
    made_of = (copied, derived, filling.CODES, filling.IN_ORDER, duckdb.__version__)
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def _is_refreshed(database: Database, reader: Reader, shape: str) -> bool:
    try:
        return filling.refresh(database, reader, shape)
    except duckdb.Error:
        logger.exception("copy found damaged, made anew")
        return False
