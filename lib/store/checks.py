"""What does not hold together in the store, counted."""

from sqlalchemy import Connection, Select, exists, func, select

from lib.store.schema import (
    Commune,
    CommuneDistrict,
    District,
    Incident,
    Landlord,
    Qpv,
    ReportingMonth,
    Residence,
)


def orphan_count(connection: Connection) -> int:
    """Facts without residence or of another landlord than their residence, residences without landlord."""
    facts = (
        select(func.count())
        .select_from(Incident)
        .outerjoin(Residence, Residence.residence_id == Incident.residence_id)
        .where(Residence.residence_id.is_(None) | (Residence.landlord_id != Incident.landlord_id))
    )
    residences = (
        select(func.count())
        .select_from(Residence)
        .outerjoin(Landlord, Landlord.landlord_id == Residence.landlord_id)
        .where(Landlord.landlord_id.is_(None))
    )
    return _count(connection, facts) + _count(connection, residences)


def closed_service_count(connection: Connection) -> int:
    """Residences tied to a service that no longer answers for any commune."""
    closed = select(func.count()).select_from(Residence).join(District, District.district_id == Residence.district_id)
    return _count(connection, closed.where(District.valid_to.is_not(None)))


def repeated_reference_count(connection: Connection) -> int:
    """References of one landlord that differ only by case or spaces, each group counted once."""
    written = func.lower(func.replace(Residence.reference, " ", ""))
    groups = select(Residence.landlord_id).group_by(Residence.landlord_id, written).having(func.count() > 1)
    return _count(connection, select(func.count()).select_from(groups.subquery()))


def repeated_service_count(connection: Connection) -> int:
    """Names of services that differ only by case, spaces or hyphens, each group counted once."""
    written = func.lower(func.replace(func.replace(District.district_name, " ", ""), "-", ""))
    groups = select(District.force).group_by(District.force, written).having(func.count() > 1)
    return _count(connection, select(func.count()).select_from(groups.subquery()))


def qpv_without_outline_count(connection: Connection) -> int:
    """Neighbourhoods «sans contour»: no residence can be placed in them."""
    return _count(connection, select(func.count()).select_from(Qpv).where(Qpv.outline.is_(None)))


def commune_without_service_count(connection: Connection) -> int:
    """Communes without service today, those cut into arrondissements left out."""
    link = CommuneDistrict.__table__
    served = exists().where(
        link.c.commune_code == Commune.commune_code, link.c.valid_to.is_(None), link.c.district_id.is_not(None)
    )
    parents = select(Commune.parent_commune_code).where(Commune.parent_commune_code.is_not(None))
    unserved = select(func.count()).select_from(Commune).where(~served, Commune.commune_code.not_in(parents))
    return _count(connection, unserved)


def silent_residence_count(connection: Connection) -> int:
    """Residences no register has ever said anything of: no fact, no month declared."""
    told = exists().where(ReportingMonth.residence_id == Residence.residence_id)
    seen = exists().where(Incident.residence_id == Residence.residence_id)
    return _count(connection, select(func.count()).select_from(Residence).where(~told, ~seen))


def _count(connection: Connection, statement: Select[tuple[int]]) -> int:
    return int(connection.scalar(statement) or 0)
