import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from lib.analysis.surveillance import FarringtonRule, ears_limits, farrington, predictive_tail, three_month_test

# Published or independently computed values, each with its source: tests/data/trends.json.
PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "trends.json").read_text(encoding="utf-8"))
}
AGONA = PUBLISHED["FARRINGTON-AGONA"]["inputs"]["weekly_counts"]
WEEKS = FarringtonRule(52, years_back=3, half_window=3, alpha=0.01)
MONTHS = FarringtonRule(12, years_back=3, half_window=1)
STEADY = [[4, 6, 5] * 16]


def test_fifty_two_weeks_of_limits_and_three_alarms_equal_those_of_r():
    case = PUBLISHED["FARRINGTON-AGONA"]
    watched = [farrington(AGONA, week - 1, rule=WEEKS) for week in case["inputs"]["range_1based"]]
    limits = [0.0 if found.is_silenced[0] else found.upper_limit[0] for found in watched]
    assert limits == pytest.approx(case["expected"]["upperbound"], abs=case["tolerance"]["upperbound_atol"])
    alarms = [int(found.is_alarm[0]) for found in watched]
    assert alarms == case["expected"]["alarm"]
    assert sum(alarms) == case["expected"]["n_alarms"]


def test_limits_of_a_level_alone_equal_those_worked_by_hand():
    # Nine references of 5: mean 5, no dispersion (floored at 1), relative variance of the mean 1/45.
    found = farrington([[5] * 47 + [9]], 47, rule=replace(MONTHS, has_trend=False, is_reweighted=False))
    spread = np.sqrt(4 / 9 * 5 ** (1 / 3) * (1 + 5 / 45))
    assert found.expected[0] == pytest.approx(5)
    assert found.upper_limit[0] == pytest.approx((5 ** (2 / 3) + 1.959964 * spread) ** 1.5)
    assert found.lower_limit[0] == pytest.approx((5 ** (2 / 3) - 1.959964 * spread) ** 1.5)


def test_count_at_its_upper_limit_has_half_of_alpha_above_it():
    found = farrington(STEADY, 47, rule=MONTHS)
    at_limit = farrington([[*STEADY[0][:47], found.upper_limit[0]]], 47, rule=MONTHS)
    assert at_limit.p_value[0] == pytest.approx(MONTHS.alpha / 2)


def test_past_outbreak_counts_less_once_reweighted():
    counts = [*STEADY[0]]
    counts[47 - 24] = 60
    usual, plain = (
        farrington([counts], 47, rule=replace(MONTHS, is_reweighted=is_reweighted)) for is_reweighted in (True, False)
    )
    assert usual.upper_limit[0] < plain.upper_limit[0]


def test_steady_fall_is_followed_and_steady_rise_only_up_to_what_was_seen():
    falling = np.round(400 * np.exp(-np.arange(48) / 24))
    rising = falling[::-1]
    down, up = farrington([falling, rising], 47, rule=MONTHS).has_trend
    assert (down, up) == (True, False)
    assert not farrington([falling], 47, rule=replace(MONTHS, years_back=2)).has_trend[0]


def test_each_place_of_the_window_has_its_own_level_when_asked():
    counts = np.tile([2, 40, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], 5)
    plain = replace(MONTHS, is_reweighted=False)
    assert farrington(counts, 49, rule=plain).expected[0] == pytest.approx(44 / 3)
    assert farrington(counts, 49, rule=replace(plain, has_season=True)).expected[0] == pytest.approx(40)


def test_few_recent_cases_silence_an_alarm():
    counts = np.array([[0] * 44 + [0, 0, 0, 4], [0] * 44 + [0, 0, 1, 4]])
    counts[:, [11, 23]] = 1
    found = farrington(counts, 47, rule=MONTHS)
    assert (found.observed > found.upper_limit).all()
    assert found.is_silenced.tolist() == [True, False]
    assert found.is_alarm.tolist() == [False, True]


def test_reference_without_a_fact_expects_none_and_one_nobody_told_expects_nothing():
    counts, exposure = np.zeros((2, 48)), np.ones((2, 48))
    exposure[1, :40] = 0
    found = farrington(counts, 47, rule=MONTHS, exposure=exposure)
    assert found.expected[0] == found.upper_limit[0] == 0
    assert np.isnan(found.upper_limit[1])
    assert not found.is_alarm.any()


