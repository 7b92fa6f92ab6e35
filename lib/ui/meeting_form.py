"""The form of a meeting: what is typed is kept until it is stored, even when another partner stored first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from sqlalchemy.exc import OperationalError

from lib.domain.meetings import Decision, Meeting, series_of
from lib.domain.terms import MEETING_BODIES, MEETING_FIELDS, PARTNERS
from lib.domain.vocabulary import MeetingBody, Partner
from lib.errors import ConflictError, FormError
from lib.ui import components as c
from lib.ui import data, meeting_conflict, meeting_decisions
from lib.ui.action_state import CARRIED, MEETING, Register, asked_key, open_at
from lib.ui.authors import signed
from lib.ui.drafts import SAVED, Form
from lib.ui.import_desk import BUSY, refusal
from lib.ui.meeting_history import SEVERAL, departements
from lib.ui.session import Visit

BEYOND = (
    "Cette réunion vient d’être portée hors de votre périmètre\u00a0: rien n’est enregistré, vos mots restent dans le "
    "formulaire. Voyez avec le partenaire qui l’a modifiée."
)
ONE_BY_ONE = ("body", "held_on", "label", "departement_code")  # fields that a widget holds as the meeting does


def edit(visit: Visit, register: Register, meeting: Meeting) -> None:
    """Who met, when, and what was decided; each decision may lead to an action."""
    form = _form(meeting)
    form.follow(meeting)
    _carry(form, register)
    if form.key("label") not in st.session_state:
        _fill(form)
    places = departements(visit, form.base, form.draft)
    c.source("Ne nommez personne\u00a0: écrivez des décisions et des fonctions. Un nom écrit n’est pas détecté.")
    typed = _drawn(form, places)
    typed = replace(typed, decisions=meeting_decisions.draw(visit, register, form))
    form.drawn(typed, [*ONE_BY_ONE, "partners", *meeting_decisions.names(form)])
    meeting_conflict.show(form, register, places)
    by = signed("Enregistrer la réunion", author_key="au-nom-de", key=form.key("enregistrer"), type="primary")
    if form.is_just_saved():
        c.source(f"Réunion enregistrée\u00a0: version {form.base.version}.")
    if by is not None:
        _store(register, form, by, places)


def as_typed(meeting: Meeting) -> Meeting:
    """A meeting whose series is that of its form, once it is drawn."""
    form, state = _form(meeting), st.session_state
    typed = state.get(form.key("draft"), meeting)
    names = ("body", "label", "departement_code")
    return replace(meeting, **{name: state.get(form.key(name), getattr(typed, name)) for name in names})


def _form(meeting: Meeting) -> Form[Meeting]:
    """The form of a kept meeting; that of a new one of a series, which has no draft but its own."""
    series = ":".join(part or "" for part in series_of(meeting))
    return Form(f"reunion-{meeting.meeting_id or f'nouvelle:{series}:'}")


def _carry(form: Form[Meeting], register: Register) -> None:
    """Adds to what is typed the action that the address brings, once: the address then names it no more."""
    action = register.actions.get(asked_key(CARRIED) or 0)
    if action is not None and all(one.action_id != action.action_id for one in form.draft.decisions):
        decisions = (*form.draft.decisions, Decision(action.title, action.action_id))
        st.session_state[form.key("draft")] = replace(form.draft, decisions=decisions)
        _fill(form)
    st.query_params.pop(CARRIED, None)


def _fill(form: Form[Meeting]) -> None:
    """Puts the draft in the widgets."""
    state, draft = st.session_state, form.draft
    for name in ONE_BY_ONE:
        state[form.key(name)] = getattr(draft, name)
    state[form.key("partners")] = list(draft.partners)
    meeting_decisions.fill(form)


def _drawn(form: Form[Meeting], places: Mapping[str | None, str]) -> Meeting:
    """The fields but the decisions, and the meeting as they have it."""
    first, second, third = st.columns(3)
    body = first.selectbox(
        MEETING_FIELDS["body"], list(MEETING_BODIES), format_func=MEETING_BODIES.__getitem__, key=form.key("body")
    )
    held_on = second.date_input(MEETING_FIELDS["held_on"], key=form.key("held_on"), format="DD/MM/YYYY")
    departement = third.selectbox(
        MEETING_FIELDS["departement_code"],
        list(places),
        format_func=places.__getitem__,
        key=form.key("departement_code"),
        placeholder=SEVERAL,
    )
    label = st.text_input(MEETING_FIELDS["label"], key=form.key("label"), max_chars=120)
    present = st.multiselect(
        MEETING_FIELDS["partners"],
        list(PARTNERS),
        format_func=PARTNERS.__getitem__,
        key=form.key("partners"),
        placeholder="Choisissez les partenaires",
    )
    named = {"departement_code": departement, "partners": tuple(present)}
    return replace(form.base, body=MeetingBody(body), held_on=held_on, label=label, **named)


def _store(register: Register, form: Form[Meeting], by: Partner, places: Mapping[str | None, str]) -> None:
    if sentence := meeting_conflict.unchosen(form):
        refusal(sentence)
        return
    try:
        saved = register.steps.store_meeting(data.engine(), form.draft, by=by)
    except FormError as fault:
        for sentence in fault.faults.values():
            refusal(sentence)
    except ConflictError as conflict:
        theirs: Any = conflict.theirs
        if theirs.departement_code not in places:
            refusal(BEYOND)
            return
        meeting_conflict.begin(form, conflict)
        st.rerun()
    except OperationalError:
        refusal(BUSY)
    else:
        form.close()
        st.session_state[SAVED] = saved
        open_at(**{MEETING: saved.meeting_id})
        st.toast("Réunion enregistrée.")
        st.rerun()
