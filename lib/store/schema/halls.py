"""The monthly register of halls: how each was found, whether a fact was recorded or not."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lib.domain import vocabulary as v
from lib.store.schema.base import CODE, Base, Revised, enum


class HallMonth(Revised, Base):
    """What a landlord's register says of one hall and one month (first day); no row means that it says nothing.

    ``building_code`` is blank where the landlord names none.
    """

    __tablename__ = "hall_month"
    __table_args__ = (CheckConstraint("length(hall_code) > 0", name="hall_code"),)
    residence_id: Mapped[int] = mapped_column(ForeignKey("residence.residence_id"), primary_key=True)
    building_code: Mapped[str] = mapped_column(CODE, primary_key=True)
    hall_code: Mapped[str] = mapped_column(CODE, primary_key=True)
    month_on: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[v.HallOccupancy] = mapped_column(enum(v.HallOccupancy))
