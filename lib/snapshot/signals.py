"""What each residence, or each hall, says of itself over a period: what its priority rests on."""

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lib.domain.filters import IncidentFilter
from lib.domain.scope import Scope
from lib.domain.vocabulary import OPEN_STATUSES
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import inside_only, inside_qpv, places, selected_facts, visible, within
from lib.snapshot.halls import told_halls
from lib.snapshot.places import QPV_KEYS, Level
from lib.snapshot.sums import STAFF_FAMILY
from lib.snapshot.tables import EXPOSURE, FACT
from lib.store import schema as s

ALERT, SERIOUS = 2, 3  # severities from which a month counts for the level of a site
HALL = (FACT.c.building_code, FACT.c.hall_code)
HALL_NAMES = ("building_code", "hall_code")
# Sums of the facts, 0 where there is none.
COUNTS = (
    "incident_count",
    "previous_incident_count",
    "severity_index",
    "staff_count",
    "eligible_known_count",
    "complaint_count",
    "touched_month_count",
    "alert_month_count",
    "serious_month_count",
)
DWELLINGS = ("reporting_dwelling_months", "previous_reporting_dwelling_months", "reporting_month_count")


def residence_signals(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts, months and dwellings of each residence that may be named, over the period and ``chosen.before``.

    Returns:
        One row per residence: residence_id, residence_name, commune_name, longitude, latitude, qpv_id (inside one of
        the period's generation), district_id (of the last month of the period in which it was let), dwelling_count,
        month_count; ``COUNTS``, ``DWELLINGS``; hall_month_count, the months with a fact of its most touched hall,
        missing when no fact of the period names one. eligible_known_count leaves out the facts of which nobody said
        whether a complaint was filed.
    """
    facts, halls, homes = _facts(chosen, scope), _most_touched(chosen, scope), _homes(chosen, scope)
    key = func.coalesce(homes.c.residence_id, facts.c.residence_id)
    source = homes.outerjoin(facts, facts.c.residence_id == homes.c.residence_id, full=True)
    source = source.outerjoin(halls, halls.c.residence_id == key)
    columns = [*_exposed(homes), *_counted(facts), halls.c.hall_month_count]
    # A point without dwellings nor fact says nothing, and could be that of a protected fact alone.
    is_told = or_(homes.c.dwelling_count > 0, func.coalesce(facts.c.incident_count, 0) > 0)
    return _named(snapshot, select(*columns), source, key, is_told, chosen)


def hall_signals(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """The same for each hall named by a fact of either period, or by a landlord's register of halls.

    Nobody knows the dwellings of a hall: its months are those that its residence reported.

    Returns:
        As ``residence_signals`` with building_code (blank where none) and hall_code; dwelling_count is missing, and
        both ``…reporting_dwelling_months`` are the months reported.
    """
    facts, homes = _facts(chosen, scope, *HALL), _homes(chosen, scope)
    known = _known_halls(chosen, scope, facts)
    same = and_(*(known.c[name] == facts.c[name] for name in ("residence_id", *HALL_NAMES)))
    source = known.join(homes, homes.c.residence_id == known.c.residence_id).outerjoin(facts, same)
    months = {
        "reporting_dwelling_months": homes.c.reporting_month_count,
        "previous_reporting_dwelling_months": homes.c.previous_reporting_month_count,
    }
    columns = [
        *(known.c[name] for name in HALL_NAMES),
        cast(null(), Integer).label("dwelling_count"),
        *(column.label(name) for name, column in months.items()),
        *(homes.c[name] for name in ("reporting_month_count", "qpv_id", "district_id")),
        *_counted(facts),
        func.coalesce(facts.c.touched_month_count, 0).label("hall_month_count"),
    ]
    # Named only where ``residence_signals`` names its residence.
    told = select(FACT.c.residence_id).where(*selected_facts(chosen, scope), within(FACT, chosen.period))
    is_told = or_(homes.c.dwelling_count > 0, known.c.residence_id.in_(told))
    return _named(snapshot, select(*columns), source, known.c.residence_id, is_told, chosen)


def type_mix(snapshot: Snapshot, by: Sequence[str], *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts of the period by place and type.

    Args:
        snapshot: The store.
        by: Columns that make a place: residence_id; residence_id, building_code, hall_code; qpv_id; district_id.
        chosen: The selection, narrowed to the places wanted.
        scope: What the visitor may see.

    Returns:
        ``by`` (a missing code is blank), type_code, incident_count, severity_index; facts that belong to no such place
        are left out.
    """
    level = Level.QPV if "qpv_id" in by else Level.RESIDENCE
    keys = {name: FACT.c[name] for name in by} | (
        {"qpv_id": FACT.c[QPV_KEYS[chosen.qpv_generation]]} if level == Level.QPV else {}
    )
    known = [column.is_not(None) for name, column in keys.items() if name != "building_code"]
    named = [(func.coalesce(column, "") if name in HALL_NAMES else column).label(name) for name, column in keys.items()]
    sums = [func.count().label("incident_count"), func.sum(FACT.c.severity_weight).label("severity_index")]
    conditions = [*selected_facts(chosen, scope), *inside_only(FACT, level, chosen), within(FACT, chosen.period)]
    return snapshot.frame(
        select(*named, FACT.c.type_code, *sums)
        .where(*conditions, *known)
        .group_by(*keys.values(), FACT.c.type_code)
        .order_by(*keys.values(), FACT.c.type_code)
    )


def _facts(chosen: IncidentFilter, scope: Scope, *halls: ColumnElement) -> Subquery:
    """``COUNTS`` by residence, and by hall where asked: then only facts that name one."""
    now = within(FACT, chosen.period)
    months = func.count(FACT.c.month_on.distinct())
    # A complaint not told of, or not decided, is not one that was not filed.
    eligible = and_(FACT.c.is_complaint_eligible, FACT.c.complaint_status.not_in(sorted(OPEN_STATUSES)))
    sums = {
        "incident_count": func.count().filter(now),
        "previous_incident_count": func.count().filter(within(FACT, chosen.before)),
        "severity_index": func.sum(FACT.c.severity_weight).filter(now),
        "staff_count": func.count().filter(now, FACT.c.family_code == STAFF_FAMILY),
        "eligible_known_count": func.count().filter(now, eligible),
        "complaint_count": func.count().filter(now, eligible & FACT.c.is_complaint_filed),
        "touched_month_count": months.filter(now),
        "alert_month_count": months.filter(now, FACT.c.severity >= ALERT),
        "serious_month_count": months.filter(now, FACT.c.severity >= SERIOUS),
    }
    by = [FACT.c.residence_id, *_hall_columns(halls)]
    statement = select(*by, *(total.label(name) for name, total in sums.items()))
    conditions = [*selected_facts(chosen, scope), or_(now, within(FACT, chosen.before))]
    if halls:
        conditions.append(FACT.c.hall_code.is_not(None))
    return statement.where(*conditions).group_by(FACT.c.residence_id, *halls).subquery("facts")


def _hall_columns(halls: tuple[ColumnElement, ...]) -> list[ColumnElement]:
    return [func.coalesce(column, "").label(name) for column, name in zip(halls, HALL_NAMES, strict=False)]


def _most_touched(chosen: IncidentFilter, scope: Scope) -> Subquery:
    """Months of the hall of each residence that has facts in most of them."""
    by_hall = (
        select(FACT.c.residence_id, func.count(FACT.c.month_on.distinct()).label("months"))
        .where(*selected_facts(chosen, scope), within(FACT, chosen.period), FACT.c.hall_code.is_not(None))
        .group_by(FACT.c.residence_id, *HALL)
        .subquery()
    )
    most = func.max(by_hall.c.months).label("hall_month_count")
    return select(by_hall.c.residence_id, most).group_by(by_hall.c.residence_id).subquery("halls")


def _homes(chosen: IncidentFilter, scope: Scope) -> Subquery:
    """Dwellings and months of each residence, and its service in the last month of the period in which it was let."""
    now, before = within(EXPOSURE, chosen.period), within(EXPOSURE, chosen.before)
    told, dwellings = EXPOSURE.c.is_reporting, func.sum(EXPOSURE.c.dwelling_count)
    return (
        select(
            EXPOSURE.c.residence_id,
            func.max(inside_qpv(EXPOSURE, chosen.qpv_generation)).label("qpv_id"),
            func.array_agg(aggregate_order_by(EXPOSURE.c.district_id, EXPOSURE.c.month_on.desc()))
            .filter(now)[1]
            .label("district_id"),
            func.max(EXPOSURE.c.dwelling_count).filter(now).label("dwelling_count"),
            dwellings.filter(now, told).label("reporting_dwelling_months"),
            dwellings.filter(before, told).label("previous_reporting_dwelling_months"),
            func.count().filter(now, told).label("reporting_month_count"),
            func.count().filter(before, told).label("previous_reporting_month_count"),
        )
        .where(*visible(EXPOSURE, scope), *places(EXPOSURE, chosen), or_(now, before))
        .group_by(EXPOSURE.c.residence_id)
        .subquery("homes")
    )


def _known_halls(chosen: IncidentFilter, scope: Scope, facts: Subquery) -> Subquery:
    named = select(*(facts.c[name] for name in ("residence_id", *HALL_NAMES)))
    kept = select(s.HallMonth.residence_id, s.HallMonth.building_code, s.HallMonth.hall_code)
    return named.union(kept.where(*told_halls(chosen, scope))).subquery("known")


def _exposed(homes: Subquery) -> list[ColumnElement]:
    return [homes.c[name] for name in ("qpv_id", "district_id", "dwelling_count", *DWELLINGS)]


def _counted(facts: Subquery) -> list[ColumnElement]:
    return [func.coalesce(facts.c[name], 0).label(name) for name in COUNTS]


def _named(
    snapshot: Snapshot,
    statement: Select,
    source: FromClause,
    key: ColumnElement,
    is_told: ColumnElement,
    chosen: IncidentFilter,
) -> pd.DataFrame:
    """The rows with the name and the point of their residence, in the order of the residences then of the halls."""
    homes = s.Residence.__table__.outerjoin(s.Commune, s.Commune.commune_code == s.Residence.commune_code)
    names = (s.Residence.residence_id, s.Residence.residence_name, s.Commune.commune_name)
    points = (s.Residence.longitude, s.Residence.latitude)
    joined = source.join(homes, s.Residence.residence_id == key)
    rows = snapshot.frame(statement.add_columns(*names, *points).select_from(joined).where(is_told))
    order = [name for name in ("residence_id", *HALL_NAMES) if name in rows]
    counted = [*COUNTS, *DWELLINGS]
    rows = rows.assign(
        **rows[counted].astype("float64").fillna(0).astype("int64"), month_count=chosen.period.month_count
    )
    return rows.sort_values(order, ignore_index=True)
