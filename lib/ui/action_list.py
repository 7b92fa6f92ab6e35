"""The register of joint actions: late ones first, then by what is awaited; taken away as a file or a calendar."""

from datetime import UTC, date, datetime
from functools import partial

import streamlit as st

from lib.domain.actions import ActionPlace, JointAction, by_urgency
from lib.domain.filters import IncidentFilter
from lib.domain.labels import MISSING, date_label, number, plural
from lib.domain.terms import ACTION_STATUSES, PARTNERS
from lib.domain.vocabulary import ActionStatus
from lib.exports.actions import action_headings, action_lines
from lib.exports.calendar import action_events, as_ical, meeting_events
from lib.exports.tables import as_csv, as_xlsx
from lib.snapshot.actions import action_departements
from lib.store.settings import register_key
from lib.ui import blocks, data
from lib.ui import components as c
from lib.ui.action_state import ACTION, ANYWHERE, NEW, Register, here, today
from lib.ui.action_words import Names, due_words, is_known, measure_words, place_words, seen_places
from lib.ui.downloads import downloads
from lib.ui.marks import late
from lib.ui.session import Visit

PLACES_SHOWN = 2
LATE, ALL = "En retard", "Tous les états"


def title(actions: list[JointAction], on: date) -> str:
    """«2 interventions en retard, 5 en cours»."""
    if not actions:
        return "Aucune intervention conjointe n’est encore inscrite"
    late = sum(action.is_overdue(on) for action in actions)
    ongoing = sum(action.status == ActionStatus.ONGOING for action in actions)
    waiting = sum(action.status in {ActionStatus.PROPOSED, ActionStatus.DECIDED} for action in actions)
    if late:
        return f"{plural(late, 'intervention')} en retard, {_none(ongoing)} en cours, {_none(waiting)} à lancer"
    begun = plural(ongoing, "intervention") if ongoing else "Aucune intervention"
    return f"{begun} en cours, {_none(waiting)} à lancer, aucune en retard"


def _none(count: int) -> str:
    return number(count) if count else "aucune"


def table(visit: Visit, register: Register, actions: list[JointAction]) -> None:
    """The way to a new action, the states to choose from, the table and its files."""
    on = today(visit)
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        state = st.selectbox("État", [ALL, LATE, *ACTION_STATUSES.values()], key="etat", bind="query-params")
    with right:
        c.html(c.link_cell("Proposer une intervention", here(**{NEW: ANYWHERE})))
    shown = by_urgency([action for action in actions if _is_in(action, state, on)], on)
    order = f"vues du {date_label(on)}, en retard d’abord, puis par échéance"
    c.section("Interventions", f"{plural(len(shown), 'intervention')} {order}")
    if not shown:
        c.source("Aucune intervention dans cet état pour les lieux choisis.")
        return
    heads = ["Intervention", "État", "Réunion", "Pilote", "À faire au plus tard", "Objectif"]
    with blocks.paged(len(shown), "interventions") as ranks:
        c.table(heads, [_line(action, register.names, on) for action in shown[ranks]])
    _downloads(visit, register, shown)


def _is_in(action: JointAction, state: str, on: date) -> bool:
    if state == LATE:
        return action.is_overdue(on)
    return state == ALL or ACTION_STATUSES[action.status] == state


def _line(action: JointAction, known: Names, on: date) -> list[object]:
    due = due_words(action, on)
    return [
        c.two_lines(c.link_cell(action.title, here(**{ACTION: action.action_id})), places_words(action, known)),
        ACTION_STATUSES[action.status],
        known.decided_by.get(action.action_id or 0, MISSING),
        PARTNERS[action.pilot] if action.pilot else MISSING,
        late(due) if action.is_overdue(on) else due,
        measure_words(action) or MISSING,
    ]


def places_words(action: JointAction, known: Names) -> str:
    """The first places, and how many more; those beyond the scope said once, at the end."""
    seen, beyond = seen_places(action.places, known)
    shown, more = [place_words(place, known) for place in seen[:PLACES_SHOWN]], len(seen) - PLACES_SHOWN
    others = [f"et {plural(more, 'autre')}"] if more > 0 else []
    return "\u00a0; ".join([*shown, *others, *beyond]) or "lieu à préciser"


def _downloads(visit: Visit, register: Register, shown: list[JointAction]) -> None:
    on, places = today(visit), {place for action in shown for place in action.places}
    known = {place: place_words(place, register.names) for place in places if is_known(place, register.names)}
    decided_by = register.names.decided_by
    rows = visit.ask(action_departements, chosen=IncidentFilter(visit.period))
    told = {"departements": dict(zip(rows["action_id"], rows["departements"], strict=True)), "decided_by": decided_by}
    lines = partial(action_lines, shown, known, **told, on=on, is_synthetic=visit.is_synthetic)
    downloads(
        f"interventions-{on:%Y-%m-%d}",
        {
            "csv": lambda: as_csv(lines()),
            "xlsx": lambda: as_xlsx(lines(), sheet="Interventions", headings=action_headings(shown)),
            "ics": partial(_calendar, visit, register, shown, known, data.record(register_key, visit.snapshot)),
        },
    )


def _calendar(
    visit: Visit, register: Register, shown: list[JointAction], known: dict[ActionPlace, str], key: str
) -> bytes:
    events = [*action_events(shown, known), *meeting_events(register.meetings)]
    return as_ical(events, register=key, made_at=datetime.now(UTC), is_synthetic=visit.is_synthetic)
