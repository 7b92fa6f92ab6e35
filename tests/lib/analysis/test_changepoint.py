import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from lib.analysis.changepoint import change_points

PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "changepoint.json").read_text(encoding="utf-8"))
}
COAL = PUBLISHED["CHANGEPOINT-COAL"]
SERIES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 900)), min_size=2, max_size=40)


def one(count, exposure=1.0, *, permutations=0, seed=0):
    found = change_points(count, exposure, rng=np.random.default_rng(seed), permutations=permutations)
    assert len(found) == 1
    return {name: found[name].iloc[0] for name in found}


def log_likelihood(counts, exposures):
    return poisson.logpmf(counts, exposures * counts.sum() / exposures.sum()).sum()


def test_break_equals_published_values():
    found, expected = one(COAL["inputs"]["counts"], permutations=999), COAL["expected"]
    assert found["break_position"] == expected["k"]
    assert found["mean_before"] == pytest.approx(expected["mean_before"], rel=1e-6)
    assert found["mean_after"] == pytest.approx(expected["mean_after"], rel=1e-6)
    assert found["gain"] == pytest.approx(expected["loglik_gain"], rel=1e-6)
    assert found["p_value"] == pytest.approx(1 / 1000)


@settings(deadline=None)
@given(SERIES)
def test_gain_is_the_best_of_all_cuts_tried_one_by_one(series):
    counts, exposures = np.array(series, dtype=float).T
    whole = log_likelihood(counts, exposures)
    cuts = [
        log_likelihood(counts[:k], exposures[:k]) + log_likelihood(counts[k:], exposures[k:]) - whole
        for k in range(1, len(counts))
    ]
    found = one(counts, exposures)
    assert found["gain"] == pytest.approx(max(cuts), abs=1e-8)
    if found["gain"] > 1e-6:
        assert cuts[found["break_position"] - 1] == pytest.approx(max(cuts), abs=1e-8)


def test_means_are_per_unit_of_exposure():
    # 10 facts a month on 100 dwellings, then 10 on 50: the counts do not move, the rate doubles.
    found = one([10] * 24, [100] * 12 + [50] * 12)
    assert (found["break_position"], found["mean_before"], found["mean_after"]) == (12, 0.1, 0.2)


def test_change_of_exposure_alone_is_no_break():
    found = one([10] * 12 + [5] * 12, [100] * 12 + [50] * 12, permutations=99)
    assert (found["gain"], found["p_value"]) == (pytest.approx(0, abs=1e-9), 1)


@pytest.mark.parametrize("silence", [0, np.nan])
def test_silent_month_is_no_zero_and_keeps_its_place(silence):
    counts, exposures = np.array([2.0] * 15 + [0] * 3 + [8] * 15), np.array([10.0] * 15 + [silence] * 3 + [10] * 15)
    found = one(counts, exposures, permutations=99)
    assert found["break_position"] == 15
    assert (found["mean_before"], found["mean_after"]) == pytest.approx((0.2, 0.8))
    told = exposures > 0
    assert found["gain"] == pytest.approx(one(counts[told], exposures[told])["gain"])


def test_count_of_a_silent_month_is_not_used():
    assert one([2] * 24 + [np.nan], [1] * 24 + [0])["gain"] == pytest.approx(0, abs=1e-9)
    assert one([2] * 24 + [500], [1] * 24 + [0])["gain"] == pytest.approx(0, abs=1e-9)


def test_under_two_years_of_months_that_reported_there_is_no_verdict():
    counts, exposures = [0] * 12 + [30] * 12, np.ones(24)
    assert one(counts, exposures, permutations=99)["p_value"] == 0.01
    exposures[5] = 0
    assert np.isnan(one(counts, exposures, permutations=99)["p_value"])


@pytest.mark.parametrize("counts", [[0] * 30, [7] * 30, [1_234_567] * 30, [4], []])
def test_series_without_a_break_has_no_position(counts):
    found = change_points([counts], rng=np.random.default_rng(0), permutations=19)
    assert found["break_position"].isna().all()
    assert found["gain"].to_list() == pytest.approx([0], abs=1e-6)
    assert (found["p_value"].dropna() == 1).all()


def test_series_that_never_reported_has_nothing():
    found = one([3] * 30, [0] * 30, permutations=19)
    assert np.isnan([found[name] for name in ("mean_before", "mean_after", "p_value")]).all()
    assert found["gain"] == 0


def test_chance_alone_seldom_gives_a_small_p():
    rng = np.random.default_rng(5)
    found = change_points(rng.poisson(4, (200, 36)), rng=rng, permutations=99)
    assert (found["p_value"] <= 0.05).mean() == pytest.approx(0.05, abs=0.04)
    assert found["p_value"].mean() == pytest.approx(0.5, abs=0.08)


def test_rows_are_series_of_their_own():
    counts, exposures = np.random.default_rng(3).poisson(5, (4, 30)), np.arange(1, 31)
    together = change_points(counts, exposures, rng=np.random.default_rng(0), permutations=0)
    assert [row["gain"] for row in map(one, counts, [exposures] * 4)] == pytest.approx(together["gain"].to_list())


@settings(deadline=None)
@given(SERIES, st.sampled_from([1e-3, 12.0]))
def test_reversing_the_months_or_changing_the_unit_keeps_the_gain(series, unit):
    counts, exposures = np.array(series, dtype=float).T
    found, turned = one(counts, exposures), one(counts[::-1], exposures[::-1] * unit)
    assert turned["gain"] == pytest.approx(found["gain"], abs=1e-8)


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        one([3, -1], [1, 1])
