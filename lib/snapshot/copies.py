"""The copy of a store: kept on disk beside it, reopened at start, brought up to date behind the readers."""

import hashlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar
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
SUFFIX = ".duckdb"


class Copy:
    """The columnar copy of one store in this process.

    Args:
        engine: The store.
        folder: Where its files are kept, private to this store; None for memory alone.
    """

    def __init__(self, engine: Engine, folder: Path | None = None) -> None:
        self._engine = engine
        self._folder = folder
        self._database: Database | None = None
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
                self._follow().result(None if self._database is None else patience_s)
        return ColumnarSnapshot(self)

    def pinned(self) -> Database:
        """A connection that sees one revision until it is closed."""
        assert self._database is not None
        connection = self._database.cursor()
        connection.begin()
        filling.held(connection)  # a transaction of DuckDB begins with its first reading
        return connection

    def discard(self) -> None:
        """Forgets a copy found damaged: the next page has it made anew."""
        with self._lock:
            self._database, self._revision = None, -1

    def _follow(self) -> Future[None]:
        """The catching up under way, or a new one."""
        with self._lock:
            if self._following is None or self._following.done():
                self._following = self._worker.submit(self._catch_up)
            return self._following

    def _catch_up(self) -> None:
        shape = fingerprint()
        with reading(self._engine) as reader:
            database = self._database or self._reopened()
            if database is None or not _is_refreshed(database, reader, shape):
                database = self._made(reader, shape)
                self._remove_others()
            revision = filling.held(database).state.revision
            self._database, self._revision = database, revision
        logger.info("snapshot of revision %d", revision)

    def _reopened(self) -> Database | None:
        """The newest file of the folder that opens and was finished."""
        files = self._folder.glob(f"*{SUFFIX}") if self._folder else ()
        for path in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
            with suppress(duckdb.Error):
                database = open_file(path)
                filling.held(database)
                self._path = path
                return database
        return None

    def _made(self, reader: Reader, shape: str) -> Database:
        """A copy made anew; in a process of its own when it is long."""
        if self._folder is None:
            database = duckdb.connect(":memory:")
            filling.fill(database, reader, shape)
            return database
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = self._folder / f"{uuid4().hex}{SUFFIX}"
        if reader.count(Incident) > MADE_APART_FROM:
            make_apart(self._engine, self._path, shape)
            return open_file(self._path)
        database = open_file(self._path)
        filling.fill(database, reader, shape)
        return database

    def _remove_others(self) -> None:
        """Removes the files that this copy replaces, but those another process has open."""
        for path in set(self._folder.glob(f"*{SUFFIX}")) - {self._path} if self._folder else ():
            try:
                open_file(path).close()
            except duckdb.Error as error:
                if "lock" in str(error).lower():
                    continue
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


class ColumnarSnapshot(Snapshot):
    """A snapshot answered by the columnar copy."""

    def __init__(self, copy: Copy) -> None:
        self._copy = copy
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
        try:
            if self._connection is not None:
                return fetch(self._connection.execute(*compiled(statement)))
            with closing(self._copy.pinned()) as connection:
                if filling.held(connection).state != self.state:
                    raise StaleSnapshotError
                return fetch(connection.execute(*compiled(statement)))
        except DAMAGED as error:
            self._copy.discard()
            raise StoreError(
                "La copie d’analyse de la base était abîmée\u00a0: elle est refaite, rechargez la page."
            ) from error


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Codes as text: a category would count places that are not there."""
    coded = frame.select_dtypes("category")
    return frame.assign(**{str(name): column.astype(column.cat.categories.dtype) for name, column in coded.items()})


def build(engine: Engine) -> Snapshot:
    """A snapshot of its own, in memory, for who reads the store once."""
    return Copy(engine).snapshot()


def fingerprint() -> str:
    """Changes with what a copy is made of: the code of its tables, the version of DuckDB."""
    copied = {table.__tablename__: names for table, names in {**FRAMEWORK, **SMALL, **LARGE}.items()}
    derived = [str(statement.compile(dialect=DIALECT)) for statement in (facts(), exposures())]
    return hashlib.sha256(repr((copied, derived, duckdb.__version__)).encode()).hexdigest()


def _is_refreshed(database: Database, reader: Reader, shape: str) -> bool:
    try:
        return filling.refresh(database, reader, shape)
    except duckdb.Error:
        logger.exception("copy found damaged, made anew")
        return False
