"""Meetings of partners: what was done since the last one, and what each decided."""

from datetime import date
from typing import Any

import streamlit as st

from lib.domain.actions import JointAction, Progress
from lib.domain.labels import MISSING, date_label, plural
from lib.domain.meetings import Decision, Meeting
from lib.domain.terms import ACTION_STATUSES, MEETING_BODIES, PARTNERS
from lib.store.actions import since
from lib.ui import components as c
from lib.ui import data, meeting_form
from lib.ui.action_state import ACTION, MEETING, NEW_MEETING, Register, here
from lib.ui.action_words import due_words, meeting_words
from lib.ui.marks import late
from lib.ui.session import Visit


def meetings(visit: Visit, register: Register) -> None:
    """The body chosen: what was done since its last meeting, then its meetings."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    held = [body for body in MEETING_BODIES if any(meeting.body == body for meeting in register.meetings)]
    with left:
        body = st.selectbox(
            "Instance", held or list(MEETING_BODIES), format_func=MEETING_BODIES.__getitem__, key="instance"
        )
    with right:
        c.html(c.link_cell("Préparer une réunion", here(**{NEW_MEETING: body})))
    own = [meeting for meeting in register.meetings if meeting.body == body]
    if not own:
        c.source("Aucune réunion n’est encore inscrite pour cette instance.")
        return
    done_since(visit, register, own[0])
    c.section(f"Réunions\u00a0: {MEETING_BODIES[body]}", plural(len(own), "réunion"))
    c.table(
        ["Réunion", "Présents", "Décisions"],
        [
            [
                c.link_cell(
                    f"{date_label(one.held_on)}{', ' if one.label else ''}{one.label}",
                    here(**{MEETING: one.meeting_id}),
                ),
                ", ".join(PARTNERS[partner] for partner in one.partners) or MISSING,
                len(one.decisions),
            ]
            for one in own[: c.MAX_TABLE_ROWS]
        ],
        numeric=(2,),
    )


def done_since(visit: Visit, register: Register, last: Meeting) -> None:
    """«Ce qui a été fait depuis»: decisions of a meeting and where they are, then all that moved since."""
    assert visit.data_on is not None
    c.section("Ce qui a été fait depuis", f"{meeting_words(last)}, vu du {date_label(visit.data_on)}")
    if last.decisions:
        c.table(["Décision", "Où elle en est"], [_decision(visit, register, one) for one in last.decisions])
    moved: list[Progress] = data.record(_since, visit.snapshot, last.held_on, visit.scope, visit.data_on)
    decided = {one.action_id for one in last.decisions}
    others = [one for one in moved if one.action.action_id not in decided]
    if not others:
        c.source("Aucune autre intervention n’a été créée, n’a changé d’état ni n’est en retard depuis.")
        return
    c.table(["Autre intervention", "Depuis la réunion"], [_moved(visit, one) for one in others[: c.MAX_TABLE_ROWS]])


def _since(connection: Any, day: date, scope: Any, on: date) -> list[Progress]:
    return since(connection, day, scope, on=on)


def _decision(visit: Visit, register: Register, decision: Decision) -> list[object]:
    action = register.actions.get(decision.action_id) if decision.action_id is not None else None
    if action is None:
        return [decision.text, "aucune intervention liée"]
    return [c.two_lines(decision.text, _link(action)), _where(visit, action)]


def _link(action: JointAction):
    return c.link_cell(action.title, here(**{ACTION: action.action_id}))


def _where(visit: Visit, action: JointAction):
    assert visit.data_on is not None
    if not action.is_open:
        return ". ".join(filter(None, (ACTION_STATUSES[action.status], action.abandon_reason)))
    said = f"{ACTION_STATUSES[action.status]}, {due_words(action, visit.data_on)}"
    return late(said) if action.is_overdue(visit.data_on) else said


def _moved(visit: Visit, progress: Progress) -> list[object]:
    action, before = progress.action, progress.status_before
    if before is None:
        said = f"Inscrite, {ACTION_STATUSES[action.status].lower()}"
    elif before != action.status:
        said = f"{ACTION_STATUSES[before]} → {ACTION_STATUSES[action.status].lower()}"
    else:
        said = f"{ACTION_STATUSES[action.status]}, {due_words(action, visit.data_on or date.max)}"
    return [_link(action), late(said) if progress.is_overdue else said]


def sheet(visit: Visit, register: Register, meeting: Meeting) -> None:
    """A meeting, new or kept: what was done since the one before, its decisions, its form."""
    before = _before(register, meeting)
    if before is not None:
        done_since(visit, register, before)
    else:
        c.source("C’est la première réunion inscrite pour cette instance.")
    if meeting.decisions:
        c.section("Décisions de cette réunion", plural(len(meeting.decisions), "décision"))
        c.table(["Décision", "Où elle en est"], [_decision(visit, register, one) for one in meeting.decisions])
    meeting_form.edit(visit, register, meeting)


def _before(register: Register, meeting: Meeting) -> Meeting | None:
    """The meeting of the same body before a kept one; the last one for a new one, whose day is not sure yet."""
    own = [one for one in register.meetings if one.body == meeting.body and one.meeting_id != meeting.meeting_id]
    if meeting.meeting_id is not None:
        own = [one for one in own if (one.held_on, one.meeting_id or 0) < (meeting.held_on, meeting.meeting_id)]
    return own[0] if own else None
