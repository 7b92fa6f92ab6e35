"""Decisions in the form of a meeting: a block for each, with its words and the action that it leads to."""

from collections import Counter

import streamlit as st

from lib.domain.actions import by_urgency
from lib.domain.meetings import Decision, Meeting
from lib.ui import form_lines
from lib.ui.action_list import places_words
from lib.ui.action_state import Register, today
from lib.ui.drafts import Form
from lib.ui.session import Visit

NO_ACTION = "Aucune"
BEYOND_SCOPE = "Intervention hors de votre périmètre"
Options = dict[int | None, str]


def fill(form: Form[Meeting]) -> None:
    """Puts the decisions of the draft in the blocks; an empty one where there is none."""
    decisions = form.draft.decisions or (Decision(""),)
    form_lines.begin(form, len(decisions))
    for line, one in enumerate(decisions):
        _put(form, line, one)


def names(form: Form[Meeting]) -> list[str]:
    """Of what the blocks hold in the session."""
    return [form_lines.LINES, *(name for line in form_lines.numbers(form) for name in (_text(line), _action(line)))]


def draw(visit: Visit, register: Register, form: Form[Meeting]) -> tuple[Decision, ...]:
    """The blocks, and the decisions of those that say something."""
    options = _options(visit, register, form)
    for rank, line in enumerate(form_lines.numbers(form), 1):
        _block(form, line, rank, options)
    form_lines.add_button(form, "Ajouter une décision")
    return _written(form)


def _block(form: Form[Meeting], line: int, rank: int, options: Options) -> None:
    left, right = st.columns([3, 2], gap="medium")
    left.text_area(f"Décision {rank}", key=form.key(_text(line)), height=110, max_chars=2000)
    right.selectbox(
        f"Intervention liée à la décision {rank}",
        list(options),
        key=form.key(_action(line)),
        format_func=options.__getitem__,
        placeholder=NO_ACTION,
    )
    right.button(
        f"Retirer la décision {rank}", key=form.key(f"retirer-{line}"), on_click=form_lines.remove, args=(form, line)
    )


def _options(visit: Visit, register: Register, form: Form[Meeting]) -> Options:
    """Title and places of each action that may be linked, the most urgent first; no two are said alike."""
    actions = by_urgency(register.actions.values(), today(visit))
    said = {one.action_id: f"{one.title}, {places_words(one, register.names)}" for one in actions}
    linked = {st.session_state.get(form.key(_action(line))) for line in form_lines.numbers(form)}
    said |= dict.fromkeys(sorted(filter(None, linked - said.keys())), BEYOND_SCOPE)
    counts = Counter([NO_ACTION, *said.values()])
    return {None: NO_ACTION} | {
        key: words if counts[words] == 1 else f"{words} (numéro {key})" for key, words in said.items()
    }


def _written(form: Form[Meeting]) -> tuple[Decision, ...]:
    state = st.session_state
    read = [
        Decision(state[form.key(_text(line))] or "", state[form.key(_action(line))])
        for line in form_lines.numbers(form)
    ]
    return tuple(one for one in read if one.text.strip() or one.action_id is not None)


def _put(form: Form[Meeting], line: int, decision: Decision) -> None:
    st.session_state[form.key(_text(line))] = decision.text
    st.session_state[form.key(_action(line))] = decision.action_id


def _text(line: int) -> str:
    return f"decision-{line}"


def _action(line: int) -> str:
    return f"liee-{line}"
