from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import streamlit as st

from lib.domain.period import Period
from lib.snapshot.places import Level
from lib.ui.map_state import Choice, choice, possible_years, said, window, window_ends
from lib.ui.session import Visit


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the address asks for."""
    asked: dict[str, str] = {}
    monkeypatch.setattr(st, "query_params", asked)
    return asked


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("qpv:QN091F1X", Choice(Level.QPV, "QN091F1X")),
        ("service:2", Choice(Level.DISTRICT, "2")),
        ("service", None),
        ("service:", None),
        ("district:2", None),
        ("", None),
    ],
)
def test_place_of_the_address_is_read_or_is_none(address: dict, asked: str, expected: Choice | None):
    address["choix"] = asked
    assert choice() == expected


def test_place_is_written_as_it_is_read(address: dict):
    address["choix"] = str(Choice(Level.RESIDENCE, "12"))
    assert choice() == Choice(Level.RESIDENCE, "12")


def test_window_is_that_of_the_filters_until_the_address_names_a_month(visit: Callable[..., Visit], address: dict):
    assert window(visit()) == Period(date(2026, 1, 1), date(2026, 3, 1))
    address["mois"] = "2025-02"
    assert window(visit()) == Period(date(2025, 1, 1), date(2025, 3, 1))


@pytest.mark.parametrize("month", ["2025-01", "2026-03", "2026-02-01", "x"])
def test_month_that_the_store_cannot_fill_is_passed_over(visit: Callable[..., Visit], address: dict, month: str):
    # January 2025 is the first month known: no window of two months ends there.
    address["mois"] = month
    assert window(visit()) == Period(date(2026, 1, 1), date(2026, 3, 1))


def test_windows_end_from_the_first_that_is_full_to_the_last_month(visit: Callable[..., Visit]):
    ends = window_ends(visit())
    assert (ends[0], ends[-1], len(ends)) == (date(2025, 2, 1), date(2026, 2, 1), 13)


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (date(2026, 1, 1), date(2026, 3, 1), [1]),
        (date(2025, 3, 1), date(2026, 3, 1), []),
        (date(2025, 1, 1), date(2025, 2, 1), []),
    ],
)
def test_comparison_goes_back_as_far_as_the_history(
    visit: Callable[..., Visit], start: date, end: date, years: list[int]
):
    assert possible_years(visit(), Period(start, end)) == years


def test_sentence_says_the_window(visit: Callable[..., Visit]):
    told = replace(visit(), said="2 mois jusqu’au 28 février 2026, trafics.")
    assert told.chosen is not None
    shown = replace(told.chosen, period=Period(date(2025, 5, 1), date(2025, 7, 1)))
    assert said(told, shown) == "2 mois jusqu’au 30 juin 2025, trafics."
