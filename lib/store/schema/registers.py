"""Files read, rows rejected, situations and facts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lib.domain import vocabulary as v
from lib.store.schema.base import CODE, Base, Revised, enum


class RegisterMapping(Revised, Base):
    """How one landlord's register is read, as a person confirmed it; a change is a new version."""

    __tablename__ = "register_mapping"
    __table_args__ = (UniqueConstraint("landlord_id", "version"),)
    register_mapping_id: Mapped[int] = mapped_column(primary_key=True)
    landlord_id: Mapped[int] = mapped_column(ForeignKey("landlord.landlord_id"))
    version: Mapped[int]
    declaration: Mapped[str] = mapped_column(Text)
    confirmed_by: Mapped[str]
    confirmed_at: Mapped[datetime]


class IngestBatch(Revised, Base):
    """One file read: accepted + known + updated + to qualify + rejected = read, always."""

    __tablename__ = "ingest_batch"
    __table_args__ = (
        CheckConstraint(
            "accepted_count + known_count + updated_count + to_qualify_count + rejected_count = read_count",
            name="accounting",
        ),
        Index("ix_ingest_batch_file_sha256", "file_sha256"),
    )
    batch_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[v.BatchKind] = mapped_column(enum(v.BatchKind))
    landlord_id: Mapped[int | None] = mapped_column(ForeignKey("landlord.landlord_id"))
    file_name: Mapped[str]
    file_sha256: Mapped[str] = mapped_column(String(64))
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]
    read_count: Mapped[int]
    accepted_count: Mapped[int]
    known_count: Mapped[int]
    updated_count: Mapped[int] = mapped_column(default=0, server_default="0")
    to_qualify_count: Mapped[int] = mapped_column(default=0, server_default="0")
    rejected_count: Mapped[int]
    register_mapping_id: Mapped[int | None] = mapped_column(ForeignKey("register_mapping.register_mapping_id"))
    undone_at: Mapped[datetime | None]


class BatchChange(Base):
    """What a batch did to a row that it did not create, or to a row without a batch of its own: enough to undo it.

    ``before`` is the row as JSON text, null when the batch made it.
    """

    __tablename__ = "batch_change"
    __table_args__ = (Index("ix_batch_change_row_key", "row_key"),)
    batch_change_id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("ingest_batch.batch_id", ondelete="CASCADE"), index=True)
    table_name: Mapped[str] = mapped_column(CODE)
    row_key: Mapped[str]
    before: Mapped[str | None] = mapped_column(Text)


class RejectedRow(Revised, Base):
    """A row kept until somebody corrects it; ``cells`` holds the mapped columns only, as JSON text."""

    __tablename__ = "rejected_row"
    __table_args__ = (UniqueConstraint("batch_id", "line_number"),)
    rejected_row_id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("ingest_batch.batch_id", ondelete="CASCADE"))
    line_number: Mapped[int]
    cells: Mapped[str] = mapped_column(Text)
    status: Mapped[v.RejectionStatus] = mapped_column(enum(v.RejectionStatus))
    resolved_at: Mapped[datetime | None]


class RejectionReason(Revised, Base):
    """Why a row was rejected: column, value and reason, in French; a row may have several."""

    __tablename__ = "rejection_reason"
    rejection_reason_id: Mapped[int] = mapped_column(primary_key=True)
    rejected_row_id: Mapped[int] = mapped_column(
        ForeignKey("rejected_row.rejected_row_id", ondelete="CASCADE"), index=True
    )
    column_name: Mapped[str]
    value: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class Situation(Revised, Base):
    """A series of facts at one place, open until it is closed (DOMAIN §1.5)."""

    __tablename__ = "situation"
    situation_id: Mapped[int] = mapped_column(primary_key=True)
    residence_id: Mapped[int] = mapped_column(ForeignKey("residence.residence_id"))
    type_code: Mapped[str] = mapped_column(ForeignKey("incident_type.type_code"))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]


class Incident(Revised, Base):
    """One dated fact of a landlord's register: recorded, not an established offence."""

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("landlord_id", "external_reference"),
        CheckConstraint("start_minute BETWEEN 0 AND 1439", name="start_minute"),
        CheckConstraint("end_minute BETWEEN 0 AND 1439", name="end_minute"),
        CheckConstraint("severity_default BETWEEN 1 AND 4", name="severity_default"),
        CheckConstraint("severity_override BETWEEN 1 AND 4", name="severity_override"),
        Index("ix_incident_residence_id_occurred_on", "residence_id", "occurred_on"),
    )
    incident_id: Mapped[int] = mapped_column(primary_key=True)
    landlord_id: Mapped[int] = mapped_column(ForeignKey("landlord.landlord_id"))
    external_reference: Mapped[str]
    residence_id: Mapped[int] = mapped_column(ForeignKey("residence.residence_id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("ingest_batch.batch_id"), index=True)
    type_code: Mapped[str] = mapped_column(ForeignKey("incident_type.type_code"))
    occurred_on: Mapped[date]
    start_minute: Mapped[int | None]
    end_minute: Mapped[int | None]
    time_precision: Mapped[v.TimePrecision] = mapped_column(enum(v.TimePrecision))
    reported_on: Mapped[date | None]
    severity_default: Mapped[int]
    severity_override: Mapped[int | None]
    place_type: Mapped[v.PlaceType] = mapped_column(enum(v.PlaceType))
    building_code: Mapped[str | None] = mapped_column(CODE)
    hall_code: Mapped[str | None] = mapped_column(CODE)
    report_channel: Mapped[v.ReportChannel] = mapped_column(enum(v.ReportChannel))
    victim_category: Mapped[v.VictimCategory] = mapped_column(enum(v.VictimCategory))
    cause: Mapped[v.Cause] = mapped_column(enum(v.Cause))
    weapon: Mapped[v.Weapon] = mapped_column(enum(v.Weapon))
    itt_days: Mapped[int | None]
    sick_leave_days: Mapped[int | None]
    repair_cost_estimated: Mapped[float | None] = mapped_column(Numeric(12, 2, asdecimal=False))
    repair_cost_invoiced: Mapped[float | None] = mapped_column(Numeric(12, 2, asdecimal=False))
    complaint_status: Mapped[v.ComplaintStatus] = mapped_column(enum(v.ComplaintStatus))
    complaint_filed_on: Mapped[date | None]
    no_complaint_reason: Mapped[v.NoComplaintReason] = mapped_column(enum(v.NoComplaintReason))
    outcome: Mapped[v.Outcome] = mapped_column(enum(v.Outcome))
    situation_id: Mapped[int | None] = mapped_column(ForeignKey("situation.situation_id"))
