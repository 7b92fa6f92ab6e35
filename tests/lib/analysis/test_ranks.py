import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib.analysis.ranks import rank_intervals

PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "rates.json").read_text(encoding="utf-8"))
}
DRAWS = arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 6)), elements=st.integers(0, 9).map(float))


def test_ranks_of_hospitals_equal_published_medians_and_intervals():
    case = PUBLISHED["RANK-SURGICAL"]
    deaths, operations = (np.array(case["inputs"][name]) for name in ("deaths", "operations"))
    draws = np.random.default_rng(0).beta(1 + deaths, 1 + operations - deaths, (20_000, 12))
    found = rank_intervals(draws, highest_first=False)
    published = np.array(case["expected"]["rank_lo_median_hi"])
    tolerance = case["tolerance"]
    assert np.abs(found[["rank_low", "median_rank", "rank_high"]] - published).max(axis=None) <= tolerance["rank_atol"]
    assert draws.mean(axis=0) == pytest.approx(case["expected"]["posterior_mean"], rel=tolerance["rtol_mean"])


def test_mean_ranks_of_districts_equal_their_exact_values():
    case = PUBLISHED["RANK-LIP"]
    shape, rate = (np.array(case["inputs"][name]) for name in ("shape", "rate"))
    draws = np.random.default_rng(0).standard_gamma(shape, (20_000, len(shape))) / rate
    exact = np.array(case["expected"]["expected_rank"])
    assert rank_intervals(draws)["mean_rank"].to_numpy() == pytest.approx(
        exact, abs=case["tolerance"]["expected_rank_atol"]
    )


def test_without_doubt_the_interval_is_the_rank():
    found = rank_intervals([[3, 9, 5]] * 10)
    assert found.to_numpy().tolist() == [[3] * 4, [1] * 4, [2] * 4]


def test_interval_of_the_rank_widens_with_coverage():
    draws = np.random.default_rng(1).normal(0, 1, (2000, 8))
    narrow, wide = rank_intervals(draws, level=0.5), rank_intervals(draws)
    assert (wide["rank_high"] - wide["rank_low"] > narrow["rank_high"] - narrow["rank_low"]).all()


@given(DRAWS)
def test_ranks_of_a_draw_always_share_out_the_same_places(draws):
    count = draws.shape[1]
    found = rank_intervals(draws)
    assert found["mean_rank"].sum() == pytest.approx(count * (count + 1) / 2)
    assert (found["rank_low"] <= found["median_rank"]).all()
    assert (found["median_rank"] <= found["rank_high"]).all()
    assert (found["mean_rank"] + rank_intervals(draws, highest_first=False)["mean_rank"]).to_list() == pytest.approx(
        [count + 1] * count
    )


def test_equal_places_share_their_rank_whatever_their_row():
    assert rank_intervals([[4, 4, 1]])["mean_rank"].to_list() == [1.5, 1.5, 3]


def test_without_a_place_there_is_no_rank():
    assert len(rank_intervals(np.empty((5, 0)))) == 0


@pytest.mark.parametrize("draws", [np.empty((0, 3)), [[1.0, np.nan]], [1.0, 2.0]])
def test_missing_draws_are_refused(draws):
    with pytest.raises(ValueError, match="at least one draw"):
        rank_intervals(draws)
