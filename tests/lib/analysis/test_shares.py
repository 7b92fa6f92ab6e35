import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis.shares import beta_prior, shrunk_share

PLACES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=20)


def columns(places: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    part, rest = np.array(places, dtype=float).T
    return part, part + rest


def test_shares_of_four_places_worked_out_by_hand_are_drawn_towards_their_mean():
    # m = 1/2, V = 0.05: r = (0.05/0.25 - 1/10) / (1 - 1/10) = 1/9, hence 8 facts.
    prior = beta_prior([2, 4, 6, 8], [10] * 4)
    assert (prior.mean, prior.strength) == pytest.approx((0.5, 8))
    assert shrunk_share([2, 4, 6, 8], [10] * 4, prior=prior) == pytest.approx([1 / 3, 4 / 9, 5 / 9, 2 / 3])


def test_prior_of_many_places_is_the_one_they_were_drawn_from():
    rng = np.random.default_rng(0)
    total = rng.integers(1, 40, 4000)
    prior = beta_prior(rng.binomial(total, rng.beta(2, 6, 4000)), total)
    assert prior.mean == pytest.approx(0.25, abs=0.01)
    assert prior.strength == pytest.approx(8, rel=0.1)


@pytest.mark.parametrize(("count", "total"), [([5] * 3, [10] * 3), ([0, 0], [4, 9]), ([4], [9]), ([1, 0, 1], [1] * 3)])
def test_places_that_do_not_differ_all_have_the_share_of_all(count, total):
    prior = beta_prior(count, total)
    assert prior.is_point
    assert shrunk_share(count, total, prior=prior) == pytest.approx([sum(count) / sum(total)] * len(count))


def test_places_that_could_not_differ_more_keep_their_own_share():
    prior = beta_prior([10, 0], [10, 10])
    assert list(shrunk_share([10, 0], [10, 10], prior=prior)) == [1, 0]


def test_place_without_a_fact_is_missing_and_teaches_nothing():
    prior, more = beta_prior([2, 8], [10, 10]), beta_prior([2, 8, 0], [10, 10, 0])
    assert more == prior
    assert np.isnan(shrunk_share([0], [0], prior=prior)).all()


def test_without_any_fact_no_share_is_known():
    prior = beta_prior([0], [0])
    assert np.isnan(prior.mean)
    assert prior.is_point


@pytest.mark.parametrize("call", [beta_prior, lambda c, n: shrunk_share(c, n, prior=beta_prior([1], [2]))])
@pytest.mark.parametrize("count", [[-1], [3]])
def test_part_outside_its_total_is_refused(call, count):
    with pytest.raises(ValueError, match="between zero and its total"):
        call(count, [2])


@settings(deadline=None)
@given(PLACES, st.randoms(use_true_random=False))
def test_shrunk_share_lies_between_its_own_and_the_mean_whatever_the_order(places, random):
    count, total = columns(places)
    prior = beta_prior(count, total)
    shrunk, told = shrunk_share(count, total, prior=prior), total > 0
    own = count[told] / total[told]
    assert (shrunk[told] >= np.minimum(own, prior.mean) - 1e-9).all()
    assert (shrunk[told] <= np.maximum(own, prior.mean) + 1e-9).all()
    order = np.array(random.sample(range(len(count)), len(count)))
    assert shrunk_share(count[order], total[order], prior=beta_prior(count[order], total[order])) == pytest.approx(
        shrunk[order], nan_ok=True
    )
