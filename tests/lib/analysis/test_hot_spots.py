import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from lib.analysis.hot_spots import FALSE_DISCOVERY_RATE, HotSpot, HotSpots, hot_spots
from lib.analysis.multiplicity import adjusted_p_values

CORNER = np.array([650_000.0, 6_860_000.0])  # EPSG:2154
KINDS = {HotSpot.HOT, HotSpot.COLD}


def scattered(count: int, *, seed: int, side_m: float = 4000) -> np.ndarray:
    return CORNER + np.random.default_rng(seed).uniform(0, side_m, (count, 2))


def spots(points: np.ndarray, rate: np.ndarray, *, seed: int = 0) -> HotSpots:
    return hot_spots(points[:, 0], points[:, 1], rate, rng=np.random.default_rng(seed))


def kinds(found: HotSpots) -> set[str]:
    return set(found.places["hot_spot"])


def skewed(count: int, *, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).gamma(0.5, 800, count)


@pytest.mark.parametrize("seed", range(5))
def test_planted_hot_spot_is_found_where_it_is(seed):
    points = scattered(300, seed=seed)
    distance = np.hypot(*(points - points[0]).T)
    is_planted = distance.argsort().argsort() < 12
    rate = np.random.default_rng(seed).gamma(8, 50, 300) * np.where(is_planted, 3, 1)
    found = spots(points, rate)
    is_hot = (found.places["hot_spot"] == HotSpot.HOT).to_numpy()
    assert is_hot[is_planted].sum() >= 6
    assert distance[is_hot].max() < 1000
    assert (found.places["hot_spot"] == HotSpot.HOT).sum() == is_hot.sum()
    assert (found.places["z_score"][is_hot] > 3).all()


def test_planted_quiet_spot_is_cold():
    points = scattered(300, seed=1)
    is_planted = np.hypot(*(points - points[0]).T).argsort().argsort() < 20
    rate = np.random.default_rng(1).gamma(8, 50, 300) * np.where(is_planted, 0.1, 1)
    found = spots(points, rate)
    is_cold = (found.places["hot_spot"] == HotSpot.COLD).to_numpy()
    assert is_cold[is_planted].sum() >= 10
    assert (found.places["hot_spot"] == HotSpot.HOT).sum() == 0
    assert (found.places["z_score"][is_cold] < -3).all()


def test_unrelated_rates_rarely_make_a_spot_however_skewed():
    points = scattered(150, seed=2)
    found = [spots(points, skewed(150, seed=seed), seed=seed) for seed in range(120)]
    by_chance = sum(bool(kinds(each) & KINDS) for each in found)
    by_normal_law = sum(
        bool((adjusted_p_values(2 * norm.sf(each.places["z_score"].abs())) <= FALSE_DISCOVERY_RATE).any())
        for each in found
    )
    assert by_chance <= 12  # 5 % of 120 expected: 12 or fewer with probability 0.99
    assert by_normal_law > 24  # why the normal law is not used


def test_one_very_high_residence_is_no_hot_spot():
    points, rate = scattered(200, seed=3), np.random.default_rng(3).gamma(8, 50, 200)
    rate[0] = 20 * rate.max()
    found = spots(points, rate)
    assert found.places.loc[0, "z_score"] > 3
    assert kinds(found) <= {HotSpot.NEITHER, HotSpot.ISLAND}


