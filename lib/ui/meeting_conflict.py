"""Two partners who wrote one meeting at once: what each changed, and the choices that remain to be made."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st
from markupsafe import Markup

from lib.domain.labels import MISSING, date_label
from lib.domain.meetings import Meeting, disputed_fields, merged_meetings
from lib.domain.terms import MEETING_BODIES, MEETING_FIELDS, PARTNERS
from lib.errors import ConflictError
from lib.ui import components as c
from lib.ui.action_save import unchosen_words
from lib.ui.action_state import Register
from lib.ui.drafts import Form
from lib.ui.import_desk import refusal
from lib.ui.import_words import literal
from lib.ui.meeting_history import changes, field_said

BESIDE = "deux-textes"
THEIRS, MINE = "theirs", "mine"
KEPT, OWN = "Version enregistrée", "Votre version"


class Beside(NamedTuple):
    """The sentence of the conflict, what both began from, and the text of each."""

    sentence: str
    base: Meeting
    theirs: Meeting
    mine: Meeting

    @property
    def disputed(self) -> tuple[str, ...]:
        """Fields that both changed, each in their way."""
        return disputed_fields(self.base, self.theirs, self.mine)


def begin(form: Form[Meeting], conflict: ConflictError) -> None:
    """The form begins again from what is kept now, with the changes of both."""
    theirs: Any = conflict.theirs
    beside = Beside(str(conflict), form.base, theirs, form.draft)
    form.restart(theirs, merged_meetings(*beside[1:]))
    st.session_state[form.key(BESIDE)] = beside


def show(form: Form[Meeting], register: Register, places: Mapping[str | None, str]) -> None:
    """Both texts, what is brought together already, and a choice for each field that both changed."""
    beside: Beside | None = st.session_state.get(form.key(BESIDE))
    if beside is None:
        return
    refusal(beside.sentence)
    for column, name, meeting in zip(st.columns(2), (KEPT, OWN), (beside.theirs, beside.mine), strict=True):
        with column:
            c.definition_card(name, _card(meeting, places))
    _brought(beside, register, places)
    for name in beside.disputed:
        _choice(form, beside, name, register, places)


def unchosen(form: Form[Meeting]) -> str:
    """The sentence that refuses to store while a field that both changed has no choice; blank where all have."""
    beside: Beside | None = st.session_state.get(form.key(BESIDE))
    waiting = [name for name in (beside.disputed if beside else ()) if not st.session_state.get(_key(form, name))]
    return unchosen_words([MEETING_FIELDS[name] for name in waiting])


def _brought(beside: Beside, register: Register, places: Mapping[str | None, str]) -> None:
    """What either changed and that asks for no choice."""
    as_read = {name: getattr(beside.base, name) for name in beside.disputed}
    told = {
        name: changes(beside.base, replace(meeting, **as_read), register, places)
        for name, meeting in ((KEPT, beside.theirs), (OWN, beside.mine))
    }
    lines = [[name, Markup("<br>").join(said)] for name, said in told.items() if said]
    if lines:
        c.table(["Déjà réuni dans le formulaire", "Avant → maintenant"], lines)
    c.source(
        "Le formulaire ci-dessus réunit les décisions de chacun\u00a0: retirez celles qui font double emploi, "
        "corrigez, puis enregistrez."
    )


def _choice(
    form: Form[Meeting], beside: Beside, name: str, register: Register, places: Mapping[str | None, str]
) -> None:
    """Nothing is chosen at first; the choice is written in its field."""
    versions = {MINE: ("La vôtre", beside.mine), THEIRS: (KEPT, beside.theirs)}
    labels = {
        key: literal(f"{who}\u00a0: {field_said(name, meeting, register, places)}")
        for key, (who, meeting) in versions.items()
    }
    st.radio(
        f"{MEETING_FIELDS[name]}\u00a0: version à garder",
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        key=_key(form, name),
        on_change=_take,
        args=(form, name, {key: getattr(meeting, name) for key, (_, meeting) in versions.items()}),
    )


def _take(form: Form[Meeting], name: str, values: Mapping[str, Any]) -> None:
    st.session_state[form.key(name)] = values[st.session_state[_key(form, name)]]


def _key(form: Form[Meeting], name: str) -> str:
    return form.key(f"choix:{name}")


def _card(meeting: Meeting, places: Mapping[str | None, str]) -> dict[str, object]:
    said: dict[str, object] = {
        "Réunion": f"{MEETING_BODIES[meeting.body]}, {date_label(meeting.held_on)}",
        MEETING_FIELDS["label"]: meeting.label or MISSING,
        MEETING_FIELDS["departement_code"]: places.get(meeting.departement_code, meeting.departement_code),
        MEETING_FIELDS["partners"]: ", ".join(PARTNERS[partner] for partner in meeting.partners) or MISSING,
    }
    return said | {f"Décision {rank}": one.text for rank, one in enumerate(meeting.decisions, 1)}
