"""What may be seen and what was asked, as conditions on the two tables of the snapshot."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Date,
    Select,
    Table,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.domain.vocabulary import QpvStatus
from lib.snapshot.places import QPV_KEYS, Level
from lib.snapshot.tables import EXPOSURE, FACT
from lib.store import schema as s

QPV_STATUSES = {2015: "qpv_2015_status", 2024: "qpv_status"}


def within(table: Table, period: Period) -> ColumnElement[bool]:
    """Months of the period, half-open."""
    return and_(table.c.month_on >= period.start, table.c.month_on < period.end)


def visible(table: Table, scope: Scope) -> list[ColumnElement[bool]]:
    """What the visitor may see, in the table itself."""
    limits = (
        (table.c.landlord_id, scope.landlord_ids),
        (table.c.departement_code, scope.departement_codes),
        (table.c.district_id, scope.district_ids),
    )
    return [column.in_(sorted(allowed)) if allowed else false() for column, allowed in limits if allowed is not None]


def nameable(scope: Scope) -> list[ColumnElement[bool]]:
    """Dwellings that the visitor may see, those known by protected facts alone left out: they would name a place."""
    told = select(FACT.c.residence_id).where(*visible(FACT, scope), FACT.c.is_protected.is_(False))
    return [*visible(EXPOSURE, scope), or_(EXPOSURE.c.dwelling_count > 0, EXPOSURE.c.residence_id.in_(told))]


def nameable_residences(scope: Scope) -> list[ColumnElement[bool]]:
    """Residences that the visitor may see; one known only by protected facts is left out: it would be an address."""
    used = select(EXPOSURE.c.residence_id).where(*visible(EXPOSURE, scope))
    told = select(FACT.c.residence_id).where(*visible(FACT, scope), FACT.c.is_protected.is_(False))
    table = s.Residence
    return [table.residence_id.in_(used), or_(table.dwelling_count > 0, table.residence_id.in_(told))]


def places(table: Table, chosen: IncidentFilter) -> list[ColumnElement[bool]]:
    """Restrictions on the place: they hold for facts and for the dwellings of their denominator alike."""
    limits = (
        (table.c.landlord_id, chosen.landlord_ids),
        (table.c.departement_code, chosen.departement_codes),
        (table.c.district_id, chosen.district_ids),
        (qpv_status(table, chosen), chosen.qpv_statuses),
        (table.c.commune_code, chosen.commune_codes),
        (table.c.residence_id, chosen.residence_ids),
    )
    conditions = [column.in_(values) for column, values in limits if values]
    if chosen.forces:
        conditions.append(_force(table.c.force, chosen.forces))
    if chosen.qpv_ids:
        conditions.append(or_(*(_inside(table, generation, chosen.qpv_ids) for generation in QPV_KEYS)))
    if chosen.is_panel_constant:
        told_twice = select(_panel(chosen).c.residence_id, _panel(chosen).c.month_on)
        conditions.append(tuple_(table.c.residence_id, _older_month(table, chosen)).in_(told_twice))
    return conditions


@lru_cache(maxsize=64)
def _panel(chosen: IncidentFilter) -> CTE:
    """Residences and months of the older period that were told of, and told of again in the period.

    One of its kind in a statement, whose parts all share it: it is worked out once.
    """
    month_on = _older_month(EXPOSURE, chosen)
    told = EXPOSURE.c.is_reporting & (within(EXPOSURE, chosen.period) | within(EXPOSURE, chosen.before))
    return (
        select(EXPOSURE.c.residence_id, month_on.label("month_on"))
        .where(told)
        .group_by(EXPOSURE.c.residence_id, month_on)
        .having(func.count() == len((chosen.period, chosen.before)))
        .cte("panel")
    )


def _older_month(table: Table, chosen: IncidentFilter) -> ColumnElement[date]:
    """The month of a row, or for one of the period the same month of the older one."""
    years = literal_column(f"INTERVAL '{12 * chosen.years_apart} months'")
    is_now = table.c.month_on >= chosen.period.start
    return case((is_now, cast(table.c.month_on - years, Date)), else_=table.c.month_on)


def qpv_status(table: Table, chosen: IncidentFilter) -> Column:
    """Where a row stands against the QPV of the period."""
    return table.c[QPV_STATUSES[chosen.qpv_generation]]


def inside_only(table: Table, level: Level, chosen: IncidentFilter) -> list[ColumnElement[bool]]:
    """At level QPV, only what lies inside one of the period."""
    if level != Level.QPV:
        return []
    return [table.c[QPV_KEYS[chosen.qpv_generation]].is_not(None), qpv_status(table, chosen) == QpvStatus.INSIDE]


def inside_qpv(table: Table, generation: int) -> ColumnElement[int]:
    """The QPV of a generation that a row lies in, missing elsewhere."""
    return case((table.c[QPV_STATUSES[generation]] == QpvStatus.INSIDE, table.c[QPV_KEYS[generation]]))


def homes(chosen: IncidentFilter, scope: Scope, *columns: Column) -> Select:
    """Where the residences of both the selection and the scope lie, at any time, once each.

    Args:
        chosen: The selection; neither its period nor its kinds of facts count.
        scope: What the visitor may see.
        columns: Of ``EXPOSURE``: those wanted beside qpv_id and qpv_2015_id.
    """
    qpv = (inside_qpv(EXPOSURE, generation).label(name) for generation, name in QPV_KEYS.items())
    return select(*columns, *qpv).where(*visible(EXPOSURE, scope), *places(EXPOSURE, chosen)).distinct()


def _inside(table: Table, generation: int, qpv_ids: Sequence[int]) -> ColumnElement[bool]:
    """Inside one of these QPV: an identifier is of one generation, which need not be that of the period."""
    return and_(table.c[QPV_KEYS[generation]].in_(qpv_ids), table.c[QPV_STATUSES[generation]] == QpvStatus.INSIDE)


def kinds(chosen: IncidentFilter) -> list[ColumnElement[bool]]:
    """Restrictions on the facts themselves; protected types are in no total (docs/decisions/0006)."""
    limits = (
        (FACT.c.family_code, chosen.family_codes),
        (FACT.c.type_code, chosen.type_codes),
        (FACT.c.severity, chosen.severities),
        (func.coalesce(FACT.c.building_code, ""), chosen.building_codes),
        (func.coalesce(FACT.c.hall_code, ""), chosen.hall_codes),
    )
    return [FACT.c.is_protected.is_(False), *(column.in_(values) for column, values in limits if values)]


def selected_facts(chosen: IncidentFilter, scope: Scope) -> list[ColumnElement[bool]]:
    """Everything that bears on the facts, but the period."""
    return [*visible(FACT, scope), *places(FACT, chosen), *kinds(chosen)]


def _force(column: Column, forces: Sequence[str]) -> ColumnElement[bool]:
    known = [force for force in forces if force]
    asked = [column.in_(known)] if known else []
    return or_(*asked, *([column.is_(None)] if "" in forces else []))
