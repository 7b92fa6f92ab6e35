"""What a visitor may see, as the store itself knows it: by the residences of the scope."""

from collections.abc import Collection

from sqlalchemy import CTE, Connection, case, select

from lib.domain.actions import ActionPlace
from lib.domain.scope import Scope
from lib.domain.vocabulary import QpvStatus
from lib.store.schema import Commune, Residence

COLUMNS = {
    "residence_id": ("residence_id",),
    "qpv_id": ("qpv_2024_id", "qpv_2015_id"),
    "district_id": ("district_id",),
    "commune_code": ("commune_code",),
}  # of ``residences_seen``, by key of a place


def residences_seen(scope: Scope) -> CTE:
    """Residences of the scope and where each lies.

    ``residence_id``, ``district_id``, ``commune_code``, ``departement_code``, and ``qpv_2024_id``, ``qpv_2015_id``
    where it is inside.
    """
    limits = (
        (Residence.landlord_id, scope.landlord_ids),
        (Commune.departement_code, scope.departement_codes),
        (Residence.district_id, scope.district_ids),
    )
    return (
        select(
            Residence.residence_id,
            Residence.district_id,
            Residence.commune_code,
            Commune.departement_code,
            case((Residence.qpv_2024_status == QpvStatus.INSIDE, Residence.qpv_2024_id)).label("qpv_2024_id"),
            case((Residence.qpv_2015_status == QpvStatus.INSIDE, Residence.qpv_2015_id)).label("qpv_2015_id"),
        )
        .outerjoin(Commune, Commune.commune_code == Residence.commune_code)
        .where(*(column.in_(sorted(allowed)) for column, allowed in limits if allowed is not None))
        .cte("home")
    )


def places_seen(connection: Connection, scope: Scope, places: Collection[ActionPlace]) -> set[ActionPlace]:
    """Those of the places in which a residence of the scope lies."""
    home, found = residences_seen(scope), set()
    for name, columns in COLUMNS.items():
        asked = sorted({getattr(place, name) for place in places} - {None})
        for column in columns if asked else ():
            held = set(connection.scalars(select(home.c[column]).where(home.c[column].in_(asked)).distinct()))
            found |= {place for place in places if getattr(place, name) in held}
    return found
