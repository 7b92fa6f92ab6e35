"""The two tables that every question reads: one row per fact, one row per residence and month."""

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Integer,
    MetaData,
    Select,
    SmallInteger,
    Table,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)

from lib.domain.vocabulary import FILED_STATUSES, SEVERITY_WEIGHTS, ReportingStatus
from lib.store import schema as s

METADATA = MetaData()
MONTH = Table("month", METADATA, Column("month_on", Date), Column("next_on", Date))

# Territories and lists: when one of these changes, every fact may belong elsewhere.
FRAMEWORK: dict[type[s.Base], tuple[str, ...]] = {
    s.Departement: ("departement_code", "departement_name"),
    s.Commune: ("commune_code", "commune_name", "departement_code", "parent_commune_code", "population", "outline"),
    s.District: ("district_id", "force", "district_name", "district_kind", "valid_from", "valid_to"),
    s.CommuneDistrict: ("commune_code", "district_id", "valid_from", "valid_to"),
    s.Qpv: (
        "qpv_id",
        "qpv_code",
        "generation",
        "qpv_name",
        "departement_code",
        "population",
        "social_dwelling_count",
        "outline",
    ),
    s.QpvCommune: ("qpv_id", "commune_code"),
    s.IncidentFamily: ("family_code", "family_label", "position"),
    s.IncidentType: (
        "type_code",
        "family_code",
        "type_label",
        "is_complaint_eligible",
        "comparability",
        "is_protected",
    ),
}
# A few hundred rows: copied anew each time.
SMALL: dict[type[s.Base], tuple[str, ...]] = {
    s.Landlord: ("landlord_id", "landlord_code", "landlord_name"),
    s.ContextPeriod: ("label", "starts_on", "ends_on"),
    s.Referent: ("partner", "function", "mailbox", "departement_code", "district_id", "qpv_id", "landlord_id"),
    s.Scheme: (
        "label",
        "kind",
        "starts_on",
        "ends_on",
        "qpv_id",
        "landlord_id",
        "district_id",
        "departement_code",
    ),
    s.JointAction: ("action_id", "title", "kind", "status", "pilot", "starts_on", "due_on", "evaluated_on"),
    s.ActionPlace: (
        "action_id",
        "residence_id",
        "building_code",
        "hall_code",
        "qpv_id",
        "district_id",
        "commune_code",
    ),
    s.IngestBatch: (
        "batch_id",
        "kind",
        "landlord_id",
        "imported_at",
        "read_count",
        "accepted_count",
        "known_count",
        "updated_count",
        "to_qualify_count",
        "rejected_count",
        "undone_at",
    ),
    s.Setting: ("key", "value"),
}
# As many rows as a landlord has residences, halls, months and facts: of these, only what changed is copied.
LARGE: dict[type[s.Base], tuple[str, ...]] = {
    s.Residence: (
        "residence_id",
        "landlord_id",
        "reference",
        "residence_name",
        "address",
        "commune_code",
        "longitude",
        "latitude",
        "dwelling_count",
        "qpv_2024_id",
        "qpv_2024_status",
        "qpv_2015_id",
        "qpv_2015_status",
        "district_id",
        "active_from",
        "active_to",
    ),
    s.ReportingMonth: ("residence_id", "month_on", "status"),
    s.HallMonth: ("residence_id", "building_code", "hall_code", "month_on", "status"),
    s.Incident: (
        "incident_id",
        "residence_id",
        "type_code",
        "occurred_on",
        "start_minute",
        "end_minute",
        "time_precision",
        "severity_default",
        "severity_override",
        "place_type",
        "building_code",
        "hall_code",
        "report_channel",
        "complaint_status",
        "no_complaint_reason",
        "outcome",
    ),
}

_OLDEST = (
    select(s.CommuneDistrict.commune_code, func.min(s.CommuneDistrict.valid_from).label("oldest_from"))
    .group_by(s.CommuneDistrict.commune_code)
    .subquery("oldest")
)


