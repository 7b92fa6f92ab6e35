"""Every question a page asks of the facts: one function each, one statement each, within a scope."""

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Table,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period, add_months
from lib.domain.scope import Scope
from lib.domain.vocabulary import QpvStatus
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import inside_only, places, qpv_status, selected_facts, visible, within
from lib.snapshot.places import Level, key_of, names_of
from lib.snapshot.tables import EXPOSURE, FACT
from lib.store import schema as s


def place_figures(snapshot: Snapshot, level: Level, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts and dwellings of each place of a level, over the period and over ``chosen.before``.

    A place with dwellings and no fact has a row with a true 0; a place nobody reported for has
    ``reporting_dwelling_months`` 0; facts of a residence no longer let keep their row. At level QPV, only residences
    inside count.

    Returns:
        One row per place: place_key, place_code, place_name, force, commune_name (but at level ALL);
        ``FACT_SUMS`` and ``EXPOSURE_SUMS``, ``dwelling_count`` being that of the last month; ``previous_…`` for each of
        ``COMPARED_SUMS``. Most facts first.
    """
    facts, exposure = _facts_by(level, chosen, scope), _exposure_by(level, chosen, scope)
    both = union_all(
        select(facts.c.place_key, facts.c.is_now, *_columns(facts, FACT_SUMS), *_zeros(EXPOSURE_SUMS)),
        select(exposure.c.place_key, exposure.c.is_now, *_zeros(FACT_SUMS), *_columns(exposure, EXPOSURE_SUMS)),
    ).subquery()
    summed = select(both.c.place_key, *_measures(both)).group_by(both.c.place_key).subquery()
    # A point without dwellings nor fact says nothing, and could be that of a protected fact alone.
    is_told = (summed.c.dwelling_months + summed.c.incident_count + summed.c.previous_incident_count) > 0
    statement = _named(summed, level).where(is_told) if level == Level.RESIDENCE else _named(summed, level)
    statement = statement.order_by(summed.c.incident_count.desc(), summed.c.place_key)
    return snapshot.frame(statement)


STAFF_FAMILY = "PER"
FACT_SUMS = (
    "incident_count",
    "severity_index",
    "eligible_count",
    "complaint_count",
    "staff_count",
    "qpv_incident_count",
)
EXPOSURE_SUMS = (
    "dwelling_months",
    "reporting_dwelling_months",
    "dwelling_count",
    "residence_count",
    "reporting_residence_count",
)
COMPARED_SUMS = (*FACT_SUMS[:-1], *EXPOSURE_SUMS[:2])


def _columns(source: Subquery, names: Sequence[str]) -> list[ColumnElement]:
    return [source.c[name] for name in names]


def _zeros(names: Sequence[str]) -> list[ColumnElement[int]]:
    return [literal_column("0").label(name) for name in names]


def _measures(both: Subquery) -> list[ColumnElement[int]]:
    def total(name: str, condition: ColumnElement[bool]) -> ColumnElement[int]:
        return cast(func.coalesce(func.sum(both.c[name]).filter(condition), 0), BigInteger)

    now = [total(name, both.c.is_now).label(name) for name in (*FACT_SUMS, *EXPOSURE_SUMS)]
    return [*now, *(total(name, ~both.c.is_now).label(f"previous_{name}") for name in COMPARED_SUMS)]


def _named(summed: Subquery, level: Level) -> Select:
    names = names_of(level)
    if names is None:
        return select(summed)
    named = names.subquery()
    labels = [column for column in named.c if column.name != "place_key"]
    return select(summed, *labels).outerjoin(named, named.c.place_key == summed.c.place_key)


def _facts_by(level: Level, chosen: IncidentFilter, scope: Scope) -> Subquery:
    eligible = FACT.c.is_complaint_eligible
    sums = {
        "incident_count": func.count(),
        "severity_index": func.sum(FACT.c.severity_weight),
        "eligible_count": func.count().filter(eligible),
        "complaint_count": func.count().filter(eligible & FACT.c.is_complaint_filed),
        "staff_count": func.count().filter(FACT.c.family_code == STAFF_FAMILY),
        "qpv_incident_count": func.count().filter(qpv_status(FACT, chosen) == QpvStatus.INSIDE),
    }
    return (
        select(
            key_of(FACT, level, chosen.qpv_generation),
            _is_now(FACT, chosen),
            *(sums[name].label(name) for name in sums),
        )
        .where(*selected_facts(chosen, scope), *inside_only(FACT, level, chosen), _in_either(FACT, chosen))
        .group_by("place_key", "is_now")
        .subquery()
    )


def _exposure_by(level: Level, chosen: IncidentFilter, scope: Scope) -> Subquery:
    """By residence first, which is then counted once whatever its months."""
    dwellings = func.sum(EXPOSURE.c.dwelling_count)
    is_last = EXPOSURE.c.month_on == add_months(chosen.period.end, -1)
    of_residence = (
        select(
            key_of(EXPOSURE, level, chosen.qpv_generation),
            _is_now(EXPOSURE, chosen),
            dwellings.label("dwelling_months"),
            dwellings.filter(EXPOSURE.c.is_reporting).label("reporting_dwelling_months"),
            dwellings.filter(is_last).label("dwelling_count"),
            func.bool_or(EXPOSURE.c.is_reporting).label("is_reporting"),
        )
        .where(*visible(EXPOSURE, scope), *places(EXPOSURE, chosen), *inside_only(EXPOSURE, level, chosen))
        .where(_in_either(EXPOSURE, chosen))
        .group_by("place_key", "is_now", EXPOSURE.c.residence_id)
        .subquery()
    )
    sums = ("dwelling_months", "reporting_dwelling_months", "dwelling_count")
    return (
        select(
            of_residence.c.place_key,
            of_residence.c.is_now,
            *(func.sum(of_residence.c[name]).label(name) for name in sums),
            func.count().label("residence_count"),
            func.count().filter(of_residence.c.is_reporting).label("reporting_residence_count"),
        )
        .group_by(of_residence.c.place_key, of_residence.c.is_now)
        .subquery()
    )


def _is_now(table: Table, chosen: IncidentFilter) -> ColumnElement[bool]:
    """Whether a row is of the period, rather than of the one before it."""
    return (table.c.month_on >= chosen.period.start).label("is_now")


def _in_either(table: Table, chosen: IncidentFilter) -> ColumnElement[bool]:
    return within(table, chosen.period) | within(table, chosen.before)


def type_figures(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts of each type over the period and over ``chosen.before``.

    Returns:
        One row per unprotected type of the nomenclature that the filter allows, true zeros included:
        family_code, family_label, type_code, type_label, incident_count, previous_incident_count.
    """
    now, before = within(FACT, chosen.period), within(FACT, chosen.before)
    counted = (
        select(
            FACT.c.type_code,
            func.count().filter(now).label("incident_count"),
            func.count().filter(before).label("previous_incident_count"),
        )
        .where(*selected_facts(chosen, scope), now | before)
        .group_by(FACT.c.type_code)
        .subquery()
    )
    allowed = [s.IncidentType.is_protected.is_(False)]
    if chosen.family_codes:
        allowed.append(s.IncidentType.family_code.in_(chosen.family_codes))
    if chosen.type_codes:
        allowed.append(s.IncidentType.type_code.in_(chosen.type_codes))
    statement = (
        select(
            s.IncidentFamily.family_code,
            s.IncidentFamily.family_label,
            s.IncidentType.type_code,
            s.IncidentType.type_label,
            func.coalesce(counted.c.incident_count, 0).label("incident_count"),
            func.coalesce(counted.c.previous_incident_count, 0).label("previous_incident_count"),
        )
        .join(s.IncidentFamily, s.IncidentFamily.family_code == s.IncidentType.family_code)
        .outerjoin(counted, counted.c.type_code == s.IncidentType.type_code)
        .where(*allowed)
        .order_by(s.IncidentFamily.position, s.IncidentType.type_code)
    )
    return snapshot.frame(statement)


def monthly_facts(snapshot: Snapshot, period: Period, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts by month and type over ``period``, which may be longer than that of the filter.

    Returns:
        month_on, family_code, type_code, incident_count, complaint_count; months and types without a fact have no
        row.
    """
    statement = (
        select(
            FACT.c.month_on,
            FACT.c.family_code,
            FACT.c.type_code,
            func.count().label("incident_count"),
            func.count().filter(FACT.c.is_complaint_eligible & FACT.c.is_complaint_filed).label("complaint_count"),
        )
        .where(*selected_facts(chosen, scope), within(FACT, period))
        .group_by(FACT.c.month_on, FACT.c.family_code, FACT.c.type_code)
        .order_by(FACT.c.month_on, FACT.c.type_code)
    )
    return snapshot.frame(statement)


def monthly_facts_by_place(
    snapshot: Snapshot, level: Level, period: Period, *, chosen: IncidentFilter, scope: Scope
) -> pd.DataFrame:
    """Facts by month and place of a level: month_on, place_key, incident_count; nothing where there is no fact."""
    conditions = [*selected_facts(chosen, scope), *inside_only(FACT, level, chosen), within(FACT, period)]
    statement = (
        select(FACT.c.month_on, key_of(FACT, level, chosen.qpv_generation), func.count().label("incident_count"))
        .where(*conditions)
        .group_by(FACT.c.month_on, "place_key")
    )
    return snapshot.frame(statement)


def monthly_coverage(snapshot: Snapshot, period: Period, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Dwellings, and dwellings of reporting residences, month by month.

    Returns:
        month_on, dwelling_count, reporting_dwelling_count, reporting_residence_count, in the order of the months.
    """
    dwellings = func.sum(EXPOSURE.c.dwelling_count)
    statement = (
        select(
            EXPOSURE.c.month_on,
            dwellings.label("dwelling_count"),
            func.coalesce(dwellings.filter(EXPOSURE.c.is_reporting), 0).label("reporting_dwelling_count"),
            func.count().filter(EXPOSURE.c.is_reporting).label("reporting_residence_count"),
        )
        .where(*visible(EXPOSURE, scope), *places(EXPOSURE, chosen), within(EXPOSURE, period))
        .group_by(EXPOSURE.c.month_on)
        .order_by(EXPOSURE.c.month_on)
    )
    return snapshot.frame(statement)


def incidents(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope, ranks: slice) -> pd.DataFrame:
    """Facts of a selection, one row each, newest first: those of the ranks asked for.

    Returns:
        occurred_on, start_minute, end_minute, time_precision, type_code, type_label, severity, place_type,
        building_code, hall_code, report_channel, complaint_status, is_complaint_eligible.
    """
    columns = (
        "occurred_on start_minute end_minute time_precision type_code severity place_type building_code hall_code "
        "report_channel complaint_status is_complaint_eligible"
    )
    statement = (
        select(*(FACT.c[name] for name in columns.split()), s.IncidentType.type_label)
        .join(s.IncidentType, s.IncidentType.type_code == FACT.c.type_code)
        .where(*selected_facts(chosen, scope), within(FACT, chosen.period))
        .order_by(FACT.c.occurred_on.desc(), FACT.c.incident_id.desc())
        .offset(ranks.start)
        .limit(ranks.stop - ranks.start)
    )
    return snapshot.frame(statement)


def protected_totals(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts of protected types by département: their only total, whatever narrower place is asked.

    Returns:
        departement_code, departement_name, type_label, incident_count.
    """
    whole = visible(FACT, scope)
    if chosen.departement_codes:
        whole.append(FACT.c.departement_code.in_(chosen.departement_codes))
    statement = (
        select(
            s.Departement.departement_code,
            s.Departement.departement_name,
            s.IncidentType.type_label,
            func.count().label("incident_count"),
        )
        .select_from(FACT)
        .join(s.IncidentType, s.IncidentType.type_code == FACT.c.type_code)
        .join(s.Departement, s.Departement.departement_code == FACT.c.departement_code)
        .where(*whole, FACT.c.is_protected, within(FACT, chosen.period))
        .group_by(s.Departement.departement_code, s.Departement.departement_name, s.IncidentType.type_label)
        .order_by(s.Departement.departement_code)
    )
    return snapshot.frame(statement)
