"""The register of joint actions: late ones first, then by what is awaited; taken away as a file or a calendar."""

from datetime import UTC, date, datetime
from functools import partial

import streamlit as st

from lib.domain.actions import ActionPlace, JointAction, by_urgency
from lib.domain.labels import MISSING, plural
from lib.domain.terms import ACTION_STATUSES, PARTNERS
from lib.domain.vocabulary import ActionStatus
from lib.exports.actions import ACTION_HEADINGS, action_lines
from lib.exports.calendar import action_events, as_ical, meeting_events
from lib.exports.tables import as_csv, as_xlsx
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.action_state import ACTION, ANYWHERE, NEW, Register, here
from lib.ui.action_words import Names, due_words, field_words, place_words
from lib.ui.downloads import downloads
from lib.ui.marks import late
from lib.ui.session import Visit

PLACES_SHOWN = 2
LATE, ALL = "En retard", "Toutes"


def title(actions: list[JointAction], on: date) -> str:
    """«2 interventions en retard, 5 en cours»."""
    if not actions:
        return "Aucune intervention conjointe n’est encore inscrite"
    late = sum(action.is_overdue(on) for action in actions)
    ongoing = sum(action.status == ActionStatus.ONGOING for action in actions)
    waiting = sum(action.status in {ActionStatus.PROPOSED, ActionStatus.DECIDED} for action in actions)
    if late:
        return f"{plural(late, 'intervention')} en retard, {ongoing} en cours, {waiting} à lancer"
    return f"{plural(ongoing, 'intervention')} en cours, {waiting} à lancer, aucune en retard"


def table(visit: Visit, register: Register, actions: list[JointAction]) -> None:
    """The way to a new action, the states to choose from, the table and its files."""
    on = visit.data_on
    assert on is not None
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        state = st.selectbox("État", [ALL, LATE, *ACTION_STATUSES.values()], key="etat", bind="query-params")
    with right:
        c.html(c.link_cell("Proposer une intervention", here(**{NEW: ANYWHERE})))
    shown = by_urgency([action for action in actions if _is_in(action, state, on)], on)
    c.section("Interventions", f"{plural(len(shown), 'intervention')}, en retard d’abord, puis par échéance")
    if not shown:
        c.source("Aucune intervention dans cet état pour les lieux choisis.")
        return
    heads = ["Intervention", "État", "Pilote", "À faire au plus tard", "Objectif"]
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
        PARTNERS[action.pilot] if action.pilot else MISSING,
        late(due) if action.is_overdue(on) else due,
        field_words("indicator", action.indicator, known) if action.indicator else MISSING,
    ]


def places_words(action: JointAction, known: Names) -> str:
    """The first places, and how many more."""
    words = [place_words(place, known) for place in action.places[:PLACES_SHOWN]]
    more = len(action.places) - PLACES_SHOWN
    said = "\u00a0; ".join(words) or "lieu à préciser"
    return f"{said}\u00a0; et {plural(more, 'autre')}" if more > 0 else said


def _downloads(visit: Visit, register: Register, shown: list[JointAction]) -> None:
    assert visit.data_on is not None
    known = {place: place_words(place, register.names) for action in shown for place in action.places}
    lines = partial(action_lines, shown, known, on=visit.data_on, is_synthetic=visit.is_synthetic)
    downloads(
        f"interventions-{visit.data_on:%Y-%m-%d}",
        {
            "csv": lambda: as_csv(lines()),
            "xlsx": lambda: as_xlsx(lines(), sheet="Interventions", headings=ACTION_HEADINGS),
            "ics": partial(_calendar, visit, register, shown, known),
        },
    )


def _calendar(visit: Visit, register: Register, shown: list[JointAction], known: dict[ActionPlace, str]) -> bytes:
    events = [*action_events(shown, known), *meeting_events(register.meetings)]
    return as_ical(events, made_at=datetime.now(UTC), is_synthetic=visit.is_synthetic)
