"""One joint action: its facts in one card, its legal delays, its form, and every change made to it."""

from typing import Any

import streamlit as st
from markupsafe import Markup

from lib.domain.actions import SETS, ActionPlace, JointAction, hours_label
from lib.domain.labels import MISSING, date_label
from lib.domain.terms import ACTION_FIELDS, ACTION_KINDS, ACTION_STATUSES, PARTNERS
from lib.domain.versions import Version
from lib.store.actions import history
from lib.ui import action_form, action_measure, action_meetings, action_save, data, version_blocks
from lib.ui import components as c
from lib.ui.action_state import today
from lib.ui.action_words import (
    Names,
    clock_words,
    cost_words,
    due_words,
    field_words,
    objective_words,
    place_words,
    seen_places,
    sheet_words,
    volume_words,
)
from lib.ui.links import href
from lib.ui.marks import late
from lib.ui.session import Visit
from lib.ui.version_blocks import Told, change_words


def sheet(visit: Visit, action: JointAction, known: Names, steps: Any) -> None:
    """The action as it is kept, then what changes it."""
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        c.definition_card("L’intervention", _facts(visit, action, known))
        action_meetings.way_to_one(visit, action, known)
    with right:
        _delays(visit, action)
        with st.container(key="historique-tenu"):
            _history(visit, action, known)
    action_measure.measure(visit, action)
    with st.container(key="formulaire"):
        c.section("Modifier l’intervention")
        edit(visit, action, known, steps)


def edit(visit: Visit, action: JointAction, known: Names, steps: Any) -> None:
    """The form of an action, or the two texts to bring together when another partner wrote first."""
    form = action_form.opened(action)
    if form.key(action_save.CONFLICT) not in st.session_state:
        action_form.draw(visit, form, known)
    action_save.bar(form, steps, known, visit.scope)


def _facts(visit: Visit, action: JointAction, known: Names) -> dict[str, object]:
    seen, beyond = seen_places(action.places, known)
    places = [*(_place(place, known) for place in seen), *beyond]
    facts: dict[str, object] = {
        "État": f"{ACTION_STATUSES[action.status]}, {ACTION_KINDS[action.kind].lower()}",
        "Motif d’abandon": action.abandon_reason,
        "Lieux": Markup("<br>").join(places) if places else "à préciser",
        "Problème": action.problem,
        "Jours et heures": hours_label(action),
        "Objectif": objective_words(action),
        "Volume": volume_words(action),
        "Pilote": PARTNERS[action.pilot] if action.pilot else MISSING,
        "Partenaires": field_words("partners", action.partners, known),
        "Moyens": action.means,
        "Fondement légal": action.legal_ground,
        "Coût": cost_words(action),
        "Début": field_words("starts_on", action.starts_on, known),
        "À faire au plus tard": due_words(action, today(visit)) if action.is_open or action.next_on() else "",
        "Échéance": "" if action.is_open else field_words("due_on", action.due_on, known),
        "Évaluation": field_words("evaluated_on", action.evaluated_on, known),
        **action_meetings.dealt_with(action, known),
    }
    return {name: value for name, value in facts.items() if value}


def _place(place: ActionPlace, known: Names) -> Markup:
    """The name of a place that the scope may see, leading to its sheet."""
    return c.link_cell(place_words(place, known), href("circonscriptions", **sheet_words(place, known)))


def _delays(visit: Visit, action: JointAction) -> None:
    if not action.clocks:
        return
    on = today(visit)
    c.section("Délais légaux", f"vus du {date_label(on)}")
    told = [(clock_words(clock, on), clock.is_overdue(on) or clock.is_late_answer) for clock in action.clocks]
    c.findings([late(said) if is_late else said for said, is_late in told])


def _history(visit: Visit, action: JointAction, known: Names) -> None:
    assert action.action_id is not None
    versions: list[Version[JointAction]] = data.record(history, visit.snapshot, action.action_id, visit.scope)
    told = Told("Création de l’intervention", ACTION_FIELDS, lambda before, now: _changes(before, now, known))
    c.section("Historique", f"version {action.version}")
    version_blocks.table(versions, told)


def _changes(before: JointAction, now: JointAction, known: Names) -> list[Markup]:
    changed = [name for name in ACTION_FIELDS if getattr(now, name) != getattr(before, name)]
    return [_change(name, getattr(before, name), getattr(now, name), known) for name in changed]


def _change(name: str, before: Any, now: Any, known: Names) -> Markup:
    """What a field was and is; of a list, what alone came and went."""
    if name not in SETS:
        return change_words(ACTION_FIELDS[name], *(field_words(name, value, known) for value in (before, now)))
    parts = [
        f"{verb} {field_words(name, own, known)}"
        for verb, own in (("retrait de", _without(before, now)), ("ajout de", _without(now, before)))
        if own
    ]
    return Markup("{}\u00a0: {}").format(ACTION_FIELDS[name], "\u00a0; ".join(parts))


def _without(values: tuple, others: tuple) -> tuple:
    return tuple(value for value in values if value not in others)
