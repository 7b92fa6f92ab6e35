"""The statements of the snapshot written for SQLite, to say what the copy saves: a bench alone runs them."""

from sqlalchemy import CTE, Cast, Connection, Date, Select, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from lib.snapshot.tables import EXPOSURE, FACT, MONTH, exposures, facts
from lib.store import schema as s


class DateTrunc(GenericFunction):
    """First day of the month, on either engine."""

    name = "date_trunc"
    inherit_cache = True


class BoolOr(GenericFunction):
    """Whether any row is true."""

    name = "bool_or"
    inherit_cache = True


class StringAgg(GenericFunction):
    """Texts put together."""

    name = "string_agg"
    inherit_cache = True


@compiles(DateTrunc, "sqlite")
def _month_start(element: DateTrunc, compiler, **kw) -> str:
    return f"date({compiler.process(list(element.clauses)[1], **kw)}, 'start of month')"


@compiles(BoolOr, "sqlite")
def _any(element: BoolOr, compiler, **kw) -> str:
    return f"max({compiler.process(element.clauses, **kw)})"


@compiles(StringAgg, "sqlite")
def _together(element: StringAgg, compiler, **kw) -> str:
    return f"group_concat({compiler.process(next(iter(element.clauses)), **kw)}, ', ')"


@compiles(aggregate_order_by, "sqlite")
def _without_order(element: aggregate_order_by, compiler, **kw) -> str:
    return compiler.process(element.target, **kw)


@compiles(Cast, "sqlite")
def _text_of_a_day(element: Cast, compiler, **kw) -> str:
    is_day = isinstance(element.type, Date)
    return compiler.process(element.clause, **kw) if is_day else compiler.visit_cast(element, **kw)


def ask(connection: Connection, statement: Select) -> int:
    """Answers a statement of the snapshot from a SQLite store; returns the number of rows."""
    return len(connection.execute(statement.add_cte(*_tables())).all())


def _tables() -> tuple[CTE, ...]:
    month = select(s.ReportingMonth.month_on, literal_column("date(month_on, '+1 month')").label("next_on")).distinct()
    derived = {MONTH.name: month, FACT.name: facts(), EXPOSURE.name: exposures()}
    return tuple(table.cte(name) for name, table in derived.items())


def check(connection: Connection) -> int:
    """Facts as the derived table counts them."""
    return connection.execute(select(func.count()).select_from(FACT).add_cte(*_tables())).scalar_one()
