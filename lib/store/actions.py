"""Joint actions: kept with their whole history, never written over a change that was not read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, insert, or_, select, update

from lib.domain.actions import ActionPlace, JointAction, Progress
from lib.domain.clocks import Clock
from lib.domain.scope import Scope
from lib.domain.versions import Version
from lib.domain.vocabulary import ActionStatus, Partner
from lib.store import schema as s
from lib.store.revisions import Change
from lib.store.scopes import places_seen, residences_seen
from lib.store.settings import ensure_register_key
from lib.store.versions import OF_ACTIONS, PARIS, conflict, version_read, version_rows, versions_read, write_version

PARTS = ("places", "partners", "clocks", "weekdays")  # fields that have no column of their own
OWN = [field.name for field in fields(JointAction) if field.name not in (*PARTS, "action_id", "version")]
PLACE = [field.name for field in fields(ActionPlace)]
CLOCK = [field.name for field in fields(Clock)]


def today() -> date:
    """Civil day in Paris, the «now» of a register that is written live."""
    return datetime.now(PARIS).date()


def save_action(change: Change, action: JointAction, *, by: Partner, at: datetime | None = None) -> JointAction:
    """Writes an action, new or changed, and its version in the history.

    Args:
        change: The transaction, given up when this raises.
        action: Checked (``lib.ingest.actions``); its ``version`` is the one that was read.
        by: Who writes.
        at: UTC instant of the change, now by default.

    Returns:
        The action as kept, at its new version; at the version held where that one already says the same.

    Raises:
        ConflictError: If the store holds another version than the one read, which says something else.
        ValueError: If the store has no such action.
    """
    if action.action_id is None:
        made = change.connection.execute(insert(s.JointAction).values(_row(change, action, 1)))
        assert made.inserted_primary_key is not None
        saved = replace(action, action_id=int(made.inserted_primary_key[0]), version=1)
    else:
        held = held_action(change.connection, action.action_id)
        if held.says_as(action):
            return held
        _rewrite(change, action, held)
        saved = replace(action, version=action.version + 1)
    _write_parts(change, saved)
    write_version(change, OF_ACTIONS, saved, by=by, at=at)
    ensure_register_key(change)
    return saved


def already_kept(connection: Connection, action: JointAction) -> JointAction | None:
    """The action as kept, where it says the same already; None for a new one, or one that says something else."""
    if action.action_id is None:
        return None
    held = held_action(connection, action.action_id)
    return held if held.says_as(action) else None


def actions(connection: Connection, scope: Scope) -> list[JointAction]:
    """Actions that the scope may see, in the order of their keys.

    One is seen when a residence of the scope lies in one of its places, or when it has none and the scope any
    residence.
    """
    return _actions(connection, seen(scope))


def history(connection: Connection, action_id: int, scope: Scope) -> list[Version[JointAction]]:
    """Every version of an action that can be read, the newest first; nothing where the scope may not see it.

    A version whose places were then all beyond the scope is there without what it said.
    """
    asked = _versions().where(s.ActionVersion.action_id == action_id, *seen(scope))
    return _told(connection, versions_read(connection, OF_ACTIONS, asked), scope)


def since(connection: Connection, day: date, scope: Scope, *, on: date, until: date | None = None) -> list[Progress]:
    """What was done since a day, for the next meeting: actions made since, moved since, or late.

    One that was then wholly beyond the scope counts as made since; one whose words of then cannot be read is told only
    if it is late, and left out where they are its words of ``until``.

    Args:
        connection: The store.
        day: First day that counts, in Paris: an action is compared with what it was when that day began.
        scope: Who may see what.
        on: Day from which delays are seen.
        until: Day of the next meeting, the first that no longer counts: actions are then as they were when it began.
    """
    before = _as_of(connection, day, scope)
    known = actions(connection, scope) if until is None else filter(None, _as_of(connection, until, scope).values())
    now = [Progress(one, _status_before(one, before), one.is_overdue(on)) for one in known]
    return [one for one in now if one.status_before != one.action.status or one.is_overdue]


def _status_before(action: JointAction, before: dict[int | None, JointAction | None]) -> ActionStatus | None:
    held = before.get(action.action_id)
    is_unreadable = held is None and action.action_id in before
    return action.status if is_unreadable else held and held.status


def _as_of(connection: Connection, day: date, scope: Scope) -> dict[int | None, JointAction | None]:
    """Each action as it was when a day began in Paris, by key, in the order of the keys; None where unreadable.

    One whose places were then all beyond the scope is left out.
    """
    began_at = datetime.combine(day, time.min, PARIS).astimezone(UTC)
    asked = _versions().where(s.ActionVersion.changed_at < began_at, *seen(scope))
    ordered = asked.order_by(s.ActionVersion.action_id, s.ActionVersion.version)
    rows = {row.action_id: row for row in connection.execute(ordered)}
    last = {key: version_read(OF_ACTIONS, row) for key, row in rows.items()}
    told = {one.said.action_id: one for one in _told(connection, list(filter(None, last.values())), scope)}
    return {
        key: told[key].said if version else None
        for key, version in last.items()
        if version is None or not told[key].is_beyond_scope
    }


def seen(scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions on ``joint_action``: what the scope may see."""
    if scope == Scope.everything():
        return []
    home, place = residences_seen(scope), s.ActionPlace
    lies = or_(
        place.residence_id.in_(select(home.c.residence_id)),
        place.qpv_id.in_(select(home.c.qpv_2024_id)),
        place.qpv_id.in_(select(home.c.qpv_2015_id)),
        place.district_id.in_(select(home.c.district_id)),
        place.commune_code.in_(select(home.c.commune_code)),
    )
    is_placed = s.JointAction.action_id.in_(select(place.action_id))
    is_here = s.JointAction.action_id.in_(select(place.action_id).where(lies))
    return [or_(is_here, ~is_placed & exists(select(home.c.residence_id)))]