def test_exposure_carries_the_expected_number():
    exposure = np.full(48, 100.0)
    exposure[47] = 50
    half = farrington(STEADY, 47, rule=MONTHS, exposure=exposure)
    whole = farrington(STEADY, 47, rule=MONTHS, exposure=100)
    assert half.expected[0] == pytest.approx(whole.expected[0] / 2)


def test_months_nobody_told_are_left_out():
    counts = np.array(STEADY, dtype=float)
    exposure = np.ones_like(counts)
    counts[0, 35], exposure[0, 35] = 500, 0
    told = farrington(counts, 47, rule=replace(MONTHS, has_trend=False), exposure=exposure)
    assert told.expected[0] == pytest.approx(5, abs=0.3)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.integers(0, 30), min_size=48, max_size=48), min_size=2, max_size=6))
def test_many_series_are_watched_as_each_alone(counts):
    together = farrington(counts, 47, rule=MONTHS)
    alone = [farrington(series, 47, rule=MONTHS) for series in counts]
    for name in ("expected", "upper_limit", "p_value", "is_alarm"):
        each = [getattr(found, name)[0] for found in alone]
        np.testing.assert_allclose(getattr(together, name), each, rtol=1e-4, atol=1e-6)


def test_three_month_test_is_the_exact_binomial_one():
    # 6 facts in a quarter, 4 in the same quarters of three years: P(Bin(10, 1/4) ≥ 6).
    assert three_month_test(6, 4, previous_exposure=3) == pytest.approx(binom.sf(5, 10, 0.25))
    # Nothing in three years: each of 5 facts had one chance in four to be of this quarter.
    assert three_month_test(5, 0, previous_exposure=3) == pytest.approx(0.25**5)
    assert three_month_test([0, 0], [0, 9]).tolist() == [1, 1]


@settings(deadline=None)
@given(count=st.integers(1, 300), past=st.integers(0, 300), now=st.floats(0.1, 50), before=st.floats(0.1, 50))
def test_three_month_test_equals_the_binomial_tail_whatever_the_exposures(count, past, now, before):
    found = three_month_test(count, past, exposure=now, previous_exposure=before)
    expected = binom.sf(count - 1, count + past, now / (now + before))
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


@settings(deadline=None)
@given(count=st.integers(0, 200), past=st.integers(0, 200), phi=st.floats(1, 9))
def test_three_month_test_falls_with_the_count_and_rises_with_the_past(count, past, phi):
    counts, pasts = np.arange(count, count + 4), np.arange(past, past + 4)
    assert (np.diff(three_month_test(counts, past, previous_exposure=3, dispersion=phi)) <= 1e-12).all()
    assert (np.diff(three_month_test(count, pasts, previous_exposure=3, dispersion=phi)) >= -1e-12).all()


def test_dispersion_makes_a_high_count_less_surprising():
    p = three_month_test(60, 90, previous_exposure=3, dispersion=[1.0, 2.0, 4.0])
    assert (np.diff(p) > 0).all()


def test_tail_of_a_known_mean_is_that_of_a_law_of_this_mean_and_variance():
    total = predictive_tail(np.arange(1, 4000), 20.0, np.inf, 3.0)
    squares = (2 * np.arange(1, 4000) - 1) * total
    assert total.sum() == pytest.approx(20)  # E[Y] = Σ P(Y ≥ y)
    assert squares.sum() - 20**2 == pytest.approx(60)


def test_ears_limits_and_alarms_equal_those_of_r():
    expected = PUBLISHED["EARS-C1-AGONA"]["expected"]
    limits = ears_limits(AGONA)
    assert limits[7:37] == pytest.approx(expected["upperbound_first30"], abs=1e-6)
    assert limits[-10:] == pytest.approx(expected["upperbound_last10"], abs=1e-6)
    assert (np.flatnonzero(np.array(AGONA) > limits) + 1).tolist() == expected["alarm_indices_1based"]
    assert np.isnan(limits[:7]).all()


def test_second_ears_method_leaves_two_periods_between():
    np.testing.assert_array_equal(ears_limits(AGONA, lag=2)[9:], ears_limits(AGONA)[7:-2])
    assert np.isnan(ears_limits([1, 2, 3])).all()


def test_floor_of_the_deviation_keeps_one_case_from_being_an_alarm():
    assert ears_limits([0] * 8)[7] == 0
    assert ears_limits([0] * 8, min_sigma=0.5)[7] > 1
