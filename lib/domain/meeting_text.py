"""All that a meeting says as JSON text, for its history."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lib.domain import versions
from lib.domain.meetings import Decision, Meeting
from lib.domain.versions import ERASED, key_read, text_read
from lib.domain.vocabulary import MeetingBody, Partner

NOT_CONTENT = ("meeting_id", "version")
FREE_TEXTS = ("label", "decisions")


def as_text(meeting: Meeting) -> str:
    """All that a meeting says as JSON text; ``from_text`` undoes it."""
    return versions.as_text(meeting, but=NOT_CONTENT)


def from_text(text: str, meeting_id: int, version: int) -> Meeting:
    """The meeting of a JSON text; a field that the text does not know has its default.

    Raises:
        ValueError: If the text says no meeting.
    """
    return versions.from_text(Meeting, text, _READERS, meeting_id=meeting_id, version=version)


def without_text(meeting: Meeting, field: str, *, spared: Collection[str] = ()) -> Meeting:
    """The meeting without its label, or its decisions without their words, but for the texts spared."""
    if field == "label":
        return meeting if meeting.label in spared else replace(meeting, label="")
    decisions = (one if one.text in spared else replace(one, text=ERASED) for one in meeting.decisions)
    return replace(meeting, decisions=tuple(decisions))


def texts_of(meeting: Meeting, field: str) -> set[str]:
    """The label, or the texts of the decisions."""
    return {meeting.label} if field == "label" else {one.text for one in meeting.decisions}


def _decisions(rows: Iterable[Mapping[str, Any]]) -> tuple[Decision, ...]:
    return tuple(Decision(text_read(row["text"]), key_read(row["action_id"])) for row in rows)


_READERS: dict[str, Callable[[Any], Any]] = {
    "body": MeetingBody,
    "held_on": date.fromisoformat,
    "label": text_read,
    "departement_code": text_read,
    "partners": lambda values: tuple(map(Partner, values)),
    "decisions": _decisions,
}
