"""Joint actions as partners write them: what is late, and two changes of one action made one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from lib.domain.clocks import Clock
from lib.domain.labels import alphabetical, time_label
from lib.domain.merging import merged_lists
from lib.domain.terms import WEEKDAYS
from lib.domain.vocabulary import (
    OPEN_ACTION_STATUSES,
    ActionIndicator,
    ActionKind,
    ActionStatus,
    Partner,
)

NOT_CONTENT = ("action_id", "version")
SETS = ("places", "weekdays", "partners", "clocks")  # fields of which each item counts by itself


class ActionPlaceKind(StrEnum):
    """What sort of place an action bears on, from the smallest to the largest."""

    HALL = "hall"
    RESIDENCE = "residence"
    QPV = "qpv"
    COMMUNE = "commune"
    DISTRICT = "district"


@dataclass(frozen=True)
class ActionPlace:
    """One place of an action: a residence, one of its halls, a QPV, a service or a commune; one key is given.

    A hall has the code of its building too, blank where the landlord names none.
    """

    residence_id: int | None = None
    building_code: str = ""
    hall_code: str = ""
    qpv_id: int | None = None
    district_id: int | None = None
    commune_code: str | None = None

    def __post_init__(self) -> None:
        keys = (self.residence_id, self.qpv_id, self.district_id, self.commune_code)
        if sum(key is not None for key in keys) != 1:
            raise ValueError("a place has one key")
        if (self.building_code or self.hall_code) and (self.residence_id is None or not self.hall_code):
            raise ValueError("a hall has its code and its residence")

    @property
    def kind(self) -> ActionPlaceKind:
        """What sort of place it is."""
        if self.residence_id is not None:
            return ActionPlaceKind.HALL if self.hall_code else ActionPlaceKind.RESIDENCE
        if self.qpv_id is not None:
            return ActionPlaceKind.QPV
        return ActionPlaceKind.COMMUNE if self.district_id is None else ActionPlaceKind.DISTRICT


@dataclass(frozen=True)
class JointAction:
    """What partners decided to do together, at a version; blank texts and None for what is not said.

    Partners, weekdays, places and clocks are kept in one order and once each, whatever the order given.

    Attributes:
        action_id: Key, None before it is first kept.
        version: 1 when first kept, one more at each change; the one that a person read is given back with the change.
        family_code: Family of facts aimed at.
        weekdays: 0 for Monday to 6 for Sunday.
        start_minute, end_minute: Hours, in minutes of the civil day; past midnight where the end is before the start.
        baseline, target, reached: Of ``indicator``, in its unit, each counted over ``months_measured`` months.
        tfpb_pct: Part of the cost charged to the TFPB allowance, 0 to 100.
        due_on: Last day to do it.
        evaluated_on: Day of its evaluation, planned or past.
        volume, volume_done, volume_unit: What a social action is to do from ``starts_on`` to ``due_on``, and has done:
            120 and 96 «appels».
        legal_ground: The texts of law it rests on.
    """

    title: str
    kind: ActionKind = ActionKind.INTERVENTION
    status: ActionStatus = ActionStatus.PROPOSED
    abandon_reason: str = ""
    problem: str = ""
    family_code: str | None = None
    places: tuple[ActionPlace, ...] = ()
    weekdays: tuple[int, ...] = ()
    start_minute: int | None = None
    end_minute: int | None = None
    objective: str = ""
    indicator: ActionIndicator | None = None
    baseline: float | None = None
    target: float | None = None
    months_measured: int | None = None
    reached: float | None = None
    pilot: Partner | None = None
    partners: tuple[Partner, ...] = ()
    means: str = ""
    legal_ground: str = ""
    cost_euros: float | None = None
    tfpb_pct: int | None = None
    volume: int | None = None
    volume_done: int | None = None
    volume_unit: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    evaluated_on: date | None = None
    clocks: tuple[Clock, ...] = ()
    action_id: int | None = None
    version: int = 0

    def __post_init__(self) -> None:
        orders: dict[str, Callable[[Any], Any]] = {
            "places": _place_order,
            "weekdays": int,
            "partners": list(Partner).index,
            "clocks": _clock_order,
        }
        for name, order in orders.items():
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)), key=order)))

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.status in OPEN_ACTION_STATUSES

    def is_overdue(self, on: date) -> bool:
        """Whether, seen from a day, it is open past its last day, or one of its legal delays is."""
        is_late = self.is_open and self.due_on is not None and self.due_on < on
        return is_late or any(clock.is_overdue(on) for clock in self.clocks)

    def next_on(self) -> date | None:
        """Its first day still awaited: last day of an open action, of a legal delay that runs."""
        own = [self.due_on] if self.is_open and self.due_on else []
        return min([*own, *(clock.due_on for clock in self.clocks if clock.answered_on is None)], default=None)

    def says_as(self, other: JointAction) -> bool:
        """Whether both say the same, whatever their keys and versions."""
        return replace(self, action_id=None, version=0) == replace(other, action_id=None, version=0)


class Conflict(NamedTuple):
    """A field that two persons changed each in their way."""

    name: str
    theirs: Any
    mine: Any


class Progress(NamedTuple):
    """What became of an action since a day.

    Attributes:
        action: As it is now.
        status_before: What it was before that day, None for an action made since.
        is_overdue: Whether it is late, seen from the day that was asked about.
    """

    action: JointAction
    status_before: ActionStatus | None
    is_overdue: bool


def hours_label(action: JointAction) -> str:
    """«vendredi et samedi, de 18 h à 2 h»; blank where neither days nor hours are said."""
    days = [WEEKDAYS[day] for day in action.weekdays]
    several = [", ".join(days[:-1])] if len(days) > 1 else []
    said = "tous les jours" if len(days) == len(WEEKDAYS) else " et ".join([*several, *days[-1:]])
    if action.start_minute is None or action.end_minute is None:
        return said
    hours = f"de {time_label(action.start_minute)} à {time_label(action.end_minute)}"
    return f"{said}, {hours}" if said else hours


def by_urgency(actions: Iterable[JointAction], on: date) -> list[JointAction]:
    """Late ones first, then open ones by their next day, then the others, the last due first."""

    def order(action: JointAction) -> tuple:
        awaited = action.next_on()
        if action.is_open or awaited:
            return not action.is_overdue(on), (awaited or date.max).toordinal(), *_title_order(action)
        return 2, -(action.due_on or date.min).toordinal(), *_title_order(action)

    return sorted(actions, key=order)


def without_moot(action: JointAction) -> JointAction:
    """The action without what its kind or its state leaves no room for: a volume, a reason to abandon it."""
    volume: dict[str, Any] = {"volume": None, "volume_done": None, "volume_unit": ""}
    moot = {} if action.kind == ActionKind.SOCIAL else volume
    if action.status != ActionStatus.ABANDONED:
        moot["abandon_reason"] = ""
    return replace(action, **moot)


def merged(base: JointAction, theirs: JointAction, mine: JointAction) -> tuple[JointAction, list[Conflict]]:
    """Two changes of one action made one: what either changed alone is taken, what either added or took out too.

    Args:
        base: What both began from.
        theirs: What is kept since.
        mine: What was to be written.

    Returns:
        The action, at the version of ``theirs``, with their word on each field that both changed differently; and
        these fields, in the order of the fields. Of the fields of ``SETS``, legal delays alone may be among them: each
        word then has all that both wrote, but the other's answer to one and the same delay.
    """
    names = [field.name for field in fields(JointAction) if field.name not in NOT_CONTENT]
    said = [_words(name, *(getattr(one, name) for one in (base, theirs, mine))) for name in names]
    together = replace(theirs, **{one.name: one.theirs for one in said})
    return together, [one for one in said if one.theirs != one.mine]


def _words(name: str, base: Any, theirs: Any, mine: Any) -> Conflict:
    """Their word and ours on a field, once each has taken what the other changed alone."""
    if name == "clocks":
        return Conflict(name, *_clock_words(base, theirs, mine))
    if name in SETS:
        both = merged_lists(base, theirs, mine)
        return Conflict(name, both, both)
    if mine == base:
        return Conflict(name, theirs, theirs)
    return Conflict(name, mine if theirs == base else theirs, mine)


def _clock_words(base: tuple[Clock, ...], theirs: tuple[Clock, ...], mine: tuple[Clock, ...]) -> list[tuple]:
    """Delays by their word and by ours: they differ where both answered, each in their way, one that has one start."""
    both = merged_lists(base, theirs, mine)
    changed = [{clock for clock in word if clock not in base} for word in (theirs, mine)]
    shared = set.intersection(*({(clock.kind, clock.starts_on) for clock in word} for word in changed))
    disputed = {clock for clock in both if (clock.kind, clock.starts_on) in shared}
    others = [disputed & (changed[1 - side] - changed[side]) for side in (0, 1)]
    return [tuple(sorted((clock for clock in both if clock not in other), key=_clock_order)) for other in others]


def _title_order(action: JointAction) -> tuple[str, int]:
    return alphabetical(action.title), action.action_id or 0


def _place_order(place: ActionPlace) -> tuple:
    keys = (place.residence_id, place.qpv_id, place.district_id)
    return (
        list(ActionPlaceKind).index(place.kind),
        *(key or 0 for key in keys),
        place.commune_code or "",
        place.building_code,
        place.hall_code,
    )


def _clock_order(clock: Clock) -> tuple:
    return clock.starts_on, clock.kind, clock.answered_on or date.max
