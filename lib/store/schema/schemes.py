"""Schemes: what partners set up in a place, from a day on."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lib.domain import vocabulary as v
from lib.store.schema.base import Base, Revised, enum

MAX_LABEL_CHARS = 80


class Scheme(Revised, Base):
    """A scheme in force over [``starts_on``, ``ends_on``), or since ``starts_on`` where ``ends_on`` is missing.

    It bears on what lies in all the places it names together; one that names none bears on everything.
    """

    __tablename__ = "scheme"
    __table_args__ = (
        UniqueConstraint("label", "starts_on"),
        CheckConstraint(f"length(label) BETWEEN 1 AND {MAX_LABEL_CHARS}", name="label"),
        CheckConstraint("ends_on > starts_on", name="ends_on"),
    )
    scheme_id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(MAX_LABEL_CHARS))
    kind: Mapped[v.SchemeKind] = mapped_column(enum(v.SchemeKind))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    qpv_id: Mapped[int | None] = mapped_column(ForeignKey("qpv.qpv_id"))
    landlord_id: Mapped[int | None] = mapped_column(ForeignKey("landlord.landlord_id"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.district_id"))
    departement_code: Mapped[str | None] = mapped_column(ForeignKey("departement.departement_code"))
