"""Facts of protected types: their only total (docs/decisions/0006)."""

from datetime import date

import pandas as pd
from sqlalchemy import false, func, select

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import visible, within
from lib.snapshot.tables import FACT
from lib.store import schema as s


def year_of(period: Period) -> int:
    """The last calendar year ended with a period."""
    return period.end.year - 1


def totals(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Facts of protected types by département over a calendar year: their only total, whatever is asked.

    The year is the last one ended with the period: totals over two free periods could be subtracted. A visitor who
    sees less than whole départements sees none.

    Returns:
        departement_code, departement_name, type_label, incident_count; see ``year_of``.
    """
    year = year_of(chosen.period)
    whole = visible(FACT, scope)
    if scope.landlord_ids is not None or scope.district_ids is not None:
        whole.append(false())
    if chosen.departement_codes:
        whole.append(FACT.c.departement_code.in_(chosen.departement_codes))
    statement = (
        select(
            s.Departement.departement_code,
            s.Departement.departement_name,
            s.IncidentType.type_label,
            func.count().label("incident_count"),
        )
        .select_from(FACT)
        .join(s.IncidentType, s.IncidentType.type_code == FACT.c.type_code)
        .join(s.Departement, s.Departement.departement_code == FACT.c.departement_code)
        .where(*whole, FACT.c.is_protected, within(FACT, Period(date(year, 1, 1), date(year + 1, 1, 1))))
        .group_by(s.Departement.departement_code, s.Departement.departement_name, s.IncidentType.type_label)
        .order_by(s.Departement.departement_code)
    )
    return snapshot.frame(statement)
