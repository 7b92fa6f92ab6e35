import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib.analysis.acceptability import (
    acceptability,
    central_weights,
    dirichlet_weights,
    normalised,
    rank_acceptability,
    top_probability,
)
from lib.analysis.ranks import rank_intervals
from tests.conftest import ROOT, missing

PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "priorities.json").read_text(encoding="utf-8"))
}
METHODS = ROOT.parent / "shared" / "methods"
SCORES = arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 6)), elements=st.integers(0, 4).map(float))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.real
def test_treatments_equal_the_published_acceptabilities_and_central_weights():
    case = PUBLISHED["SMAA-THROMBO"]
    path = METHODS / case["inputs"]["file"]
    if not path.is_file():
        missing("../shared/methods", "REQUIRE_REAL_DATA")
    table, expected, atol = pd.read_csv(path), case["expected"], case["tolerance"]["atol"]
    weights = table[["w1", "w2", "w3"]].to_numpy()
    values = [table[[f"{letter}{number}" for number in (1, 2, 3)]].to_numpy() for letter in "he"]
    scores = np.stack([(value * weights).sum(axis=1) for value in values], axis=1)
    first, central = rank_acceptability(scores)[:, 0], central_weights(scores, weights)
    assert first == pytest.approx(list(expected["rank1_acceptability"].values()), abs=atol)
    assert central == pytest.approx(np.array(list(expected["central_weights"].values())), abs=atol)
    assert top_probability(scores, [1])[:, 0] == pytest.approx(first)
    assert scores.mean(axis=0) == pytest.approx(list(expected["mean_value"].values()), abs=5e-5)


def test_any_weights_of_two_criteria_give_the_exact_lengths_of_the_segment():
    case = PUBLISHED["DIRICHLET-2CRIT"]
    utilities = np.array(list(case["inputs"]["scores"].values()))
    weights = dirichlet_weights([1, 1], concentration=2, rng=rng(), draws=20_000)
    found = rank_acceptability(weights @ utilities.T)[:, 0]
    assert found == pytest.approx(list(case["expected"]["rank1"].values()), abs=case["tolerance"]["atol"])


def test_weights_drawn_have_the_mean_and_the_spread_of_their_law():
    around = dirichlet_weights([6, 3, 0, 1], concentration=30, rng=rng(), draws=20_000)
    shares = np.array([0.6, 0.3, 0, 0.1])
    assert around.sum(axis=1) == pytest.approx(np.ones(20_000))
    assert around.mean(axis=0) == pytest.approx(shares, abs=0.005)
    assert around.std(axis=0) == pytest.approx(np.sqrt(shares * (1 - shares) / 31), abs=0.002)
    assert not around[:, 2].any()


def test_a_single_weight_takes_all():
    assert dirichlet_weights([0, 5], concentration=30, rng=rng(), draws=3).tolist() == [[0, 1]] * 3


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [1, np.nan], [1, np.inf]])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="not all zero"):
        normalised(weights)


@pytest.mark.parametrize("concentration", [0, -1, np.nan])
def test_weights_around_nothing_are_refused(concentration):
    with pytest.raises(ValueError, match="concentration"):
        dirichlet_weights([1], concentration=concentration, rng=rng())


def test_equal_places_share_the_ranks_they_hold():
    # Two first together, one third; then all three together.
    found = rank_acceptability([[4, 4, 1], [2, 2, 2]])
    both = [(1 / 2 + 1 / 3) / 2, (1 / 2 + 1 / 3) / 2, (1 / 3) / 2]
    assert found == pytest.approx(np.array([both, both, [1 / 6, 1 / 6, 4 / 6]]))


def test_draw_where_several_are_first_counts_by_its_share_in_central_weights():
    weights = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = central_weights([[4, 4, 1], [5, 2, 1]], weights)
    assert found == pytest.approx(np.array([[1 / 3, 2 / 3], [1, 0], [np.nan, np.nan]]), nan_ok=True)


@given(SCORES)
def test_ranks_are_shared_out_and_their_mean_is_that_of_the_intervals(scores):
    count = scores.shape[1]
    found = rank_acceptability(scores)
    assert found.sum(axis=0) == pytest.approx(np.ones(count))
    assert found.sum(axis=1) == pytest.approx(np.ones(count))
    assert found @ np.arange(1, count + 1) == pytest.approx(rank_intervals(scores)["mean_rank"].to_numpy())


@given(SCORES)
def test_first_places_are_those_of_the_first_ranks(scores):
    count = scores.shape[1]
    ks = [3, 1, count + 1, 2]
    expected = rank_acceptability(scores).cumsum(axis=1)[:, [min(k, count) - 1 for k in ks]]
    assert top_probability(scores, ks) == pytest.approx(expected)


@given(SCORES, st.integers(1, 8))
def test_draws_may_come_in_any_blocks(scores, size):
    blocks = (scores[start : start + size] for start in range(0, len(scores), size))
    assert acceptability(blocks, [1, 2]) == pytest.approx(top_probability(scores, [1, 2]))


@given(SCORES, st.integers(1, 3))
def test_higher_score_never_lowers_a_place(scores, k):
    raised = scores.copy()
    raised[:, 0] += 1
    assert top_probability(raised, [k])[0, 0] >= top_probability(scores, [k])[0, 0] - 1e-12


def test_without_a_place_nothing_is_shared():
    none = np.empty((5, 0))
    assert rank_acceptability(none).shape == (0, 0)
    assert top_probability(none, [1, 2]).shape == (0, 2)
    assert central_weights(none, np.ones((5, 3))).shape == (0, 3)


@pytest.mark.parametrize("call", [rank_acceptability, lambda scores: top_probability(scores, [1])])
@pytest.mark.parametrize("scores", [np.empty((0, 3)), [[1.0, np.nan]], [1.0, 2.0]])
def test_missing_draws_are_refused(call, scores):
    with pytest.raises(ValueError, match="at least one draw"):
        call(scores)


def test_blocks_without_a_draw_and_no_first_place_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        acceptability([], [1])
    with pytest.raises(ValueError, match="at least one place"):
        top_probability([[1.0]], [0])
