"""All that an action says as JSON text, for its history."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date
from math import isfinite
from numbers import Real
from typing import Any

from lib.domain.actions import NOT_CONTENT, ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.vocabulary import ActionIndicator, ActionKind, ActionStatus, LegalClockKind, Partner

ERASED = "Texte retiré"
NEVER_BLANK = ("title", "abandon_reason", "volume_unit")  # once something is said there
FREE_TEXTS = (*NEVER_BLANK, "problem", "objective", "means")


def as_text(action: JointAction) -> str:
    """All that an action says as JSON text; days in ISO form, codes as they are kept. ``from_text`` undoes it."""
    content = {name: value for name, value in asdict(action).items() if name not in NOT_CONTENT}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=date.isoformat)


def from_text(text: str, action_id: int, version: int) -> JointAction:
    """The action of a JSON text; a field that the text does not know has its default.

    Raises:
        ValueError: If the text says no action.
    """
    try:
        held = json.loads(text)
        known = {field.name for field in fields(JointAction)} & set(held)
        values: dict[str, Any] = {name: _read(name, held[name]) for name in known}
        return JointAction(**values | {"action_id": action_id, "version": version})
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"no action in version {version} of {action_id}") from error


def without_text(text: str, field: str) -> str:
    """The JSON text of an action, one of its texts taken out."""
    held = json.loads(text)
    said = without(held.get(field, ""), field)
    return json.dumps(held | {field: said}, ensure_ascii=False, sort_keys=True)


def without(value: str, field: str) -> str:
    """What stands for a text that was taken out: nothing, or words where an action may not be silent."""
    return ERASED if value and field in NEVER_BLANK else ""


def _read(name: str, value: Any) -> Any:
    reader = _READERS.get(name)
    return value if reader is None or (value is None and name in _MAY_BE_NONE) else reader(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, Real) or not isfinite(value):
        raise TypeError("no number")
    return value


def _places(rows: Iterable[Mapping[str, Any]]) -> tuple[ActionPlace, ...]:
    return tuple(ActionPlace(**row) for row in rows)


def _clocks(rows: Iterable[Mapping[str, Any]]) -> tuple[Clock, ...]:
    return tuple(Clock(LegalClockKind(row["kind"]), _day(row["starts_on"]), _day(row["answered_on"])) for row in rows)


def _weekdays(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(range(7)[day] for day in values)


def _day(text: str | None) -> Any:
    return None if text is None else date.fromisoformat(text)


_MAY_BE_NONE = frozenset(field.name for field in fields(JointAction) if field.default is None)
_NUMBERS = ("start_minute", "end_minute", "baseline", "target", "cost_euros", "tfpb_pct", "volume")
_READERS: dict[str, Callable[[Any], Any]] = {
    "kind": ActionKind,
    "status": ActionStatus,
    "indicator": ActionIndicator,
    "pilot": Partner,
    "partners": lambda values: tuple(map(Partner, values)),
    "weekdays": _weekdays,
    "places": _places,
    "clocks": _clocks,
    **dict.fromkeys((*FREE_TEXTS, "family_code"), _text),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(("starts_on", "due_on", "evaluated_on"), _day),
}
