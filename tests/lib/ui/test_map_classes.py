from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.maps.scene import Measure
from lib.snapshot.places import Level
from lib.ui import map_classes
from lib.ui.map_classes import class_breaks, learning_periods
from lib.ui.session import Visit


@pytest.fixture(autouse=True)
def nothing_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_classes, "_known", {})


def with_period(visit: Visit, *months: date) -> Visit:
    assert visit.chosen is not None
    return replace(visit, chosen=replace(visit.chosen, period=Period(*months)))


@pytest.mark.parametrize("measure", Measure)
def test_classes_of_a_measure_depend_on_no_filter_period_or_scope(
    visit: Callable[..., Visit], measure: Measure, monkeypatch: pytest.MonkeyPatch
):
    expected = class_breaks(visit(), Level.COMMUNE, measure)
    others = (
        visit(family_codes=("TRA",)),
        visit(Scope(landlord_ids=frozenset({2}))),
        with_period(visit(), date(2025, 3, 1), date(2025, 4, 1)),
    )
    for other in others:
        monkeypatch.setattr(map_classes, "_known", {})
        assert class_breaks(other, Level.COMMUNE, measure) == expected
    assert list(expected) == sorted(expected)


def test_only_whole_calendar_years_are_learnt_from(visit: Callable[..., Visit]):
    # The store tells of January 2025 to February 2026.
    assert learning_periods(visit()) == [Period(date(2025, 1, 1), date(2026, 1, 1))]


def test_counts_of_the_whole_year_give_the_classes_of_facts(visit: Callable[..., Visit]):
    # 2025 by département: a6 and a7 in Essonne, b2 in Seine-et-Marne.
    assert class_breaks(visit(), Level.DEPARTEMENT, Measure.FACTS) == (2,)


def test_classes_are_learnt_once(visit: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch):
    first = class_breaks(visit(), Level.COMMUNE, Measure.FACTS)
    monkeypatch.setattr(map_classes, "_learn", lambda *_: pytest.fail("learnt again"))
    assert class_breaks(visit(), Level.COMMUNE, Measure.FACTS) == first


def test_classes_that_are_known_wait_for_nobody(visit: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch):
    first = class_breaks(visit(), Level.COMMUNE, Measure.FACTS)
    monkeypatch.setattr(map_classes, "_learning", None)
    assert class_breaks(visit(), Level.COMMUNE, Measure.FACTS) == first
