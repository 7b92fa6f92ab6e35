import json
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import norm

from lib.analysis.autocorrelation import (
    distinct_draws,
    global_moran,
    local_g,
    local_moran,
    near_weights,
    neighbour_weights,
    permutation_p_values,
    row_standardised,
)

# Published or independently computed values, each with its source: tests/data/hotspots.json; neighbours from 0.
PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "hotspots.json").read_text(encoding="utf-8"))
}
AFCON = PUBLISHED["LOCALMORAN-AFCON"]
ALIKE = row_standardised(neighbour_weights(AFCON["inputs"]["neighbours"]))
CONFLICTS = AFCON["inputs"]["totcon"]
PATH = neighbour_weights([[1], [0, 2], [1, 3], [2]])
# Six places, no two rows alike, none symmetric: what holds for them holds for any weights.
UNEVEN = csr_array(np.random.default_rng(3).gamma(1, 1, (6, 6)) * (np.random.default_rng(4).random((6, 6)) < 0.6))
SKEWED = np.array([1.0, 2, 4, 8, 16, 32])
PLACES = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def random_places(rng: np.random.Generator) -> tuple[np.ndarray, csr_array]:
    count = int(rng.integers(4, 30))
    return rng.gamma(1, 5, count), near_weights(rng.uniform(0, 100, (count, 2)), radius_m=40, k=4)


def without_diagonal(weights: csr_array) -> np.ndarray:
    return weights.toarray() * ~np.eye(weights.shape[0], dtype=bool)


def test_getis_ord_g_of_six_points_equals_the_published_values():
    case = PUBLISHED["GETIS-6PTS"]
    weights = near_weights(case["inputs"]["points"], radius_m=case["inputs"]["threshold"])
    for is_self_included, name in ((False, "G"), (True, "Gstar")):
        found = local_g(case["inputs"]["y"], weights, is_self_included=is_self_included)
        assert found == pytest.approx(case["expected"][name], abs=case["tolerance"]["atol"])


def test_getis_ord_g_star_of_rates_equals_that_of_r():
    case = PUBLISHED["GSTAR-NC79"]
    found = local_g(case["inputs"]["rate"], neighbour_weights(case["inputs"]["neighbours"]))
    assert found == pytest.approx(case["expected"]["Gstar"], abs=case["tolerance"]["atol"])


def test_local_moran_equals_that_of_r():
    found, expected, rtol = local_moran(CONFLICTS, ALIKE), AFCON["expected"], AFCON["tolerance"]["rtol"]
    columns = {"moran": "I", "z_score": "Z", "p_value": "p", "adjusted_p_value": "p_bh"}
    for ours, theirs in columns.items():
        assert found[ours].to_numpy() == pytest.approx(expected[theirs], rel=rtol)
    countries = np.array(AFCON["inputs"]["country"])
    assert set(countries[found["p_value"] < 0.05]) == set(expected["significant_p05"])
    assert set(countries[found["adjusted_p_value"] <= 0.05]) == set(expected["significant_fdr05"])


def test_global_moran_equals_that_of_r():
    found, expected, rtol = global_moran(CONFLICTS, ALIKE), AFCON["expected"], AFCON["tolerance"]["rtol"]
    assert found.moran == pytest.approx(expected["global_I"], rel=rtol)
    assert found.z_score == pytest.approx(expected["global_z_randomisation"], rel=rtol)
    assert found.p_value == pytest.approx(2 * norm.sf(expected["global_z_randomisation"]))


def test_g_star_standardises_by_all_the_ways_of_dealing_the_values():
    weights = UNEVEN.toarray()
    weights[np.arange(6), np.arange(6)] = 2.0
    dealt = np.array([weights @ values for values in permutations(SKEWED)])
    expected = (weights @ SKEWED - dealt.mean(axis=0)) / dealt.std(axis=0)
    assert local_g(SKEWED, csr_array(weights)) == pytest.approx(expected)


def test_g_and_local_moran_standardise_by_all_the_ways_of_dealing_the_others():
    weights, z = without_diagonal(UNEVEN), (SKEWED - SKEWED.mean()) / SKEWED.std()
    g, moran = local_g(SKEWED, UNEVEN, is_self_included=False), local_moran(SKEWED, UNEVEN)
    for place in range(6):
        others = np.arange(6) != place
        dealt = np.array([weights[place, others] @ values for values in permutations(z[others])])
        assert g[place] == pytest.approx((weights[place] @ z - dealt.mean()) / dealt.std())
        row = moran.loc[place]
        assert row["moran"] == pytest.approx(z[place] * (weights[place] @ z))
        assert row["expected"] == pytest.approx((z[place] * dealt).mean())
        assert row["variance"] == pytest.approx((z[place] * dealt).var())
        assert row["z_score"] == pytest.approx((row["moran"] - row["expected"]) / np.sqrt(row["variance"]))


def test_global_moran_has_the_moments_of_all_the_ways_of_dealing_the_values():
    weights = without_diagonal(UNEVEN)
    z = SKEWED - SKEWED.mean()
    dealt = [6 / weights.sum() * (x @ weights @ x) / (x @ x) for x in (np.array(v) for v in permutations(z))]
    found = global_moran(SKEWED, UNEVEN)
    assert (found.moran, found.expected) == pytest.approx((dealt[0], np.mean(dealt)))
    assert found.variance == pytest.approx(np.var(dealt))


