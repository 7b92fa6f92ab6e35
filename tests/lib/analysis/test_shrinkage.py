import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis import shrinkage
from lib.analysis.rates import poisson_interval
from lib.analysis.shrinkage import (
    Prior,
    exceedance,
    gamma_prior,
    marshall_prior,
    shrunk_interval,
    shrunk_rate,
    top_probability,
    weight_dispersion,
    with_shrunk_rates,
)

# Published or independently computed values, each with its source: tests/data/shrinkage.json.
PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "shrinkage.json").read_text(encoding="utf-8"))
}
PLACES = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 5000)), min_size=1, max_size=30)


def published(name: str) -> tuple[np.ndarray, np.ndarray, dict]:
    case = PUBLISHED[name]
    return np.array(case["inputs"]["count"]), np.array(case["inputs"]["exposure"]), case["expected"]


def columns(places: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    count, exposure = np.array(places, dtype=float).T
    return count, exposure


def figures(*rows: tuple[int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["incident_count", "severity_index", "reporting_dwelling_months"])


@pytest.mark.parametrize("name", ["EB-MOM-STL", "EB-MOM-NC74"])
def test_moments_equal_published_values(name: str):
    count, exposure, expected = published(name)
    prior = marshall_prior(count, exposure)
    assert prior.mean == pytest.approx(expected["mean"], rel=1e-6)
    assert prior.mean / prior.strength == pytest.approx(expected["variance"], rel=1e-6)
    assert shrunk_rate(count, exposure, prior=prior) == pytest.approx(expected["shrunk"], rel=1e-6)


@pytest.mark.parametrize("name", ["EB-ML-LIP", "EB-ML-NC74", "EB-ML-PUMPS"])
def test_maximum_likelihood_equals_published_values(name: str):
    count, exposure, expected = published(name)
    prior = gamma_prior(count, exposure)
    assert (prior.shape, prior.strength) == pytest.approx((expected["shape"], expected["strength"]), rel=1e-5)
    assert shrunk_rate(count, exposure, prior=prior) == pytest.approx(expected["shrunk"], rel=1e-5)


# POST-BDA3: Bayesian Data Analysis, 3rd ed., section 2.6: Gamma(3, 5), then 3 events on 2.0 and 30 on 20.
def test_posterior_equals_published_mean_interval_and_exceedance():
    count, exposure, prior = [3, 30], [2.0, 20.0], Prior(mean=3 / 5, strength=5)
    low, high = shrunk_interval(count, exposure, prior=prior)
    assert shrunk_rate(count, exposure, prior=prior) == pytest.approx([6 / 7, 1.32])
    assert low == pytest.approx([0.31456, 0.90863], abs=1e-5)
    assert high == pytest.approx([1.66690, 1.80698], abs=1e-5)
    assert exceedance(count, exposure, prior=prior, threshold=1) == pytest.approx([0.30071, 0.92854], abs=1e-5)


@pytest.mark.parametrize("k", [1, 5])
def test_probability_of_being_on_top_equals_its_exact_value(k: int):
    count, exposure, expected = published("RANK-LIP")
    prior, rng = gamma_prior(count, exposure), np.random.default_rng(4)
    probability = top_probability(count, exposure, prior=prior, k=k, rng=rng, draws=20_000)
    assert probability == pytest.approx(np.array(expected[f"top_{k}"]), abs=0.01)


@pytest.mark.parametrize("learn", [marshall_prior, gamma_prior])
@pytest.mark.parametrize(
    ("count", "exposure", "mean"),
    [([5] * 10, [100.0] * 10, 0.05), ([7], [20.0], 0.35), ([0, 0, 0], [1.0, 2.0, 3.0], 0)],
)
def test_places_that_do_not_differ_all_get_the_pooled_rate_and_the_prior_says_so(learn, count, exposure, mean):
    prior = learn(count, exposure)
    assert prior.is_point
    assert shrunk_rate(count, exposure, prior=prior) == pytest.approx([mean] * len(count))


def test_interval_of_places_that_do_not_differ_is_the_exact_one_of_their_pooled_rate():
    low, high = shrunk_interval([5] * 10, [100.0] * 10, prior=Prior(0.05, np.inf))
    pooled_low, pooled_high = poisson_interval(50)
    assert low == pytest.approx([pooled_low / 1000] * 10)
    assert high == pytest.approx([pooled_high / 1000] * 10)


def test_interval_of_zeros_alone_starts_at_zero_and_has_an_upper_bound():
    low, high = shrunk_interval([0, 0], [1.0, 3.0], prior=gamma_prior([0, 0], [1.0, 3.0]))
    assert (list(low), list(high)) == ([0, 0], pytest.approx([3.6889 / 4] * 2, abs=1e-4))


def test_places_that_differ_less_than_chance_are_not_told_apart():
    # Ten facts each, give or take one: a Poisson count would vary by three.
    count, exposure = [9, 10, 11, 10], [100.0] * 4
    assert gamma_prior(count, exposure).is_point
    assert marshall_prior(count, exposure).is_point


@pytest.mark.parametrize("learn", [marshall_prior, gamma_prior])
def test_place_without_exposure_is_missing_and_teaches_nothing(learn):
    count, exposure, _ = published("EB-ML-LIP")
    prior, more = learn(count, exposure), learn([*count, 9, 9], [*exposure, 0, np.nan])
    assert (more.mean, more.strength) == (prior.mean, prior.strength)
    for result in (
        shrunk_rate([9, 9], [0, np.nan], prior=prior),
        *shrunk_interval([9, 9], [0, np.nan], prior=prior),
        *shrunk_interval([9, 9], [0, np.nan], prior=Prior(1, np.inf)),
        exceedance([9, 9], [0, np.nan], prior=prior, threshold=1),
        top_probability([9, 9], [0, np.nan], prior=prior, k=1, rng=np.random.default_rng(0)),
    ):
        assert np.isnan(result).all()


@pytest.mark.parametrize("learn", [marshall_prior, gamma_prior])
def test_without_any_exposed_place_nothing_is_known(learn):
    prior = learn([3], [0])
    assert np.isnan(prior.mean)
    assert prior.is_point


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        gamma_prior([3, -1], [1.0, 1.0])


@settings(deadline=None)
@given(PLACES)
def test_shrunk_rate_lies_between_the_raw_rate_and_the_mean(places: list[tuple[int, int]]):
    count, exposure = columns(places)
    for prior in (marshall_prior(count, exposure), gamma_prior(count, exposure)):
        shrunk, raw = shrunk_rate(count, exposure, prior=prior), count / exposure
        slack = 1e-9 * (raw + prior.mean)
        assert (shrunk >= np.minimum(raw, prior.mean) - slack).all()
        assert (shrunk <= np.maximum(raw, prior.mean) + slack).all()


@settings(deadline=None)
@given(PLACES)
def test_interval_holds_the_shrunk_rate(places: list[tuple[int, int]]):
    count, exposure = columns(places)
    prior = gamma_prior(count, exposure)
    low, high = shrunk_interval(count, exposure, prior=prior)
    shrunk = shrunk_rate(count, exposure, prior=prior)
    assert (low <= shrunk * (1 + 1e-9)).all()
    assert (high >= shrunk * (1 - 1e-9)).all()
    assert (high > low).all()


@settings(deadline=None)
@given(PLACES, st.sampled_from([1e-4, 0.5, 12_000.0]), st.randoms(use_true_random=False))
def test_neither_the_unit_nor_the_order_of_places_changes_anything(places, unit, random):
    count, exposure = columns(places)
    order = np.array(random.sample(range(len(count)), len(count)))
    for learn in (marshall_prior, gamma_prior):
        prior, other = learn(count, exposure), learn(count[order], exposure[order] * unit)
        shrunk = shrunk_rate(count, exposure, prior=prior)[order]
        moved = shrunk_rate(count[order], exposure[order] * unit, prior=other) * unit
        assert moved == pytest.approx(shrunk, rel=1e-3, abs=1e-6 * prior.mean)


@settings(deadline=None)
@given(st.floats(0.01, 10), st.floats(0.01, 1e4), st.integers(1, 400), st.floats(0.1, 1e4), st.floats(1.1, 10))
def test_larger_place_at_the_same_rate_is_drawn_less(mean, strength, count, exposure, times):
    prior, rate = Prior(mean, strength), count / exposure
    small, large = shrunk_rate([count, count * times], [exposure, exposure * times], prior=prior)
    assert abs(large - rate) <= abs(small - rate) * (1 + 1e-9) + 1e-12 * rate


def test_interval_of_a_very_skewed_posterior_still_holds_the_shrunk_rate():
    prior = Prior(mean=1, strength=1e-3)  # Gamma(0.001): more than 97.5 % of it lies below its own mean
    _, high = shrunk_interval([0], [1.0], prior=prior)
    assert high == pytest.approx(shrunk_rate([0], [1.0], prior=prior))


def test_probabilities_of_being_on_top_sum_to_the_number_of_places_asked_for():
    count, exposure, _ = published("EB-ML-PUMPS")
    for prior in (gamma_prior(count, exposure), Prior(0.5, np.inf)):
        probability = top_probability(count, exposure, prior=prior, k=3, rng=np.random.default_rng(0), draws=50)
        assert probability.sum() == pytest.approx(3)


def test_draws_do_not_depend_on_how_many_are_made_at_once(monkeypatch):
    count, exposure, _ = published("EB-ML-PUMPS")
    prior = gamma_prior(count, exposure)
    at_once = top_probability(count, exposure, prior=prior, k=3, rng=np.random.default_rng(7), draws=101)
    monkeypatch.setattr(shrinkage, "DRAWN_AT_ONCE", 70)
    by_seven = top_probability(count, exposure, prior=prior, k=3, rng=np.random.default_rng(7), draws=101)
    assert list(by_seven) == list(at_once)


def test_when_places_do_not_differ_none_stands_out():
    probability = top_probability([9, 0, 4], [1.0, 1.0, 0.0], prior=Prior(4, np.inf), k=1, rng=np.random.default_rng(0))
    assert list(probability[:2]) == [0.5, 0.5]
    assert np.isnan(probability[2])


def test_all_places_are_among_as_many_or_more():
    probability = top_probability([9, 0], [1.0, 1.0], prior=Prior(4, 2), k=3, rng=np.random.default_rng(0))
    assert list(probability) == [1, 1]


def test_being_among_no_place_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        top_probability([9, 0], [1.0, 1.0], prior=Prior(4, 2), k=0, rng=np.random.default_rng(0))


def test_exceedance_of_places_that_do_not_differ_is_that_of_their_pooled_rate():
    chances = exceedance([2, 18], [10.0, 10.0], prior=Prior(1, np.inf), threshold=[0.2, 5.0])
    assert chances == pytest.approx([1, 0], abs=1e-6)


def test_weights_of_a_mean_of_four_and_a_half_are_equally_frequent():
    # 1, 2, 5 and 10: mean 18/4, mean square 130/4.
    assert weight_dispersion([2, 2], [3, 15]) == pytest.approx(130 / 18)


@pytest.mark.parametrize("weight", [1, 10])
def test_facts_at_one_end_of_the_scale_weigh_as_their_count(weight: int):
    count, exposure, _ = published("EB-ML-LIP")
    assert weight_dispersion(count, count * weight) == weight
    weighted = marshall_prior(count * weight, exposure, dispersion=weight)
    plain = shrunk_rate(count, exposure, prior=marshall_prior(count, exposure))
    assert shrunk_rate(count * weight, exposure, prior=weighted) == pytest.approx(plain * weight)


@settings(deadline=None)
@given(st.integers(1, 10**6), st.floats(0, 1))
def test_weights_vary_no_less_than_not_at_all_and_no_more_than_their_scale_allows(count: int, position: float):
    index = round(count * (1 + 9 * position))
    mean, found = index / count, weight_dispersion([count], [index])
    assert mean * (1 - 1e-9) <= found <= (mean + (mean - 1) * (10 - mean) / mean) * (1 + 1e-9)


def test_without_a_fact_no_weight_is_known():
    assert weight_dispersion([0, 0], [0, 0]) == 1


def test_chance_of_the_weights_is_not_taken_for_a_difference_between_places():
    rng = np.random.default_rng(2)
    count, exposure = rng.poisson(4, size=2000), np.full(2000, 10.0)
    index = np.array([rng.choice([1, 2, 5, 10], size=n, p=[0.4, 0.4, 0.15, 0.05]).sum() for n in count])
    as_counts = marshall_prior(index, exposure)
    as_weights = marshall_prior(index, exposure, dispersion=weight_dispersion(count, index))
    assert as_counts.strength < 10
    assert as_weights.strength > 200


def test_frame_gets_shrunk_rates_per_thousand_dwellings_and_year():
    # 1,000 facts, then 500, on 10,000 dwellings for a year; 2 on 10 dwellings; weights all 2.
    rows = figures((1000, 2000, 120_000), (500, 1000, 120_000), (2, 4, 120))
    shrunk = with_shrunk_rates(rows)
    rate, severity = (shrunk[f"shrunk_{name}_per_1000_dwellings"] for name in ("rate", "severity"))
    assert rate[0] == pytest.approx(100, rel=0.02)
    assert rate[1] == pytest.approx(50, rel=0.02)
    assert 50 < rate[2] < 150
    assert severity.to_list()[:2] == pytest.approx([200, 100], rel=0.02)
    assert 100 < severity[2] < 400
    assert (shrunk["shrunk_rate_low"] < rate).all()
    assert (shrunk["shrunk_rate_high"] > rate).all()
    assert not shrunk["is_rate_pooled"].any()
    assert shrunk[rows.columns.to_list()].equals(rows)


def test_frame_says_when_nothing_tells_its_places_apart():
    shrunk = with_shrunk_rates(figures((5, 5, 1200), (5, 5, 1200), (3, 3, 0)))
    assert shrunk["is_rate_pooled"].all()
    assert shrunk["is_severity_pooled"].all()
    for name in ("rate", "severity"):
        assert shrunk[f"shrunk_{name}_per_1000_dwellings"].to_list() == pytest.approx([50, 50, np.nan], nan_ok=True)


def test_frame_without_a_row_stays_without_a_row():
    shrunk = with_shrunk_rates(figures())
    assert len(shrunk) == 0
    assert "shrunk_rate_high" in shrunk
