"""Tables of the store as Arrow, read through ADBC in one transaction, hence at one revision."""

from collections.abc import Iterator
from contextlib import contextmanager

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
from sqlalchemy import Boolean, Date, DateTime, Engine, Float, Integer, LargeBinary, Numeric, Select, cast, select
from sqlalchemy.orm import DeclarativeBase

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


@contextmanager
def reading(engine: Engine) -> Iterator["Reader"]:
    """A reader of the committed state of the store at this instant, whatever is written meanwhile."""
    if engine.dialect.name == "sqlite":
        connection = adbc_driver_sqlite.dbapi.connect(f"file:{engine.url.database}?mode=ro")
    else:
        address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = adbc_driver_postgresql.dbapi.connect(address)
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    try:
        yield Reader(engine, connection)
    finally:
        connection.rollback()
        connection.close()


class Reader:
    """Reads tables of one transaction."""

    def __init__(self, engine: Engine, connection) -> None:
        self._engine = engine
        self._connection = connection

    def table(self, table: type[DeclarativeBase], names: tuple[str, ...]) -> pa.Table:
        """The named columns of a table of the store, with the Arrow types of the schema."""
        columns = [table.__table__.columns[name] for name in names]
        exact = [cast(c, Float).label(c.name) if isinstance(c.type, Numeric) else c for c in columns]
        read = self._read(select(*exact))
        return pa.table({c.name: _typed(read.column(i), arrow_type(c.type)) for i, c in enumerate(columns)})

    def _read(self, statement: Select) -> pa.Table:
        with self._connection.cursor() as cursor:
            if self._engine.dialect.name == "sqlite":
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(SQLITE_BATCH_ROWS)})
            cursor.execute(str(statement.compile(dialect=self._engine.dialect)))
            return cursor.fetch_arrow_table()


def _typed(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """The column in its own type; SQLite's driver takes a column without any value for integers."""
    if column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column), kind)])
    return column.cast(kind)


def arrow_type(kind) -> pa.DataType:
    """The Arrow type that a column of the schema is copied to; text unless said otherwise."""
    return next((arrow for sql, arrow in ARROW_TYPES if isinstance(kind, sql)), pa.string())