def test_permutation_p_is_twice_the_smaller_tail_of_the_ways_of_dealing_the_others():
    found = permutation_p_values(SKEWED, UNEVEN, rng=np.random.default_rng(0), permutations=40_000)
    weights = without_diagonal(UNEVEN)
    for place in range(6):
        others = np.arange(6) != place
        dealt = np.array([weights[place, others] @ values for values in permutations(SKEWED[others])])
        observed = weights[place] @ SKEWED
        tail = min((dealt >= observed - 1e-9).mean(), (dealt <= observed + 1e-9).mean())
        assert found[place] == pytest.approx(min(1, 2 * tail), abs=0.01)


def test_permutation_p_agrees_with_the_normal_one_where_values_are_normal():
    rng = np.random.default_rng(5)
    points = rng.uniform(0, 100, (200, 2))
    weights = near_weights(points, radius_m=100, k=8)
    values = np.sin(points[:, 0] / 15) + rng.normal(size=200)
    found = permutation_p_values(values, weights, rng=rng)
    assert found == pytest.approx(local_moran(values, weights)["p_value"].to_numpy(), abs=0.05)
    assert found.min() >= 2 / 10_000


def test_permutation_p_is_that_of_its_seed():
    first, again = (permutation_p_values(CONFLICTS, ALIKE, rng=np.random.default_rng(1)) for _ in range(2))
    assert list(first) == list(again)


def test_unrelated_values_rarely_have_a_small_permutation_p():
    rng = np.random.default_rng(8)
    weights = near_weights(rng.uniform(0, 100, (100, 2)), radius_m=100, k=6)
    p_values = [permutation_p_values(rng.gamma(0.5, 1, 100), weights, rng=rng, permutations=499) for _ in range(20)]
    assert 0.03 < np.mean(np.array(p_values) <= 0.05) < 0.06


@pytest.mark.parametrize("is_self_included", [True, False])
def test_neighbours_in_row_shares_are_worth_neighbours_of_weight_one(is_self_included):
    case = PUBLISHED["GSTAR-NC79"]
    rate, weights = case["inputs"]["rate"], neighbour_weights(case["inputs"]["neighbours"])
    plain = local_g(rate, weights, is_self_included=is_self_included)
    assert local_g(rate, row_standardised(weights), is_self_included=is_self_included) == pytest.approx(plain)


def test_island_stands_alone_in_g_star_and_nowhere_else():
    weights = neighbour_weights([[1], [0], [3], [2], []])
    values = [1.0, 2, 3, 5, 9]
    assert local_g(values, weights)[4] == pytest.approx((9 - 4) / np.std(values))
    assert np.isnan(local_g(values, weights, is_self_included=False)[4])
    found = local_moran(values, row_standardised(weights))
    assert found["is_island"].tolist() == [False] * 4 + [True]
    assert found.loc[4, "moran"] == 0
    assert np.isnan(found.loc[4, "p_value"])
    assert found["adjusted_p_value"].notna().tolist() == [True] * 4 + [False]
    assert np.isnan(permutation_p_values(values, weights, rng=np.random.default_rng(0))[4])


def test_islands_are_not_counted_in_global_moran():
    # z = -2, -1, 0, 3 and, alone, 0: two pairs of neighbours hold -2·-1 and 0·3, over a sum of squares of 14.
    found = global_moran([-2, -1, 0, 3, 0], neighbour_weights([[1], [0], [3], [2], []]))
    assert found.moran == pytest.approx(4 / 4 * (2 * 2 + 0) / 14)
    assert found.expected == pytest.approx(-1 / 3)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9])
def test_equal_values_say_nothing(value):
    values = [value] * 4
    assert np.isnan(local_g(values, PATH)).all()
    assert np.isnan(local_g(values, PATH, is_self_included=False)).all()
    assert np.isnan(local_moran(values, PATH)["p_value"]).all()
    assert np.isnan(global_moran(values, PATH).moran)
    assert np.isnan(permutation_p_values(values, PATH, rng=np.random.default_rng(0))).all()


def test_place_whose_neighbours_are_all_the_others_cannot_vary():
    everyone = near_weights([[0, 0], [0, 1], [1, 0], [1, 1]], radius_m=2)
    assert np.isnan(local_g([1, 2, 3, 9], everyone)).all()
    assert np.isnan(local_g([1, 2, 3, 9], everyone, is_self_included=False)).all()


def test_place_at_the_mean_has_no_sign_hence_no_p():
    found = local_moran([1, 2, 0, 1], PATH)
    assert found["moran"].to_list()[::3] == [0, 0]
    assert found["p_value"].isna().tolist() == [True, False, False, True]


@pytest.mark.parametrize("count", [0, 1])
def test_no_place_or_a_single_one_says_nothing(count):
    values, weights = [3.0] * count, neighbour_weights([[]] * count)
    assert np.isnan(local_g(values, weights)).all()
    assert len(local_moran(values, weights)) == count
    assert np.isnan(global_moran(values, weights).moran)
    assert len(permutation_p_values(values, weights, rng=np.random.default_rng(0))) == count


