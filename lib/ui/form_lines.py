"""Lines of a form that a person adds and takes out: the legal delays of an action, the decisions of a meeting."""

import streamlit as st

from lib.ui.drafts import Form

LINES, NEXT = "lignes", "ligne-suivante"  # in the session: the numbers of the lines, in their order; the next one


def begin(form: Form, count: int) -> None:
    """As many lines as asked for, numbered from 0."""
    state = st.session_state
    state[form.key(LINES)] = list(range(count))
    state[form.key(NEXT)] = max(count, state.get(form.key(NEXT), 0))


def numbers(form: Form) -> list[int]:
    """Of the lines, in their order; one added has a number that no line of the form had before."""
    return st.session_state[form.key(LINES)]


def add_button(form: Form, label: str) -> None:
    """What adds an empty line at the end."""
    st.button(label, key=form.key("ligne-ajouter"), on_click=_add, args=(form,))


def remove(form: Form, line: int) -> None:
    """Takes a line out."""
    st.session_state[form.key(LINES)] = [one for one in numbers(form) if one != line]


def _add(form: Form) -> None:
    line = st.session_state[form.key(NEXT)]
    st.session_state[form.key(LINES)] = [*numbers(form), line]
    st.session_state[form.key(NEXT)] = line + 1
