"""Landlords, residences, and what each said month by month."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lib.domain import vocabulary as v
from lib.store.schema.base import CODE, Base, Revised, enum


class Landlord(Revised, Base):
    """A social landlord; ``landlord_code`` is what files and addresses name it by."""

    __tablename__ = "landlord"
    landlord_id: Mapped[int] = mapped_column(primary_key=True)
    landlord_code: Mapped[str] = mapped_column(CODE, unique=True)
    landlord_name: Mapped[str]


class Residence(Revised, Base):
    """A residence: the unit of the map, the denominator of every rate."""

    __tablename__ = "residence"
    __table_args__ = (
        UniqueConstraint("landlord_id", "reference"),
        CheckConstraint("dwelling_count >= 0", name="dwelling_count"),
    )
    residence_id: Mapped[int] = mapped_column(primary_key=True)
    landlord_id: Mapped[int] = mapped_column(ForeignKey("landlord.landlord_id"))
    reference: Mapped[str]
    residence_name: Mapped[str]
    address: Mapped[str | None]
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.commune_code"), index=True)
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    dwelling_count: Mapped[int]
    qpv_2015_id: Mapped[int | None] = mapped_column(ForeignKey("qpv.qpv_id"))
    qpv_2015_status: Mapped[v.QpvStatus] = mapped_column(enum(v.QpvStatus, "qpv_2015_status"))
    qpv_2024_id: Mapped[int | None] = mapped_column(ForeignKey("qpv.qpv_id"), index=True)
    qpv_2024_status: Mapped[v.QpvStatus] = mapped_column(enum(v.QpvStatus, "qpv_2024_status"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.district_id"))
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]


class ReportingMonth(Revised, Base):
    """What the landlord said of one residence and one month (first day); no row means silent."""

    __tablename__ = "reporting_month"
    residence_id: Mapped[int] = mapped_column(ForeignKey("residence.residence_id"), primary_key=True)
    month_on: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[v.ReportingStatus] = mapped_column(enum(v.ReportingStatus))
