from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot import directory, queries
from lib.snapshot.places import Level
from lib.ui.session import PAGES, Visit

PERIOD = Period(date(2026, 1, 1), date(2026, 3, 1))


def asked(page: str, begun: Visit | None = None) -> AppTest:
    def draw(page, begun):
        import streamlit as st  # noqa: PLC0415 - the body is a script of its own

        from lib.errors import AccessError  # noqa: PLC0415 - the body is a script of its own
        from lib.ui import session  # noqa: PLC0415 - the body is a script of its own

        if begun is not None:
            session.begin(begun, begun.chosen, "Dit.")
        try:
            st.session_state["given"] = session.require(page)
        except AccessError as error:
            st.session_state["refused"] = str(error)

    return AppTest.from_function(draw, args=(page, begun), default_timeout=60).run()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_page_opened_outside_the_frame_is_refused(page: str):
    app = asked(page)
    assert "given" not in app.session_state
    assert "ne vous est pas ouverte" in app.session_state["refused"]


def test_page_inside_the_frame_gets_the_visit_with_its_selection(visit: Callable[..., Visit]):
    begun = replace(visit(), said="")
    given = asked("carte", begun).session_state["given"]
    assert (given.chosen, given.said, given.snapshot) == (begun.chosen, "Dit.", begun.snapshot)


@pytest.mark.parametrize("page", ["administration", "", "Carte"])
def test_page_that_is_not_given_to_the_visitor_is_refused(visit: Callable[..., Visit], page: str):
    app = asked(page, visit())
    assert "given" not in app.session_state
    assert "refused" in app.session_state


def test_comparison_starts_with_the_months_of_the_year_before(visit: Callable[..., Visit]):
    made = replace(visit(), chosen=IncidentFilter(PERIOD))
    assert made.both_periods == Period(date(2025, 1, 1), date(2026, 3, 1))


def test_data_date_is_the_now_of_a_visit(visit: Callable[..., Visit]):
    assert visit().data_on == date(2026, 2, 28)


def test_question_is_asked_of_the_selection_unless_another_is_given(visit: Callable[..., Visit]):
    made = visit(residence_ids=(1,))
    other = visit(residence_ids=(3,)).at()
    assert made.ask(queries.place_figures, Level.ALL)["incident_count"].sum() == 3
    assert made.ask(queries.place_figures, Level.ALL, chosen=other)["incident_count"].sum() == 1


def test_question_is_asked_within_the_scope(visit: Callable[..., Visit]):
    assert visit(Scope.nothing()).ask(queries.place_figures, Level.ALL).empty


def test_question_of_the_whole_store_leaves_the_selection_out(visit: Callable[..., Visit]):
    assert len(visit(residence_ids=(1,)).ask_store(directory.landlords, Scope.everything())) == 2
