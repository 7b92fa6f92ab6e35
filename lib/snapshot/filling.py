"""The columnar copy filled from the store, and brought to a later revision by copying what changed alone."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import NamedTuple

import duckdb
import pyarrow as pa
from sqlalchemy import Enum, Select, Table, column, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from lib.domain.period import add_months, month_of
from lib.domain.vocabulary import BatchKind, ReportingStatus, TimePrecision
from lib.snapshot.columnar import DIALECT, State
from lib.snapshot.reader import Reader
from lib.snapshot.tables import EXPOSURE, FACT, FRAMEWORK, LARGE, MONTH, SMALL, exposures, facts
from lib.store import schema as s
from lib.store.rows import table_of

REGISTERS = tuple(kind.value for kind in (BatchKind.INCIDENTS, BatchKind.REPORTING, BatchKind.DEMONSTRATION))
DECLARED = (ReportingStatus.REPORTED.value, ReportingStatus.NOTHING_TO_REPORT.value)
CHUNK_ROWS = 500_000
CHUNK_RESIDENCES = 4_000
MAX_CHANGED_ROWS = 500_000  # beyond, a copy made anew is quicker and in better order
IN_ORDER = "ORDER BY month_on, residence_id"  # a period then touches few blocks
# Columns of few values, and where these are: kept as numbers, which sort and group at half the cost.
CODES: dict[str, str | list[str]] = {
    "type_code": "incident_type",
    "family_code": "incident_family",
    "commune_code": "commune",
    "departement_code": "departement",
    **{c.name: sorted(c.type.enums) for table in (FACT, EXPOSURE) for c in table.c if isinstance(c.type, Enum)},
}
Database = duckdb.DuckDBPyConnection


class Held(NamedTuple):
    """What a copy says of itself.

    Attributes:
        state: Its revision and what follows from it.
        made_at: Instant of that revision, by which another store with the same numbers is told apart.
        shape: Fingerprint of the code that made it.
    """

    state: State
    made_at: str | None
    shape: str


def held(copy: Database) -> Held:
    """What a copy holds.

    Raises:
        duckdb.Error: If it was never finished.
    """
    told = copy.execute("SELECT revision, framework, data_on, made_at, shape FROM state").fetchall()
    if len(told) != 1:
        raise duckdb.InvalidInputException("a copy that was never finished")
    return Held(State(*told[0][:3]), *told[0][3:])


def fill(copy: Database, reader: Reader, shape: str) -> None:
    """Copies the whole store into an empty database."""
    for table, names in {**FRAMEWORK, **SMALL, s.Residence: LARGE[s.Residence]}.items():
        copy.from_arrow(reader.table(table, names)).create(table.__tablename__)
    _create_codes(copy)
    with ThreadPoolExecutor(1, "ahead") as worker:
        facts_read = _ahead(worker, _parts(reader, s.Incident, s.Incident.incident_id, CHUNK_ROWS))
        months_read = _ahead(worker, _parts(reader, s.ReportingMonth, s.ReportingMonth.residence_id, CHUNK_RESIDENCES))
        halls_read = _ahead(worker, _parts(reader, s.HallMonth, s.HallMonth.residence_id, CHUNK_RESIDENCES))
        _fill_facts(copy, facts_read)
        _fill_exposures(copy, months_read)
        _fill_halls(copy, halls_read)
    _say_state(copy, reader, shape)


def _parts(reader: Reader, table: type[s.Base], key: InstrumentedAttribute[int], step: int) -> Iterator[pa.Table]:
    """A table without rows, for its columns, then its rows by parts."""
    yield reader.table(table, LARGE[table], key.is_(None))
    yield from reader.chunks(table, LARGE[table], key, step)


def _ahead(worker: Executor, parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same, each read while the one before is written; the first is asked for at once."""
    coming = worker.submit(next, parts, None)

    def each() -> Iterator[pa.Table]:
        nonlocal coming
        while (part := coming.result()) is not None:
            coming = worker.submit(next, parts, None)
            yield part

    return each()


def _create_codes(copy: Database) -> None:
    """A type for each column of codes: numbers with a name, in the order of the names."""
    for name, values in CODES.items():
        known = f"SELECT {name} FROM {values}" if isinstance(values, str) else f"SELECT unnest({values})"  # noqa: S608
        copy.execute(f"CREATE TYPE {name}_name AS ENUM (FROM ({known} UNION SELECT '') ORDER BY 1)")


def _coded(table: Table, statement: Select) -> str:
    """The rows of a derived table, its codes as ``_create_codes`` made them."""
    named = ", ".join(f"{name}::{name}_name AS {name}" for name in CODES if name in table.c)
    return f"SELECT * REPLACE ({named}) FROM ({_text(statement)})"  # noqa: S608 - ours


