"""Many rows into a table at once, without a Python object per row: what a register of a million rows needs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql
from sqlalchemy import (
    CheckConstraint,
    Connection,
    Date,
    Enum,
    Table,
    TextClause,
    exists,
    false,
    literal_column,
    or_,
    select,
)
from sqlalchemy.exc import DBAPIError

SLICE = 20_000
MAX_VARIABLES = 32_000  # SQLite takes 32,766 in a statement


def parts(items: Iterable, size: int) -> Iterator[list]:
    """The items in order, cut into lists of at most ``size``."""
    waiting = iter(items)
    while part := list(islice(waiting, size)):
        yield part


def plain_columns(table: Table, frame: pd.DataFrame) -> list[list]:
    """Each column of a frame as the drivers take it: None where missing, codes and days as text."""
    return [_plain(table, str(name), frame[name]) for name in frame.columns]


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Inserts rows of plain values (text, numbers, None), in the order of ``columns``.

    By COPY on PostgreSQL, by thousands of rows a statement on SQLite; in the transaction of the connection.
    """
    write = _copy if connection.dialect.name == "postgresql" else _insert_together
    for part in parts(rows, SLICE):
        write(connection, table, columns, part)


def _plain(table: Table, name: str, column: pd.Series) -> list:
    values = column.astype(object).where(column.notna(), None).tolist()
    kind = table.c[name].type
    if isinstance(kind, Enum):
        return _each(values, str)
    return _each(values, lambda day: day.isoformat()) if isinstance(kind, Date) else values


def _each(values: list, write: Callable[[Any], str]) -> list:
    written: dict = {value: None if value is None else write(value) for value in set(values)}
    return [written[value] for value in values]


def _insert_together(connection: Connection, table: Table, columns: Sequence[str], rows: list[Sequence]) -> None:
    """Many rows a statement; the checks of the table are made here.

    SQLite builds the list of every «CHECK (x IN (…))» anew for each row, two thirds of the time of an import. Codes are
    checked once per distinct value instead, and the other checks by one query.
    """
    _check_codes(table, columns, rows)
    last = connection.exec_driver_sql(f"SELECT max(rowid) FROM {table.name}").scalar() or 0  # noqa: S608 - our table
    start = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES "  # noqa: S608 - our table
    one = f"({', '.join('?' * len(columns))})"
    connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
    try:
        for part in parts(rows, MAX_VARIABLES // len(columns)):
            connection.exec_driver_sql(start + ", ".join([one] * len(part)), tuple(chain.from_iterable(part)))
    finally:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
    _check_rows(connection, table, last)


def _check_codes(table: Table, columns: Sequence[str], rows: list[Sequence]) -> None:
    for place, name in enumerate(columns):
        kind = table.c[name].type
        foreign = {row[place] for row in rows} - {None, *kind.enums} if isinstance(kind, Enum) else None
        if foreign:
            raise ValueError(f"{table.name}.{name} has no {sorted(foreign)}")


def _check_rows(connection: Connection, table: Table, last: int) -> None:
    """The checks that are not lists of codes, on the rows written after ``last``."""
    checks = [one.sqltext for one in table.constraints if isinstance(one, CheckConstraint) and _is_own(one)]
    is_broken = or_(false(), *(literal_column(f"NOT ({check})") for check in checks))
    if connection.scalar(select(exists().select_from(table).where(literal_column("rowid") > last, is_broken))):
        raise ValueError(f"a row breaks a check of {table.name}")


def _is_own(check: CheckConstraint) -> bool:
    """Whether a check was written with the table, rather than made by a column of codes."""
    return isinstance(check.sqltext, TextClause)


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: list[Sequence]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:  # what SQLAlchemy would have raised
        raise DBAPIError.instance(f"COPY {table.name}", None, error, psycopg.Error, hide_parameters=True) from error