def test_three_places_have_a_moran_and_no_test():
    found = global_moran([1, 2, 4], neighbour_weights([[1], [0, 2], [1]]))
    assert found.moran == pytest.approx(3 / 4 * 2 * (4 / 9 - 5 / 9) / (42 / 9))
    assert np.isnan([found.variance, found.z_score, found.p_value]).all()


@pytest.mark.parametrize("values", [[1, 2, np.nan, 4], [1, 2, np.inf, 4]])
@pytest.mark.parametrize("measure", [local_g, local_moran, global_moran])
def test_missing_or_infinite_value_is_refused(measure, values):
    with pytest.raises(ValueError, match="missing or infinite"):
        measure(values, PATH)


def test_weights_of_other_places_are_refused():
    with pytest.raises(ValueError, match=r"shape \(4, 4\) for 3 values"):
        local_g([1, 2, 3], PATH)


@settings(deadline=None)
@given(PLACES, st.floats(-50, 50), st.floats(0.01, 100))
def test_neither_the_unit_nor_the_origin_of_the_values_matters(rng, origin, unit):
    values, weights = random_places(rng)
    for is_self_included in (True, False):
        plain = local_g(values, weights, is_self_included=is_self_included)
        moved = local_g(origin + unit * values, weights, is_self_included=is_self_included)
        assert moved == pytest.approx(plain, rel=1e-5, abs=1e-5, nan_ok=True)
    moran, other = global_moran(values, weights), global_moran(origin + unit * values, weights)
    assert other.moran == pytest.approx(moran.moran, rel=1e-5, abs=1e-7, nan_ok=True)


@settings(deadline=None)
@given(PLACES)
def test_order_of_the_places_does_not_matter(rng):
    values, weights = random_places(rng)
    order = rng.permutation(len(values))
    moved = weights[order][:, order]
    assert local_g(values[order], moved) == pytest.approx(local_g(values, weights)[order], nan_ok=True)
    plain, other = local_moran(values, weights), local_moran(values[order], moved)
    assert other["p_value"].to_numpy() == pytest.approx(plain["p_value"].to_numpy()[order], nan_ok=True)


@settings(deadline=None)
@given(PLACES)
def test_local_morans_sum_to_the_global_one(rng):
    values, weights = random_places(rng)
    found, has_neighbour = local_moran(values, weights), np.diff(weights.indptr) > 0
    if has_neighbour.sum() > 1:
        share = has_neighbour.sum() / len(values) / weights.sum()
        assert found["moran"].sum() * share == pytest.approx(global_moran(values, weights).moran)


def test_radius_is_included_and_neighbours_are_the_nearest_of_it():
    line = [[0.0, 0.0], [100, 0], [250, 0], [300, 0], [801, 0]]
    assert (
        near_weights(line, radius_m=200).toarray().tolist()
        == neighbour_weights([[1], [0, 2, 3], [1, 3], [1, 2], []]).toarray().tolist()
    )
    assert (
        near_weights(line, radius_m=500, k=1).toarray().tolist()
        == neighbour_weights([[1], [0], [3], [2], []]).toarray().tolist()
    )


def test_places_at_one_point_are_each_others_neighbours_and_never_their_own():
    weights = near_weights([[7, 7]] * 6, radius_m=500, k=3)
    assert weights.sum(axis=1).tolist() == [3] * 6
    assert not weights.diagonal().any()
    assert near_weights([[7, 7]] * 6, radius_m=500).sum() == 30


def test_fewer_places_than_neighbours_wanted_are_all_neighbours():
    assert near_weights([[0, 0], [0, 3]], radius_m=5, k=8).toarray().tolist() == [[0, 1], [1, 0]]
    assert near_weights([[0, 0]], radius_m=5, k=8).sum() == near_weights([[0, 0]], radius_m=5).sum() == 0


def test_shares_of_a_row_sum_to_one_but_on_an_island():
    assert row_standardised(neighbour_weights([[1, 2], [0], []])).toarray().tolist() == [
        [0, 0.5, 0.5],
        [1, 0, 0],
        [0, 0, 0],
    ]


def test_draws_are_distinct_and_every_choice_is_as_likely():
    drawn = distinct_draws(5, 3, 60_000, rng=np.random.default_rng(0))
    assert drawn.shape == (3, 60_000)
    choices, counts = np.unique(np.sort(drawn, axis=0), axis=1, return_counts=True)
    assert [tuple(choice) for choice in choices.T] == list(combinations(range(5), 3))
    assert counts / 60_000 == pytest.approx(np.full(10, 0.1), abs=0.006)
    for row in drawn:
        assert np.bincount(row) / 60_000 == pytest.approx(np.full(5, 0.2), abs=0.008)


def test_drawing_everyone_is_an_order():
    drawn = distinct_draws(7, 7, 50, rng=np.random.default_rng(0))
    assert (np.sort(drawn, axis=0) == np.arange(7)[:, None]).all()
