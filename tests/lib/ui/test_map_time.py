from collections.abc import Callable

import pytest
import streamlit as st

from lib.ui import map_time
from lib.ui.map_time import LEFT_S, PLAYING, STEP_S, STEPPED_AT, run_every, step
from lib.ui.session import Visit


class DrawnAnewError(Exception):
    """What stands for ``st.rerun``."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the process says; a session of its own and an address."""
    seconds = [100.0]

    def drawn_anew() -> None:
        raise DrawnAnewError

    monkeypatch.setattr(map_time.time, "monotonic", lambda: seconds[0])
    monkeypatch.setattr(st, "session_state", {PLAYING: True, STEPPED_AT: 100.0})
    monkeypatch.setattr(st, "query_params", {})
    monkeypatch.setattr(st, "rerun", drawn_anew)
    return seconds


def test_window_moves_one_month_when_its_time_has_come(visit: Callable[..., Visit], clock: list[float]):
    st.query_params["mois"] = "2025-11"
    step(visit())
    assert st.query_params["mois"] == "2025-11"
    clock[0] += STEP_S
    step(visit())
    assert st.query_params["mois"] == "2025-12"
    step(visit())
    assert st.query_params["mois"] == "2025-12"


def test_last_month_is_that_of_an_address_without_month(visit: Callable[..., Visit], clock: list[float]):
    st.query_params["mois"] = "2026-01"
    clock[0] += STEP_S
    step(visit())
    assert "mois" not in st.query_params


def test_run_stops_after_the_last_month_and_the_page_is_drawn_anew(visit: Callable[..., Visit], clock: list[float]):
    clock[0] += STEP_S
    with pytest.raises(DrawnAnewError):
        step(visit())
    assert run_every() is None


def test_nothing_moves_while_nothing_runs(visit: Callable[..., Visit], clock: list[float]):
    st.session_state[PLAYING] = False
    st.query_params["mois"] = "2025-11"
    clock[0] += STEP_S
    step(visit())
    assert (st.query_params["mois"], run_every()) == ("2025-11", None)


def test_run_left_for_another_page_is_over(clock: list[float]):
    assert run_every() == STEP_S
    clock[0] += LEFT_S + 1
    assert run_every() is None
