"""Questions of a place's sheet: its situations, its halls, why no complaint was filed, whom to call."""

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.domain.vocabulary import FILED_STATUSES, OPEN_STATUSES, QpvStatus
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import QPV_STATUSES, nameable, places, selected_facts, visible, within
from lib.snapshot.places import QPV_KEYS
from lib.snapshot.tables import EXPOSURE, FACT
from lib.store import schema as s

BUILDING = func.coalesce(FACT.c.building_code, "").label("building_code")
HALL = func.coalesce(FACT.c.hall_code, "").label("hall_code")


def situations(
    snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope, by_hall: bool = False, count: int = 5
) -> pd.DataFrame:
    """The situations that weigh most over the period: one type at one residence, or at one hall of it.

    Args:
        snapshot: The store.
        chosen: The selection.
        scope: What the visitor may see.
        by_hall: Tell the halls apart.
        count: How many at most.

    Returns:
        residence_id, residence_name, commune_name, building_code, hall_code (``""`` where not told apart, or not
        known), type_code, type_label, incident_count, month_count (months with a fact), severity_index, last_on (date
        of the last fact). Greatest severity index first.
    """
    halls: list[ColumnElement] = [BUILDING, HALL] if by_hall else []
    weight = func.sum(FACT.c.severity_weight)
    counted = (
        select(
            FACT.c.residence_id,
            FACT.c.type_code,
            *halls,
            func.count().label("incident_count"),
            func.count(FACT.c.month_on.distinct()).label("month_count"),
            weight.label("severity_index"),
            func.max(FACT.c.occurred_on).label("last_on"),
        )
        .where(*selected_facts(chosen, scope), within(FACT, chosen.period))
        .group_by(FACT.c.residence_id, FACT.c.type_code, *(column.element for column in halls))
        .order_by(weight.desc(), func.count().desc(), FACT.c.residence_id, FACT.c.type_code, *_names(halls))
        .limit(count)
        .subquery()
    )
    found = snapshot.frame(
        select(counted, s.Residence.residence_name, s.Commune.commune_name, s.IncidentType.type_label)
        .select_from(counted)
        .join(s.Residence, s.Residence.residence_id == counted.c.residence_id)
        .join(s.IncidentType, s.IncidentType.type_code == counted.c.type_code)
        .outerjoin(s.Commune, s.Commune.commune_code == s.Residence.commune_code)
        .order_by(
            counted.c.severity_index.desc(),
            counted.c.incident_count.desc(),
            counted.c.residence_id,
            counted.c.type_code,
            *(counted.c[name] for name in _names(halls)),
        )
    )
    return found if by_hall else found.assign(building_code="", hall_code="")


def _names(columns: Sequence[ColumnElement]) -> list[str]:
    return [column.name for column in columns]


def qpv_of(snapshot: Snapshot, code: str, scope: Scope) -> tuple[int, str] | None:
    """Identifier and name of the QPV of a code, of either generation, with a residence inside; None without one."""
    inside = [
        select(EXPOSURE.c[key]).where(*nameable(scope), EXPOSURE.c[QPV_STATUSES[generation]] == QpvStatus.INSIDE)
        for generation, key in QPV_KEYS.items()
    ]
    known = or_(*(s.Qpv.qpv_id.in_(keys) for keys in inside))
    found = snapshot.rows(select(s.Qpv.qpv_id, s.Qpv.qpv_name).where(s.Qpv.qpv_code == code, known))
    return found[0] if found else None


