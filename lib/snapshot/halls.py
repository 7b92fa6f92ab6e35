"""What landlords' registers of halls say of a selection: the last state of each hall."""

import re
from dataclasses import replace

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select, tuple_

from lib.domain.filters import IncidentFilter
from lib.domain.scope import Scope
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import places, visible, within
from lib.snapshot.tables import EXPOSURE, FACT
from lib.store import schema as s

HALL = (s.HallMonth.residence_id, s.HallMonth.building_code, s.HallMonth.hall_code)


def hall_states(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """The last state known of each hall of a selection, over its period.

    Neither the kinds of facts asked for nor the constant panel count: a register of halls is kept apart from them.

    Returns:
        One row per hall told of in the period, by residence then hall, in the order in which one counts (A2 before
        A10): residence_id, residence_name, building_code (blank where none), hall_code, month_on (of that state),
        status. No row where no register is kept.
    """
    months = select(*HALL, func.max(s.HallMonth.month_on).label("month_on")).where(*told_halls(chosen, scope))
    last = months.group_by(*HALL).subquery()
    is_last = and_(*(getattr(s.HallMonth, column.name) == column for column in last.c))
    statement = (
        select(HALL[0], s.Residence.residence_name, *HALL[1:], s.HallMonth.month_on, s.HallMonth.status)
        .join(last, is_last)
        .join(s.Residence, s.Residence.residence_id == s.HallMonth.residence_id)
    )
    order = ["residence_name", "residence_id", "building_code", "hall_code"]
    return snapshot.frame(statement).sort_values(order, key=_counted, ignore_index=True)


def known_halls(snapshot: Snapshot, residence_id: int, scope: Scope) -> pd.DataFrame:
    """Halls of a residence that a register of halls or a fact names, whatever the day; a protected fact names none.

    Returns:
        building_code (blank where none), hall_code, in the order in which one counts; no row beyond the scope.
    """
    seen = select(EXPOSURE.c.residence_id).where(*visible(EXPOSURE, scope), EXPOSURE.c.residence_id == residence_id)
    codes = func.coalesce(FACT.c.building_code, "").label("building_code"), FACT.c.hall_code
    told = (*visible(FACT, scope), FACT.c.is_protected.is_(False), FACT.c.hall_code.is_not(None))
    named = select(*codes).where(FACT.c.residence_id == residence_id, *told)
    kept = select(*HALL[1:]).where(s.HallMonth.residence_id.in_(seen))
    return snapshot.frame(named.union(kept)).sort_values(
        ["building_code", "hall_code"], key=_counted, ignore_index=True
    )


def told_halls(chosen: IncidentFilter, scope: Scope) -> list[ColumnElement[bool]]:
    """Halls and months of the residences of a selection, where each stood that month."""
    place = replace(chosen, is_panel_constant=False)
    seen = select(EXPOSURE.c.residence_id, EXPOSURE.c.month_on).where(
        *visible(EXPOSURE, scope), *places(EXPOSURE, place), within(EXPOSURE, chosen.period)
    )
    parts = ((s.HallMonth.building_code, chosen.building_codes), (s.HallMonth.hall_code, chosen.hall_codes))
    return [
        tuple_(s.HallMonth.residence_id, s.HallMonth.month_on).in_(seen),
        *(column.in_(codes) for column, codes in parts if codes),
    ]


def _counted(column: pd.Series) -> pd.Series:
    """Text whose numbers sort as numbers."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.map({text: re.sub(r"\d+", lambda found: found[0].zfill(9), text) for text in column.unique()})
