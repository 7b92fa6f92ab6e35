"""Meetings of partners and their decisions: what the store keeps."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, update

from lib.domain.meetings import UNTOLD, Decision, Meeting
from lib.domain.scope import Scope
from lib.domain.versions import Version
from lib.domain.vocabulary import Partner
from lib.store import schema as s
from lib.store.actions import seen as actions_seen
from lib.store.revisions import Change
from lib.store.scopes import residences_seen
from lib.store.settings import ensure_register_key
from lib.store.versions import OF_MEETINGS, conflict, version_rows, versions_read, write_version

OWN = ("body", "held_on", "label", "departement_code")


def save_meeting(change: Change, meeting: Meeting, *, by: Partner, at: datetime | None = None) -> Meeting:
    """Writes a meeting, new or changed, with its decisions, and its version in the history.

    Args:
        change: The transaction, given up when this raises.
        meeting: Checked (``lib.ingest.meetings``); its ``version`` is the one that was read.
        by: Who writes.
        at: UTC instant of the change, now by default.

    Returns:
        The meeting as kept, at its new version; at the version held where that one already says the same.

    Raises:
        ConflictError: If the store holds another version than the one read, which says something else.
        ValueError: If the store has no such meeting.
    """
    if meeting.meeting_id is None:
        made = change.connection.execute(insert(s.Meeting).values(_row(change, meeting, 1)))
        assert made.inserted_primary_key is not None
        saved = replace(meeting, meeting_id=int(made.inserted_primary_key[0]), version=1)
        _write_parts(change, saved)
    else:
        held = held_meeting(change.connection, meeting.meeting_id)
        if replace(held, version=meeting.version) == meeting:
            return held
        if not write_over(change, meeting):
            raise conflict(change.connection, OF_MEETINGS, meeting, held)
        saved = replace(meeting, version=meeting.version + 1)
    write_version(change, OF_MEETINGS, saved, by=by, at=at)
    ensure_register_key(change)
    return saved


def already_kept(connection: Connection, meeting: Meeting) -> Meeting | None:
    """The meeting as kept, where it says the same already; None for a new one, or one that says something else."""
    if meeting.meeting_id is None:
        return None
    held = held_meeting(connection, meeting.meeting_id)
    return held if replace(held, version=meeting.version) == meeting else None


def meetings(connection: Connection, scope: Scope) -> list[Meeting]:
    """Meetings that the scope may see, the last first.

    One is seen, whole, when the scope has a residence in its département, or any where the meeting is of several.
    """
    return _meetings(connection, _seen(scope))


def _seen(scope: Scope) -> list[ColumnElement[bool]]:
    if scope == Scope.everything():
        return []
    home = residences_seen(scope)
    own = or_(s.Meeting.departement_code.is_(None), s.Meeting.departement_code == home.c.departement_code)
    return [exists(select(home.c.residence_id).where(own))]


def history(connection: Connection, meeting_id: int, scope: Scope) -> list[Version[Meeting]]:
    """Every version of a meeting that can be read, the newest first; nothing where the scope may not see it.

    A version that was then of a département beyond the scope is there without what it said; a decision on an action
    beyond the scope is ``UNTOLD``.
    """
    asked = version_rows(OF_MEETINGS).join(s.Meeting, s.Meeting.meeting_id == s.MeetingVersion.meeting_id)
    own = asked.where(s.MeetingVersion.meeting_id == meeting_id, *_seen(scope))
    versions = versions_read(connection, OF_MEETINGS, own)
    if scope == Scope.everything():
        return versions
    here = set(connection.scalars(select(residences_seen(scope).c.departement_code).distinct()))
    linked = set(connection.scalars(select(s.JointAction.action_id).where(*actions_seen(scope))))
    return [_told(version, here | {None}, linked | {None}) for version in versions]


def _told(version: Version[Meeting], departements: set[str | None], action_ids: set[int | None]) -> Version[Meeting]:
    """A version without what is beyond these départements and these actions."""
    said = version.said
    if said.departement_code not in departements:
        blank = Meeting(said.body, said.held_on, meeting_id=said.meeting_id, version=version.version)
        return version._replace(said=blank, erased_field="", is_beyond_scope=True)
    decisions = tuple(one if one.action_id in action_ids else UNTOLD for one in said.decisions)
    return version._replace(said=replace(said, decisions=decisions))


def held_meeting(connection: Connection, meeting_id: int) -> Meeting:
    """The meeting as kept.

    Raises:
        ValueError: If the store has none of this key.
    """
    held = _meetings(connection, [s.Meeting.meeting_id == meeting_id])
    if not held:
        raise ValueError(f"no meeting {meeting_id}")
    return held[0]


def write_over(change: Change, meeting: Meeting) -> bool:
    """Writes a meeting over the version that was read, and no other; False where another is held."""
    rewritten = (
        update(s.Meeting)
        .where(s.Meeting.meeting_id == meeting.meeting_id, s.Meeting.version == meeting.version)
        .values(_row(change, meeting, meeting.version + 1))
    )
    if not change.connection.execute(rewritten).rowcount:
        return False
    _write_parts(change, meeting)
    return True


def _row(change: Change, meeting: Meeting, version: int) -> dict:
    return {name: getattr(meeting, name) for name in OWN} | {"version": version, "revision": change.revision}


def _write_parts(change: Change, meeting: Meeting) -> None:
    key = {"meeting_id": meeting.meeting_id, "revision": change.revision}
    rows: dict[type[s.Base], list[dict]] = {
        s.MeetingPartner: [{"partner": partner} | key for partner in meeting.partners],
        s.Decision: [
            {"position": position, "text": decision.text, "action_id": decision.action_id} | key
            for position, decision in enumerate(meeting.decisions, 1)
        ],
    }
    for table, own in rows.items():
        change.connection.execute(delete(table).where(table.__table__.c.meeting_id == meeting.meeting_id))
        if own:
            change.connection.execute(insert(table), own)


def _meetings(connection: Connection, conditions: list[ColumnElement[bool]]) -> list[Meeting]:
    columns = s.Meeting.__table__.c
    asked = select(*(columns[name] for name in (*OWN, "meeting_id", "version"))).where(*conditions)
    rows = connection.execute(asked.order_by(columns.held_on.desc(), columns.meeting_id.desc())).mappings().all()
    kept = select(columns.meeting_id).where(*conditions)
    present, decided = defaultdict(list), defaultdict(list)
    for meeting_id, partner in connection.execute(
        select(s.MeetingPartner.meeting_id, s.MeetingPartner.partner).where(s.MeetingPartner.meeting_id.in_(kept))
    ):
        present[meeting_id].append(partner)
    decisions = select(s.Decision.meeting_id, s.Decision.text, s.Decision.action_id)
    ordered = decisions.where(s.Decision.meeting_id.in_(kept)).order_by(s.Decision.position)
    for meeting_id, text, action_id in connection.execute(ordered):
        decided[meeting_id].append(Decision(text, action_id))
    return [
        Meeting(**row, partners=tuple(present[row["meeting_id"]]), decisions=tuple(decided[row["meeting_id"]]))
        for row in rows
    ]
