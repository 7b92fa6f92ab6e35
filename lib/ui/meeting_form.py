"""The form of a meeting: what is typed is kept until it is stored, even when another partner stored first."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy.exc import OperationalError

from lib.domain.labels import MISSING, date_label
from lib.domain.meetings import Decision, Meeting, merged_meetings, series_of
from lib.domain.terms import MEETING_BODIES, MEETING_FIELDS, PARTNERS
from lib.domain.vocabulary import MeetingBody, Partner
from lib.errors import ConflictError, FormError
from lib.snapshot import directory
from lib.ui import components as c
from lib.ui import data
from lib.ui.action_state import MEETING, Register, open_at
from lib.ui.authors import signed
from lib.ui.drafts import Form
from lib.ui.import_desk import BUSY, refusal
from lib.ui.session import Visit

BESIDE = "deux-textes"
SEVERAL = "Plusieurs départements"
ONE_BY_ONE = ("body", "held_on", "label", "departement_code")  # fields that a widget holds as the meeting does


def edit(visit: Visit, register: Register, meeting: Meeting) -> None:
    """Who met, when, and what was decided; each decision may lead to an action."""
    c.section("Relevé de décisions", "une ligne par décision, liée à une intervention s’il y en a une")
    c.source("Ne nommez personne\u00a0: écrivez des décisions et des fonctions. Un nom écrit n’est pas détecté.")
    form = _form(meeting)
    form.follow(meeting)
    if form.key("label") not in st.session_state:
        _fill(form, register)
    if form.key(BESIDE) in st.session_state:
        _two_texts(*st.session_state[form.key(BESIDE)])
    form.drawn(_drawn(visit, form), [*ONE_BY_ONE, "partners", _table(form)])
    by = signed("Enregistrer la réunion", author_key="au-nom-de", key=form.key("enregistrer"), type="primary")
    if by is not None:
        _store(register, form, by)


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


def _fill(form: Form[Meeting], register: Register) -> None:
    """Puts the draft in the widgets; the table of decisions keeps its rows and choices as long as it is drawn."""
    state, draft = st.session_state, form.draft
    for name in ONE_BY_ONE:
        state[form.key(name)] = getattr(draft, name)
    state[form.key("partners")] = list(draft.partners)
    labels = {one.action_id: f"{one.action_id}. intervention hors de votre périmètre" for one in draft.decisions}
    labels |= {key: f"{key}. {action.title}" for key, action in register.actions.items()}
    state[form.key("actions")] = {key: label for key, label in labels.items() if key is not None}
    state[form.key("held-decisions")] = draft.decisions


def _drawn(visit: Visit, form: Form[Meeting]) -> Meeting:
    """The fields, and the meeting as they have it."""
    known = visit.ask_store(directory.departements, visit.scope)
    places = {None: SEVERAL} | dict(known.itertuples(index=False))
    base = form.base
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
    return Meeting(
        MeetingBody(body),
        held_on,
        label,
        departement,
        tuple(present),
        _decisions(form),
        meeting_id=base.meeting_id,
        version=base.version,
    )


def _table(form: Form[Meeting]) -> str:
    return f"decisions-{form.base.version}"


def _decisions(form: Form[Meeting]) -> tuple[Decision, ...]:
    labels: dict[int, str] = st.session_state[form.key("actions")]
    keys = {label: key for key, label in labels.items()}
    held: tuple[Decision, ...] = st.session_state[form.key("held-decisions")]
    rows = [(one.text, None if one.action_id is None else labels[one.action_id]) for one in held]
    written = st.data_editor(
        pd.DataFrame(rows, columns=["text", "action"], dtype=object),
        num_rows="dynamic",
        hide_index=True,
        key=form.key(_table(form)),
        column_config={
            "text": st.column_config.TextColumn("Décision", width="large", max_chars=2000),
            "action": st.column_config.SelectboxColumn("Intervention liée", options=list(keys), width="medium"),
        },
    )
    return read_decisions(written, keys)


def read_decisions(written: pd.DataFrame, keys: dict[str, int]) -> tuple[Decision, ...]:
    """Decisions of the rows that say something: ``text`` and ``action``, a label of ``keys``."""
    read = [
        Decision(row.text if isinstance(row.text, str) else "", keys.get(row.action)) for row in written.itertuples()
    ]
    return tuple(one for one in read if one.text.strip() or one.action_id is not None)


def _store(register: Register, form: Form[Meeting], by: Partner) -> None:
    mine = form.draft
    try:
        saved = register.steps.store_meeting(data.engine(), mine, by=by)
    except FormError as fault:
        for sentence in fault.faults.values():
            refusal(sentence)
    except ConflictError as conflict:
        theirs: Any = conflict.theirs
        form.restart(theirs, merged_meetings(form.base, theirs, mine))
        st.session_state[form.key(BESIDE)] = (str(conflict), theirs, mine)
        st.rerun()
    except OperationalError:
        refusal(BUSY)
    else:
        form.close()
        open_at(**{MEETING: saved.meeting_id})
        st.toast("Réunion enregistrée.")
        st.rerun()


def _two_texts(sentence: str, theirs: Meeting, mine: Meeting) -> None:
    """Both texts side by side; the form below them holds the two, to be put right before it is stored."""
    refusal(sentence)
    for column, name, meeting in zip(
        st.columns(2), ("Version enregistrée", "Votre version"), (theirs, mine), strict=True
    ):
        with column:
            c.definition_card(name, _card(meeting))
    c.source(
        "Le formulaire réunit les deux\u00a0: vos champs, et les décisions de chacun. Corrigez-le, puis enregistrez."
    )


def _card(meeting: Meeting) -> dict[str, object]:
    said: dict[str, object] = {
        "Réunion": f"{MEETING_BODIES[meeting.body]}, {date_label(meeting.held_on)}",
        MEETING_FIELDS["label"]: meeting.label or MISSING,
        MEETING_FIELDS["departement_code"]: meeting.departement_code or SEVERAL,
        MEETING_FIELDS["partners"]: ", ".join(PARTNERS[partner] for partner in meeting.partners) or MISSING,
    }
    return said | {f"Décision {rank}": one.text for rank, one in enumerate(meeting.decisions, 1)}
