"""Meetings of partners, their decisions, and what a committee chooses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from lib.domain.labels import alphabetical, date_label
from lib.domain.merging import merged_lists
from lib.domain.terms import MEETING_BODIES
from lib.domain.vocabulary import ChoiceKind, MeetingBody, Partner

# Bodies of which a département has several, that only their label tells apart: «Tarterêts», «Grande Borne».
LOCAL_BODIES = frozenset({MeetingBody.CLSPD, MeetingBody.MONITORING_CELL, MeetingBody.GPO})
OWN_FIELDS = ("body", "held_on", "label", "departement_code")  # of a meeting, besides its lists
Series = tuple[MeetingBody, str | None, str]


@dataclass(frozen=True)
class Decision:
    """What a meeting decided, and the action that it led to."""

    text: str
    action_id: int | None = None


UNTOLD = Decision("")  # in a history, one on an action beyond the scope: a decision is never blank


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


def series_of(meeting: Meeting) -> Series:
    """What meetings that follow each other share: body, département, and label for a body of several series.

    Two labels that differ only by case, accents or spaces are one.
    """
    if meeting.body not in LOCAL_BODIES:
        return meeting.body, meeting.departement_code, ""
    return meeting.body, meeting.departement_code, " ".join(alphabetical(meeting.label).split())


def meeting_before(meetings: Iterable[Meeting], meeting: Meeting, *, today: date) -> Meeting | None:
    """The last meeting of the same series held by today; before its own day for a kept one."""
    held = [one for one in meetings if one.held_on <= today and series_of(one) == series_of(meeting)]
    if meeting.meeting_id is not None:
        held = [one for one in held if _order(one) < _order(meeting)]
    return max(held, key=_order, default=None)


def decided_by(meetings: Iterable[Meeting]) -> dict[int, str]:
    """By action, the meetings that dealt with it, the first of them first: «COPIL du 17 septembre 2026, Essonne»."""
    found: dict[int, list[str]] = defaultdict(list)
    for meeting in sorted(meetings, key=_order):
        said = f"{MEETING_BODIES[meeting.body]} du {date_label(meeting.held_on)}"
        for action_id in dict.fromkeys(one.action_id for one in meeting.decisions if one.action_id is not None):
            found[action_id].append(f"{said}, {meeting.label}" if meeting.label else said)
    return {action_id: "\u00a0; ".join(said) for action_id, said in found.items()}


def meeting_to_follow(
    meetings: Iterable[Meeting], action_id: int | None, departements: Collection[str]
) -> Meeting | None:
    """The meeting whose series an action is brought to, if any was held in its départements or dealt with it.

    The last that dealt with it; else the last committee; else the last of the others.
    """

    def dealt(meeting: Meeting) -> bool:
        return any(one.action_id == action_id for one in meeting.decisions)

    near = [one for one in meetings if dealt(one) or one.departement_code in {None, *departements}]
    return max(near, key=lambda one: (dealt(one), one.body not in LOCAL_BODIES, _order(one)), default=None)


def meeting_to_come(meetings: Iterable[Meeting], series: Series, *, today: date) -> Meeting | None:
    """The first meeting of a series that is kept and not over: of today or later."""
    coming = [one for one in meetings if series_of(one) == series and one.held_on >= today]
    return min(coming, key=_order, default=None)


def _order(meeting: Meeting) -> tuple[date, int]:
    return meeting.held_on, meeting.meeting_id or 0


def disputed_fields(base: Meeting, theirs: Meeting, mine: Meeting) -> tuple[str, ...]:
    """Fields that both changed, each in their way; never partners nor decisions, which count one by one."""
    words = {name: [getattr(one, name) for one in (base, theirs, mine)] for name in OWN_FIELDS}
    return tuple(name for name, three in words.items() if three[1] != three[2] and three[0] not in three[1:])


def merged_meetings(base: Meeting, theirs: Meeting, mine: Meeting) -> Meeting:
    """Two changes of one meeting made one, so that nobody's decision is lost.

    Args:
        base: What both began from.
        theirs: What is kept since.
        mine: What was to be written.

    Returns:
        The meeting, at the version of ``theirs``: our word on each field that we changed, theirs on the others;
        partners and decisions of both, by ``merged_lists``.
    """
    changed = [name for name in OWN_FIELDS if getattr(mine, name) != getattr(base, name)]
    own: dict[str, Any] = {name: getattr(mine, name) for name in changed}
    lists = [(getattr(base, name), getattr(theirs, name), getattr(mine, name)) for name in ("partners", "decisions")]
    partners, decisions = (merged_lists(*three) for three in lists)
    return replace(theirs, **own, partners=partners, decisions=decisions)


def decision_changes(
    before: tuple[Decision, ...], now: tuple[Decision, ...]
) -> list[tuple[Decision | None, Decision | None]]:
    """What each decision that changed was, and is: None before for one added, None now for one taken out.

    A changed one is known by its action, else by its rank. Nothing where the order alone changed.
    """
    gone, come = _not_in(before, now), _not_in(now, before)
    changed = {}
    for rank, one in come.items():
        same = (old for old in gone if one.action_id is not None and gone[old].action_id == one.action_id)
        if (old := next(same, None)) is not None:
            changed[rank] = gone.pop(old)
    for rank in [rank for rank in come if rank not in changed and rank in gone]:
        changed[rank] = gone.pop(rank)
    return [*((changed.get(rank), one) for rank, one in come.items()), *((one, None) for one in gone.values())]


def _not_in(decisions: tuple[Decision, ...], others: tuple[Decision, ...]) -> dict[int, Decision]:
    """By rank, the decisions that are not among the others as many times."""
    left, found = Counter(others), {}
    for rank, one in enumerate(decisions):
        if left[one]:
            left[one] -= 1
        else:
            found[rank] = one
    return found


class Choice(NamedTuple):
    """What a committee chose, at a version: when (UTC), by whom; version 0, without either, for the default."""

    kind: ChoiceKind
    version: int
    content: dict[str, Any]
    made_at: datetime | None = None
    made_by: Partner | None = None
