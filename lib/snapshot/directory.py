"""What the filters and the sheets name: landlords, services, places, periods, contacts, state of the data."""

import re
from datetime import date

import pandas as pd
from sqlalchemy import and_, func, or_, select

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.domain.terms import SCHEME_KINDS
from lib.domain.vocabulary import BatchKind, QpvStatus
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import homes, nameable, nameable_residences, visible, within
from lib.snapshot.tables import EXPOSURE, FACT, MONTH
from lib.store import schema as s


def departements(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    """Départements with residences: departement_code, departement_name."""
    used = select(EXPOSURE.c.departement_code).where(*nameable(scope)).distinct()
    return snapshot.frame(
        select(s.Departement.departement_code, s.Departement.departement_name)
        .where(s.Departement.departement_code.in_(used))
        .order_by(s.Departement.departement_code)
    )


def landlords(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    """Landlords with residences: landlord_id, landlord_code, landlord_name."""
    used = select(EXPOSURE.c.landlord_id).where(*nameable(scope)).distinct()
    return snapshot.frame(
        select(s.Landlord.landlord_id, s.Landlord.landlord_code, s.Landlord.landlord_name)
        .where(s.Landlord.landlord_id.in_(used))
        .order_by(s.Landlord.landlord_name)
    )


def districts(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    """Services with residences: district_id, district_name, district_kind, force, departement_code."""
    used = (
        select(EXPOSURE.c.district_id, func.min(EXPOSURE.c.departement_code).label("departement_code"))
        .where(*nameable(scope))
        .group_by(EXPOSURE.c.district_id)
        .subquery()
    )
    return snapshot.frame(
        select(
            s.District.district_id,
            s.District.district_name,
            s.District.district_kind,
            s.District.force,
            used.c.departement_code,
        )
        .join(used, used.c.district_id == s.District.district_id)
        .order_by(s.District.district_name)
    )


def qpvs(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    """QPV with a residence inside: qpv_id, qpv_code, qpv_name, departement_code."""
    used = select(EXPOSURE.c.qpv_id).where(*nameable(scope), EXPOSURE.c.qpv_status == QpvStatus.INSIDE).distinct()
    return snapshot.frame(
        select(s.Qpv.qpv_id, s.Qpv.qpv_code, s.Qpv.qpv_name, s.Qpv.departement_code)
        .where(s.Qpv.qpv_id.in_(used))
        .order_by(s.Qpv.qpv_code)
    )


def communes(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    """Communes with residences: commune_code, commune_name."""
    used = select(EXPOSURE.c.commune_code).where(*nameable(scope)).distinct()
    return snapshot.frame(
        select(s.Commune.commune_code, s.Commune.commune_name)
        .where(s.Commune.commune_code.in_(used))
        .order_by(s.Commune.commune_code)
    )


def incident_types(snapshot: Snapshot) -> pd.DataFrame:
    """Types in the order of the nomenclature: family_code, family_label, type_code, type_label, is_protected."""
    return snapshot.frame(
        select(
            s.IncidentFamily.family_code,
            s.IncidentFamily.family_label,
            s.IncidentType.type_code,
            s.IncidentType.type_label,
            s.IncidentType.is_protected,
        )
        .join(s.IncidentFamily, s.IncidentFamily.family_code == s.IncidentType.family_code)
        .order_by(s.IncidentFamily.position, s.IncidentType.type_code)
    )


def months(snapshot: Snapshot) -> list[date]:
    """Months the store tells of, in order."""
    return [row[0] for row in snapshot.rows(select(MONTH.c.month_on).order_by(MONTH.c.month_on))]


def context_periods(snapshot: Snapshot) -> pd.DataFrame:
    """Exceptional periods: label, starts_on, ends_on (the day after the last)."""
    return snapshot.frame(
        select(s.ContextPeriod.label, s.ContextPeriod.starts_on, s.ContextPeriod.ends_on).order_by(
            s.ContextPeriod.starts_on
        )
    )


def schemes(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Schemes that bear on the places of the selection: label, kind_label, starts_on, ends_on (missing: still running).

    A scheme bears on the selection when a residence of both the selection and the scope lies in every place that the
    scheme names: inside its QPV of either generation, of its landlord, its service, its département. One that names
    none bears on all that may be seen. Neither the period nor the kinds of facts count. By first day, then label.
    """
    columns = EXPOSURE.c.landlord_id, EXPOSURE.c.district_id, EXPOSURE.c.departement_code
    place = homes(chosen, scope, *columns).subquery()
    bears = and_(
        or_(s.Scheme.qpv_id.is_(None), s.Scheme.qpv_id == place.c.qpv_id, s.Scheme.qpv_id == place.c.qpv_2015_id),
        or_(s.Scheme.landlord_id.is_(None), s.Scheme.landlord_id == place.c.landlord_id),
        or_(s.Scheme.district_id.is_(None), s.Scheme.district_id == place.c.district_id),
        or_(s.Scheme.departement_code.is_(None), s.Scheme.departement_code == place.c.departement_code),
    )
    found = snapshot.frame(
        select(s.Scheme.label, s.Scheme.kind.label("kind_label"), s.Scheme.starts_on, s.Scheme.ends_on)
        .join(place, bears)
        .distinct()
        .order_by(s.Scheme.starts_on, s.Scheme.label)
    )
    return found.assign(kind_label=found["kind_label"].map(SCHEME_KINDS))


def residences(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    """Located residences in a fixed order: residence_id, residence_name, longitude, latitude, dwelling_count."""
    return snapshot.frame(
        select(
            s.Residence.residence_id,
            s.Residence.residence_name,
            s.Residence.longitude,
            s.Residence.latitude,
            s.Residence.dwelling_count,
        )
        .where(*nameable_residences(scope), s.Residence.latitude.is_not(None))
        .order_by(s.Residence.residence_id)
    )


def hall_codes(snapshot: Snapshot, scope: Scope) -> dict[int, list[str]]:
    """Halls that the facts of each residence name, «A-1» for hall 1 of building A, in order.

    A hall known only by a protected fact is left out: it would be an address.
    """
    named = (
        select(FACT.c.residence_id, FACT.c.building_code, FACT.c.hall_code)
        .where(*visible(FACT, scope), FACT.c.is_protected.is_(False), FACT.c.hall_code.is_not(None))
        .distinct()
    )
    known: dict[int, set[str]] = {}
    for residence_id, building, hall in snapshot.rows(named):
        is_whole = not building or hall.startswith(building)  # «A1» already names its building
        known.setdefault(residence_id, set()).add(hall if is_whole else f"{building}-{hall}")
    return {key: sorted(codes, key=_natural) for key, codes in known.items()}


def _natural(code: str) -> tuple[list[str | int], str]:
    """Order in which one counts: «A-2» before «A-10»."""
    parts = re.split(r"(\d+)", code)
    return [int(part) if part.isdecimal() else part for part in parts], code


def residence_sheet(
    snapshot: Snapshot, residence_id: int, scope: Scope, generation: int = 2024
) -> dict[str, object] | None:
    """Identity of one residence within the scope, or None: names, service, QPV of a generation, dwellings."""
    qpv_id, qpv_status = {
        2015: (s.Residence.qpv_2015_id, s.Residence.qpv_2015_status),
        2024: (s.Residence.qpv_2024_id, s.Residence.qpv_2024_status),
    }[generation]
    found = snapshot.frame(
        select(
            s.Residence.residence_id,
            s.Residence.residence_name,
            s.Residence.reference,
            s.Residence.address,
            s.Residence.dwelling_count,
            s.Residence.commune_code,
            s.Residence.district_id,
            qpv_id.label("qpv_id"),
            qpv_status.label("qpv_status"),
            s.Commune.commune_name,
            s.Landlord.landlord_name,
            s.District.district_name,
            s.District.force,
            s.Qpv.qpv_name,
            s.Qpv.qpv_code,
        )
        .join(s.Landlord, s.Landlord.landlord_id == s.Residence.landlord_id)
        .outerjoin(s.Commune, s.Commune.commune_code == s.Residence.commune_code)
        .outerjoin(s.District, s.District.district_id == s.Residence.district_id)
        .outerjoin(s.Qpv, s.Qpv.qpv_id == qpv_id)
        .where(s.Residence.residence_id == residence_id, *nameable_residences(scope))
    )
    return None if found.empty else found.astype(object).where(found.notna(), None).iloc[0].to_dict()


def referents(snapshot: Snapshot, district_id: int, scope: Scope) -> pd.DataFrame:
    """Partners' contacts of a service: partner, function, mailbox; never a person."""
    used = select(EXPOSURE.c.district_id).where(*nameable(scope)).distinct()
    return snapshot.frame(
        select(s.Referent.partner, s.Referent.function, s.Referent.mailbox)
        .where(s.Referent.district_id == district_id, s.Referent.district_id.in_(used))
        .order_by(s.Referent.partner)
    )


def last_import(snapshot: Snapshot, scope: Scope) -> dict[str, object] | None:
    """The last register of a landlord of the scope, those undone left out, or None.

    Its landlord_name (missing for a file of several), imported_at and counts.
    """
    used = select(EXPOSURE.c.landlord_id).where(*visible(EXPOSURE, scope)).distinct()
    found = snapshot.frame(
        select(
            s.Landlord.landlord_name,
            s.IngestBatch.imported_at,
            s.IngestBatch.read_count,
            s.IngestBatch.accepted_count,
            s.IngestBatch.known_count,
            s.IngestBatch.updated_count,
            s.IngestBatch.to_qualify_count,
            s.IngestBatch.rejected_count,
        )
        .select_from(s.IngestBatch)
        .outerjoin(s.Landlord, s.Landlord.landlord_id == s.IngestBatch.landlord_id)
        .where(s.IngestBatch.kind.in_((BatchKind.INCIDENTS, BatchKind.DEMONSTRATION)))
        .where(s.IngestBatch.undone_at.is_(None))
        .where(or_(s.IngestBatch.landlord_id.is_(None), s.IngestBatch.landlord_id.in_(used)))
        .order_by(s.IngestBatch.batch_id.desc())
        .limit(1)
    )
    return None if found.empty else found.iloc[0].to_dict()


def landlord_reporting(snapshot: Snapshot, period: Period, scope: Scope) -> pd.DataFrame:
    """Silence of each landlord over a period: landlord_name, dwelling_count, silent_month_count, last_reported_on.

    A month is silent when none of the landlord's residences reported; ``last_reported_on`` is missing when every
    month is.
    """
    by_month = (
        select(
            EXPOSURE.c.landlord_id,
            EXPOSURE.c.month_on,
            func.bool_or(EXPOSURE.c.is_reporting).label("has_reported"),
            func.sum(EXPOSURE.c.dwelling_count).label("dwelling_count"),
        )
        .where(*visible(EXPOSURE, scope), within(EXPOSURE, period))
        .group_by(EXPOSURE.c.landlord_id, EXPOSURE.c.month_on)
        .subquery()
    )
    return snapshot.frame(
        select(
            s.Landlord.landlord_name,
            func.max(by_month.c.dwelling_count).label("dwelling_count"),
            func.count().filter(by_month.c.has_reported.is_(False)).label("silent_month_count"),
            func.max(by_month.c.month_on).filter(by_month.c.has_reported).label("last_reported_on"),
        )
        .join(by_month, by_month.c.landlord_id == s.Landlord.landlord_id)
        .group_by(s.Landlord.landlord_id, s.Landlord.landlord_name)
        .order_by(s.Landlord.landlord_name, s.Landlord.landlord_id)
    )


def is_synthetic(snapshot: Snapshot) -> bool:
    """Whether the facts of the store are invented."""
    found = snapshot.rows(select(s.Setting.value).where(s.Setting.key == "is_synthetic"))
    return found == [("true",)]
