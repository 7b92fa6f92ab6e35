"""Every question a page asks of the facts: one function each, one statement each, within a scope."""

import calendar

import pandas as pd
from sqlalchemy import Integer, Select, cast, extract, false, func, or_, select

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import inside_only, inside_qpv, places, selected_facts, visible, within
from lib.snapshot.places import Level, key_of, names_of
from lib.snapshot.sums import SUMS, summed
from lib.snapshot.tables import EXPOSURE, FACT
from lib.store import schema as s


def place_figures(snapshot: Snapshot, level: Level, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts and dwellings of each place of a level, over the period and over ``chosen.before``.

    A place with dwellings and no fact has a row with a true 0; a place nobody reported for has
    ``reporting_dwelling_months`` 0; facts of a residence no longer let keep their row. At level QPV, only residences
    inside count.

    Returns:
        One row per place: place_key, place_code, place_name, force, commune_name (but at level ALL); ``FACT_SUMS`` and
        ``EXPOSURE_SUMS`` of ``sums``, each also as ``previous_…``; ``dwelling_count`` is that of the last month of the
        period. Most facts first.
    """
    source, key, nowhere, sums = summed(level, chosen, scope)
    place = func.nullif(key, nowhere)
    columns = [place.label("place_key"), *sums.values()]
    names = names_of(level)
    if names is not None:
        named = names.subquery()
        columns += [column for column in named.c if column.name != "place_key"]
        source = source.outerjoin(named, named.c.place_key == key)
    statement = select(*columns).select_from(source)
    if level != Level.ALL:
        # A place without dwellings nor fact says nothing, and could be that of a protected fact alone.
        told = ("dwelling_months", "incident_count", "previous_incident_count")
        named = [] if level == Level.RESIDENCE else [key.in_(_of_unknown_size(level, chosen, scope))]
        statement = statement.where(or_(*(sums[name].element > 0 for name in told), *named))
    rows = snapshot.frame(statement.order_by(func.coalesce(sums["incident_count"].element, 0).desc(), place))
    return rows.assign(**rows[list(SUMS)].astype("float64").fillna(0).astype("int64"))


def _of_unknown_size(level: Level, chosen: IncidentFilter, scope: Scope) -> Select:
    """Keys of the places with a residence of unknown dwellings that an unprotected fact, at any date, names."""
    unsized = select(s.Residence.residence_id).where(s.Residence.dwelling_count == 0)
    told = select(FACT.c.residence_id).where(FACT.c.is_protected.is_(False), FACT.c.residence_id.in_(unsized))
    key = key_of(EXPOSURE, level, chosen.qpv_generation).element
    where = [*visible(EXPOSURE, scope), EXPOSURE.c.dwelling_count == 0, key.is_not(None)]
    return select(key).where(*where, EXPOSURE.c.residence_id.in_(told))


def residence_counts(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts of each residence over the period, and whether anything was told of it: what the symbols of a map say.

    Returns:
        place_key, incident_count, is_told, in no order. A residence without a known number of dwellings nor fact says
        nothing, and could be that of a protected fact alone: it has no row.
    """
    facts = (
        select(FACT.c.residence_id, func.count().label("incident_count"))
        .where(*selected_facts(chosen, scope), within(FACT, chosen.period))
        .group_by(FACT.c.residence_id)
        .subquery()
    )
    homes = (
        select(
            EXPOSURE.c.residence_id,
            func.max(EXPOSURE.c.dwelling_count).label("dwelling_count"),
            func.bool_or(EXPOSURE.c.is_reporting).label("is_reporting"),
        )
        .where(*visible(EXPOSURE, scope), *places(EXPOSURE, chosen), within(EXPOSURE, chosen.period))
        .group_by(EXPOSURE.c.residence_id)
        .subquery()
    )
    has_facts = func.coalesce(facts.c.incident_count, 0) > 0
    statement = (
        select(
            func.coalesce(homes.c.residence_id, facts.c.residence_id).label("place_key"),
            func.coalesce(facts.c.incident_count, 0).label("incident_count"),
            (func.coalesce(homes.c.is_reporting, false()) | has_facts).label("is_told"),
        )
        .select_from(homes.outerjoin(facts, facts.c.residence_id == homes.c.residence_id, full=True))
        .where((func.coalesce(homes.c.dwelling_count, 0) > 0) | has_facts)
    )
    return snapshot.frame(statement)


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


def monthly_facts_by_place_and_kind(
    snapshot: Snapshot, level: Level, by: str, period: Period, *, chosen: IncidentFilter, scope: Scope
) -> pd.DataFrame:
    """Facts by month, place of a level and ``by`` (``family_code`` or ``type_code``); nothing where there is no fact.

    Returns:
        month_on, place_key, ``by``, incident_count; facts of no place of the level are left out.
    """
    key, kind = key_of(FACT, level, chosen.qpv_generation), FACT.c[by]
    conditions = [*selected_facts(chosen, scope), *inside_only(FACT, level, chosen), within(FACT, period)]
    statement = (
        select(FACT.c.month_on, key, kind, func.count().label("incident_count"))
        .where(*conditions, key.element.is_not(None))
        .group_by(FACT.c.month_on, "place_key", kind)
    )
    return snapshot.frame(statement)


def monthly_dwellings_of_residences(
    snapshot: Snapshot, period: Period, *, chosen: IncidentFilter, scope: Scope
) -> pd.DataFrame:
    """Dwellings of each reporting residence, month by month, with the places it belongs to.

    Returns:
        month_on, residence_id, district_id, qpv_id (missing outside a QPV of the period), dwelling_count; nothing for
        a month its landlord did not report.
    """
    statement = select(
        EXPOSURE.c.month_on,
        EXPOSURE.c.residence_id,
        EXPOSURE.c.district_id,
        inside_qpv(EXPOSURE, chosen.qpv_generation).label("qpv_id"),
        EXPOSURE.c.dwelling_count,
    ).where(*visible(EXPOSURE, scope), *places(EXPOSURE, chosen), EXPOSURE.c.is_reporting, within(EXPOSURE, period))
    return snapshot.frame(statement)


def facts_by_hour(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts of the period by day of the week and by what is known of their hour.

    Returns:
        weekday (1 Monday … 7 Sunday), start_minute, end_minute (of the day, missing where unknown),
        time_precision, incident_count.
    """
    weekday = cast(extract("dow", FACT.c.occurred_on), Integer).label("weekday")
    hours = (FACT.c.start_minute, FACT.c.end_minute, FACT.c.time_precision)
    statement = (
        select(weekday, *hours, func.count().label("incident_count"))
        .where(*selected_facts(chosen, scope), within(FACT, chosen.period))
        .group_by("weekday", *hours)
    )
    rows = snapshot.frame(statement)
    return rows.assign(weekday=(rows["weekday"] - 1) % len(calendar.day_name) + 1)  # SQL counts from Sunday, 0


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
