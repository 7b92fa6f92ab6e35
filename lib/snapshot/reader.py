"""Tables of the store as Arrow, read through ADBC in one transaction, hence at one revision."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
from sqlalchemy import (
    Boolean,
    ColumnElement,
    CursorResult,
    Date,
    DateTime,
    Dialect,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    Select,
    cast,
    func,
    select,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

ARROW_TYPES = (
    (Boolean, pa.bool_()),
    (Date, pa.date32()),
    (DateTime, pa.timestamp("us")),
    (Integer, pa.int64()),
    (Float, pa.float64()),
    (Numeric, pa.float64()),
    (LargeBinary, pa.binary()),
)
# ADBC guesses the types of SQLite's columns from its first batch: one batch must hold a whole column.
SQLITE_BATCH_ROWS = 20_000_000
Read = Callable[[str], pa.Table]


@contextmanager
def reading(engine: Engine) -> Iterator["Reader"]:
    """A reader of the committed state of the store at this instant, whatever is written meanwhile."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield Reader(engine.dialect, lambda text: columns_of(connection.exec_driver_sql(text)))
        return
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with _transaction(adbc_driver_postgresql.dbapi.connect(address)) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Reader(engine.dialect, partial(_fetched, connection, {}))


@contextmanager
def reading_apart(engine: Engine) -> Iterator["Reader"]:
    """The same through ADBC for SQLite too, five times faster: never in a process that writes the store.

    ADBC brings a SQLite of its own. Two of them in one process take each other's locks away, and another process then
    removes the journal under the first one's feet: «How To Corrupt An SQLite Database File», 2.2.1.
    """
    if engine.dialect.name != "sqlite":
        with reading(engine) as reader:
            yield reader
        return
    options = {"adbc.sqlite.query.batch_rows": str(SQLITE_BATCH_ROWS)}
    with _transaction(adbc_driver_sqlite.dbapi.connect(f"file:{engine.url.database}?mode=ro")) as connection:
        yield Reader(engine.dialect, partial(_fetched, connection, options))


@contextmanager
def _transaction(connection: Any) -> Iterator[Any]:
    with closing(connection):  # even where the server is gone, and the rollback fails
        try:
            yield connection
        finally:
            connection.rollback()


def _fetched(connection: Any, options: dict[str, str], text: str) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**options)
        cursor.execute(text)
        return cursor.fetch_arrow_table()


def columns_of(found: CursorResult) -> pa.Table:
    """The rows of an answer, column by column."""
    names, rows = list(found.keys()), found.fetchall()
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.Table.from_arrays([pa.array(column) for column in columns], names)


class Reader:
    """Reads tables of one transaction."""

    def __init__(self, dialect: Dialect, read: Read) -> None:
        self._dialect = dialect
        self._read_text = read

    def table(
        self, table: type[DeclarativeBase], names: tuple[str, ...], condition: ColumnElement[bool] | None = None
    ) -> pa.Table:
        """The named columns of a table of the store, with the Arrow types of the schema."""
        columns = [table.__table__.columns[name] for name in names]
        exact = [cast(c, Float).label(c.name) if isinstance(c.type, Numeric) else c for c in columns]
        statement = select(*exact)
        read = self._read(statement if condition is None else statement.where(condition))
        return pa.table({c.name: _typed(read.column(i), arrow_type(c.type)) for i, c in enumerate(columns)})

    def chunks(
        self, table: type[DeclarativeBase], names: tuple[str, ...], key: InstrumentedAttribute[int], step: int
    ) -> Iterator[pa.Table]:
        """The same by parts: rows whose key is one of ``step`` that follow each other."""
        first, last = self.scalar(select(func.min(key))), self.scalar(select(func.max(key)))
        for start in range(first, last + 1, step) if first is not None else ():
            yield self.table(table, names, (key >= start) & (key < start + step))

    def count(self, table: type[DeclarativeBase], *conditions: ColumnElement[bool]) -> int:
        """Rows of a table that meet the conditions."""
        return self.scalar(select(func.count()).select_from(table).where(*conditions))

    def scalar(self, statement: Select) -> Any:
        """The one value of a statement, or None where it has no row."""
        found = self._read(statement).column(0)
        return found[0].as_py() if len(found) else None

    def _read(self, statement: Select) -> pa.Table:
        return self._read_text(str(statement.compile(dialect=self._dialect, compile_kwargs={"literal_binds": True})))


def _typed(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """The column in its own type; SQLite's driver takes a column without any value for integers."""
    if column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column), kind)])
    return column.cast(kind)


def arrow_type(kind) -> pa.DataType:
    """The Arrow type that a column of the schema is copied to; text unless said otherwise."""
    return next((arrow for sql, arrow in ARROW_TYPES if isinstance(kind, sql)), pa.string())
