"""What every table shares: naming of constraints, closed lists as text, revision numbers."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Date, DateTime, Enum, ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CODE, NAME = String(40), String(200)


def enum(kind: type[StrEnum], name: str = "") -> Enum:
    """A closed list kept as text, checked by the database, the same on SQLite and PostgreSQL.

    Args:
        kind: The list of ``domain.vocabulary``.
        name: Name of the check; the list's own by default, another where a table uses one list twice.
    """
    own_name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or own_name,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Root of the tables; constraints are named, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {str: NAME, datetime: DateTime(timezone=True), date: Date}


class Revision(Base):
    """One committed change of the store."""

    __tablename__ = "revision"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    reason: Mapped[str]
    made_at: Mapped[datetime]


class Revised:
    """Rows that a page reads carry the number of the change that last wrote them."""

    revision: Mapped[int] = mapped_column(ForeignKey("revision.number"), index=True)


class Setting(Revised, Base):
    """Facts about the store itself: ``is_synthetic``, ``seed``."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(CODE, primary_key=True)
    value: Mapped[str]
