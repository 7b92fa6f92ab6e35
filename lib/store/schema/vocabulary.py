"""Nomenclature of facts, exceptional periods, partners' contacts."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lib.domain import vocabulary as v
from lib.store.schema.base import Base, Revised, enum


class IncidentFamily(Revised, Base):
    """One of the eight families."""

    __tablename__ = "incident_family"
    family_code: Mapped[str] = mapped_column(String(3), primary_key=True)
    family_label: Mapped[str]
    position: Mapped[int]


class IncidentType(Revised, Base):
    """One of the forty types; ``is_protected`` types never appear on a map or below the département."""

    __tablename__ = "incident_type"
    __table_args__ = (CheckConstraint("severity_default BETWEEN 1 AND 4", name="severity_default"),)
    type_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    family_code: Mapped[str] = mapped_column(ForeignKey("incident_family.family_code"))
    type_label: Mapped[str]
    definition: Mapped[str] = mapped_column(Text)
    severity_default: Mapped[int]
    target_domain: Mapped[v.TargetDomain] = mapped_column(enum(v.TargetDomain))
    response_owner: Mapped[v.ResponseOwner] = mapped_column(enum(v.ResponseOwner))
    gsup_domain: Mapped[v.GsupDomain] = mapped_column(enum(v.GsupDomain))
    is_complaint_eligible: Mapped[bool]
    ssmsi_class: Mapped[str | None]
    comparability: Mapped[v.Comparability] = mapped_column(enum(v.Comparability))
    legal_reference: Mapped[str] = mapped_column(Text)
    is_protected: Mapped[bool]


class ContextPeriod(Revised, Base):
    """A period that changes what is recorded (confinements); ``ends_on`` is the day after the last one."""

    __tablename__ = "context_period"
    context_period_id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Referent(Revised, Base):
    """A partner's contact: a function and a service mailbox, never a person."""

    __tablename__ = "referent"
    referent_id: Mapped[int] = mapped_column(primary_key=True)
    partner: Mapped[str]
    function: Mapped[str]
    mailbox: Mapped[str | None]
    departement_code: Mapped[str | None] = mapped_column(ForeignKey("departement.departement_code"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.district_id"))
    qpv_id: Mapped[int | None] = mapped_column(ForeignKey("qpv.qpv_id"))
    landlord_id: Mapped[int | None] = mapped_column(ForeignKey("landlord.landlord_id"))
