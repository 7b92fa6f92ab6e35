import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lib.analysis.classes import breaks

STEPS = {"1", "1.5", "2", "2.5", "3", "4", "5", "7.5"}
MEASURES = st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1e5)), max_size=60)
COUNTS = st.lists(st.integers(0, 5000).map(float), max_size=60)


def step(number: float) -> str:
    digits = f"{number:.6e}".split("e")[0]
    return digits.rstrip("0").rstrip(".")


def test_quantiles_are_rounded_to_readable_numbers():
    # Fifths of 100, 200, …, 1000 start at 300, 500, 700 and 900; the last two are nearest to 750 and 1000.
    assert breaks(np.arange(1, 11) * 100) == (300, 500, 750, 1000)


def test_small_counts_get_whole_bounds():
    # Fifths start at 2, 2, 4 and 7: whole bounds 2, 4 and, 7.5 being no count, 5.
    assert breaks([1, 1, 2, 2, 2, 3, 4, 6, 7, 9]) == (2, 4, 5)


def test_zeros_are_a_state_of_their_own():
    assert breaks([0] * 15 + [10, 20, 30, 40, 50]) == (20, 30, 40, 50)


@pytest.mark.parametrize("values", [[], [np.nan], [0, 0, 0]])
def test_without_a_positive_value_the_scale_starts_at_one(values: list[float]):
    assert breaks(values) == (1, 2, 5, 10)


@pytest.mark.parametrize("values", [[150], [150] * 40, [148.2]])
def test_values_alike_get_a_scale_that_starts_at_them(values: list[float]):
    assert breaks(values) == (150, 300, 750, 1500)


def test_ties_that_round_alike_make_one_bound():
    assert breaks([1, 200, 201, 202, 203, 204]) == (200,)


@pytest.mark.parametrize("values", [[3, -1], [3, np.inf]])
def test_negative_or_infinite_value_is_refused(values: list[float]):
    with pytest.raises(ValueError, match="not negative"):
        breaks(values)


def test_scale_without_a_bound_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        breaks([1, 2], count=0)


@settings(deadline=None)
@given(MEASURES | COUNTS, st.integers(1, 9))
def test_bounds_are_readable_ascending_and_no_more_than_asked(values, count):
    bounds = breaks(values, count=count)
    assert 1 <= len(bounds) <= count
    assert list(bounds) == sorted(set(bounds))
    assert {step(bound) for bound in bounds} <= STEPS


@settings(deadline=None)
@given(COUNTS, st.integers(1, 9))
def test_bounds_of_counts_are_whole(values, count):
    assert all(bound == round(bound) for bound in breaks(values, count=count))


@settings(deadline=None)
@given(MEASURES | COUNTS, st.randoms(use_true_random=False))
def test_neither_order_nor_missing_values_nor_the_same_year_twice_move_a_bound(values, random):
    shuffled = random.sample(values, len(values))
    assert breaks([*shuffled, np.nan]) == breaks(values) == breaks(values + values)


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1e4).filter(lambda value: value % 1 > 0), min_size=1, max_size=60))
def test_unit_ten_times_smaller_makes_bounds_ten_times_larger(values):
    tenfold = [10 * value for value in values]
    assume(any(value % 1 for value in tenfold))
    assert breaks(tenfold) == pytest.approx([10 * bound for bound in breaks(values)])
