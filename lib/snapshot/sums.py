"""The sums of a place: its facts and its dwellings, over a period and over the one it is compared with."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, String, Subquery, Table, func, literal_column, select

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period, add_months
from lib.domain.scope import Scope
from lib.domain.vocabulary import QpvStatus
from lib.snapshot.conditions import inside_only, places, qpv_status, selected_facts, visible, within
from lib.snapshot.places import Level, key_of
from lib.snapshot.tables import EXPOSURE, FACT

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
SUMS = (*FACT_SUMS, *EXPOSURE_SUMS, *(f"previous_{name}" for name in (*FACT_SUMS, *EXPOSURE_SUMS)))


class Summed(NamedTuple):
    """The four sums of a place, joined: what they are read from, the place, and a column per sum.

    Attributes:
        source: One row per place that any of the four knows.
        key: The place; ``nowhere`` for what belongs to none.
        nowhere: Stands for a missing key in a join: no place has it.
        columns: ``SUMS``, each NULL where its part does not know the place.
    """

    source: FromClause
    key: ColumnElement
    nowhere: ColumnElement
    columns: dict[str, ColumnElement]


def summed(level: Level, chosen: IncidentFilter, scope: Scope) -> Summed:
    """Facts and dwellings of each place of a level, over the period of a filter and over the one before."""
    periods = (chosen.period, chosen.before)
    facts, facts_before = (facts_in(level, period, chosen, scope) for period in periods)
    exposure, exposure_before = (exposure_in(level, period, chosen, scope) for period in periods)
    source, key, keys = facts, facts.c.key, [facts.c.key]
    for part in (facts_before, exposure, exposure_before):
        source = source.outerjoin(part, key == part.c.key, full=True)
        keys.append(part.c.key)
        key = func.coalesce(*keys)
    told = [facts.c[name] for name in FACT_SUMS] + [exposure.c[name] for name in EXPOSURE_SUMS]
    told += [facts_before.c[name] for name in FACT_SUMS] + [exposure_before.c[name] for name in EXPOSURE_SUMS]
    columns = {name: column.label(name) for name, column in zip(SUMS, told, strict=True)}
    return Summed(source, key, _nowhere(facts.c.key), columns)


def _nowhere(key: ColumnElement) -> ColumnElement:
    return literal_column("''" if isinstance(key.type, String) else "-1")


def facts_in(level: Level, period: Period, chosen: IncidentFilter, scope: Scope) -> Subquery:
    """Facts of each place of a level over a period: ``key`` and ``FACT_SUMS``."""
    eligible = FACT.c.is_complaint_eligible
    sums = {
        "incident_count": func.count(),
        "severity_index": func.sum(FACT.c.severity_weight),
        "eligible_count": func.count().filter(eligible),
        "complaint_count": func.count().filter(eligible & FACT.c.is_complaint_filed),
        "staff_count": func.count().filter(FACT.c.family_code == STAFF_FAMILY),
        "qpv_incident_count": func.count().filter(qpv_status(FACT, chosen) == QpvStatus.INSIDE),
    }
    conditions = [*selected_facts(chosen, scope), *inside_only(FACT, level, chosen), within(FACT, period)]
    return _by_key(FACT, level, chosen, sums).where(*conditions).group_by("key").subquery()


def exposure_in(level: Level, period: Period, chosen: IncidentFilter, scope: Scope) -> Subquery:
    """Dwellings of each place of a level over a period: ``key`` and ``EXPOSURE_SUMS``.

    By residence first, which is then counted once whatever its months.
    """
    dwellings = func.sum(EXPOSURE.c.dwelling_count)
    sums = {
        "dwelling_months": dwellings,
        "reporting_dwelling_months": dwellings.filter(EXPOSURE.c.is_reporting),
        "dwelling_count": dwellings.filter(EXPOSURE.c.month_on == add_months(period.end, -1)),
        "is_reporting": func.bool_or(EXPOSURE.c.is_reporting),
    }
    conditions = [*visible(EXPOSURE, scope), *places(EXPOSURE, chosen), *inside_only(EXPOSURE, level, chosen)]
    homes = _by_key(EXPOSURE, level, chosen, sums).where(*conditions, within(EXPOSURE, period))
    homes = homes.group_by("key", EXPOSURE.c.residence_id).subquery()
    counts = [func.count().label("residence_count")]
    counts.append(func.count().filter(homes.c.is_reporting).label("reporting_residence_count"))
    totals = [func.sum(homes.c[name]).label(name) for name in EXPOSURE_SUMS[:3]]
    return select(homes.c.key, *totals, *counts).group_by(homes.c.key).subquery()


def _by_key(table: Table, level: Level, chosen: IncidentFilter, sums: dict[str, ColumnElement]) -> Select:
    key = key_of(table, level, chosen.qpv_generation).element
    return select(func.coalesce(key, _nowhere(key)).label("key"), *(total.label(name) for name, total in sums.items()))
