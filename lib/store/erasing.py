"""Taking out of an action, a meeting or a rule, and of all its history, a text that should not have been kept."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, update

from lib.domain import action_text, meeting_text, responses
from lib.domain.actions import JointAction
from lib.domain.meetings import Meeting
from lib.domain.versions import ERASED
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.store import schema as s
from lib.store.actions import held_action
from lib.store.choices import RULES, TAKEN_OUT, choices, content_text, write_choice
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


def erase_rule_text(
    change: Change, rule_code: str, field: str, *, by: Partner, at: datetime | None = None, keeps_current: bool = False
) -> int:
    """Takes a text of a rule of response out of every version that a committee kept, as ``erase_text`` does.

    ``field``: of ``responses.FREE_TEXTS``. ``keeps_current``: what the rule says now stays, wherever it said it.
    """
    if field not in responses.FREE_TEXTS:
        raise ValueError(f"no free text {field}")
    kept = {one.version: one.content for one in choices(change.connection, ChoiceKind.RESPONSES)}
    newest = kept[max(kept)] if kept else {RULES: []}
    spared = {row[field] for row in newest[RULES] if keeps_current and row["rule_code"] == rule_code}
    bare = {version: _bare_rules(content, rule_code, field, spared) for version, content in kept.items()}
    table, count = s.CommitteeChoice, 0
    is_rule = table.kind == ChoiceKind.RESPONSES
    for row in change.connection.execute(select(table.version, table.content).where(is_rule)).all():
        is_lost = row.version not in kept and row.content != NOTHING
        if not is_lost and bare.get(row.version) == kept.get(row.version):
            continue
        text = NOTHING if is_lost else content_text(bare[row.version])
        rewritten = update(table).where(is_rule, table.version == row.version)
        change.connection.execute(rewritten.values(content=text, revision=change.revision))
        count += 1
    if count and kept:
        content = bare[max(kept)] | {TAKEN_OUT: [rule_code, field]}
        write_choice(change, ChoiceKind.RESPONSES, content, by=by, at=at)
    return count


def _bare_rules(content: Mapping[str, Any], rule_code: str, field: str, spared: Collection[str]) -> dict[str, Any]:
    """The content of a version, without what a rule says in a field; words stand for it, as a rule is never silent."""
    rows = [
        row | {field: ERASED} if row["rule_code"] == rule_code and row[field] not in spared else row
        for row in content[RULES]
    ]
    return {**content, RULES: rows}


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