def facts() -> Select:
    """One row per fact, with the place it belongs to on its own date, so that a question reads one table."""
    severity = func.coalesce(s.Incident.severity_override, s.Incident.severity_default)
    return (
        select(
            s.Incident.incident_id,
            s.Incident.occurred_on,
            cast(func.date_trunc("month", s.Incident.occurred_on), Date).label("month_on"),
            cast(s.Incident.start_minute, SmallInteger).label("start_minute"),
            cast(s.Incident.end_minute, SmallInteger).label("end_minute"),
            s.Incident.time_precision,
            s.Incident.type_code,
            s.IncidentType.family_code,
            s.IncidentType.is_protected,
            cast(severity, SmallInteger).label("severity"),
            cast(case(SEVERITY_WEIGHTS, value=severity), SmallInteger).label("severity_weight"),
            s.Incident.place_type,
            s.Incident.building_code,
            s.Incident.hall_code,
            s.Incident.report_channel,
            s.Incident.complaint_status,
            s.Incident.no_complaint_reason,
            s.Incident.outcome,
            or_(s.IncidentType.is_complaint_eligible, severity >= 2).label("is_complaint_eligible"),
            s.Incident.complaint_status.in_(sorted(FILED_STATUSES)).label("is_complaint_filed"),
            *_place_columns(),
        )
        .join(s.IncidentType, s.IncidentType.type_code == s.Incident.type_code)
        .join(s.Residence, s.Residence.residence_id == s.Incident.residence_id)
        .outerjoin(s.Commune, s.Commune.commune_code == s.Residence.commune_code)
        .outerjoin(_OLDEST, _OLDEST.c.commune_code == s.Residence.commune_code)
        .outerjoin(s.CommuneDistrict, _in_force(s.Incident.occurred_on))
        .outerjoin(s.District, s.District.district_id == s.CommuneDistrict.district_id)
    )


def exposures() -> Select:
    """One row per residence and month it was let, be it a day: its dwellings, and whether its landlord reported."""
    month_on = MONTH.c.month_on
    declared = (ReportingStatus.REPORTED, ReportingStatus.NOTHING_TO_REPORT)
    is_active = and_(
        or_(s.Residence.active_from.is_(None), s.Residence.active_from < MONTH.c.next_on),
        or_(s.Residence.active_to.is_(None), s.Residence.active_to > month_on),
    )
    reported = and_(s.ReportingMonth.residence_id == s.Residence.residence_id, s.ReportingMonth.month_on == month_on)
    return (
        select(
            month_on,
            cast(s.Residence.dwelling_count, Integer).label("dwelling_count"),
            func.coalesce(s.ReportingMonth.status.in_(declared), False).label("is_reporting"),
            *_place_columns(),
        )
        .select_from(MONTH)
        .join(s.Residence, is_active)
        .outerjoin(s.ReportingMonth, reported)
        .outerjoin(s.Commune, s.Commune.commune_code == s.Residence.commune_code)
        .outerjoin(_OLDEST, _OLDEST.c.commune_code == s.Residence.commune_code)
        .outerjoin(s.CommuneDistrict, _in_force(month_on))
        .outerjoin(s.District, s.District.district_id == s.CommuneDistrict.district_id)
    )


def _place_columns() -> tuple[ColumnElement, ...]:
    return (
        cast(s.Residence.residence_id, Integer).label("residence_id"),
        cast(s.Residence.landlord_id, Integer).label("landlord_id"),
        s.Residence.commune_code,
        s.Commune.departement_code,
        cast(s.CommuneDistrict.district_id, Integer).label("district_id"),
        s.District.force,
        cast(s.Residence.qpv_2024_id, Integer).label("qpv_id"),
        s.Residence.qpv_2024_status.label("qpv_status"),
        cast(s.Residence.qpv_2015_id, Integer).label("qpv_2015_id"),
        s.Residence.qpv_2015_status,
    )


def _in_force(day) -> ColumnElement[bool]:
    """The service that answered for the commune on that day: [valid_from, valid_to).

    Before the oldest table known, the oldest one answers: a service is better dated late than a fact left without one
    (docs/decisions/0005).
    """
    link = s.CommuneDistrict
    return and_(
        link.commune_code == s.Residence.commune_code,
        or_(link.valid_from <= day, link.valid_from == _OLDEST.c.oldest_from),
        or_(link.valid_to.is_(None), link.valid_to > day),
    )


def _as_table(name: str, statement: Select) -> Table:
    return Table(name, METADATA, *(Column(c.name, c.type) for c in statement.selected_columns))


FACT = _as_table("fact", facts())
EXPOSURE = _as_table("exposure", exposures())
