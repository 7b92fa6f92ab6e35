"""Meetings and their decisions as partners type them: judged, every fault at once, before they are kept."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, Engine

from lib.domain.meetings import Meeting
from lib.domain.terms import MEETING_FIELDS
from lib.ingest.forms import Fault, day_faults, refuse, text_faults, tidy
from lib.store import schema as s
from lib.store.known import unknown_keys
from lib.store.meetings import already_kept, save_meeting
from lib.store.revisions import change
from lib.store.schema.actions import MAX_TEXT_CHARS, MAX_TITLE_CHARS

MAX_DECISIONS = 200


def store_meeting(engine: Engine, meeting: Meeting) -> Meeting:
    """Judges a meeting and keeps it with its decisions; one that changes nothing writes nothing.

    Returns:
        The meeting as kept, at its new version; at the version held where that one already says the same.

    Raises:
        FormError: If something is wrong: nothing is written.
        ConflictError: If another person changed it meanwhile: nothing is written.
    """
    with engine.connect() as connection:
        held = already_kept(connection, checked_meeting(meeting, connection))
    if held is not None:
        return held
    with change(engine, "réunion") as made:
        return save_meeting(made, checked_meeting(meeting, made.connection))


def checked_meeting(meeting: Meeting, connection: Connection) -> Meeting:
    """The meeting, its texts tidied, without its decisions that say nothing and led to nothing.

    Raises:
        FormError: If something is wrong, every fault by field.
    """
    decisions = tuple(replace(one, text=tidy(one.text)) for one in meeting.decisions)
    said = tuple(one for one in decisions if one.text or one.action_id is not None)
    tidied = replace(meeting, label=tidy(meeting.label, is_line=True), decisions=said)
    refuse([*_faults(tidied), *_unknown(tidied, connection)], MEETING_FIELDS)
    return tidied


def _faults(meeting: Meeting) -> Iterator[Fault]:
    yield from text_faults("label", meeting.label, MAX_TITLE_CHARS)
    yield from day_faults("held_on", meeting.held_on)
    if len(meeting.decisions) > MAX_DECISIONS:
        yield "decisions", f"gardez au plus {MAX_DECISIONS} décisions"
    for position, decision in enumerate(meeting.decisions, 1):
        if not decision.text:
            yield "decisions", f"décision {position}, dites en une phrase ce qui est décidé"
        for field, sentence in text_faults("decisions", decision.text, MAX_TEXT_CHARS):
            yield field, f"décision {position}, {sentence}"


def _unknown(meeting: Meeting, connection: Connection) -> Iterator[Fault]:
    """What the store does not hold: a list that changed since the form was drawn."""
    if unknown_keys(connection, s.Departement, [meeting.departement_code]):
        yield "departement_code", "choisissez un département de la liste"
    if unknown_keys(connection, s.JointAction, (one.action_id for one in meeting.decisions)):
        yield "decisions", "l’une des actions n’existe plus\u00a0; rechargez la page et choisissez-la de nouveau"
