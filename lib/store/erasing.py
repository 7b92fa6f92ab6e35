"""Taking out of an action or a meeting, and of all its history, a text that should not have been kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update

from lib.domain import action_text, meeting_text
from lib.domain.actions import JointAction
from lib.domain.meetings import Meeting
from lib.domain.vocabulary import Partner
from lib.store import schema as s
from lib.store.actions import held_action
from lib.store.meetings import held_meeting, write_over
from lib.store.revisions import Change
from lib.store.rows import table_of
from lib.store.versions import OF_ACTIONS, OF_MEETINGS, History, write_version

Said = TypeVar("Said", JointAction, Meeting)
NOTHING = "{}"  # instead of a version that cannot be read: nobody can tell what is written there


def erase_text(
    change: Change, action_id: int, field: str, *, by: Partner, at: datetime | None = None, keeps_current: bool = False
) -> int:
    """Takes one text of an action out of every version, and leaves a version that says so, without the text.

    Args:
        change: The transaction.
        action_id: Of the store.
        field: Of ``action_text.FREE_TEXTS``.
        by: Who asks for it.
        at: UTC instant of the change, now by default.
        keeps_current: Leave what the action says now: it was put right already.

    Returns:
        How many versions held a text there, or could not be read; nothing is written where none did.

    Raises:
        ValueError: If the field is no free text, or if the store has no such action.
    """
    if field not in action_text.FREE_TEXTS:
        raise ValueError(f"no free text {field}")
    held = held_action(change.connection, action_id)

    def without(action: JointAction) -> JointAction:
        return action_text.without_text(action, field)

    now = held if keeps_current else without(held)
    count = _rewrite(change, OF_ACTIONS, held, now, without)
    if not count:
        return 0
    own = {field: getattr(now, field), "version": held.version + 1, "revision": change.revision}
    change.connection.execute(update(s.JointAction).where(s.JointAction.action_id == action_id).values(own))
    marked = replace(now, version=held.version + 1)
    write_version(change, OF_ACTIONS, marked, by=by, at=at, erased_field=field)
    return count


def erase_meeting_text(
    change: Change, meeting_id: int, field: str, *, by: Partner, at: datetime | None = None, keeps_current: bool = False
) -> int:
    """Takes the label of a meeting, or the words of all its decisions, out of every version, as ``erase_text`` does.

    ``field``: of ``meeting_text.FREE_TEXTS``. ``keeps_current``: what the meeting says now stays, wherever it said it.
    """
    if field not in meeting_text.FREE_TEXTS:
        raise ValueError(f"no free text {field}")
    held = held_meeting(change.connection, meeting_id)
    spared = meeting_text.texts_of(held, field) if keeps_current else set()

    def without(meeting: Meeting) -> Meeting:
        return meeting_text.without_text(meeting, field, spared=spared)

    now = without(held)
    count = _rewrite(change, OF_MEETINGS, held, now, without)
    if not count:
        return 0
    write_over(change, now)
    marked = replace(now, version=held.version + 1)
    write_version(change, OF_MEETINGS, marked, by=by, at=at, erased_field=field)
    return count


def _rewrite(change: Change, history: History[Said], held: Said, now: Said, without: Callable[[Said], Said]) -> int:
    """Writes every version again without its text; how many change, the present one too, be it in no history.

    ``held``: what the store says. ``now``: what it is to say.
    """
    columns = table_of(history.table).c
    is_own = columns[history.key] == getattr(held, history.key)
    rows = change.connection.execute(select(columns.version, columns.content).where(is_own)).all()
    bare = {row.version: _without(history, row.version, row.content, without) for row in rows}
    is_lost = bare.get(held.version) == NOTHING
    bare[held.version] = history.as_text(now) if is_lost or now != held else None
    changed = {version: text for version, text in bare.items() if text is not None}
    for version, text in changed.items():
        rewritten = update(history.table).where(is_own, columns.version == version)
        change.connection.execute(rewritten.values(content=text, revision=change.revision))
    return len(changed)


def _without(history: History[Said], version: int, content: str, without: Callable[[Said], Said]) -> str | None:
    """The content of a version without its text; None where it held none."""
    try:
        said = history.from_text(content, 0, version)
    except ValueError:
        return None if content == NOTHING else NOTHING
    bare = without(said)
    return None if bare == said else history.as_text(bare)
