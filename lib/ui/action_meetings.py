"""The meetings of an action: those that dealt with it, and the way to the next one."""

import streamlit as st
from markupsafe import Markup

from lib.domain.actions import JointAction
from lib.domain.filters import IncidentFilter
from lib.domain.meetings import meeting_to_come, meeting_to_follow, series_of
from lib.domain.terms import MEETING_BODIES
from lib.domain.vocabulary import ActionStatus, MeetingBody
from lib.snapshot import directory
from lib.snapshot.actions import joint_actions
from lib.ui import components as c
from lib.ui.action_state import CARRIED, MEETING, NEW_MEETING, here, today
from lib.ui.action_words import Names, meeting_words
from lib.ui.session import Visit

EXAMINED = frozenset({ActionStatus.PROPOSED, ActionStatus.ABANDONED})  # nothing says that a meeting decided it


def dealt_with(action: JointAction, known: Names) -> dict[str, Markup]:
    """«Décidée par», or «Examinée par» for what is only proposed, and the meetings, the first of them first."""
    held = [one for one in known.meetings if any(said.action_id == action.action_id for said in one.decisions)]
    links = [
        c.link_cell(
            f"{meeting_words(one)}, {one.label}" if one.label else meeting_words(one), here(**{MEETING: one.meeting_id})
        )
        for one in sorted(held, key=lambda one: one.held_on)
    ]
    label = "Examinée par" if action.status in EXAMINED else "Décidée par"
    return {label: Markup("<br>").join(links)} if links else {}


def way_to_one(visit: Visit, action: JointAction, known: Names) -> None:
    """The link that puts the action on the record of the next meeting of its series, and which one it is."""
    last = meeting_to_follow(known.meetings, action.action_id, _departements(visit, action))
    coming = last and meeting_to_come(known.meetings, series_of(last), today=today(visit))
    body = MEETING_BODIES[last.body if last else MeetingBody.COPIL]
    said = meeting_words(coming) if coming else f"{body}, réunion à préparer"
    words = {MEETING: coming.meeting_id} if coming else {NEW_MEETING: last.meeting_id if last else MeetingBody.COPIL}
    address = here(**words, **{CARRIED: action.action_id})
    with st.container(key="porter"):
        c.source(Markup("{}\u00a0: {}.").format(c.link_cell("Porter à une réunion", address), said))


def _departements(visit: Visit, action: JointAction) -> list[str]:
    """Those where the action bears on a residence."""
    codes = visit.ask_store(directory.departements, visit.scope)["departement_code"]
    chosen = {code: IncidentFilter(visit.period, departement_codes=(code,)) for code in codes}
    return [
        code for code in codes if action.action_id in set(visit.ask(joint_actions, chosen=chosen[code])["action_id"])
    ]
