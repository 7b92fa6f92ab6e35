"""The months of the map: a slider moves a window as long as the period, and «Lecture» lets it run to the end."""

import time
from datetime import date

import streamlit as st

from lib.domain.labels import month_label
from lib.ui.map_state import MONTH, asked_end, month_word, window_ends
from lib.ui.session import Visit

PLAYING = "carte.lecture"
STEPPED_AT = "carte.pas"
STEP_S, LEFT_S = 1.2, 10.0


def run_every() -> float | None:
    """Seconds between two steps while the months run, else None; a run left for another page is over."""
    if st.session_state.get(PLAYING) and time.monotonic() - st.session_state[STEPPED_AT] > LEFT_S:
        st.session_state[PLAYING] = False
    return STEP_S if st.session_state.get(PLAYING) else None


def step(visit: Visit) -> None:
    """Moves the window one month on when its time has come; at the last month it stops, and the page is drawn anew."""
    if not st.session_state.get(PLAYING):
        return
    since = time.monotonic() - st.session_state[STEPPED_AT]
    if since < STEP_S / 2:  # a click meanwhile is no step
        return
    ends = window_ends(visit)
    now = asked_end(visit) or visit.period.months()[-1]
    if now == ends[-1]:
        st.session_state[PLAYING] = False
        st.rerun()
    _go_to(visit, ends[ends.index(now) + 1])
    st.session_state[STEPPED_AT] = time.monotonic()


def slider(visit: Visit) -> None:
    """The slider and its button; nothing where the history holds a single window."""
    ends = window_ends(visit)
    if len(ends) < 2:
        return
    now = asked_end(visit) or visit.period.months()[-1]
    is_playing = bool(st.session_state.get(PLAYING))
    left, right = st.columns([4, 1], gap="small", vertical_alignment="bottom")
    with left:
        key = f"fin-{ends[0]}-{ends[-1]}"
        st.session_state[key] = now

        def moved() -> None:
            _go_to(visit, st.session_state[key])

        st.select_slider(
            f"Fenêtre de {visit.period.month_count} mois, jusqu’à",
            ends,
            key=key,
            format_func=month_label,
            on_change=moved,
        )
    with right:
        if st.button("Arrêter" if is_playing else "Lecture", width="stretch", key="lecture"):
            if is_playing:
                st.session_state[PLAYING] = False
            else:
                st.session_state[PLAYING], st.session_state[STEPPED_AT] = True, time.monotonic()
                if now == ends[-1]:
                    _go_to(visit, ends[0])
            st.rerun()


def _go_to(visit: Visit, last_month: date) -> None:
    """Writes the month in the address, which names none for the period of the filters."""
    if last_month == visit.period.months()[-1]:
        st.query_params.pop(MONTH, None)
    else:
        st.query_params[MONTH] = month_word(last_month)
