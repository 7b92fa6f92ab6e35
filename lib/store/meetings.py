"""Meetings of partners and their decisions: what the store keeps."""

from collections import defaultdict
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, update

from lib.domain.meetings import Decision, Meeting
from lib.domain.scope import Scope
from lib.errors import ConflictError
from lib.store import schema as s
from lib.store.revisions import Change
from lib.store.scopes import residences_seen
from lib.store.settings import ensure_register_key

OWN = ("body", "held_on", "label", "departement_code")


def save_meeting(change: Change, meeting: Meeting) -> Meeting:
    """Writes a meeting, new or changed, with its decisions.

    Args:
        change: The transaction, given up when this raises.
        meeting: Checked (``lib.ingest.meetings``); its ``version`` is the one that was read.

    Returns:
        The meeting as kept, at its new version; at the version held where that one already says the same.

    Raises:
        ConflictError: If the store holds another version than the one read, which says something else.
        ValueError: If the store has no such meeting.
    """
    row = {name: getattr(meeting, name) for name in OWN} | {"revision": change.revision}
    if meeting.meeting_id is None:
        made = change.connection.execute(insert(s.Meeting).values(row | {"version": 1}))
        assert made.inserted_primary_key is not None
        saved = replace(meeting, meeting_id=int(made.inserted_primary_key[0]), version=1)
    else:
        held = _held(change.connection, meeting.meeting_id)
        if replace(held, version=meeting.version) == meeting:
            return held
        _rewrite(change, meeting, held, row)
        saved = replace(meeting, version=meeting.version + 1)
    _write_parts(change, saved)
    ensure_register_key(change)
    return saved


def already_kept(connection: Connection, meeting: Meeting) -> Meeting | None:
    """The meeting as kept, where it says the same already; None for a new one, or one that says something else."""
    if meeting.meeting_id is None:
        return None
    held = _held(connection, meeting.meeting_id)
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


def _held(connection: Connection, meeting_id: int) -> Meeting:
    held = _meetings(connection, [s.Meeting.meeting_id == meeting_id])
    if not held:
        raise ValueError(f"no meeting {meeting_id}")
    return held[0]


def _rewrite(change: Change, meeting: Meeting, held: Meeting, row: dict) -> None:
    """Writes over the version that was read, and no other."""
    rewritten = (
        update(s.Meeting)
        .where(s.Meeting.meeting_id == meeting.meeting_id, s.Meeting.version == meeting.version)
        .values(row | {"version": meeting.version + 1})
    )
    if not change.connection.execute(rewritten).rowcount:
        raise ConflictError(
            "Cette réunion a été modifiée par un autre partenaire pendant que vous l’écriviez\u00a0: rien n’a été "
            "enregistré ni perdu, comparez les deux textes puis enregistrez.",
            held,
            base=None,
            changed_by=None,
            changed_at=None,
        )


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
