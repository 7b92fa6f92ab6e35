"""Joint actions as partners type them: judged, every fault at once, before they are kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain

from sqlalchemy import Connection, Engine

from lib.domain.actions import JointAction
from lib.domain.clocks import Clock
from lib.domain.labels import date_label, quoted
from lib.domain.objectives import COUNTED
from lib.domain.scope import Scope
from lib.domain.terms import ACTION_FIELDS, ACTION_KINDS, ACTION_STATUSES
from lib.domain.vocabulary import ActionKind, ActionStatus, Partner
from lib.errors import FormError
from lib.ingest.cleaning import MAX_AMOUNT
from lib.ingest.forms import Fault, day_faults, number_faults, refuse, text_faults, tidy
from lib.store import actions as register
from lib.store import schema as s
from lib.store.erasing import erase_text
from lib.store.halls import unknown_halls
from lib.store.known import unknown_keys
from lib.store.revisions import change
from lib.store.schema.actions import MAX_MONTHS_MEASURED, MAX_TEXT_CHARS, MAX_TITLE_CHARS, MAX_UNIT_CHARS
from lib.store.scopes import places_seen

EVERYTHING = Scope.everything()
MAX_CODE_CHARS = 40  # of a building or a hall, in the store
LINES = {"title": MAX_TITLE_CHARS, "volume_unit": MAX_UNIT_CHARS}
TEXTS = dict.fromkeys(("problem", "objective", "means", "legal_ground", "abandon_reason"), MAX_TEXT_CHARS)
LAST_MINUTE, LAST_WEEKDAY = 1439, 6
PLACE_KEYS = {
    "residence_id": s.Residence,
    "qpv_id": s.Qpv,
    "district_id": s.District,
    "commune_code": s.Commune,
}


def store_action(engine: Engine, action: JointAction, *, by: Partner, scope: Scope = EVERYTHING) -> JointAction:
    """Judges an action and keeps it; one that changes nothing writes nothing, and leaves every kept answer as it is.

    ``scope``: of who writes, who must still see the action once it is kept.

    Returns:
        The action as kept, at its new version; at the version held where that one already says the same.

    Raises:
        FormError: If something is wrong: nothing is written.
        ConflictError: If another person changed it meanwhile: nothing is written.
    """
    with engine.connect() as connection:
        held = register.already_kept(connection, checked(action, connection, scope=scope))
    if held is not None:
        return held
    with change(engine, "action conjointe") as made:
        return register.save_action(made, checked(action, made.connection, scope=scope), by=by)


def take_out_text(engine: Engine, action_id: int, field: str, *, by: Partner, keeps_current: bool = False) -> int:
    """Takes a text out of an action and of its whole history; what it gives back is that of ``erase_text``.

    Raises:
        FormError: If the store has no such action, or if it never said anything there: nothing is written.
    """
    with change(engine, "texte retiré") as made:
        if unknown_keys(made.connection, s.JointAction, [action_id]):
            raise FormError({"action_id": f"Aucune intervention ne porte le numéro {action_id}."})
        count = erase_text(made, action_id, field, by=by, keeps_current=keeps_current)
        if not count:
            label = quoted(ACTION_FIELDS[field])
            raise FormError(
                {field: f"Le champ {label} de l’intervention {action_id} ne contient aucun texte à retirer."}
            )
        return count


def checked(
    action: JointAction, connection: Connection, *, scope: Scope = EVERYTHING, on: date | None = None
) -> JointAction:
    """The action, its texts tidied and its cost in whole cents.

    ``scope``: of who writes; ``on``: last day on which something may have been done, the civil day in Paris by default.

    Raises:
        FormError: If something is wrong, every fault by field.
    """
    texts = {name: tidy(getattr(action, name), is_line=name in LINES) for name in (*LINES, *TEXTS)}
    cost = None if action.cost_euros is None else round(action.cost_euros, 2)
    tidied = replace(action, **texts, cost_euros=cost)
    said = (_unmeasured(tidied, connection), _unknown(tidied, connection), _hidden(tidied, connection, scope))
    refuse(chain(_faults(tidied, on or register.today()), *said), ACTION_FIELDS)
    return tidied


def _faults(action: JointAction, on: date) -> Iterator[Fault]:
    if not action.title:
        yield "title", "donnez un titre à l’intervention, une ligne suffit"
    for name, max_chars in (LINES | TEXTS).items():
        yield from text_faults(name, getattr(action, name), max_chars)
    yield from _status_faults(action)
    yield from _hours_faults(action)
    yield from _objective_faults(action)
    yield from _means_faults(action)
    yield from _dates_faults(action)
    for clock in action.clocks:
        yield from _clock_faults(clock, on)
    for code in dict.fromkeys(code for place in action.places for code in (place.building_code, place.hall_code)):
        yield from text_faults("places", code, MAX_CODE_CHARS)


def _status_faults(action: JointAction) -> Iterator[Fault]:
    is_abandoned = action.status == ActionStatus.ABANDONED
    if is_abandoned and not action.abandon_reason:
        yield "abandon_reason", "dites en une phrase pourquoi l’intervention est abandonnée"
    if action.abandon_reason and not is_abandoned:
        abandoned = quoted(ACTION_STATUSES[ActionStatus.ABANDONED])
        yield "abandon_reason", f"effacez-le, ou passez l’intervention à l’état {abandoned}"


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
    values = ("baseline", "target", "reached")
    for name in values:
        yield from number_faults(name, getattr(action, name))
    has_values = any(getattr(action, name) is not None for name in values)
    if action.indicator is None and (action.objective or has_values):
        yield "indicator", "choisissez ce qui mesurera l’objectif"
    if action.target is None and (action.objective or action.indicator is not None):
        yield "target", "donnez la valeur à atteindre"
    if action.months_measured is not None and not 1 <= action.months_measured <= MAX_MONTHS_MEASURED:
        yield "months_measured", f"donnez un nombre de mois de 1 à {MAX_MONTHS_MEASURED}"


def _means_faults(action: JointAction) -> Iterator[Fault]:
    yield from number_faults("cost_euros", action.cost_euros, MAX_AMOUNT - 1)
    yield from number_faults("tfpb_pct", action.tfpb_pct, 100)
    for name in ("volume", "volume_done"):
        yield from number_faults(name, getattr(action, name))
    volumes = (action.volume, action.volume_done)
    if action.kind != ActionKind.SOCIAL and (action.volume_unit or any(one is not None for one in volumes)):
        social = quoted(ACTION_KINDS[ActionKind.SOCIAL])
        yield "volume", f"effacez-le avec son unité, ou choisissez la nature {social}"
        return
    if action.volume is not None and not action.volume_unit:
        yield "volume_unit", "dites ce qui est compté (appels, colis, visites)"
    if action.volume is None and (action.volume_unit or action.volume_done is not None):
        yield "volume", "donnez le nombre prévu, ou effacez l’unité et le volume réalisé"


def _dates_faults(action: JointAction) -> Iterator[Fault]:
    for name in ("starts_on", "due_on", "evaluated_on"):
        yield from day_faults(name, getattr(action, name))
    if action.starts_on and action.due_on and action.due_on < action.starts_on:
        yield "due_on", "elle précède le début\u00a0; corrigez l’une des deux dates"
    if action.starts_on and action.evaluated_on and action.evaluated_on < action.starts_on:
        yield "evaluated_on", "elle précède le début\u00a0; corrigez l’une des deux dates"


def _clock_faults(clock: Clock, on: date) -> Iterator[Fault]:
    yield from day_faults("clocks", clock.starts_on)
    yield from day_faults("clocks", clock.answered_on)
    if clock.answered_on and clock.answered_on < clock.starts_on:
        yield "clocks", "la réponse précède le départ du délai\u00a0; corrigez l’une des deux dates"
    if clock.answered_on and clock.answered_on > on:
        yield "clocks", f"la réponse est datée d’après aujourd’hui ({date_label(on)})\u00a0; corrigez sa date"


def _hidden(action: JointAction, connection: Connection, scope: Scope) -> Iterator[Fault]:
    """An action is seen by who has a residence in one of its places: with none, who writes would see it no more."""
    if scope != EVERYTHING and action.places and not places_seen(connection, scope, action.places):
        yield (
            "places",
            "aucun de ces lieux n’a de résidence dans votre périmètre, vous ne verriez plus l’intervention\u00a0; "
            "gardez ou ajoutez un lieu de votre périmètre",
        )


def _unmeasured(action: JointAction, connection: Connection) -> Iterator[Fault]:
    """An objective without its months; one kept before months were asked for stays as it is until it is changed."""
    if action.indicator not in COUNTED or action.months_measured is not None:
        return
    held = None if action.action_id is None else register.held_action(connection, action.action_id)
    told = ("indicator", "baseline", "target", "reached", "months_measured")
    if held is None or any(getattr(held, name) != getattr(action, name) for name in told):
        yield "months_measured", "dites sur combien de mois ces valeurs sont comptées"


def _unknown(action: JointAction, connection: Connection) -> Iterator[Fault]:
    """What the store does not hold: a list that changed since the form was drawn."""
    for name, table in PLACE_KEYS.items():
        if unknown_keys(connection, table, (getattr(place, name) for place in action.places)):
            yield "places", "l’un des lieux n’existe plus\u00a0; rechargez la page et choisissez-le de nouveau"
    halls = [(place.residence_id, place.building_code, place.hall_code) for place in action.places if place.hall_code]
    if unknown_halls(connection, halls, action.action_id):
        yield (
            "places",
            (
                "l’un des halls n’est connu ni d’un registre des halls ni d’un fait de sa résidence\u00a0; retirez-le, "
                "ou choisissez la résidence entière"
            ),
        )
    if unknown_keys(connection, s.IncidentFamily, [action.family_code]):
        yield "family_code", "choisissez une famille de la nomenclature"