def test_p_value_of_a_pair_is_that_of_all_the_pairs_of_rates():
    # Thirty residences two by two, far from any other pair; rates 0 to 29, the two highest together.
    points = CORNER + np.array([[1000.0 * (n // 2), 10.0 * (n % 2)] for n in range(30)])
    rate = np.concatenate([np.arange(28), [28, 29]]).astype(float)
    found = spots(points, rate).places
    assert found["neighbour_count"].tolist() == [1] * 30
    assert found["local_rate"].tolist()[-2:] == [28.5, 28.5]
    assert found["p_value"][29] == pytest.approx(2 / 435, abs=0.0015)
    assert found["p_value"][15] == found["p_value"][14] == pytest.approx(1, abs=0.1)
    variation = (30 * 2 - 4) / 29
    assert found["z_score"][29] == pytest.approx((57 - 2 * 14.5) / np.sqrt(rate.var() * variation))


def test_neighbours_are_the_eight_nearest_within_five_hundred_metres():
    row = CORNER + np.array([[50.0 * n, 0.0] for n in range(40)] + [[50.0 * 39 + 500, 0], [1e5, 0]])
    found = spots(row, skewed(42, seed=4)).places
    assert found["neighbour_count"].tolist() == [8] * 40 + [1, 0]


def test_island_is_declared_and_not_tested():
    points = np.vstack([scattered(40, seed=5, side_m=900), CORNER + 50_000])
    found = spots(points, np.append(skewed(40, seed=5), 1e6))
    island = found.places.loc[40]
    assert (island["hot_spot"], island["neighbour_count"]) == (HotSpot.ISLAND, 0)
    assert island[["z_score", "p_value", "adjusted_p_value"]].isna().all()
    assert (found.places["hot_spot"] == HotSpot.ISLAND).sum() == 1


def test_under_thirty_residences_nothing_is_tested():
    points, rate = scattered(30, seed=6, side_m=600), np.append(np.full(24, 10.0), np.full(6, 5000))
    few, enough = spots(points[1:], rate[1:]), spots(points, rate)
    assert (few.is_too_few, few.place_count, kinds(few)) == (True, 29, {HotSpot.UNTESTED})
    assert few.places[["z_score", "p_value", "adjusted_p_value"]].isna().all(axis=None)
    assert few.places["local_rate"].notna().all()
    assert (enough.is_too_few, enough.place_count) == (False, 30)
    assert enough.places["p_value"].notna().all()


def test_residence_without_position_or_rate_is_untested_and_nobodys_neighbour():
    points, rate = scattered(40, seed=7, side_m=900), skewed(40, seed=7)
    plain = spots(points, rate)
    odd = np.vstack([[[np.nan, 6_860_000.0]], points, points[:1]])
    found = spots(odd, np.concatenate([[9e9], rate, [np.nan]]))
    assert found.place_count == 40
    assert found.places["hot_spot"].iloc[[0, -1]].tolist() == [HotSpot.UNTESTED] * 2
    pd.testing.assert_frame_equal(found.places.iloc[1:-1].reset_index(drop=True), plain.places)


def test_equal_rates_make_no_spot():
    found = spots(scattered(50, seed=8, side_m=1000), np.full(50, 395.0))
    assert kinds(found) <= {HotSpot.NEITHER, HotSpot.ISLAND}
    assert set(found.places["p_value"].dropna()) == {1.0}


def test_residences_all_at_one_point_have_eight_neighbours_each():
    found = spots(np.tile(CORNER, (40, 1)), skewed(40, seed=9))
    assert set(found.places["neighbour_count"]) == {8}
    assert found.places["p_value"].between(0, 1).all()


def test_no_residence_gives_no_row():
    found = spots(np.empty((0, 2)), np.empty(0))
    assert (len(found.places), found.place_count, found.is_too_few) == (0, 0, True)
    assert "adjusted_p_value" in found.places


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0, 6.3), st.floats(-1e5, 1e5), st.sampled_from([1e-3, 7.0, 1e4]), st.booleans())
def test_neither_place_nor_direction_nor_unit_nor_order_matters(seed, angle, shift, unit, is_turned):
    points, rate = scattered(60, seed=seed, side_m=1500) - CORNER, skewed(60, seed=seed)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    order = np.random.default_rng(seed).permutation(60) if is_turned else np.arange(60)
    plain, moved = spots(points, rate).places, spots((points @ turn + shift)[order], unit * rate[order]).places
    expected = plain.iloc[order].reset_index(drop=True).assign(local_rate=lambda rows: rows["local_rate"] * unit)
    pd.testing.assert_frame_equal(moved, expected)
