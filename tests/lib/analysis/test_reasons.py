import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib.analysis.acceptability import normalised
from lib.analysis.reasons import contributions, correlated, leaves_top, smallest_swap, whole_parts

WEIGHTS = np.array([0.5, 0.3, 0.2])
UTILITIES = np.array([[0.9, 0.4, 0.5], [0.5, 0.8, 0.5], [0.1, 0.1, 0.1], [0.5, 0.4, 0.9]])
TABLES = arrays(float, st.tuples(st.integers(1, 7), st.just(3)), elements=st.floats(0, 1))
SHARES = arrays(float, 3, elements=st.floats(0, 1)).filter(lambda weights: weights.sum() > 0.01).map(normalised)


def test_contributions_are_weights_times_gaps_to_the_median():
    # Medians 0.5, 0.4, 0.5.
    assert contributions(UTILITIES, WEIGHTS)[:2] == pytest.approx(np.array([[0.2, 0, 0], [0, 0.12, 0]]))


@given(TABLES, SHARES)
def test_contributions_add_up_to_the_gap_with_the_median_score(utilities, weights):
    gap = utilities @ weights - np.median(utilities, axis=0) @ weights
    assert contributions(utilities, weights).sum(axis=1) == pytest.approx(gap, abs=1e-12)


def test_parts_are_rounded_to_add_up_to_their_rounded_sum():
    # Rounded one by one, three times 1.4 makes 3, for a sum of 4.2.
    assert whole_parts([1.4, 1.4, 1.4]).tolist() == [2, 1, 1]
    assert whole_parts([2.6, -0.3, 0, -1.6]).tolist() == [3, 0, 0, -2]
    assert whole_parts([]).tolist() == []


@given(arrays(float, st.integers(0, 7), elements=st.floats(-100, 100)))
def test_rounded_parts_are_less_than_one_from_theirs_and_a_whole_one_stays(parts):
    found = whole_parts(parts)
    assert abs(found.sum() - parts.sum()) <= 0.5 + 1e-6
    assert (np.abs(found - parts) < 1 + 1e-6).all()
    assert whole_parts(found).tolist() == found.tolist()


def test_place_leaves_the_top_by_the_criterion_that_put_it_there():
    # Scores 0.67, 0.59, 0.10, 0.55: the first would have 0.47 with a median first criterion, the second 0.47 too.
    first, second = ([True, False, False], [False, True, False])
    none = [False] * 3
    assert leaves_top(UTILITIES, WEIGHTS, 1).tolist() == [first, none, none, none]
    assert leaves_top(UTILITIES, WEIGHTS, 2).tolist() == [first, second, none, none]
    assert not leaves_top(UTILITIES, WEIGHTS, 3)[2].any()


@given(TABLES, SHARES, st.integers(1, 4))
def test_places_that_leave_the_top_are_those_found_by_moving_each(utilities, weights, k):
    median, scores = np.median(utilities, axis=0), (utilities * weights).sum(axis=1)
    found = leaves_top(utilities, weights, k)
    for place, criterion in np.ndindex(utilities.shape):
        then = scores[place] - weights[criterion] * (utilities[place, criterion] - median[criterion])
        others = np.delete(scores, place)
        assert found[place, criterion] == ((scores > scores[place]).sum() < k <= (others > then).sum())


def test_no_place_can_leave_a_top_that_holds_them_all():
    assert not leaves_top(UTILITIES, WEIGHTS, 4).any()
    with pytest.raises(ValueError, match="at least one"):
        leaves_top(UTILITIES, WEIGHTS, 0)


def test_swap_is_the_weight_worked_out_by_hand():
    # 0.9 x + 0.1 (1-x) = 0.3 x + 0.5 (1-x) at x = 0.4.
    assert smallest_swap([0.9, 0.1], [0.3, 0.5], [0.7, 0.3]) == pytest.approx((0, 0.7, 0.4))


