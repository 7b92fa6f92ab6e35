"""Levels of the drill-down: the key that groups facts, and the names shown for it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, func, literal, null, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lib.store import schema as s


class Level(StrEnum):
    """A grain of place, from the whole selection down to one residence."""

    ALL = "all"
    DEPARTEMENT = "departement"
    FORCE = "force"
    LANDLORD = "landlord"
    DISTRICT = "district"
    COMMUNE = "commune"
    QPV = "qpv"
    RESIDENCE = "residence"


KEYS = {
    Level.DEPARTEMENT: "departement_code",
    Level.FORCE: "force",
    Level.LANDLORD: "landlord_id",
    Level.DISTRICT: "district_id",
    Level.COMMUNE: "commune_code",
    Level.QPV: "qpv_id",
    Level.RESIDENCE: "residence_id",
}
QPV_KEYS = {2015: "qpv_2015_id", 2024: "qpv_id"}


def key_of(table: Table, level: Level, generation: int = 2024) -> ColumnElement:
    """The grouping column of ``fact`` or ``exposure`` for a level, of a QPV generation; one constant for the whole."""
    name = QPV_KEYS[generation] if level == Level.QPV else KEYS.get(level, "")
    column: Column | None = table.c.get(name)
    return literal(1).label("place_key") if column is None else column.label("place_key")


NOTHING = null()


@dataclass(frozen=True)
class Names:
    """Key, code, name and the two marks shown beside a name."""

    key: ColumnElement
    code: ColumnElement
    name: ColumnElement
    force: ColumnElement = NOTHING
    commune: ColumnElement = NOTHING
    source: FromClause | None = None


_COMMUNES_OF_QPV = (
    select(
        s.QpvCommune.qpv_id,
        func.string_agg(s.Commune.commune_name, aggregate_order_by(literal(", "), s.Commune.commune_name)).label(
            "commune_name"
        ),
    )
    .join(s.Commune, s.Commune.commune_code == s.QpvCommune.commune_code)
    .group_by(s.QpvCommune.qpv_id)
    .subquery()
)
_NAMES = {
    Level.DEPARTEMENT: Names(
        s.Departement.departement_code, s.Departement.departement_code, s.Departement.departement_name
    ),
    Level.LANDLORD: Names(s.Landlord.landlord_id, s.Landlord.landlord_code, s.Landlord.landlord_name),
    Level.DISTRICT: Names(s.District.district_id, s.District.district_kind, s.District.district_name, s.District.force),
    Level.COMMUNE: Names(s.Commune.commune_code, s.Commune.commune_code, s.Commune.commune_name),
    Level.QPV: Names(
        s.Qpv.qpv_id,
        s.Qpv.qpv_code,
        s.Qpv.qpv_name,
        commune=_COMMUNES_OF_QPV.c.commune_name,
        source=s.Qpv.__table__.outerjoin(_COMMUNES_OF_QPV, _COMMUNES_OF_QPV.c.qpv_id == s.Qpv.qpv_id),
    ),
    Level.RESIDENCE: Names(
        s.Residence.residence_id,
        s.Residence.reference,
        s.Residence.residence_name,
        commune=s.Commune.commune_name,
        source=s.Residence.__table__.outerjoin(s.Commune, s.Commune.commune_code == s.Residence.commune_code),
    ),
}


def names_of(level: Level) -> Select | None:
    """One row per place of the level: place_key, place_code, place_name, force, commune_name."""
    names = _NAMES.get(level)
    if names is None:
        return None
    statement = select(
        names.key.label("place_key"),
        names.code.label("place_code"),
        names.name.label("place_name"),
        names.force.label("force"),
        names.commune.label("commune_name"),
    )
    return statement.select_from(names.source) if names.source is not None else statement
