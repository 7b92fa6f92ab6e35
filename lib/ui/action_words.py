"""What is said of a joint action: its places, its hours, its legal delays, any of its fields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lib.domain.actions import WEEKDAYS, ActionPlace, ActionPlaceKind, JointAction
from lib.domain.clocks import LEGAL_TERMS, Clock, clock_state
from lib.domain.labels import MISSING, NBSP, date_label, number, percent, plural, service_label, time_label
from lib.domain.meetings import Meeting, decided_by
from lib.domain.objectives import is_met
from lib.domain.terms import (
    ACTION_INDICATORS,
    ACTION_KINDS,
    ACTION_STATUSES,
    FAMILIES_SHORT,
    LEGAL_CLOCKS,
    MEETING_BODIES,
    PARTNERS,
)
from lib.exports.actions import BEYOND_SCOPE
from lib.snapshot import territories
from lib.snapshot.places import Level
from lib.store.versions import PARIS
from lib.ui.drilldown import hall_name
from lib.ui.session import Visit

LEVELS = {
    ActionPlaceKind.RESIDENCE: Level.RESIDENCE,
    ActionPlaceKind.HALL: Level.RESIDENCE,
    ActionPlaceKind.QPV: Level.QPV,
    ActionPlaceKind.DISTRICT: Level.DISTRICT,
    ActionPlaceKind.COMMUNE: Level.COMMUNE,
}


@dataclass(frozen=True)
class Names:
    """What places are called, and the meetings that dealt with actions.

    Attributes:
        places: By level and key, name and what stands beside it (a commune), blank where nothing does.
        codes: By level and key, what addresses call the place.
        decided_by: By key of an action, what the meetings that dealt with it are called.
        meetings: Those of the scope.
    """

    places: Mapping[Level, Mapping[Any, tuple[str, str]]]
    codes: Mapping[Level, Mapping[Any, str]]
    decided_by: Mapping[int, str]
    meetings: Sequence[Meeting] = ()


def names(visit: Visit, meetings: Sequence[Meeting]) -> Names:
    """Names of every place that an action may bear on, and of those of these meetings that dealt with actions."""
    places, codes = {}, {}
    for level in dict.fromkeys(LEVELS.values()):
        rows = visit.ask_store(territories.place_names, level, visit.scope)
        named = rows["place_name"].map(service_label) if level == Level.DISTRICT else rows["place_name"]
        beside = [text if isinstance(text, str) and level != Level.DISTRICT else "" for text in rows["commune_name"]]
        places[level] = dict(zip(rows["place_key"], zip(named, beside, strict=True), strict=True))
        own = rows["place_code"] if level in {Level.QPV, Level.COMMUNE} else rows["place_key"].astype(str)
        codes[level] = dict(zip(rows["place_key"], own, strict=True))
    return Names(places, codes, decided_by(meetings), meetings)


def meeting_words(meeting: Meeting) -> str:
    """«Comité de pilotage (COPIL) du 17 septembre 2026»."""
    return f"{MEETING_BODIES[meeting.body]} du {date_label(meeting.held_on)}"


def key_of(place: ActionPlace) -> Any:
    """The key of a place at its level."""
    keys = (place.residence_id, place.qpv_id, place.district_id, place.commune_code)
    return next(key for key in keys if key is not None)


def is_known(place: ActionPlace, known: Names) -> bool:
    """Whether a place exists within the scope."""
    return key_of(place) in known.places[LEVELS[place.kind]]


def place_words(place: ActionPlace, known: Names) -> str:
    """«Bâtiment A, hall 2, Les Mauves, Arpajon»; a place beyond the scope, or that exists no more, has no name."""
    if not is_known(place, known):
        return BEYOND_SCOPE
    name, beside = known.places[LEVELS[place.kind]][key_of(place)]
    hall = [hall_name(place.building_code, place.hall_code)] if place.hall_code else []
    return ", ".join([*hall, name, *([beside] if beside else [])])


def seen_places(places: Iterable[ActionPlace], known: Names) -> tuple[list[ActionPlace], list[str]]:
    """Places within the scope, and what is said after them of those beyond it: once, however many they are."""
    places = list(places)
    seen = [place for place in places if is_known(place, known)]
    return seen, [BEYOND_SCOPE] if len(seen) < len(places) else []


def sheet_words(place: ActionPlace, known: Names) -> dict[str, object]:
    """Words of the address of the sheet of a place."""
    word = {Level.RESIDENCE: "residence", Level.QPV: "quartier", Level.DISTRICT: "service", Level.COMMUNE: "commune"}
    level = LEVELS[place.kind]
    own: dict[str, object] = {word[level]: known.codes[level].get(key_of(place))}
    return own | {"batiment": place.building_code or None, "hall": place.hall_code or None}


def amount(value: float) -> str:
    """«41», «0,333»: as it was typed, so that two values that differ are never said alike."""
    exact = f"{Decimal(str(value)):,f}".removesuffix(".0")
    return exact.replace(",", NBSP).replace(".", ",")


def euros(value: float) -> str:
    """«41», «1 500,50», kept in whole cents."""
    return number(value, 0 if float(value).is_integer() else 2)


def objective_words(action: JointAction) -> str:
    """The objective as written, then as measured; empty where neither is said."""
    measured = measure_words(action)
    if not measured or not action.objective:
        return measured or action.objective
    return f"{action.objective.rstrip('.')} ({measured[0].lower()}{measured[1:]})"


def measure_words(action: JointAction) -> str:
    """«Faits recensés en 12 mois : de 41 à 20, 18 atteints selon…»; empty where nothing is measured."""
    if action.indicator is None or action.target is None:
        return ""
    aimed = amount(action.target)
    said = f"objectif {aimed}" if action.baseline is None else f"de {amount(action.baseline)} à {aimed}"
    return f"{counted_words(action)}\u00a0: {said}{_reached_words(action)}"


def counted_words(action: JointAction) -> str:
    """«Faits recensés en 12 mois»: the indicator of an objective and how long it is counted."""
    assert action.indicator is not None
    over = f" en {action.months_measured} mois" if action.months_measured else ""
    return f"{ACTION_INDICATORS[action.indicator]}{over}"


def is_met_words(action: JointAction) -> str:
    """«objectif tenu», «objectif non tenu»; empty as long as no value reached is written."""
    met = is_met(action)
    return "" if met is None else f"objectif {'tenu' if met else 'non tenu'}"


def _reached_words(action: JointAction) -> str:
    """«, valeur atteinte 18 selon les partenaires : objectif tenu»."""
    if action.reached is None:
        return ""
    return f", valeur atteinte {amount(action.reached)} selon les partenaires\u00a0: {is_met_words(action)}"


def volume_words(action: JointAction) -> str:
    """«96 sur 120 appels», «prévu : 120 appels»: what a social action did of what it is to do; empty without one."""
    if action.volume is None:
        return ""
    planned = f"{number(action.volume)} {action.volume_unit}"
    return f"prévu\u00a0: {planned}" if action.volume_done is None else f"{number(action.volume_done)} sur {planned}"


def cost_words(action: JointAction) -> str:
    """«18 000 €, dont 10 800 € (60 %) à l’abattement de TFPB»; empty where neither is said."""
    if action.cost_euros is None:
        return "" if action.tfpb_pct is None else f"{percent(action.tfpb_pct)} à l’abattement de TFPB"
    cost = f"{euros(action.cost_euros)}\u00a0€"
    if action.tfpb_pct is None:
        return cost
    charged = euros(round(action.cost_euros * action.tfpb_pct / 100, 2))
    return f"{cost}, dont {charged}\u00a0€ ({percent(action.tfpb_pct)}) à l’abattement de TFPB"


def day_words(instant: datetime) -> str:
    """The day of an instant of the store, in Paris."""
    return date_label(instant.astimezone(PARIS).date())


def clock_words(clock: Clock, on: date) -> str:
    """«Réponse à l’injonction du préfet : au plus tard le 12 octobre 2026, 3 jours restants (Code de …)»."""
    ground = f" ({LEGAL_TERMS[clock.kind].ground})" if clock.answered_on is None else ""
    return f"{LEGAL_CLOCKS[clock.kind]}\u00a0: {clock_state(clock, on)}{ground}"


def due_words(action: JointAction, on: date) -> str:
    """The day awaited and how far it is: «31 octobre 2026, en retard de 12 jours»; «…, délai légal» for one."""
    awaited = action.next_on() or action.due_on
    if awaited is None:
        return MISSING
    is_legal = awaited != action.due_on or (not action.is_open and action.next_on() is not None)
    said = f"{date_label(awaited)}{', délai légal' if is_legal else ''}"
    late = (on - awaited).days
    return f"{said}, en retard de {plural(late, 'jour')}" if action.is_overdue(on) and late > 0 else said


def awaited_words(action: JointAction, on: date) -> str:
    """«pour le 31 octobre 2026, en retard de 12 jours»; or that no day was given."""
    said = due_words(action, on)
    return "sans échéance" if said == MISSING else f"pour le {said}"


def field_words(name: str, value: Any, known: Names) -> str:
    """Any field of an action as a sentence says it; «—» where nothing is said."""
    if value in (None, "", ()):
        return MISSING
    return _FIELDS.get(name, _plain)(value, known)


def _plain(value: Any, _known: Names) -> str:
    if isinstance(value, date):
        return date_label(value)
    if isinstance(value, int | float) and not isinstance(value, StrEnum):
        return amount(value)
    return str(value)


def _in(labels: Mapping[Any, str]) -> Callable[[Any, Names], str]:
    return lambda value, _known: labels[value]


def _apart(places: Iterable[ActionPlace], known: Names) -> str:
    seen, beyond = seen_places(places, known)
    return "\u00a0; ".join([*(place_words(place, known) for place in seen), *beyond])


_FIELDS: dict[str, Callable[[Any, Names], str]] = {
    "kind": _in(ACTION_KINDS),
    "status": _in(ACTION_STATUSES),
    "indicator": _in(ACTION_INDICATORS),
    "pilot": _in(PARTNERS),
    "family_code": _in(FAMILIES_SHORT),
    "partners": lambda values, _known: _listed([PARTNERS[one] for one in values]),
    "weekdays": lambda values, _known: _listed([WEEKDAYS[day] for day in values]),
    "start_minute": lambda value, _known: time_label(value),
    "end_minute": lambda value, _known: time_label(value),
    "cost_euros": lambda value, _known: euros(value),
    "tfpb_pct": lambda value, _known: percent(value),
    "places": _apart,
    "clocks": lambda values, _known: "\u00a0; ".join(
        f"{LEGAL_CLOCKS[clock.kind]}, départ le {date_label(clock.starts_on)}"
        + (f", fait le {date_label(clock.answered_on)}" if clock.answered_on else "")
        for clock in values
    ),
}


def _listed(words: list[str]) -> str:
    return " et ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
