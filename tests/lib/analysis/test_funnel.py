import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis.funnel import (
    Position,
    chi_square_limits,
    exact_limits,
    funnel,
    limits,
    overdispersion,
    root_limits,
    root_z,
)
from lib.analysis.rates import poisson_interval

# Published or independently computed values, each with its source.
PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "funnel.json").read_text(encoding="utf-8"))
}
LIP = PUBLISHED["FUNNEL-OD-LIP"]
OBSERVED, EXPECTED = (np.array(LIP["inputs"][name], dtype=float) for name in ("observed", "expected"))
PLACES = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60_000)), min_size=1, max_size=30)


def places(*rows: tuple[int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["incident_count", "reporting_dwelling_months"])


@pytest.mark.parametrize(("level", "low", "high"), [(0.95, "ll95", "ul95"), (0.998, "ll998", "ul998")])
def test_chi_square_limits_equal_published_values(level: float, low: str, high: str):
    case = PUBLISHED["FUNNEL-LIMITS"]
    found = chi_square_limits(case["inputs"]["expected_counts"], level)
    assert found[0] == pytest.approx(case["expected"][low], abs=case["tolerance"]["atol"])
    assert found[1] == pytest.approx(case["expected"][high], abs=case["tolerance"]["atol"])


def test_chi_square_limits_are_the_exact_interval_of_the_expected_count():
    low, high = chi_square_limits([7, 40])
    assert (low * [7, 40], high * [7, 40]) == tuple(map(pytest.approx, poisson_interval([7, 40])))


def test_overdispersion_equals_published_values():
    found, expected = overdispersion(OBSERVED, EXPECTED, trim=LIP["inputs"]["trim"]), LIP["expected"]
    assert found == pytest.approx((expected["phi"], expected["tau2"]), rel=1e-5)
    assert root_z(OBSERVED, EXPECTED) == pytest.approx(np.array(expected["z"]), rel=1e-5, abs=1e-12)
    low, high = root_limits(EXPECTED, tau2=found.tau2)
    assert low == pytest.approx(np.array(expected["od_ll95"]), rel=1e-5)
    assert high == pytest.approx(np.array(expected["od_ul95"]), rel=1e-5)


# Counted in the methods file: why overdispersion is needed.
@pytest.mark.parametrize(("level", "outside"), [(0.95, 22), (0.998, 9)])
def test_without_overdispersion_many_districts_are_outside(level: float, outside: int):
    low, high = chi_square_limits(EXPECTED, level)
    ratio = OBSERVED / EXPECTED
    assert ((ratio < low) | (ratio > high)).sum() == outside


def test_with_overdispersion_only_the_published_district_stays_above():
    tau2 = overdispersion(OBSERVED, EXPECTED).tau2
    low, high = limits(EXPECTED, tau2=tau2, level=0.998)
    ratio = OBSERVED / EXPECTED
    assert list(np.flatnonzero(ratio > high)) == [1]  # Banff-Buchan
    assert not (ratio < low).any()


# By hand: Poisson of mean 1 has F(0) = 0.3679, F(2) = 0.9197, F(3) = 0.9810; p = 0.975 falls at
# 3 - (0.9810 - 0.975)/(0.9810 - 0.9197) = 2.902. Under 0.025, F(0) is already above: the limit is 0.
def test_exact_limits_of_one_expected_fact_are_those_worked_by_hand():
    low, high = exact_limits(1)
    assert (float(low), float(high)) == (0, pytest.approx(2.902, abs=1e-3))


@settings(deadline=None)
@given(st.integers(1, 300), st.sampled_from([0.8, 0.95, 0.998]))
def test_exact_limit_falls_between_the_quantile_of_chance_and_the_count_under_it(expected: int, level: float):
    low, high = (float(bound) * expected for bound in exact_limits(expected, level))
    draws = np.arange(2000)
    logs = draws * np.log(expected) - expected - np.concatenate([[0], np.cumsum(np.log(draws[1:]))])
    reached = np.cumsum(np.exp(logs))
    for bound, p in ((low, (1 - level) / 2), (high, (1 + level) / 2)):
        quantile = int(np.searchsorted(reached, p))
        assert max(0, quantile - 1) - 1e-9 <= bound <= quantile + 1e-9


def test_exact_limits_move_smoothly_with_the_size_of_the_place():
    low, high = exact_limits(np.linspace(1, 60, 2000), 0.998)
    assert np.abs(np.diff(high)).max() < 0.1
    assert np.abs(np.diff(low)).max() < 0.01
    assert (low[-1], high[-1]) == pytest.approx((1, 1), abs=0.5)


@settings(deadline=None)
@given(st.floats(0.3, 1e5), st.floats(0, 2), st.floats(0.8, 0.98))
def test_limits_hold_one_and_widen_with_coverage_and_overdispersion(expected: float, tau2: float, level: float):
    low, high = limits(expected, tau2=tau2, level=level)
    assert 0 <= low <= 1 <= high
    for other in (limits(expected, tau2=tau2 + 0.1, level=level), limits(expected, tau2=tau2, level=level + 0.019)):
        assert other[0] <= low + 1e-12
        assert other[1] >= high - 1e-12


@pytest.mark.parametrize("bounds", [chi_square_limits, exact_limits, limits])
def test_without_anything_expected_there_is_no_limit(bounds):
    assert np.isnan(bounds([0, np.nan])).all()


def test_places_that_vary_as_chance_or_less_are_not_overdispersed():
    rng = np.random.default_rng(1)
    assert overdispersion(rng.poisson(30, 500), np.full(500, 30.0)).tau2 == 0
    assert overdispersion([5] * 8, [5.0] * 8) == (0, 0)


def test_overdispersion_finds_the_variance_of_the_true_rates():
    rng = np.random.default_rng(1)
    roots = rng.normal(1, 0.3, 4000)
    found = overdispersion(rng.poisson(50 * roots**2), np.full(4000, 50.0), trim=0)
    assert found.tau2 == pytest.approx(0.09, rel=0.1)


def test_one_place_or_none_cannot_be_overdispersed():
    assert overdispersion([9], [3.0]).tau2 == 0
    assert overdispersion([], []).tau2 == 0
    assert np.isnan(overdispersion([4], [0.0]).phi)


def test_winsorising_keeps_one_extreme_place_from_widening_its_own_limits():
    counts, expected = np.array([10] * 20 + [200]), np.full(21, 10.0)
    assert overdispersion(counts, expected).tau2 == 0
    assert overdispersion(counts, expected, trim=0).tau2 > 0.5


def test_frame_gets_what_is_expected_its_rate_and_its_position():
    # 60 facts on 6,000 dwelling-months: 120 per 1,000 dwellings and year.
    found = funnel(places((10, 1000), (10, 1000), (40, 1000), (0, 3000)), month_count=12)
    assert found.target_rate == pytest.approx(120)
    rows = found.places
    assert rows["expected_count"].to_list() == pytest.approx([10, 10, 10, 30])
    assert rows["expected_ratio"].to_list() == pytest.approx([1, 1, 4, 0])
    assert rows["mean_dwelling_count"].to_list() == pytest.approx([1000 / 12] * 3 + [250])
    assert rows["rate_per_1000_dwellings"].to_list() == pytest.approx([120, 120, 480, 0])
    low, high = limits(10, tau2=found.overdispersion.tau2, level=0.998)
    assert rows.loc[0, ["limit_998_low", "limit_998_high"]].to_list() == pytest.approx([120 * low, 120 * high])
    assert 120 < rows.loc[0, "limit_95_high"] < rows.loc[0, "limit_998_high"]


def test_positions_are_named_from_the_limits_of_each_place():
    # Twenty places at the target of 10 facts; one at 17 (95 %: 16.2; 99.8 %: 21.0), 30, 3 (3.8; 1.9) and 0.
    found = funnel(places(*[(10, 1000)] * 20, (17, 1000), (30, 1000), (3, 1000), (0, 1000), (2, 0)), month_count=12)
    assert found.overdispersion.tau2 == 0
    assert found.places["position"].to_list()[19:] == [
        Position.INSIDE,
        Position.HIGH,
        Position.ABOVE,
        Position.LOW,
        Position.BELOW,
        Position.UNKNOWN,
    ]


# By hand: at 10 expected facts the limits at 99.8 % fall at 20.6 and 1.2 facts; P(≥ 21) + P(≤ 1) = 0.00159 + 0.00050.
def test_places_outside_by_chance_alone_are_counted_exactly():
    found = funnel(places(*[(10, 1000)] * 100), month_count=12)
    assert found.false_count == pytest.approx(0.209, abs=1e-3)


def test_with_overdispersion_two_places_in_a_thousand_are_outside():
    counts = np.random.default_rng(2).negative_binomial(3, 0.1, 500)
    found = funnel(places(*[(count, 1000) for count in counts]), month_count=12)
    assert found.overdispersion.tau2 > 0
    assert found.false_count == pytest.approx(1)


def test_place_without_exposure_is_missing_and_moves_nothing():
    rows = [(10, 1000), (25, 900), (3, 500)]
    alone, beside = funnel(places(*rows), 12), funnel(places(*rows, (9, 0), (9, np.nan)), 12)
    columns = ["expected_count", "expected_ratio", "rate_per_1000_dwellings", "limit_95_low", "limit_998_high"]
    assert beside.places.iloc[:3].equals(alone.places.assign(reporting_dwelling_months=[1000.0, 900.0, 500.0]))
    assert beside.places.loc[3:, columns].isna().all(axis=None)
    assert list(beside.places.loc[3:, "position"]) == ["unknown"] * 2
    assert beside.curves.equals(alone.curves)


def test_without_a_fact_every_place_is_inside():
    found = funnel(places((0, 100), (0, 5000)), month_count=12)
    assert list(found.places["position"]) == ["inside"] * 2
    assert (found.target_rate, found.places["limit_998_high"].max()) == (0, 0)


@pytest.mark.parametrize("rows", [[(7, 300)], [(10, 1000)] * 6])
def test_one_place_or_places_all_equal_are_inside(rows):
    found = funnel(places(*rows), month_count=12)
    assert set(found.places["position"]) == {"inside"}
    assert len(found.curves) == 120


def test_without_an_exposed_place_there_is_no_curve_nor_target():
    for rows in ([], [(3, 0)]):
        found = funnel(places(*rows), month_count=12)
        assert (len(found.curves), len(found.places)) == (0, len(rows))
        assert np.isnan(found.target_rate)


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        funnel(places((-1, 100)), month_count=12)


def test_curves_pass_through_the_limits_of_the_places_at_both_ends():
    found = funnel(places((10, 1000), (60, 900), (30, 5000)), month_count=12)
    by_size = found.places.sort_values("mean_dwelling_count")
    for name in ("mean_dwelling_count", "limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high"):
        ends = by_size[name].iloc[[0, -1]].to_list()
        assert found.curves[name].iloc[[0, -1]].to_list() == pytest.approx(ends)


@settings(deadline=None)
@given(PLACES, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_unit_of_dwellings_moves_a_place(rows, random):
    order = random.sample(range(len(rows)), len(rows))
    found = funnel(places(*rows), 12).places
    moved = funnel(places(*[(rows[i][0], rows[i][1] * 8) for i in order]), 12).places
    assert moved["expected_ratio"].to_list() == pytest.approx(
        found["expected_ratio"].iloc[order].to_list(), nan_ok=True
    )
    assert moved["limit_998_high"].to_list() == pytest.approx((found["limit_998_high"].iloc[order] / 8).to_list())


@settings(deadline=None)
@given(PLACES)
def test_facts_expected_sum_to_facts_recorded(rows):
    found = funnel(places(*rows), 12).places
    assert found["expected_count"].sum() == pytest.approx(found["incident_count"].sum())