def held_action(connection: Connection, action_id: int) -> JointAction:
    """The action as kept.

    Raises:
        ValueError: If the store has none of this key.
    """
    held = _actions(connection, [s.JointAction.action_id == action_id])
    if not held:
        raise ValueError(f"no action {action_id}")
    return held[0]


def _rewrite(change: Change, action: JointAction, held: JointAction) -> None:
    """Writes over the version that was read, and no other."""
    table = s.JointAction
    rewritten = (
        update(table)
        .where(table.action_id == action.action_id, table.version == action.version)
        .values(_row(change, action, action.version + 1))
    )
    if change.connection.execute(rewritten).rowcount:
        return
    raise conflict(change.connection, OF_ACTIONS, action, held)


def _row(change: Change, action: JointAction, version: int) -> dict[str, Any]:
    own = {name: getattr(action, name) for name in OWN}
    mask = sum(1 << day for day in action.weekdays)
    return own | {"weekday_mask": mask, "version": version, "revision": change.revision}


def _write_parts(change: Change, action: JointAction) -> None:
    key = {"action_id": action.action_id, "revision": change.revision}
    rows: dict[type[s.Base], list[dict]] = {
        s.ActionPlace: [asdict(place) | key for place in action.places],
        s.ActionPartner: [{"partner": partner} | key for partner in action.partners],
        s.ActionClock: [asdict(clock) | key for clock in action.clocks],
    }
    for table, own in rows.items():
        change.connection.execute(delete(table).where(table.__table__.c.action_id == action.action_id))
        if own:
            change.connection.execute(insert(table), own)


def _actions(connection: Connection, conditions: list[ColumnElement[bool]]) -> list[JointAction]:
    columns = s.JointAction.__table__.c
    asked = select(*(columns[name] for name in (*OWN, "action_id", "version", "weekday_mask"))).where(*conditions)
    rows = [dict(row) for row in connection.execute(asked.order_by(columns.action_id)).mappings()]
    kept = select(columns.action_id).where(*conditions)
    parts = {
        "places": _parts(connection, s.ActionPlace, PLACE, kept),
        "partners": _parts(connection, s.ActionPartner, ["partner"], kept),
        "clocks": _parts(connection, s.ActionClock, CLOCK, kept),
    }
    return [_action(row, {name: own[row["action_id"]] for name, own in parts.items()}) for row in rows]


def _parts(connection: Connection, table: type[s.Base], names: list[str], kept: Select) -> dict[int, list[dict]]:
    """Rows of a table of parts by action."""
    columns = table.__table__.c
    asked = select(columns.action_id, *(columns[name] for name in names)).where(columns.action_id.in_(kept))
    found: dict[int, list[dict]] = defaultdict(list)
    for row in connection.execute(asked).mappings():
        found[row["action_id"]].append({name: row[name] for name in names})
    return found


def _action(row: dict[str, Any], parts: dict[str, list[dict]]) -> JointAction:
    mask = row.pop("weekday_mask")
    return JointAction(
        **row,
        weekdays=tuple(day for day in range(7) if mask >> day & 1),
        places=tuple(ActionPlace(**place) for place in parts["places"]),
        partners=tuple(one["partner"] for one in parts["partners"]),
        clocks=tuple(Clock(**clock) for clock in parts["clocks"]),
    )


def _versions() -> Select:
    return version_rows(OF_ACTIONS).join(s.JointAction, s.JointAction.action_id == s.ActionVersion.action_id)


def _told(connection: Connection, versions: Sequence[Version[JointAction]], scope: Scope) -> list[Version[JointAction]]:
    """The versions, those whose places are all beyond the scope without what they said."""
    if scope == Scope.everything():
        return list(versions)
    here = places_seen(connection, scope, {place for one in versions for place in one.said.places})
    return [one if not one.said.places or here & set(one.said.places) else _unsaid(one) for one in versions]


def _unsaid(version: Version[JointAction]) -> Version[JointAction]:
    blank = JointAction("", action_id=version.said.action_id, version=version.version)
    return version._replace(said=blank, erased_field="", is_beyond_scope=True)
