"""The same questions put to PostgreSQL itself, for a store that outgrows the memory of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import CTE, Connection, CursorResult, Date, Engine, Executable, Interval, Select, cast, func, select

from lib.domain.period import month_of
from lib.errors import StoreError
from lib.snapshot.columnar import Snapshot, StaleSnapshotError, State
from lib.snapshot.filling import framework
from lib.snapshot.reader import Reader, columns_of
from lib.snapshot.tables import EXPOSURE, FACT, MONTH, exposures, facts
from lib.store import schema as s
from lib.store.reporting import data_on
from lib.store.revisions import current_revision

# PostgreSQL counts a few rows where a condition on sums keeps a hundred thousand, and loops over each: hashes instead.
PLANNED = select(
    func.set_config("enable_nestloop", "off", True),
    func.set_config("jit", "off", True),
    func.set_config("work_mem", "64MB", True),
)


class Told(NamedTuple):
    """What a revision says of itself: its state, and the first and last month of which anything is told."""

    state: State
    months: tuple[date, date] | None


class Direct:
    """A store asked without a copy.

    Args:
        engine: The store, on PostgreSQL.

    Raises:
        StoreError: If the store is on SQLite, which lacks what the questions need.
    """

    def __init__(self, engine: Engine) -> None:
        if engine.dialect.name != "postgresql":
            raise StoreError("ANALYTICS=store demande une base PostgreSQL\u00a0: retirez ce réglage.")
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._last: Told | None = None

    def snapshot(self) -> Snapshot:
        """The store at its last revision, in a transaction that sees no other."""
        connection = self.pinned()
        try:
            return StoreSnapshot(self, connection, self.told(connection))
        except BaseException:
            connection.close()
            raise

    def pinned(self) -> Connection:
        """A connection that sees one revision until it is closed, set for questions that read much."""
        connection = self._engine.connect()
        connection.execute(PLANNED)
        return connection

    def told(self, connection: Connection) -> Told:
        """What the revision of a connection says of itself; searched for once per revision."""
        revision, last = current_revision(connection), self._last
        token = framework(Reader(connection.dialect, lambda text: columns_of(connection.exec_driver_sql(text))))
        if last is not None and (last.state.revision, last.state.framework) == (revision, token):
            return last
        self._last = Told(State(revision, token, data_on(connection)), _months(connection))
        return self._last


class StoreSnapshot(Snapshot):
    """A snapshot answered by the store."""

    def __init__(self, source: Direct, connection: Connection, told: Told) -> None:
        super().__init__(told.state)
        self._source = source
        self._connection: Connection | None = connection
        self._tables = _tables(told.months)

    def _frame(self, statement: Executable) -> pd.DataFrame:
        with self._answered(statement) as found:
            return _typed(pd.DataFrame(map(tuple, found), columns=list(found.keys())), statement)

    def _rows(self, statement: Executable) -> list[tuple[Any, ...]]:
        with self._answered(statement) as found:
            return [tuple(row) for row in found]

    def _release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _answered(self, statement: Executable) -> Iterator[CursorResult]:
        assert isinstance(statement, Select)
        asked = statement.add_cte(*self._tables)
        if self._connection is not None:
            yield self._connection.execute(asked)
            return
        with self._source.pinned() as connection:
            if self._source.told(connection).state != self.state:
                raise StaleSnapshotError
            yield connection.execute(asked)


def _months(connection: Connection) -> tuple[date, date] | None:
    """First and last month that a fact or a declaration tells of."""
    days = (s.Incident.occurred_on, s.ReportingMonth.month_on)
    ends = [connection.execute(select(func.min(day), func.max(day))).one() for day in days]
    months = [month_of(day) for row in ends for day in row if day is not None]
    return (min(months), max(months)) if months else None


def _tables(months: tuple[date, date] | None) -> tuple[CTE, ...]:
    """The tables of the copy, derived at each question: conditions are pushed into them."""
    step = cast("1 month", Interval)
    first, last = months or (None, None)
    day = func.generate_series(cast(first, Date), cast(last, Date), step).column_valued("day")
    month = select(cast(day, Date).label("month_on"), cast(day + step, Date).label("next_on"))
    derived = {MONTH.name: month, FACT.name: facts(), EXPOSURE.name: exposures()}
    return tuple(table.cte(name).prefix_with("NOT MATERIALIZED") for name, table in derived.items())


def _typed(frame: pd.DataFrame, statement: Executable) -> pd.DataFrame:
    """Days as the copy gives them, be they all missing."""
    assert isinstance(statement, Select)
    days = [column.name for column in statement.selected_columns if isinstance(column.type, Date)]
    return frame.assign(**{name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in days})
