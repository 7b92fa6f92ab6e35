"""In whose name something is written: a partner, never a person."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.domain.terms import PARTNERS
from lib.domain.vocabulary import Partner

CHOSEN = "partenaire-choisi"  # no widget has this key: Streamlit forgets a widget once it is not drawn


def author(column: DeltaGenerator, key: str) -> Partner:
    """The partner in whose name one writes, asked again at each writing; the last choice stands for the whole visit."""
    st.session_state[key] = st.session_state.get(CHOSEN, next(iter(PARTNERS)))
    column.selectbox(
        "Au nom de", list(PARTNERS), format_func=PARTNERS.__getitem__, key=key, on_change=_keep, args=(key,)
    )
    return st.session_state[key]


def signed(button: str, *, author_key: str, key: str, **more: Any) -> Partner | None:
    """The choice of the partner and, beside it, the button that writes in that name: who it is once it is clicked.

    ``more``: of ``st.button``.
    """
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    by = author(left, author_key)
    return by if right.button(button, key=key, **more) else None


def _keep(key: str) -> None:
    st.session_state[CHOSEN] = st.session_state[key]
