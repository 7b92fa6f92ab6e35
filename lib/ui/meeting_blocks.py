"""Meetings of partners: what was done since the last one, what it decided, and the form of each."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy.exc import OperationalError

from lib.domain.actions import JointAction, Progress
from lib.domain.labels import MISSING, date_label, plural
from lib.domain.meetings import Decision, Meeting
from lib.domain.terms import ACTION_STATUSES, MEETING_BODIES, MEETING_FIELDS, PARTNERS
from lib.domain.vocabulary import MeetingBody
from lib.errors import ConflictError, FormError
from lib.snapshot import directory
from lib.store.actions import since
from lib.ui import components as c
from lib.ui import data
from lib.ui.action_state import ACTION, MEETING, NEW_MEETING, Register, here, open_at
from lib.ui.action_words import due_words, meeting_words
from lib.ui.import_desk import BUSY, refusal
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
    before = [one for one in register.meetings if one.body == meeting.body and one.held_on < meeting.held_on]
    if before:
        done_since(visit, register, before[0])
    else:
        c.source("C’est la première réunion inscrite pour cette instance.")
    if meeting.decisions:
        c.section("Décisions de cette réunion", plural(len(meeting.decisions), "décision"))
        c.table(["Décision", "Où elle en est"], [_decision(visit, register, one) for one in meeting.decisions])
    _form(visit, register, meeting)


def _form(visit: Visit, register: Register, meeting: Meeting) -> None:
    """Who met, when, and what was decided; each decision may lead to an action."""
    c.section("Relevé de décisions", "une ligne par décision, liée à une intervention s’il y en a une")
    prefix = f"reunion-{meeting.meeting_id or 'nouvelle'}-{meeting.version}"
    written = _held(visit, meeting, prefix)
    label = st.text_input(MEETING_FIELDS["label"], meeting.label, key=f"{prefix}-libelle", max_chars=120)
    present = st.multiselect(
        MEETING_FIELDS["partners"],
        list(PARTNERS),
        list(meeting.partners),
        format_func=PARTNERS.__getitem__,
        key=f"{prefix}-presents",
        placeholder="Choisissez les partenaires",
    )
    decisions = _decisions(register, meeting, prefix)
    written = replace(written, label=label, partners=tuple(present), decisions=decisions)
    if st.button("Enregistrer la réunion", type="primary", key=f"{prefix}-enregistrer"):
        _store(register, written)


def _held(visit: Visit, meeting: Meeting, prefix: str) -> Meeting:
    """Who meets, when, and for which département."""
    known = visit.ask_store(directory.departements, visit.scope)
    places = {None: "Plusieurs départements"} | dict(known.itertuples(index=False))
    first, second, third = st.columns(3)
    body = first.selectbox(
        MEETING_FIELDS["body"],
        list(MEETING_BODIES),
        index=list(MEETING_BODIES).index(meeting.body),
        format_func=MEETING_BODIES.__getitem__,
        key=f"{prefix}-instance",
    )
    held_on = second.date_input(MEETING_FIELDS["held_on"], meeting.held_on, key=f"{prefix}-date", format="DD/MM/YYYY")
    departement = third.selectbox(
        MEETING_FIELDS["departement_code"],
        list(places),
        index=list(places).index(meeting.departement_code) if meeting.departement_code in places else 0,
        format_func=places.__getitem__,
        key=f"{prefix}-departement",
    )
    return replace(meeting, body=MeetingBody(body), held_on=held_on, departement_code=departement)


def _decisions(register: Register, meeting: Meeting, prefix: str) -> tuple[Decision, ...]:
    labels = {key: f"{key}. {action.title}" for key, action in register.actions.items()}
    keys = {label: key for key, label in labels.items()}
    held = pd.DataFrame(
        [(one.text, labels.get(one.action_id or 0)) for one in meeting.decisions],
        columns=["text", "action"],
        dtype=object,
    )
    written = st.data_editor(
        held,
        num_rows="dynamic",
        hide_index=True,
        key=f"{prefix}-decisions",
        column_config={
            "text": st.column_config.TextColumn("Décision", width="large", max_chars=2000),
            "action": st.column_config.SelectboxColumn("Intervention liée", options=list(keys), width="medium"),
        },
    )
    return tuple(
        Decision(row.text if isinstance(row.text, str) else "", keys.get(row.action)) for row in written.itertuples()
    )


def _store(register: Register, meeting: Meeting) -> None:
    try:
        saved = register.steps.store_meeting(data.engine(), meeting)
    except FormError as fault:
        for sentence in fault.faults.values():
            refusal(sentence)
    except ConflictError as conflict:
        _conflict(conflict, meeting)
    except OperationalError:
        refusal(BUSY)
    else:
        open_at(**{MEETING: saved.meeting_id})
        st.toast("Réunion enregistrée.")
        st.rerun()


def _conflict(conflict: ConflictError, mine: Meeting) -> None:
    """Both texts side by side: ours stays in the form, theirs is to be copied from before the next try."""
    theirs = conflict.theirs
    assert isinstance(theirs, Meeting)
    refusal(str(conflict))
    left, right = st.columns(2)
    for column, name, meeting in ((left, "Version enregistrée", theirs), (right, "Votre version", mine)):
        with column:
            c.table([name], [[one.text] for one in meeting.decisions] or [[MISSING]])
