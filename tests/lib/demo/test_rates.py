import numpy as np
import pytest

from lib.demo.rates import COVERED, covered_days, day_weights, month_index, type_profiles


def test_the_forty_types_share_all_facts():
    types = type_profiles()
    assert len(types) == 40
    assert types["share_pct"].sum() == pytest.approx(100)


def test_a_type_that_allows_no_complaint_never_has_one():
    types = type_profiles()
    assert (types.loc[~types["is_complaint_eligible"], "complaint_share"] == 0).all()


def test_the_demonstration_covers_whole_months_from_2020_to_october_2026():
    assert COVERED.month_count == 82
    assert str(COVERED.last_day) == "2026-10-31"
    assert month_index(COVERED.last_day.replace(day=1)) == 81


def test_recording_falls_in_the_spring_of_2020_whatever_the_type():
    weights, days = day_weights(type_profiles()), covered_days()
    april_2020 = weights[:, (days.year == 2020) & (days.month == 4)].mean(axis=1)
    april_2022 = weights[:, (days.year == 2022) & (days.month == 4)].mean(axis=1)
    assert np.all(april_2020 / april_2022 < 0.45)
