"""Meetings and their decisions as partners type them: judged, every fault at once, before they are kept."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, Engine

from lib.domain.labels import quoted
from lib.domain.meetings import Meeting
from lib.domain.terms import MEETING_FIELDS
from lib.domain.vocabulary import Partner
from lib.errors import FormError
from lib.ingest.forms import Fault, day_faults, refuse, text_faults, tidy
from lib.store import schema as s
from lib.store.erasing import erase_meeting_text
from lib.store.known import unknown_keys
from lib.store.meetings import already_kept, save_meeting
from lib.store.revisions import change
from lib.store.schema.actions import MAX_TEXT_CHARS, MAX_TITLE_CHARS

MAX_DECISIONS = 200


def store_meeting(engine: Engine, meeting: Meeting, *, by: Partner) -> Meeting:
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
        return save_meeting(made, checked_meeting(meeting, made.connection), by=by)


def take_out_meeting_text(
    engine: Engine, meeting_id: int, field: str, *, by: Partner, keeps_current: bool = False
) -> int:
    """Takes a text out of a meeting and of its whole history; what it gives back is that of ``erase_meeting_text``.

    Raises:
        FormError: If the store has no such meeting, or if it never said anything there: nothing is written.
    """
    with change(engine, "texte retiré") as made:
        if unknown_keys(made.connection, s.Meeting, [meeting_id]):
            raise FormError({"meeting_id": f"Aucune réunion ne porte le numéro {meeting_id}."})
        count = erase_meeting_text(made, meeting_id, field, by=by, keeps_current=keeps_current)
        if not count:
            label = quoted(MEETING_FIELDS[field])
            raise FormError({field: f"Le champ {label} de la réunion {meeting_id} ne contient aucun texte à retirer."})
        return count


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
