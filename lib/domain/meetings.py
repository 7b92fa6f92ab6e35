"""Meetings of partners, their decisions, and what a committee chooses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from lib.domain.vocabulary import ChoiceKind, MeetingBody, Partner


@dataclass(frozen=True)
class Decision:
    """What a meeting decided, and the action that it led to."""

    text: str
    action_id: int | None = None


@dataclass(frozen=True)
class Meeting:
    """A meeting of partners and its decisions, in order, at a version.

    Attributes:
        departement_code: Whose committee it is, None for one of several.
        partners: Those present.
        meeting_id: Key, None before it is first kept.
        version: As ``JointAction.version``.
    """

    body: MeetingBody
    held_on: date
    label: str = ""
    departement_code: str | None = None
    partners: tuple[Partner, ...] = ()
    decisions: tuple[Decision, ...] = ()
    meeting_id: int | None = None
    version: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "partners", tuple(sorted(set(self.partners), key=list(Partner).index)))


def merged_meetings(base: Meeting, theirs: Meeting, mine: Meeting) -> Meeting:
    """Two changes of one meeting made one, so that nobody's decision is lost.

    Args:
        base: What both began from.
        theirs: What is kept since.
        mine: What was to be written.

    Returns:
        The meeting, at the version of ``theirs``: our word on each field that we changed, theirs on the others;
        their decisions, but those that we took out and they left as they were, then those that we wrote.
    """
    names = ("body", "held_on", "label", "departement_code", "partners")
    own = {name: getattr(mine, name) for name in names if getattr(mine, name) != getattr(base, name)}
    kept = [one for one in theirs.decisions if one in mine.decisions or one not in base.decisions]
    added = [one for one in mine.decisions if one not in base.decisions and one not in theirs.decisions]
    return replace(theirs, **own, decisions=(*kept, *added))


class Choice(NamedTuple):
    """What a committee chose, at a version: when (UTC), by whom; version 0, without either, for the default."""

    kind: ChoiceKind
    version: int
    content: dict[str, Any]
    made_at: datetime | None = None
    made_by: Partner | None = None
