import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis import concentration as module
from lib.analysis.concentration import concentration, places_holding, share_held

COUNTS = st.lists(st.integers(0, 200), min_size=1, max_size=40).filter(any)


def places(*rows: tuple[int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["incident_count", "reporting_dwelling_months"])


def concentrated(rows: pd.DataFrame, *, seed: int = 0, draws: int = 50) -> module.Concentration:
    return concentration(rows, rng=np.random.default_rng(seed), draws=draws)


def test_half_of_the_facts_is_held_by_the_fewest_places():
    assert places_holding([1, 50, 9, 40]) == 1
    assert places_holding([10, 10, 10, 10]) == 2


def test_all_the_facts_take_only_places_that_have_some():
    assert places_holding([3, 0, 5, 0], share=1.0) == 2


def test_no_fact_is_held_by_no_place():
    assert places_holding([0, 0]) == 0
    assert places_holding([]) == 0


def test_tenth_of_twenty_five_places_is_the_first_two_and_half_of_the_third():
    counts = [1] * 22 + [10, 30, 40]
    assert share_held(counts) == pytest.approx((40 + 30 + 10 / 2) / 102)


def test_tenth_of_three_places_is_three_tenths_of_the_first():
    assert share_held([0, 8, 2]) == pytest.approx(0.3 * 0.8)


def test_places_tied_at_the_limit_are_shared_whatever_their_order():
    counts = [5, 5, 5, 5, 1, 1, 1, 1, 1, 1]
    assert share_held(counts) == share_held(counts[::-1]) == pytest.approx(5 / 26)


def test_share_of_several_draws_and_several_shares_has_their_axes():
    held = share_held([[1, 3], [2, 2], [0, 0]], [0, 0.5, 1])
    assert held[:2].tolist() == [[0, 0.75, 1], [0, 0.5, 1]]
    assert np.isnan(held[2]).all()


@settings(deadline=None)
@given(COUNTS)
def test_curve_rises_from_nothing_to_all_ever_less_steeply_and_above_equal_shares(counts):
    steps = np.linspace(0, 1, 101)
    held = share_held(counts, steps)
    assert (held[0], held[-1]) == (0, pytest.approx(1))
    assert (np.diff(held) >= -1e-12).all()
    assert (np.diff(held, 2) <= 1e-9).all()
    assert (held >= steps - 1e-9).all()


@settings(deadline=None)
@given(COUNTS, st.integers(2, 5))
def test_neither_more_facts_in_proportion_nor_twin_places_change_the_curve(counts, times):
    steps = np.linspace(0, 1, 21)
    held = share_held(counts, steps)
    assert share_held(np.array(counts) * times, steps) == pytest.approx(held)
    assert share_held(counts * times, steps)[[0, -1]] == pytest.approx(held[[0, -1]])
    assert share_held(counts * 20, [0.5]) == pytest.approx(share_held(counts * 40, [0.5]), abs=0.01)


def test_places_all_equal_hold_equal_shares_and_chance_holds_more():
    found = concentrated(places(*[(5, 120)] * 40))
    assert found.top_share == pytest.approx(0.1)
    assert found.chance_low > 0.1


def test_one_place_holds_a_tenth_of_its_own_facts():
    found = concentrated(places((9, 120)))
    assert (found.top_share, found.chance_share, found.place_count) == pytest.approx((0.1, 0.1, 1))


# Two places of equal size, two facts: 2-0 half of the time, 1-1 the other half. A tenth of two places is a fifth of
# the first: 0.2 or 0.1, 0.15 on average.
def test_chance_deals_facts_to_dwellings_as_worked_by_hand():
    found = concentrated(places((1, 600), (1, 600)), draws=4000)
    assert found.chance_share == pytest.approx(0.15, abs=0.003)
    assert (found.chance_low, found.chance_high) == pytest.approx((0.1, 0.2))


def test_few_facts_among_many_places_are_concentrated_by_chance_alone():
    rng = np.random.default_rng(6)
    counts = rng.poisson(0.5, 400)
    found = concentrated(places(*[(count, 240) for count in counts]), draws=200)
    assert found.top_share > 0.35
    assert found.chance_low <= found.top_share <= found.chance_high


def test_many_facts_dealt_by_chance_leave_only_the_share_of_the_largest_places():
    rows = places((90_000, 9000), *[(1000, 100)] * 9)
    found = concentrated(rows)
    assert found.top_share == pytest.approx(90 / 99)
    assert found.chance_share == pytest.approx(9000 / 9900, abs=0.005)


def test_silent_places_are_left_out_with_their_facts():
    told = [(8, 120), (2, 120), (0, 120)]
    alone, beside = concentrated(places(*told)), concentrated(places(*told, (50, 0), (3, np.nan)))
    assert (beside.place_count, beside.incident_count) == (3, 10)
    assert beside.curve.equals(alone.curve)


@pytest.mark.parametrize("rows", [[], [(3, 0)], [(0, 120), (0, 60)]])
def test_without_a_fact_no_share_is_known(rows):
    found = concentrated(places(*rows))
    assert found.incident_count == 0
    assert np.isnan([found.top_share, found.chance_share, found.chance_low, found.chance_high]).all()
    assert len(found.curve) == 101


def test_deals_do_not_depend_on_how_many_are_made_at_once(monkeypatch):
    rows = places((8, 120), (2, 240), (0, 60))
    at_once = concentrated(rows)
    monkeypatch.setattr(module, "DRAWN_AT_ONCE", 21)
    assert concentrated(rows).curve.equals(at_once.curve)
