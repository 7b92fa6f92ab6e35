"""In whose name something is written: a partner, never a person."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.domain.terms import PARTNERS
from lib.domain.vocabulary import Partner
from lib.ui.import_desk import refusal

CHOSEN = "partenaire-choisi"  # no widget has this key: Streamlit forgets a widget once it is not drawn
UNSIGNED = "Choisissez au nom de quel partenaire vous écrivez, puis recommencez\u00a0: rien n’est enregistré."


def signed(button: str, *, author_key: str, key: str, **more: Any) -> Partner | None:
    """The choice of the partner and, beside it, the button that writes in that name: who it is once it is clicked.

    Nobody is supposed to be anyone: a click before a partner is chosen is refused, in a sentence.

    Args:
        button: What it says.
        author_key: Of the choice, in the session.
        key: Of the button.
        more: Of ``st.button``.
    """
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    by = _author(left, author_key)
    if not right.button(button, key=key, **more):
        return None
    if by is None:
        refusal(UNSIGNED)
    return by


def _author(column: DeltaGenerator, key: str) -> Partner | None:
    """The partner in whose name one writes, asked again at each writing; the last choice stands for the whole visit."""
    st.session_state[key] = st.session_state.get(CHOSEN)
    column.selectbox(
        "Au nom de",
        list(PARTNERS),
        index=None,
        format_func=PARTNERS.__getitem__,
        placeholder="Choisissez",
        key=key,
        on_change=_keep,
        args=(key,),
    )
    return st.session_state[key]


def _keep(key: str) -> None:
    st.session_state[CHOSEN] = st.session_state[key]