def _fill_facts(copy: Database, parts: Iterator[pa.Table]) -> None:
    for number, part in enumerate(parts):
        verb = "INSERT INTO unsorted" if number else "CREATE TEMP TABLE unsorted AS"
        with _given(copy, incident=part):
            copy.execute(f"{verb} {_coded(FACT, facts())}")
    copy.execute(f"CREATE TABLE fact AS FROM unsorted {IN_ORDER}")
    copy.execute("DROP TABLE unsorted")


def _fill_exposures(copy: Database, parts: Iterator[pa.Table]) -> None:
    copy.from_arrow(next(parts)).create("told")
    for part in parts:
        with _given(copy, reporting_month=part):
            copy.execute("INSERT INTO told FROM reporting_month")
    copy.execute("CREATE TABLE declared AS SELECT max(month_on) AS month_on FROM told")
    copy.execute("CREATE TABLE month (month_on DATE, next_on DATE)")
    _add_months(copy, "SELECT month_on FROM fact UNION ALL SELECT month_on FROM told")
    copy.execute("CREATE TEMP VIEW reporting_month AS FROM told")
    copy.execute(f"CREATE TABLE exposure AS {_coded(EXPOSURE, exposures())} {IN_ORDER}")
    copy.execute("DROP VIEW reporting_month")
    copy.execute("DROP TABLE told")


def _fill_halls(copy: Database, parts: Iterator[pa.Table]) -> None:
    copy.from_arrow(next(parts)).create("hall_month")
    for part in parts:
        with _given(copy, told=part):
            copy.execute("INSERT INTO hall_month FROM told")


def refresh(copy: Database, reader: Reader, shape: str) -> bool:
    """Brings a copy to the last revision in one transaction, so that readers see all of it or nothing.

    Returns:
        False where the copy must be made anew: another store, a territory or the nomenclature changed, an import was
        undone or removed (its rows left no trace), or too many rows changed.
    """
    before = held(copy)
    since = before.state.revision
    small = {table: reader.table(table, names) for table, names in SMALL.items()}
    if (
        before.shape != shape
        or _made_at(reader, since) != before.made_at
        or framework(reader) != before.state.framework
        or _is_gone(copy, small[s.IngestBatch])
    ):
        return False
    moved = select(s.Residence.residence_id).where(s.Residence.revision > since)
    changed = {
        s.Residence: s.Residence.revision > since,
        s.ReportingMonth: (s.ReportingMonth.revision > since) | s.ReportingMonth.residence_id.in_(moved),
        s.Incident: (s.Incident.revision > since) | s.Incident.residence_id.in_(moved),
        s.HallMonth: s.HallMonth.revision > since,
    }
    if sum(reader.count(table, condition) for table, condition in changed.items()) > MAX_CHANGED_ROWS:
        return False
    read = {table: reader.table(table, LARGE[table], condition) for table, condition in changed.items()}
    copy.begin()
    try:
        _replace(copy, small)
        _apply(copy, read)
        _apply_halls(copy, read[s.HallMonth])
        _say_state(copy, reader, shape)
        copy.commit()
    except BaseException:
        copy.rollback()
        raise
    return True


def _replace(copy: Database, small: dict[type[s.Base], pa.Table]) -> None:
    for table, rows in small.items():
        copy.execute(f"DELETE FROM {table.__tablename__}")  # noqa: S608 - our table
        with _given(copy, fresh=rows):
            copy.execute(f"INSERT INTO {table.__tablename__} FROM fresh")


def _apply(copy: Database, read: dict[type[s.Base], pa.Table]) -> None:
    with _given(copy, moved=read[s.Residence], incident=read[s.Incident], reporting_month=read[s.ReportingMonth]):
        copy.execute("DELETE FROM residence WHERE residence_id IN (SELECT residence_id FROM moved)")
        copy.execute("INSERT INTO residence FROM moved")
        copy.execute("DELETE FROM fact WHERE incident_id IN (SELECT incident_id FROM incident)")
        copy.execute(f"INSERT INTO fact {_text(facts())} {IN_ORDER}")
        copy.execute("UPDATE declared SET month_on = greatest(month_on, (SELECT max(month_on) FROM reporting_month))")
        added = _add_months(copy, "SELECT month_on FROM fact UNION ALL SELECT month_on FROM reporting_month")
        copy.execute("DELETE FROM exposure WHERE residence_id IN (SELECT residence_id FROM moved)")
        moved = s.Residence.residence_id.in_(select(column("residence_id")).select_from(text("moved")))
        new = exposures().where(moved | MONTH.c.month_on.in_(added))
        copy.execute(f"INSERT INTO exposure {_text(new)} {IN_ORDER}")
        copy.execute(
            "UPDATE exposure SET is_reporting = told.status IN ? FROM reporting_month AS told "
            "WHERE exposure.residence_id = told.residence_id AND exposure.month_on = told.month_on",
            [DECLARED],
        )


