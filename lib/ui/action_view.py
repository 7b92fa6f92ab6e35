"""The page of joint actions: the register and the meetings, or the one thing that the address opens."""

from datetime import date
from typing import Any

import streamlit as st

from lib.analysis.coverage import reporting_coverage
from lib.domain.actions import JointAction
from lib.domain.filters import IncidentFilter
from lib.domain.meetings import LOCAL_BODIES, Meeting
from lib.domain.terms import MEETING_BODIES
from lib.domain.vocabulary import MeetingBody
from lib.errors import AccessError
from lib.snapshot import queries
from lib.snapshot.actions import joint_actions
from lib.snapshot.places import Level
from lib.store.actions import actions as every_action
from lib.store.meetings import meetings as every_meeting
from lib.ui import action_list, action_sheet, data, meeting_blocks, meeting_sheet
from lib.ui import components as c
from lib.ui.action_begun import begun_action
from lib.ui.action_state import ACTION, MEETING, NEW, NEW_MEETING, Register, asked_key, here, new_place, today
from lib.ui.action_words import meeting_words, names
from lib.ui.session import Visit

SENTENCE = "Ce que les partenaires ont décidé de faire ensemble, lieu par lieu\u00a0: qui, quand, avec quel objectif."

MINUTES = "Relevé de décisions\u00a0: ce qui a été décidé, qui le fait, et où c’en est."


def show(visit: Visit, steps: Any) -> None:
    """What the address opens; the register otherwise."""
    found = {action.action_id: action for action in data.record(every_action, visit.snapshot, visit.scope)}
    held = data.record(every_meeting, visit.snapshot, visit.scope)
    register = Register(found, held, names(visit, held), steps)
    if NEW in st.query_params:
        _new_action(visit, register)
    elif NEW_MEETING in st.query_params:
        _new_meeting(visit, register)
    elif ACTION in st.query_params:
        _action(visit, register)
    elif MEETING in st.query_params:
        _meeting(visit, register)
    else:
        _register(visit, register)


def _register(visit: Visit, register: Register) -> None:
    shown = _shown(visit, register)
    _head(visit, action_list.title(shown, today(visit)), f"{SENTENCE} Filtres\u00a0: {visit.said}")
    actions, meetings = st.tabs(["Interventions", "Réunions"], key="registre", bind="query-params")
    with actions:
        if actions.open:
            action_list.table(visit, register, shown)
    with meetings:
        if meetings.open:
            meeting_blocks.meetings(visit, register)


def _shown(visit: Visit, register: Register) -> list[JointAction]:
    """Actions that bear on the selection, and those that no filter can reach: without a place, or a residence in it."""
    bearing, within_reach = (
        set(visit.ask(joint_actions, chosen=chosen)["action_id"])
        for chosen in (visit.chosen, IncidentFilter(visit.period))
    )
    return [action for key, action in register.actions.items() if key in bearing or key not in within_reach]


def _head(visit: Visit, title: str, sentence: str, *, crumb: str = "") -> None:
    trail = (("Interventions conjointes", here()), (crumb, None)) if crumb else ()
    coverage = reporting_coverage(visit.ask(queries.place_figures, Level.ALL))
    c.header(title, sentence, coverage=coverage, data_on=visit.data_on, crumbs=trail)


def _new_action(visit: Visit, register: Register) -> None:
    place = new_place(visit, register.names)
    action = begun_action(visit, () if place is None else (place,))
    _head(visit, "Proposer une intervention conjointe", SENTENCE, crumb="Nouvelle intervention")
    action_sheet.edit(visit, action, register.names, register.steps)


def _action(visit: Visit, register: Register) -> None:
    action = register.actions.get(asked_key(ACTION))
    if action is None:
        raise AccessError(
            "Cette intervention n’existe pas, ou n’est pas dans votre périmètre\u00a0: revenez au registre."
        )
    _head(visit, action.title, action_list.places_words(action, register.names), crumb=action.title)
    action_sheet.sheet(visit, action, register.names, register.steps)


def _meeting(visit: Visit, register: Register) -> None:
    key = asked_key(MEETING)
    meeting = next((one for one in register.meetings if one.meeting_id == key), None)
    if meeting is None:
        raise AccessError("Cette réunion n’existe pas, ou n’est pas dans votre périmètre\u00a0: revenez au registre.")
    _head(visit, meeting_words(meeting), MINUTES, crumb=meeting_words(meeting))
    meeting_sheet.kept(visit, register, meeting)


def _new_meeting(visit: Visit, register: Register) -> None:
    meeting = _next_meeting(register, today(visit))
    title = f"Préparer une réunion\u00a0: {MEETING_BODIES[meeting.body]}"
    _head(visit, title, SENTENCE, crumb="Nouvelle réunion")
    meeting_sheet.new(visit, register, meeting)


def _next_meeting(register: Register, on: date) -> Meeting:
    """A new meeting of the series of the one that the address names by its key, or of the last of the body it names."""
    key, asked = asked_key(NEW_MEETING), st.query_params.get(NEW_MEETING, "")
    body = MeetingBody(asked) if asked in set(MeetingBody) else MeetingBody.COPIL
    held = [one for one in register.meetings if one.held_on <= on and one.body == body]
    last = next((one for one in register.meetings if one.meeting_id == key), None) if key else next(iter(held), None)
    if last is None:
        return Meeting(body, on)
    label = last.label if last.body in LOCAL_BODIES else ""
    return Meeting(last.body, on, label, last.departement_code)
