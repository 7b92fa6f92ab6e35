"""What a visitor may see, as the store itself knows it: by the residences of the scope."""

from sqlalchemy import CTE, case, select

from lib.domain.scope import Scope
from lib.domain.vocabulary import QpvStatus
from lib.store.schema import Commune, Residence


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
