"""The DuckDB copy: built from the store at one revision, read by cursors from any thread."""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine, Executable
from sqlalchemy.dialects import postgresql

from lib.domain.period import add_months, month_of
from lib.domain.vocabulary import TimePrecision
from lib.snapshot.reader import reading
from lib.snapshot.tables import COPIED, EXPOSURE, FACT, MONTH, exposures, facts
from lib.store.schema import Base, Incident, IngestBatch, ReportingMonth, Revision

logger = logging.getLogger(__name__)
DIALECT = postgresql.dialect(paramstyle="numeric_dollar")


@dataclass(frozen=True)
class Snapshot:
    """The store as it was at one revision.

    Attributes:
        revision: Number of the last change it holds; 0 for an empty store.
        data_on: Last day the facts may cover, the «now» of every page; None without a fact.
    """

    connection: duckdb.DuckDBPyConnection
    revision: int
    data_on: date | None

    def frame(self, statement: Executable) -> pd.DataFrame:
        """The rows of a SQLAlchemy Core statement, through a cursor of their own."""
        return self._cursor(statement).fetch_df()

    def rows(self, statement: Executable) -> list[tuple[Any, ...]]:
        """The same as tuples, where a frame would be too much."""
        return self._cursor(statement).fetchall()

    def _cursor(self, statement: Executable) -> duckdb.DuckDBPyConnection:
        compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        values = [compiled.params[name] for name in compiled.positiontup or ()]
        return self.connection.cursor().execute(str(compiled), values)


def build(engine: Engine) -> Snapshot:
    """Copies the committed state of the store into memory."""
    copied: dict[type[Base], pa.Table] = {}
    with reading(engine) as reader:
        revision = pc.max(reader.table(Revision, ("number",))["number"]).as_py() or 0
        for table, names in COPIED.items():
            copied[table] = reader.table(table, names)
    connection = duckdb.connect(":memory:")
    for table, arrow in copied.items():
        connection.from_arrow(arrow).create(table.__tablename__)
    months = _months(copied[Incident], copied[ReportingMonth])
    connection.from_arrow(months).create(MONTH.name)
    for table, statement in ((FACT, facts()), (EXPOSURE, exposures())):
        derived = statement.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
        connection.sql(str(derived)).create(table.name)
    logger.info("snapshot of revision %d: %d facts", revision, copied[Incident].num_rows)
    return Snapshot(connection, revision, _data_on(copied[Incident], copied[ReportingMonth], copied[IngestBatch]))


def _months(incidents: pa.Table, reporting: pa.Table) -> pa.Table:
    """Every month from the first to the last that a fact or a declaration tells of."""
    known = [day for column in (incidents["occurred_on"], reporting["month_on"]) for day in _bounds(column)]
    first, last = (month_of(min(known)), month_of(max(known))) if known else (None, None)
    months = []
    while first and last and first <= last:
        months.append(first)
        first = add_months(first, 1)
    following = [add_months(month, 1) for month in months]
    return pa.table({"month_on": pa.array(months, pa.date32()), "next_on": pa.array(following, pa.date32())})


def _data_on(incidents: pa.Table, reporting: pa.Table, batches: pa.Table) -> date | None:
    """The last day the store tells of.

    That of the last fact, or the end of its month where the register gives months only; or the end of the last month
    declared, if it was over when the last file was read: a month may end without a fact and be complete.
    """
    last_fact = _last_fact(incidents)
    declared, read = _bounds(reporting["month_on"]), _bounds(batches["imported_at"].cast(pa.date32()))
    if last_fact is None or not declared or not read:
        return last_fact
    return max(last_fact, min(_month_end(declared[-1]), read[-1] - timedelta(days=1)))


def _last_fact(incidents: pa.Table) -> date | None:
    is_monthly = pc.equal(incidents["time_precision"], TimePrecision.MONTH)
    exact = _bounds(incidents.filter(pc.invert(is_monthly))["occurred_on"])
    monthly = [_month_end(day) for day in _bounds(incidents.filter(is_monthly)["occurred_on"])]
    return max(exact + monthly, default=None)


def _month_end(day: date) -> date:
    return add_months(day, 1) - timedelta(days=1)


def _bounds(days: pa.ChunkedArray) -> list[date]:
    bounds = pc.min_max(days).as_py()
    return [] if bounds["min"] is None else [bounds["min"], bounds["max"]]
