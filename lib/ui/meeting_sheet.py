"""One meeting: its minutes and what was done since the one before, which are printed; then what changes it."""

import streamlit as st

from lib.domain.labels import MISSING, date_label, plural
from lib.domain.meetings import Decision, Meeting, meeting_before
from lib.domain.terms import ACTION_STATUSES, MEETING_FIELDS, PARTNERS
from lib.ui import components as c
from lib.ui import meeting_form, meeting_history
from lib.ui.action_state import Register, today
from lib.ui.action_words import day_words, due_words, objective_words
from lib.ui.marks import late
from lib.ui.meeting_blocks import decided, done_since, unlinked
from lib.ui.session import Visit

HEADS = ["Décision", "Pilote", "À faire au plus tard", "Objectif", "État"]


def new(visit: Visit, register: Register, meeting: Meeting) -> None:
    """A meeting to come: what was done since the last of its series, then its form."""
    _since_the_one_before(visit, register, meeting_form.as_typed(meeting))
    c.section("Relevé de décisions", "chaque décision peut être liée à une intervention")
    meeting_form.edit(visit, register, meeting)


def kept(visit: Visit, register: Register, meeting: Meeting) -> None:
    """The minutes, then the form and the history, which are not printed."""
    places = meeting_history.departements(visit, meeting)
    names = ("departement_code", "label", "partners")
    said = {MEETING_FIELDS[name]: meeting_history.field_said(name, meeting, register, places) for name in names}
    c.definition_card("", {name: words for name, words in said.items() if words != MISSING} | _writer(visit, meeting))
    count = f"{plural(len(meeting.decisions), 'décision')}, état vu du {date_label(today(visit))}"
    c.section("Décisions de cette réunion", count if meeting.decisions else "")
    if meeting.decisions:
        for first in range(0, len(meeting.decisions), c.MAX_TABLE_ROWS):  # all of them: a page would print alone
            several = meeting.decisions[first : first + c.MAX_TABLE_ROWS]
            c.table(HEADS, [_minute(visit, register, one) for one in several])
    else:
        c.source("Aucune décision n’est encore inscrite.")
    _since_the_one_before(visit, register, meeting)
    with st.container(key="formulaire"):
        c.section("Modifier la réunion")
        meeting_form.edit(visit, register, meeting)
    with st.container(key="historique-tenu"):
        meeting_history.table(visit, register, meeting)


def _writer(visit: Visit, meeting: Meeting) -> dict[str, str]:
    """Who wrote the version shown, and when; nothing of a meeting written before its history was kept."""
    newest = next(iter(meeting_history.versions(visit, meeting)), None)
    if newest is None:
        return {}
    written = f"version {newest.version}, {day_words(newest.changed_at)}"
    return {"Relevé": f"{written}, au nom de\u00a0: {PARTNERS[newest.changed_by]}"}


def _minute(visit: Visit, register: Register, decision: Decision) -> list[object]:
    """A decision as minutes have it: words, action, places, who leads, by when, to what end, where it is."""
    on, action = today(visit), register.actions.get(decision.action_id or 0)
    if action is None:
        return [c.two_lines(decision.text, unlinked(decision)), *[MISSING] * (len(HEADS) - 1)]
    due = due_words(action, on)
    return [
        decided(decision, action, register),
        PARTNERS[action.pilot] if action.pilot else MISSING,
        late(due) if action.is_overdue(on) else due,
        objective_words(action) or MISSING,
        ". ".join(filter(None, (ACTION_STATUSES[action.status], action.abandon_reason))),
    ]


def _since_the_one_before(visit: Visit, register: Register, meeting: Meeting) -> None:
    on = today(visit)
    before = meeting_before(register.meetings, meeting, today=on)
    if before is None:
        c.source("C’est la première réunion inscrite pour cette instance.")
        return
    is_kept = meeting.meeting_id is not None
    title = "Ce qui a été fait depuis la réunion précédente" if is_kept else "Ce qui a été fait depuis"
    done_since(
        visit, register, before, until=meeting.held_on if is_kept and meeting.held_on < on else None, title=title
    )
