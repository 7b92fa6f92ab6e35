"""Days of the register as a calendar that any agenda opens (iCalendar, RFC 5545)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
        key: What the day is of, whatever the day: the last day of action 7, its second answer to an injunction. An
            agenda that knows it puts the event in the place of the one it has, under the key of the register.
        day: The whole day.
        summary: Its title, in French.
        description: What else to know, in French.
        version: Of what it comes from; an agenda keeps the highest.
        is_over: No longer awaited: an agenda that has the event takes it away, or strikes it out.
    """

    key: str
    day: date
    summary: str
    description: str = ""
    version: int = 0
    is_over: bool = False


def action_events(actions: Iterable[JointAction], names: Mapping[ActionPlace, str]) -> list[Event]:
    """Last days of actions, their evaluations, their legal delays, those over among them; by day.

    A last day is over with its action, an evaluation where it is abandoned, a legal delay once it is met. A day or a
    delay that was taken out of its action has no event: an agenda keeps the one it had.

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


def as_ical(events: Iterable[Event], *, register: str, made_at: datetime, is_synthetic: bool) -> bytes:
    """A calendar of all-day events that take nobody's time.

    Args:
        events: With one key each.
        register: Key of the register they come from (``lib.store.settings.register_key``): no other has it.
        made_at: UTC instant of the export.
        is_synthetic: Whether the store is invented: every event then says so, under keys of its own.
    """
    calendar = icalendar.Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("method", "PUBLISH"), ("x-wr-calname", NAME)):
        calendar.add(name, value)
    for event in events:
        calendar.add_component(_drawn(event, f"{register}.{DOMAIN}", made_at, is_synthetic))
    return calendar.to_ical()


def _of_action(action: JointAction, names: Mapping[ActionPlace, str]) -> Iterator[Event]:
    key, said = f"action-{action.action_id}", _description(action, names)
    if action.due_on:
        summary, is_over = f"Échéance\u00a0: {action.title}", not action.is_open
        yield Event(f"{key}-echeance", action.due_on, summary, said, action.version, is_over)
    if action.evaluated_on:
        summary, is_over = f"Évaluation\u00a0: {action.title}", action.status == ActionStatus.ABANDONED
        yield Event(f"{key}-evaluation", action.evaluated_on, summary, said, action.version, is_over)
    ranks = Counter()
    for clock in action.clocks:
        ranks[clock.kind] += 1
        summary = f"Délai légal\u00a0: {LEGAL_CLOCKS[clock.kind]} ({action.title})"
        ground = f"{said}\n{LEGAL_TERMS[clock.kind].ground}".strip()
        own, is_over = f"{key}-{clock.kind}-{ranks[clock.kind]}", clock.answered_on is not None
        yield Event(own, clock.due_on, summary, ground, action.version, is_over)


def _description(action: JointAction, names: Mapping[ActionPlace, str]) -> str:
    told = {
        "Lieux": places_label(action, names),
        "Pilote": PARTNERS[action.pilot] if action.pilot else "",
        "Partenaires": ", ".join(PARTNERS[partner] for partner in action.partners),
    }
    return "\n".join(f"{label}\u00a0: {value}" for label, value in told.items() if value)


def _drawn(event: Event, domain: str, made_at: datetime, is_synthetic: bool) -> icalendar.Event:
    drawn = icalendar.Event()
    drawn.add("uid", f"{'demo-' if is_synthetic else ''}{event.key}@{domain}")
    drawn.add("dtstamp", made_at)
    drawn.add("dtstart", event.day)
    drawn.add("dtend", event.day + timedelta(days=1))
    drawn.add("sequence", event.version)
    drawn.add("summary", f"[{FICTITIOUS}] {event.summary}" if is_synthetic else event.summary)
    drawn.add("description", "\n".join(filter(None, (event.description, f"{FICTITIOUS}." if is_synthetic else ""))))
    drawn.add("transp", "TRANSPARENT")
    if event.is_over:
        drawn.add("status", "CANCELLED")
    return drawn
