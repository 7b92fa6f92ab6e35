"""Days of the register as a calendar that any agenda opens (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import LEGAL_TERMS
from lib.domain.meetings import Meeting
from lib.domain.terms import LEGAL_CLOCKS, MEETING_BODIES, PARTNERS
from lib.domain.vocabulary import ActionStatus
from lib.exports.actions import places_label

NAME = "Interventions conjointes"
PRODUCT = "-//Observatoire de la tranquillité résidentielle//FR"
FICTITIOUS = "Données fictives"
DOMAIN = "observatoire-tranquillite.invalid"  # ends the keys, which are no address: nobody answers there


@dataclass(frozen=True)
class Event:
    """A day of the register.

    Attributes:
        key: The same as long as it is the same day of the same thing, so that an agenda replaces it.
        day: The whole day.
        summary: Its title, in French.
        description: What else to know, in French.
        version: Of what it comes from; an agenda keeps the highest.
    """

    key: str
    day: date
    summary: str
    description: str = ""
    version: int = 0


def action_events(actions: Iterable[JointAction], names: Mapping[ActionPlace, str]) -> list[Event]:
    """Last days of open actions, evaluations of those not abandoned, legal delays that run; by day.

    ``names``: what each place is called, as ``lib.exports.actions.action_lines``.
    """
    events = [event for action in actions for event in _of_action(action, names)]
    return sorted(events, key=lambda event: (event.day, event.key))


def meeting_events(meetings: Iterable[Meeting]) -> list[Event]:
    """Each meeting on its day, with its decisions; by day."""
    events = [
        Event(
            f"reunion-{meeting.meeting_id}",
            meeting.held_on,
            f"Réunion\u00a0: {MEETING_BODIES[meeting.body]}" + (f", {meeting.label}" if meeting.label else ""),
            "\n".join(f"{i}. {decision.text}" for i, decision in enumerate(meeting.decisions, 1)),
            meeting.version,
        )
        for meeting in meetings
    ]
    return sorted(events, key=lambda event: (event.day, event.key))


def as_ical(events: Iterable[Event], *, made_at: datetime, is_synthetic: bool) -> bytes:
    """A calendar of all-day events that take nobody's time.

    Args:
        events: With one key each.
        made_at: UTC instant of the export.
        is_synthetic: Whether the store is invented: every event then says so, under keys of its own.
    """
    calendar = icalendar.Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("method", "PUBLISH"), ("x-wr-calname", NAME)):
        calendar.add(name, value)
    for event in events:
        calendar.add_component(_drawn(event, made_at, is_synthetic))
    return calendar.to_ical()


def _of_action(action: JointAction, names: Mapping[ActionPlace, str]) -> list[Event]:
    key, said = f"action-{action.action_id}", _description(action, names)
    events = []
    if action.is_open and action.due_on:
        events.append(Event(f"{key}-echeance", action.due_on, f"Échéance\u00a0: {action.title}", said, action.version))
    if action.status != ActionStatus.ABANDONED and action.evaluated_on:
        summary = f"Évaluation\u00a0: {action.title}"
        events.append(Event(f"{key}-evaluation", action.evaluated_on, summary, said, action.version))
    for clock in action.clocks:
        if clock.answered_on is None:
            summary = f"Délai légal\u00a0: {LEGAL_CLOCKS[clock.kind]} ({action.title})"
            own = f"{key}-{clock.kind}-{clock.starts_on:%Y%m%d}"
            ground = f"{said}\n{LEGAL_TERMS[clock.kind].ground}".strip()
            events.append(Event(own, clock.due_on, summary, ground, action.version))
    return events


def _description(action: JointAction, names: Mapping[ActionPlace, str]) -> str:
    told = {
        "Lieux": places_label(action, names),
        "Pilote": PARTNERS[action.pilot] if action.pilot else "",
        "Partenaires": ", ".join(PARTNERS[partner] for partner in action.partners),
    }
    return "\n".join(f"{label}\u00a0: {value}" for label, value in told.items() if value)


def _drawn(event: Event, made_at: datetime, is_synthetic: bool) -> icalendar.Event:
    drawn = icalendar.Event()
    drawn.add("uid", f"{'demo-' if is_synthetic else ''}{event.key}@{DOMAIN}")
    drawn.add("dtstamp", made_at)
    drawn.add("dtstart", event.day)
    drawn.add("dtend", event.day + timedelta(days=1))
    drawn.add("sequence", event.version)
    drawn.add("summary", f"[{FICTITIOUS}] {event.summary}" if is_synthetic else event.summary)
    drawn.add("description", "\n".join(filter(None, (event.description, f"{FICTITIOUS}." if is_synthetic else ""))))
    drawn.add("transp", "TRANSPARENT")
    return drawn
