from datetime import date

import pytest

from lib.domain.period import Period, add_months, last_complete_month_end


def test_last_twelve_months_end_with_the_last_complete_month():
    assert Period.last_months(12, date(2026, 10, 31)) == Period(date(2025, 11, 1), date(2026, 11, 1))
    assert Period.last_months(12, date(2026, 10, 30)) == Period(date(2025, 10, 1), date(2026, 10, 1))


def test_leap_february_is_complete_on_the_29th_only():
    assert last_complete_month_end(date(2024, 2, 28)) == date(2024, 2, 1)
    assert last_complete_month_end(date(2024, 2, 29)) == date(2024, 3, 1)


def test_year_before_keeps_calendar_months_and_never_overlaps():
    quarter, two_years = Period(date(2026, 1, 1), date(2026, 4, 1)), Period(date(2024, 11, 1), date(2026, 11, 1))
    assert quarter.year_before() == Period(date(2025, 1, 1), date(2025, 4, 1))
    assert two_years.year_before() == Period(date(2022, 11, 1), date(2024, 11, 1))
    eighteen = Period(date(2025, 5, 1), date(2026, 11, 1))
    assert eighteen.year_before().end <= eighteen.start


def test_months_are_first_days_and_the_end_is_excluded():
    assert Period(date(2025, 12, 1), date(2026, 2, 1)).months() == [date(2025, 12, 1), date(2026, 1, 1)]
    assert Period(date(2025, 12, 1), date(2026, 2, 1)).last_day == date(2026, 1, 31)


@pytest.mark.parametrize(("start", "end"), [((2026, 1, 2), (2026, 2, 1)), ((2026, 2, 1), (2026, 2, 1))])
def test_a_period_that_is_not_whole_months_is_refused(start, end):
    with pytest.raises(ValueError, match="whole months"):
        Period(date(*start), date(*end))


def test_months_add_across_years_in_both_directions():
    assert add_months(date(2026, 11, 1), 3) == date(2027, 2, 1)
    assert add_months(date(2026, 1, 1), -13) == date(2024, 12, 1)


def test_overlap_is_half_open():
    period = Period(date(2020, 5, 1), date(2021, 5, 1))
    assert period.overlaps(date(2020, 3, 17), date(2020, 5, 11))
    assert not period.overlaps(date(2020, 3, 17), date(2020, 5, 1))