@given(TABLES.filter(lambda table: len(table) > 1), SHARES)
def test_after_the_swap_both_places_have_the_same_score(utilities, weights):
    first, second = utilities[:2]
    found = smallest_swap(first, second, weights)
    assume(found is not None)
    assume(found.weight_now < 0.99)  # the proportions of the others are then worth something
    moved = weights * (1 - found.weight_then) / (1 - found.weight_now)
    moved[found.criterion] = found.weight_then
    assert moved.sum() == pytest.approx(1)
    assert moved @ first == pytest.approx(moved @ second, abs=1e-9)


def test_place_above_on_every_criterion_is_swapped_by_no_weight():
    assert smallest_swap([0.9, 0.8], [0.3, 0.5], [0.7, 0.3]) is None
    assert smallest_swap([0.9, 0.8], [0.3, 0.9], [1, 0]) == pytest.approx((1, 0, 6 / 7))


def test_swap_is_the_smallest_change_whether_a_weight_rises_or_falls():
    # The first weight would fall from 0.8 to 0.5, the second rises from 0.1 to 13/40, the third to 31/40.
    assert smallest_swap([0.9, 0, 0.4], [0.4, 0.9, 0.5], [0.8, 0.1, 0.1]) == pytest.approx((1, 0.1, 13 / 40))


def test_places_already_equal_need_no_change():
    assert smallest_swap([0.6, 0.2], [0.2, 0.6], [0.5, 0.5]) == pytest.approx((0, 0.5, 0.5))
    assert smallest_swap([0.6, 0.2], [0.6, 0.2], [0.5, 0.5]) is None


def test_criteria_in_the_same_or_the_opposite_order_are_correlated():
    # The second is a monotone curve of the first, the third its opposite, the fourth does not vary.
    first = np.linspace(0, 1, 9)
    utilities = np.column_stack([first, first**3, 1 - first, np.full(9, 0.5), (first * 7) % 1])
    assert np.array(correlated(utilities)) == pytest.approx(np.array([[0, 1, 1], [0, 2, -1], [1, 2, -1]]))
    assert len(correlated(utilities, threshold=0)) == 6


def test_correlation_equals_spearman_worked_out_by_hand_and_leaves_missing_places_out():
    # Ranks 1 2 3 4 5 against 2 1 3 5 4: squared gaps 4, rho = 1 - 6·4/(5·24).
    utilities = np.array([[0.1, 0.2], [0.2, 0.1], [0.3, 0.3], [0.4, 0.5], [0.5, 0.4], [0.9, np.nan]])
    assert np.array(correlated(utilities, threshold=0.7)) == pytest.approx(np.array([[0, 1, 0.8]]))
    assert correlated(utilities, threshold=0.8 + 1e-9) == []


@pytest.mark.parametrize(
    ("second", "rho"),
    [
        ([2, 1, 3, 4, 5, 6], 1 - 6 * 2 / (6 * 35)),
        ([2, 1, 4, 3, 5, 6], None),  # 1 - 6·4/(6·35) = 0.886
        ([1, 2, 9], 1),
    ],
)
def test_criteria_of_three_places_or_more_are_told_beyond_nine_tenths(second: list[int], rho: float | None):
    found = correlated(np.column_stack([np.arange(len(second)), second]))
    assert [one.rho for one in found] == pytest.approx([rho] if rho else [])


def test_criterion_without_weight_counts_nothing_twice():
    first = np.linspace(0, 1, 9)
    utilities = np.column_stack([first, first**3, 1 - first])
    assert np.array(correlated(utilities, weights=[0.5, 0, 0.5])) == pytest.approx(np.array([[0, 2, -1]]))
    assert correlated(utilities, weights=[1, 0, 0]) == []


def test_two_places_correlate_nothing():
    assert correlated([[0.1, 0.2], [0.3, 0.4]]) == []


def test_without_a_place_there_is_no_reason():
    none = np.empty((0, 3))
    assert contributions(none, WEIGHTS).shape == leaves_top(none, WEIGHTS, 1).shape == (0, 3)
    assert correlated(none) == []
