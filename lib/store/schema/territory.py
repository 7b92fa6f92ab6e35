"""Communes, services and priority neighbourhoods, each with its dates."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lib.domain import vocabulary as v
from lib.store.schema.base import CODE, Base, Revised, enum


class Departement(Revised, Base):
    """A département."""

    __tablename__ = "departement"
    departement_code: Mapped[str] = mapped_column(String(3), primary_key=True)
    departement_name: Mapped[str]


class Commune(Revised, Base):
    """A commune or a Paris arrondissement; ``outline`` is WKB in EPSG:4326."""

    __tablename__ = "commune"
    commune_code: Mapped[str] = mapped_column(String(5), primary_key=True)
    commune_name: Mapped[str]
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.departement_code"))
    parent_commune_code: Mapped[str | None] = mapped_column(String(5))
    population: Mapped[int | None]
    outline: Mapped[bytes | None] = mapped_column(LargeBinary)


class CommuneAlias(Revised, Base):
    """A commune code no longer in force, and the one that replaced it."""

    __tablename__ = "commune_alias"
    alias_code: Mapped[str] = mapped_column(String(5), primary_key=True)
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.commune_code"))


class District(Revised, Base):
    """A police or gendarmerie service of the competence table."""

    __tablename__ = "district"
    __table_args__ = (UniqueConstraint("force", "district_name"),)
    district_id: Mapped[int] = mapped_column(primary_key=True)
    force: Mapped[v.Force] = mapped_column(enum(v.Force))
    district_name: Mapped[str]
    district_kind: Mapped[str] = mapped_column(CODE)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CommuneDistrict(Revised, Base):
    """Which service answers for a commune, between two dates; no service where the official table is blank."""

    __tablename__ = "commune_district"
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.commune_code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.district_id"))


class Qpv(Revised, Base):
    """A priority neighbourhood of one generation; ``outline`` is WKB in EPSG:4326, empty when «sans contour»."""

    __tablename__ = "qpv"
    __table_args__ = (CheckConstraint("generation IN (2015, 2024)", name="generation"),)
    qpv_id: Mapped[int] = mapped_column(primary_key=True)
    qpv_code: Mapped[str] = mapped_column(CODE, unique=True)
    generation: Mapped[int]
    qpv_name: Mapped[str]
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.departement_code"))
    population: Mapped[int | None]
    social_dwelling_count: Mapped[int | None]
    outline: Mapped[bytes | None] = mapped_column(LargeBinary)


class QpvCommune(Revised, Base):
    """Communes a neighbourhood lies in."""

    __tablename__ = "qpv_commune"
    qpv_id: Mapped[int] = mapped_column(ForeignKey("qpv.qpv_id", ondelete="CASCADE"), primary_key=True)
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.commune_code"), primary_key=True)
