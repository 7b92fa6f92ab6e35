"""All that an action says as JSON text, for its history."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from math import isfinite
from numbers import Real
from typing import Any

from lib.domain import versions
from lib.domain.actions import NOT_CONTENT, ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.versions import ERASED, key_read, text_read
from lib.domain.vocabulary import ActionIndicator, ActionKind, ActionStatus, LegalClockKind, Partner

NEVER_BLANK = ("title", "abandon_reason", "volume_unit")  # once something is said there
FREE_TEXTS = (*NEVER_BLANK, "problem", "objective", "means", "legal_ground")


def as_text(action: JointAction) -> str:
    """All that an action says as JSON text; ``from_text`` undoes it."""
    return versions.as_text(action, but=NOT_CONTENT)


def from_text(text: str, action_id: int, version: int) -> JointAction:
    """The action of a JSON text; a field that the text does not know has its default.

    Raises:
        ValueError: If the text says no action.
    """
    return versions.from_text(JointAction, text, _READERS, action_id=action_id, version=version)


def without_text(action: JointAction, field: str) -> JointAction:
    """The action, one of its texts taken out: words stand for it where an action may not be silent."""
    stands_for_it = ERASED if getattr(action, field) and field in NEVER_BLANK else ""
    return replace(action, **{field: stands_for_it})


def _number(value: Any) -> float:
    if not isinstance(value, Real) or not isfinite(value):
        raise TypeError("no number")
    return value


def _places(rows: Iterable[Mapping[str, Any]]) -> tuple[ActionPlace, ...]:
    return tuple(ActionPlace(**{name: _PLACE_READERS[name](value) for name, value in row.items()}) for row in rows)


def _code(value: Any) -> str | None:
    return None if value is None else text_read(value)


def _clocks(rows: Iterable[Mapping[str, Any]]) -> tuple[Clock, ...]:
    return tuple(Clock(LegalClockKind(row["kind"]), _day(row["starts_on"]), _day(row["answered_on"])) for row in rows)


def _weekdays(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(range(7)[day] for day in values)


def _day(text: str | None) -> Any:
    return None if text is None else date.fromisoformat(text)


_NUMBERS = (
    "start_minute", "end_minute", "baseline", "target", "months_measured", "reached", "cost_euros", "tfpb_pct",
    "volume", "volume_done",
)  # fmt: skip
_PLACE_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("residence_id", "qpv_id", "district_id"), key_read),
    **dict.fromkeys(("building_code", "hall_code"), text_read),
    "commune_code": _code,
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "kind": ActionKind,
    "status": ActionStatus,
    "indicator": ActionIndicator,
    "pilot": Partner,
    "partners": lambda values: tuple(map(Partner, values)),
    "weekdays": _weekdays,
    "places": _places,
    "clocks": _clocks,
    **dict.fromkeys((*FREE_TEXTS, "family_code"), text_read),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(("starts_on", "due_on", "evaluated_on"), _day),
}
