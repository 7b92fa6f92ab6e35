import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers
from scipy.stats import binomtest

from lib.analysis.trends import Verdict, dispersion, e_test_p_value, ratio_interval, ratio_p_value, year_on_year


def rows(*pairs: tuple[int, int], exposure: float = 1200.0, previous_exposure: float = 1200.0) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["incident_count", "previous_incident_count"]).assign(
        reporting_dwelling_months=exposure, previous_reporting_dwelling_months=previous_exposure
    )


# TWOPOIS-DOC of the methods file: 11 cases over 800 against 21 over 3,011.
def test_ratio_of_two_rates_equals_published_exact_values():
    low, high = ratio_interval(11, 21, exposure=800, previous_exposure=3011)
    assert (float(low), float(high)) == (pytest.approx(0.858, abs=5e-4), pytest.approx(4.277, abs=5e-4))
    assert ratio_p_value(11, 21, exposure=800, previous_exposure=3011) == pytest.approx(0.07967, abs=5e-6)


# TWOPOIS-NANCY: SSMSI, 339 against 275, equal exposure.
def test_ratio_at_equal_exposure_equals_published_values():
    low, high = ratio_interval(339, 275)
    assert (float(low), float(high)) == (pytest.approx(1.048, abs=5e-4), pytest.approx(1.451, abs=5e-4))
    assert ratio_p_value(339, 275) == pytest.approx(0.0109, abs=5e-5)


def test_interval_is_unbounded_above_when_nothing_was_recorded_before():
    low, high = ratio_interval([4], [0])
    assert np.isinf(high[0])
    assert low[0] > 0


def test_nothing_recorded_twice_has_p_one():
    assert ratio_p_value(0, 0) == 1


def test_base_under_ten_gets_no_ratio_and_says_few():
    compared = year_on_year(rows((7, 3), (40, 9))).iloc[0]
    assert compared["verdict"] == Verdict.FEW
    assert np.isnan(compared["year_on_year_ratio"])


def test_change_without_reporting_dwellings_is_unknown():
    assert year_on_year(rows((0, 120), exposure=0)).iloc[0]["verdict"] == Verdict.UNKNOWN


def test_clear_changes_are_told_apart_from_noise():
    assert list(year_on_year(rows((200, 100), (100, 200), (104, 100)))["verdict"]) == ["rise", "fall", "flat"]


def test_fewer_reporting_dwellings_are_not_a_fall():
    compared = year_on_year(rows((60, 120), exposure=600, previous_exposure=1200)).iloc[0]
    assert compared["verdict"] == Verdict.FLAT
    assert compared["year_on_year_ratio"] == pytest.approx(1)


def test_one_lucky_row_among_many_is_not_significant_after_correction():
    alone = year_on_year(rows((339, 275)))
    among = year_on_year(rows((339, 275), *[(100, 100)] * 20))
    assert (alone.iloc[0]["verdict"], among.iloc[0]["verdict"]) == (Verdict.RISE, Verdict.FLAT)


def test_overdispersion_widens_the_interval_and_can_undo_significance():
    poisson, bursty = year_on_year(rows((339, 275))), year_on_year(rows((339, 275)), phi=4.0)
    assert bursty.iloc[0]["ratio_low"] < poisson.iloc[0]["ratio_low"]
    assert bursty.iloc[0]["ratio_high"] > poisson.iloc[0]["ratio_high"]
    assert bursty.iloc[0]["verdict"] == Verdict.FLAT


def test_dispersion_is_one_when_both_years_share_the_same_season():
    assert dispersion([10, 20, 30], [20, 40, 60]) == 1


def test_dispersion_equals_the_pearson_statistic_worked_by_hand():
    # Columns sum to 40 each, rows to 40 each: every expected count is 20; 4 cells off by 10 → X² = 20, 1 degree.
    assert dispersion([30, 10], [10, 30]) == pytest.approx(20)


@given(a=integers(0, 400), b=integers(0, 400), ratio=floats(0.05, 20))
def test_exact_p_is_that_of_the_binomial_test(a: int, b: int, ratio: float):
    if a + b:
        expected = binomtest(a, a + b, ratio / (ratio + 1)).pvalue
        assert ratio_p_value(a, b, exposure=ratio) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_many_pairs_are_tested_as_each_alone():
    rng = np.random.default_rng(3)
    a, b = rng.poisson(30, 500), rng.poisson(25, 500)
    s, t = rng.uniform(100, 2000, 500), rng.uniform(100, 2000, 500)
    alone = [ratio_p_value(a[i], b[i], exposure=s[i], previous_exposure=t[i]) for i in range(500)]
    np.testing.assert_allclose(ratio_p_value(a, b, exposure=s, previous_exposure=t), alone)


def test_dispersion_of_many_series_is_that_of_each():
    rng = np.random.default_rng(4)
    now, past = rng.poisson(2, (12, 50)), rng.poisson(3, (12, 50))
    now[:, 0], past[:, 1], now[1:, 2], past[1:, 2] = 0, 0, 0, 0  # nothing now, nothing before, a single month
    found = dispersion(now, past)
    np.testing.assert_allclose(found, [dispersion(now[:, i], past[:, i]) for i in range(50)])
    assert found[:3].tolist() == [1, 1, 1]
    assert found.max() > 1.2


# ETEST-KT2004 of tests/data/trends.json: values of Krishnamoorthy and Thomson (2004).
def test_e_test_equals_published_values():
    cases = json.loads((Path(__file__).parents[2] / "data" / "trends.json").read_text(encoding="utf-8"))
    case = next(case for case in cases if case["id"] == "ETEST-KT2004")
    for (count, previous), expected in zip(case["inputs"]["pairs"], case["expected"]["p"], strict=True):
        assert e_test_p_value(count, previous) == pytest.approx(expected, abs=case["tolerance"]["atol"])


def test_e_test_of_no_fact_or_of_equal_rates_is_one():
    assert e_test_p_value(0, 0) == 1
    assert e_test_p_value(4, 8, previous_exposure=2) == pytest.approx(1)


@given(a=integers(0, 40), b=integers(0, 40), scale=floats(0.2, 5))
def test_e_test_is_the_same_the_other_way_round(a: int, b: int, scale: float):
    found = e_test_p_value(a, b, exposure=scale)
    assert found == pytest.approx(e_test_p_value(b, a, previous_exposure=scale), abs=1e-9)
    assert 0 < found <= 1
