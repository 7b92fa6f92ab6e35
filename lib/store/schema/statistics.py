"""Official statistics kept as context, never added to facts."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lib.domain import vocabulary as v
from lib.store.schema.base import CODE, Base, Revised, enum


class SsmsiDepartement(Revised, Base):
    """Recorded crime by class, year and département (base départementale of the SSMSI)."""

    __tablename__ = "ssmsi_departement"
    ssmsi_class: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    departement_code: Mapped[str] = mapped_column(String(3), primary_key=True)
    unit: Mapped[str]
    fact_count: Mapped[int | None]
    population: Mapped[int | None]
    dwelling_count: Mapped[int | None]
    rate: Mapped[float | None]


class SsmsiCommune(Revised, Base):
    """Recorded crime by commune, class and year (base communale of the SSMSI).

    A cell the SSMSI does not publish has no number here, by a check: neither a mean nor a subtraction may stand for it.
    ``geography_year`` is the year of the communes of the edition; a code no longer in force stays as published.
    """

    __tablename__ = "ssmsi_commune"
    __table_args__ = (CheckConstraint("is_published OR (fact_count IS NULL AND rate IS NULL)", name="hidden"),)
    commune_code: Mapped[str] = mapped_column(String(5), primary_key=True)
    ssmsi_class: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str]
    is_published: Mapped[bool]
    fact_count: Mapped[int | None]
    population: Mapped[int | None]
    dwelling_count: Mapped[int | None]
    rate: Mapped[float | None]
    geography_year: Mapped[int]


class RecordedCrime(Revised, Base):
    """État 4001: recorded facts by service, year and index; raw, historical."""

    __tablename__ = "recorded_crime"
    force: Mapped[v.Force] = mapped_column(enum(v.Force), primary_key=True)
    service_name: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    index_code: Mapped[str] = mapped_column(CODE, primary_key=True)
    index_label: Mapped[str]
    fact_count: Mapped[int | None]
    is_territorial: Mapped[bool]