def _apply_halls(copy: Database, rows: pa.Table) -> None:
    key = "(residence_id, building_code, hall_code, month_on)"
    with _given(copy, told=rows):
        copy.execute(f"DELETE FROM hall_month WHERE {key} IN (SELECT {key} FROM told)")  # noqa: S608 - ours
        copy.execute("INSERT INTO hall_month FROM told")


def _add_months(copy: Database, known: str) -> list[date]:
    """Every month from the first to the last that a fact or a declaration tells of; returns those that were not there.

    ``known``: statement that gives the months told of.
    """
    held_on = {row[0] for row in copy.execute("SELECT month_on FROM month").fetchall()}
    bounds = copy.execute(f"SELECT min(month_on), max(month_on) FROM ({known})").fetchall()[0]  # noqa: S608 - ours
    told = held_on | {month_of(day) for day in bounds if day is not None}
    months = _between(min(told), max(told)) if told else []
    added = [month for month in months if month not in held_on]
    for month in added:
        copy.execute("INSERT INTO month VALUES (?, ?)", [month, add_months(month, 1)])
    return added


def _between(first: date, last: date) -> list[date]:
    return [add_months(first, number) for number in range(12 * (last.year - first.year) + last.month - first.month + 1)]


def _say_state(copy: Database, reader: Reader, shape: str) -> None:
    """The last word of a copy: one without it was never finished."""
    revision = reader.scalar(select(func.max(s.Revision.number))) or 0
    row = [revision, framework(reader), _data_on(copy), _made_at(reader, revision), shape]
    copy.execute(
        "CREATE TABLE IF NOT EXISTS state (revision BIGINT, framework VARCHAR, data_on DATE, "
        "made_at VARCHAR, shape VARCHAR)"
    )
    copy.execute("DELETE FROM state")
    copy.execute("INSERT INTO state VALUES (?, ?, ?, ?, ?)", row)


def framework(reader: Reader) -> str:
    """Token of the last change of a territory or of the nomenclature."""
    last = max(reader.scalar(select(func.max(table_of(table).c.revision))) or 0 for table in FRAMEWORK)
    return f"{last} {_made_at(reader, last)}"


def _made_at(reader: Reader, revision: int) -> str | None:
    """Instant of a revision, as the store writes it."""
    found = reader.scalar(select(s.Revision.made_at).where(s.Revision.number == revision))
    return None if found is None else str(found)


def _is_gone(copy: Database, batches: pa.Table) -> bool:
    """Whether an import that the copy holds was undone or removed."""
    with _given(copy, fresh=batches):
        standing = "SELECT batch_id, imported_at FROM {} WHERE undone_at IS NULL"
        gone = f"{standing.format('ingest_batch')} EXCEPT {standing.format('fresh')}"
        return bool(copy.execute(gone).fetchall())


def _data_on(copy: Database) -> date | None:
    """The last day the store tells of.

    That of the last fact, or the end of its month where the register gives months only; or the end of the last month
    declared, if it was over when the last register that stands was read: a month may be complete without a fact.
    """
    last_fact, declared_on, read_on = copy.execute(
        "SELECT (SELECT max(CASE WHEN time_precision = ? THEN last_day(occurred_on) ELSE occurred_on END) FROM fact), "
        "(SELECT last_day(month_on) FROM declared), "
        "(SELECT max(imported_at)::DATE FROM ingest_batch WHERE kind IN ? AND undone_at IS NULL)",
        [TimePrecision.MONTH.value, REGISTERS],
    ).fetchall()[0]
    if last_fact is None or declared_on is None or read_on is None:
        return last_fact
    return max(last_fact, min(declared_on, read_on - timedelta(days=1)))


@contextmanager
def _given(copy: Database, **tables: pa.Table) -> Iterator[None]:
    """Arrow tables under these names, for the time of a block."""
    try:
        for name, table in tables.items():
            copy.register(name, table)
        yield
    finally:
        with suppress(duckdb.TransactionException):  # one that failed takes nothing more, and drops them at its end
            for name in tables:
                copy.unregister(name)


def _text(statement: Select) -> str:
    return str(statement.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))
