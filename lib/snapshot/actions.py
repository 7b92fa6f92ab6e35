"""Joint actions that bear on a selection."""

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lib.domain.actions import ActionPlace
from lib.domain.filters import IncidentFilter
from lib.domain.scope import Scope
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import homes, inside_qpv, visible
from lib.snapshot.places import QPV_KEYS
from lib.snapshot.tables import EXPOSURE
from lib.store import schema as s


def joint_actions(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Actions that bear on the places of the selection.

    One bears on the selection when a residence of both the selection and the scope lies in one of its places: itself
    or one of its halls, inside its QPV of either generation, of its service, of its commune. Where halls are chosen, a
    place that is a hall must be one of them. An action without a place bears on none. Neither the period nor the kinds
    of facts count.

    Returns:
        action_id, title, kind, status, pilot (as the store keeps them), starts_on, due_on, evaluated_on (missing where
        not said). By first day, those without one last; who shows titles sorts them, no engine does it as French does.
    """
    columns = EXPOSURE.c.residence_id, EXPOSURE.c.district_id, EXPOSURE.c.commune_code
    home = homes(chosen, scope, *columns).cte("home")
    place = s.ActionPlace
    lies = or_(
        and_(place.residence_id.in_(select(home.c.residence_id)), *_halls(chosen)),
        place.qpv_id.in_(select(home.c.qpv_id)),
        place.qpv_id.in_(select(home.c.qpv_2015_id)),
        place.district_id.in_(select(home.c.district_id)),
        place.commune_code.in_(select(home.c.commune_code)),
    )
    action = s.JointAction
    return snapshot.frame(
        select(
            action.action_id,
            action.title,
            action.kind,
            action.status,
            action.pilot,
            action.starts_on,
            action.due_on,
            action.evaluated_on,
        )
        .where(action.action_id.in_(select(place.action_id).where(lies)))
        .order_by(action.starts_on.nulls_last(), action.action_id)
    )


def action_departements(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Where actions bear on: départements of the residences of the selection and of the scope in one of their places.

    Returns:
        action_id, departements: their names, by code, apart by a comma; no row for an action in none.
    """
    columns = [EXPOSURE.c[name] for name in ("residence_id", "district_id", "commune_code", "departement_code")]
    home = homes(chosen, scope, *columns).cte("home")
    place, table = s.ActionPlace, s.Departement
    lies = or_(
        place.residence_id == home.c.residence_id,
        place.qpv_id.in_((home.c.qpv_id, home.c.qpv_2015_id)),
        place.district_id == home.c.district_id,
        place.commune_code == home.c.commune_code,
    )
    found = select(place.action_id, home.c.departement_code).join(home, lies).distinct().subquery()
    names = func.string_agg(table.departement_name, aggregate_order_by(literal(", "), table.departement_code))
    return snapshot.frame(
        select(found.c.action_id, names.label("departements"))
        .join(table, table.departement_code == found.c.departement_code)
        .group_by(found.c.action_id)
        .order_by(found.c.action_id)
    )


def residences_of(snapshot: Snapshot, places: Sequence[ActionPlace], *, scope: Scope) -> list[int]:
    """Keys of the residences of the scope that lie in one of the places of an action, as ``joint_actions`` has it."""
    keys = {
        EXPOSURE.c.residence_id: {place.residence_id for place in places},
        EXPOSURE.c.district_id: {place.district_id for place in places},
        EXPOSURE.c.commune_code: {place.commune_code for place in places},
        **{inside_qpv(EXPOSURE, generation): {place.qpv_id for place in places} for generation in QPV_KEYS},
    }
    lies = [column.in_(sorted(known)) for column, own in keys.items() if (known := own - {None})]
    asked = select(EXPOSURE.c.residence_id).where(*visible(EXPOSURE, scope), or_(false(), *lies)).distinct()
    return [int(key) for key in sorted(snapshot.frame(asked)["residence_id"])]


def _halls(chosen: IncidentFilter) -> list[ColumnElement[bool]]:
    """A place that is a hall is one of those chosen."""
    place = s.ActionPlace
    limits = ((place.building_code, chosen.building_codes), (place.hall_code, chosen.hall_codes))
    return [or_(place.hall_code == "", column.in_(codes)) for column, codes in limits if codes]
