from datetime import date

import pytest

from lib.analysis.objectives import Since, months_before, months_since
from lib.domain.actions import JointAction
from lib.domain.period import Period

DATA_ON = date(2026, 10, 31)


def action(starts_on: date | None, **more) -> JointAction:
    return JointAction("Rondes", starts_on=starts_on, **more)


def test_month_that_an_action_begins_in_counts_on_neither_side():
    since = months_since(action(date(2026, 7, 10)), DATA_ON)
    assert since == Since(Period(date(2026, 8, 1), date(2026, 11, 1)), 1, is_whole=True)
    assert months_before(action(date(2026, 7, 10)), DATA_ON) == Period(date(2025, 7, 1), date(2026, 7, 1))


def test_month_that_an_action_opens_counts_since():
    october = Period(date(2026, 10, 1), date(2026, 11, 1))
    assert months_since(action(date(2026, 10, 1)), DATA_ON) == Since(october, 1, is_whole=True)


@pytest.mark.parametrize("starts_on", [None, date(2026, 10, 2), date(2026, 12, 1)])
def test_without_a_whole_month_since_there_is_nothing_to_measure(starts_on: date | None):
    assert months_since(action(starts_on), DATA_ON) is None


def test_last_months_are_measured_no_more_than_the_action_says():
    since = months_since(action(date(2025, 1, 1), months_measured=6), DATA_ON)
    assert since is not None
    assert since.period == Period(date(2026, 5, 1), date(2026, 11, 1))
    assert not since.is_whole
    years = months_since(action(date(2023, 1, 1), months_measured=36), DATA_ON)
    assert years is not None
    assert years.period.month_count == 36


def test_months_compared_with_are_over_when_the_action_begins():
    since = months_since(action(date(2024, 3, 15)), DATA_ON)
    assert since is not None
    assert since.period == Period(date(2025, 11, 1), date(2026, 11, 1))
    assert since.years_back == 3
    assert since.period.years_before(since.years_back).end <= date(2024, 3, 1)
    assert since.period.years_before(since.years_back - 1).end > date(2024, 3, 1)


def test_evaluation_that_is_past_ends_the_measure():
    since = months_since(action(date(2026, 1, 1), evaluated_on=date(2026, 7, 1)), DATA_ON)
    assert since is not None
    assert since.period == Period(date(2026, 1, 1), date(2026, 7, 1))
    later = months_since(action(date(2026, 1, 1), evaluated_on=date(2027, 1, 1)), DATA_ON)
    assert later is not None
    assert later.period.end == date(2026, 11, 1)


def test_baseline_of_an_action_to_come_is_that_of_the_last_months_of_the_facts():
    period = Period(date(2026, 8, 1), date(2026, 11, 1))
    for starts_on in (None, date(2027, 1, 1)):
        assert months_before(action(starts_on, months_measured=3), DATA_ON) == period
