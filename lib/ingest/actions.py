"""Joint actions as partners type them: judged, every fault at once, before they are kept."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, Engine

from lib.domain.actions import JointAction
from lib.domain.clocks import Clock
from lib.domain.labels import quoted
from lib.domain.terms import ACTION_FIELDS, ACTION_STATUSES
from lib.domain.vocabulary import ActionStatus, Partner
from lib.ingest.cleaning import MAX_AMOUNT
from lib.ingest.forms import Fault, day_faults, number_faults, refuse, text_faults, tidy
from lib.store import schema as s
from lib.store.actions import save_action
from lib.store.known import unknown_keys
from lib.store.revisions import change
from lib.store.schema.actions import MAX_TEXT_CHARS, MAX_TITLE_CHARS, MAX_UNIT_CHARS

LINES = {"title": MAX_TITLE_CHARS, "volume_unit": MAX_UNIT_CHARS}
TEXTS = dict.fromkeys(("problem", "objective", "means", "abandon_reason"), MAX_TEXT_CHARS)
LAST_MINUTE, LAST_WEEKDAY = 1439, 6
PLACE_KEYS = {
    "residence_id": s.Residence,
    "qpv_id": s.Qpv,
    "district_id": s.District,
    "commune_code": s.Commune,
}


def store_action(engine: Engine, action: JointAction, *, by: Partner) -> JointAction:
    """Judges an action and keeps it.

    Returns:
        The action as kept, at its new version.

    Raises:
        FormError: If something is wrong: nothing is written.
        ConflictError: If another person changed it meanwhile: nothing is written.
    """
    with change(engine, "action conjointe") as made:
        return save_action(made, checked(action, made.connection), by=by)


def checked(action: JointAction, connection: Connection) -> JointAction:
    """The action, its texts tidied and its cost in whole cents.

    Raises:
        FormError: If something is wrong, every fault by field.
    """
    texts = {name: tidy(getattr(action, name), is_line=name in LINES) for name in (*LINES, *TEXTS)}
    cost = None if action.cost_euros is None else round(action.cost_euros, 2)
    tidied = replace(action, **texts, cost_euros=cost)
    refuse([*_faults(tidied), *_unknown(tidied, connection)], ACTION_FIELDS)
    return tidied


def _faults(action: JointAction) -> Iterator[Fault]:
    if not action.title:
        yield "title", "donnez un titre à l’action, une ligne suffit"
    for name, max_chars in (LINES | TEXTS).items():
        yield from text_faults(name, getattr(action, name), max_chars)
    yield from _status_faults(action)
    yield from _hours_faults(action)
    yield from _objective_faults(action)
    yield from _means_faults(action)
    yield from _dates_faults(action)
    for clock in action.clocks:
        yield from _clock_faults(clock)


def _status_faults(action: JointAction) -> Iterator[Fault]:
    is_abandoned = action.status == ActionStatus.ABANDONED
    if is_abandoned and not action.abandon_reason:
        yield "abandon_reason", "dites en une phrase pourquoi l’action est abandonnée"
    if action.abandon_reason and not is_abandoned:
        abandoned = quoted(ACTION_STATUSES[ActionStatus.ABANDONED])
        yield "abandon_reason", f"effacez-le, ou passez l’action à l’état {abandoned}"


def _hours_faults(action: JointAction) -> Iterator[Fault]:
    if any(not 0 <= day <= LAST_WEEKDAY for day in action.weekdays):
        yield "weekdays", "choisissez des jours de la semaine"
    if (action.start_minute is None) != (action.end_minute is None):
        yield "end_minute", "donnez les deux heures, ou aucune"
    for name in ("start_minute", "end_minute"):
        minute = getattr(action, name)
        if minute is not None and not 0 <= minute <= LAST_MINUTE:
            yield name, "donnez une heure du jour, de 0\u00a0h à 23\u00a0h\u00a059"


def _objective_faults(action: JointAction) -> Iterator[Fault]:
    for name in ("baseline", "target"):
        yield from number_faults(name, getattr(action, name))
    has_values = action.baseline is not None or action.target is not None
    if action.indicator is None and (action.objective or has_values):
        yield "indicator", "choisissez ce qui mesurera l’objectif"
    if action.target is None and (action.objective or action.indicator is not None):
        yield "target", "donnez la valeur à atteindre"


def _means_faults(action: JointAction) -> Iterator[Fault]:
    yield from number_faults("cost_euros", action.cost_euros, MAX_AMOUNT - 1)
    yield from number_faults("tfpb_pct", action.tfpb_pct, 100)
    yield from number_faults("volume", action.volume)
    if action.volume is not None and not action.volume_unit:
        yield "volume_unit", "dites ce qui est compté (appels, colis, visites)"
    if action.volume_unit and action.volume is None:
        yield "volume", "donnez le nombre prévu, ou effacez l’unité"


def _dates_faults(action: JointAction) -> Iterator[Fault]:
    for name in ("starts_on", "due_on", "evaluated_on"):
        yield from day_faults(name, getattr(action, name))
    if action.starts_on and action.due_on and action.due_on < action.starts_on:
        yield "due_on", "elle précède le début\u00a0; corrigez l’une des deux dates"
    if action.starts_on and action.evaluated_on and action.evaluated_on < action.starts_on:
        yield "evaluated_on", "elle précède le début\u00a0; corrigez l’une des deux dates"


def _clock_faults(clock: Clock) -> Iterator[Fault]:
    yield from day_faults("clocks", clock.starts_on)
    yield from day_faults("clocks", clock.answered_on)
    if clock.answered_on and clock.answered_on < clock.starts_on:
        yield "clocks", "la réponse précède le départ du délai\u00a0; corrigez l’une des deux dates"


def _unknown(action: JointAction, connection: Connection) -> Iterator[Fault]:
    """What the store does not hold: a list that changed since the form was drawn."""
    for name, table in PLACE_KEYS.items():
        if unknown_keys(connection, table, (getattr(place, name) for place in action.places)):
            yield "places", "l’un des lieux n’existe plus\u00a0; rechargez la page et choisissez-le de nouveau"
    if unknown_keys(connection, s.IncidentFamily, [action.family_code]):
        yield "family_code", "choisissez une famille de la nomenclature"
    if unknown_keys(connection, s.Meeting, [action.meeting_id]):
        yield "meeting_id", "cette réunion n’existe plus\u00a0; rechargez la page et choisissez-la de nouveau"