def hall_figures(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts of each building and hall of a residence over the period, and over ``chosen.before``.

    Returns:
        building_code, hall_code (``""`` for facts that name none), incident_count, previous_incident_count,
        severity_index, month_count, last_on; most facts first. Halls without a fact in either have no row.
    """
    now = within(FACT, chosen.period)
    return snapshot.frame(
        select(
            BUILDING,
            HALL,
            func.count().filter(now).label("incident_count"),
            func.count().filter(within(FACT, chosen.before)).label("previous_incident_count"),
            func.coalesce(func.sum(FACT.c.severity_weight).filter(now), 0).label("severity_index"),
            func.count(FACT.c.month_on.distinct()).filter(now).label("month_count"),
            func.max(FACT.c.occurred_on).label("last_on"),
        )
        .where(*selected_facts(chosen, scope), or_(now, within(FACT, chosen.before)))
        .group_by(BUILDING.element, HALL.element)
        .order_by(func.count().filter(now).desc(), "building_code", "hall_code")
    )


def unfiled_reasons(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Why the facts of the period that could give a complaint gave none: no_complaint_reason, incident_count.

    Those whose follow-up is not known, or not decided, are left out: a complaint may have been filed.
    """
    unfiled = [FACT.c.is_complaint_eligible, FACT.c.complaint_status.not_in(sorted(OPEN_STATUSES | FILED_STATUSES))]
    return snapshot.frame(
        select(FACT.c.no_complaint_reason, func.count().label("incident_count"))
        .where(*selected_facts(chosen, scope), within(FACT, chosen.period), *unfiled)
        .group_by(FACT.c.no_complaint_reason)
        .order_by(func.count().desc(), FACT.c.no_complaint_reason)
    )


def events(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts of the period with their place and moment, for what repeats itself: oldest first.

    Returns:
        residence_id, building_code, hall_code, type_code, occurred_on, start_minute, time_precision, longitude,
        latitude (degrees, missing where the residence is not located).
    """
    return snapshot.frame(
        select(
            FACT.c.residence_id,
            FACT.c.building_code,
            FACT.c.hall_code,
            FACT.c.type_code,
            FACT.c.occurred_on,
            FACT.c.start_minute,
            FACT.c.time_precision,
            s.Residence.longitude,
            s.Residence.latitude,
        )
        .join(s.Residence, s.Residence.residence_id == FACT.c.residence_id)
        .where(*selected_facts(chosen, scope), within(FACT, chosen.period))
        .order_by(FACT.c.occurred_on, FACT.c.incident_id)
    )


def contacts(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope, with_landlords: bool) -> pd.DataFrame:
    """Partners' contacts for the place a selection is narrowed to: function and mailbox, never a person.

    Those of its départements; of its services and its QPV from these levels down; of its landlords where asked.

    Returns:
        partner, function, mailbox; in the order of the partners.
    """
    told = [*visible(EXPOSURE, scope), *places(EXPOSURE, chosen), within(EXPOSURE, chosen.period)]

    def of(name: str, *more: ColumnElement[bool]):
        return select(EXPOSURE.c[name]).where(*told, *more).distinct()

    named = [s.Referent.departement_code.in_(of("departement_code"))]
    if chosen.district_ids or chosen.qpv_ids or chosen.residence_ids:
        named.append(s.Referent.district_id.in_(of("district_id")))
    if chosen.qpv_ids or chosen.residence_ids:
        named.append(s.Referent.qpv_id.in_(of("qpv_id", EXPOSURE.c.qpv_status == QpvStatus.INSIDE)))
    if with_landlords:
        named.append(s.Referent.landlord_id.in_(of("landlord_id")))
    return snapshot.frame(
        select(s.Referent.partner, s.Referent.function, s.Referent.mailbox)
        .where(or_(*named))
        .order_by(s.Referent.partner, s.Referent.function, s.Referent.mailbox)
        .distinct()
    )


def service_of_residence(snapshot: Snapshot, residence_id: int, period: Period, scope: Scope) -> int | None:
    """The service that answered for a residence in its last month known at the end of a period; None without one."""
    found = snapshot.rows(
        select(EXPOSURE.c.district_id)
        .where(*visible(EXPOSURE, scope), EXPOSURE.c.residence_id == residence_id, EXPOSURE.c.month_on < period.end)
        .order_by(EXPOSURE.c.month_on.desc())
        .limit(1)
    )
    return found[0][0] if found else None


def successors(snapshot: Snapshot, district_id: int, period: Period, scope: Scope) -> pd.DataFrame:
    """Services that answer, at the end of a period, for the communes of one that no longer does.

    Returns:
        district_id, district_name, force, ended_on (first day on which the old one no longer answered); no row while
        it still answers for a commune on the last day of the period.
    """
    old, new = aliased(s.CommuneDistrict), aliased(s.CommuneDistrict)
    is_current = [new.valid_from < period.end, or_(new.valid_to.is_(None), new.valid_to >= period.end)]
    seen = select(EXPOSURE.c.district_id).where(*nameable(scope))
    still = select(new.commune_code).where(new.district_id == district_id, *is_current)
    return snapshot.frame(
        select(
            s.District.district_id, s.District.district_name, s.District.force, func.max(old.valid_to).label("ended_on")
        )
        .select_from(old)
        .join(new, new.commune_code == old.commune_code)
        .join(s.District, s.District.district_id == new.district_id)
        .where(old.district_id == district_id, new.district_id != district_id, *is_current, ~still.exists())
        .where(s.District.district_id.in_(seen))
        .group_by(s.District.district_id, s.District.district_name, s.District.force)
        .order_by(s.District.district_name)
    )
