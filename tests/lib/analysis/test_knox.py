import json
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from lib.analysis import knox as module
from lib.analysis.knox import APART, distance_classes, knox_cell, knox_of_points, knox_table, orders
from tests.conftest import ROOT, missing

PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "hotspots.json").read_text(encoding="utf-8"))
}
METHODS = ROOT.parent / "shared" / "methods"
DELAYS = (0, 2, 5, np.inf)
# Three places: facts of one are in row 0, of 0 and 1 in row 1, of 1 and 2 in row 0 too, of 0 and 2 in none.
PROXIMITY = np.array([[0, 1, APART], [1, 0, 0], [APART, 0, 0]], dtype=np.int8)
FACTS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), max_size=60)


def table(facts, *, delays=DELAYS, shuffles=None):
    place, day = np.array(facts, dtype=int).reshape(-1, 2).T
    return knox_table(place, day, proximity=PROXIMITY, row_count=2, delay_breaks=delays, shuffles=shuffles)


def counted_one_by_one(facts, delays) -> np.ndarray:
    counts = np.zeros((2, len(delays) - 1), dtype=int)
    for (place, day), (other, other_day) in combinations(facts, 2):
        for column in range(len(delays) - 1):
            if PROXIMITY[place, other] != APART and delays[column] <= abs(day - other_day) < delays[column + 1]:
                counts[PROXIMITY[place, other], column] += 1
    return counts


@pytest.fixture(scope="module")
def arson():
    path = METHODS / PUBLISHED["KNOX-ARSON"]["inputs"]["file"]
    if not path.is_file():
        missing("../shared/methods", "REQUIRE_REAL_DATA")
    facts = pd.read_csv(path, names=["x_m", "y_m", "occurred_on"], parse_dates=["occurred_on"])
    inputs = PUBLISHED["KNOX-ARSON"]["inputs"]
    breaks = ("space_breaks_m_left_closed", "time_breaks_days_left_closed")
    distance_breaks, delay_breaks = ([float(bound) for bound in inputs[name]] for name in breaks)
    return knox_of_points(
        facts[["x_m", "y_m"]],
        facts["occurred_on"].to_numpy(dtype="datetime64[D]").astype(int),
        distance_breaks=distance_breaks,
        delay_breaks=delay_breaks,
        metric=inputs["distance"],
        shuffles=orders(len(facts), rng=np.random.default_rng(0)),
    )


@pytest.mark.real
def test_table_of_arsons_equals_the_published_one(arson):
    expected, rtol = PUBLISHED["KNOX-ARSON"]["expected"], PUBLISHED["KNOX-ARSON"]["tolerance"]["expected_rtol"]
    assert arson.observed.tolist() == expected["observed"]
    assert arson.expected == pytest.approx(np.array(expected["expected"]), rel=rtol)
    assert arson.ratio == pytest.approx(np.array(expected["knox_ratio"]), rel=rtol)
    assert arson.pair_count == expected["n_pairs"]


@pytest.mark.real
def test_arsons_near_and_soon_are_beyond_chance_by_both_p(arson):
    assert arson.p_value[1, 0] == 1 / 1000
    assert arson.poisson_p_value[1, 0] < 1e-6
    usual = (arson.expected > 0.5) & (arson.p_value > 0.01) & (arson.p_value < 0.99)
    usual[-1] = usual[:, -1] = False  # most of all pairs: no Poisson
    assert usual.sum() >= 4
    assert arson.p_value[usual] == pytest.approx(arson.poisson_p_value[usual], abs=0.1)


def test_margins_of_the_first_knox_test_give_its_published_result():
    case = PUBLISHED["KNOX-1964"]
    found = knox_cell(*(case["inputs"][name] for name in ("both", "close_space", "close_time", "pairs")))
    published = [case["expected"][name] for name in ("expected", "ratio", "poisson_p")]
    assert [float(value) for value in found] == pytest.approx(published, rel=case["tolerance"]["rtol"])


def test_p_is_that_of_as_many_pairs_or_more():
    # As surveillance::knox gives P(X > observed), one pair makes the difference.
    assert knox_cell(2, 3, 4, 12)[2] == pytest.approx(1 - poisson.pmf(0, 1) - poisson.pmf(1, 1))
    assert knox_cell(0, 3, 4, 12)[2] == 1


def test_cell_without_expected_pair_has_no_ratio():
    expected, ratio, p_value = knox_cell([0, 0], [0, 3], [4, 0], 12)
    assert (list(expected), list(p_value)) == ([0, 0], [1, 1])
    assert np.isnan(ratio).all()


@settings(deadline=None)
@given(FACTS, st.sampled_from([DELAYS, (0, np.inf), (1, 4), (0, 3, 6), (0.5, 2.5, 40)]))
def test_pairs_are_those_counted_one_by_one(facts, delays):
    found = table(facts, delays=delays)
    assert found.observed.tolist() == counted_one_by_one(facts, delays).tolist()
    assert found.pair_count == len(facts) * (len(facts) - 1) // 2


@settings(deadline=None)
@given(FACTS.filter(lambda facts: len(facts) > 1), st.integers(0, 100))
def test_both_ways_of_counting_agree_whatever_the_dates(facts, seed):
    place, day = np.array(facts).T
    layout = module._layout(place, day - day.min(), PROXIMITY, 2, DELAYS)
    by_pair, by_day = module._by_pair(layout), module._by_day(layout)
    for order in orders(len(facts), rng=np.random.default_rng(seed), permutations=5):
        dealt = (day - day.min())[order].astype(np.int32)
        if len(layout.bounds):
            assert by_pair(dealt).tolist() == by_day(dealt).tolist()


def test_expected_pairs_are_the_mean_of_all_the_ways_of_dealing_the_dates():
    facts = [(0, 0), (0, 1), (1, 1), (1, 7), (2, 3), (2, 4)]
    place, day = np.array(facts).T
    dealt = [counted_one_by_one(list(zip(place, order, strict=True)), DELAYS) for order in permutations(day)]
    found = table(facts)
    assert found.expected == pytest.approx(np.mean(dealt, axis=0))
    assert found.ratio == pytest.approx(found.observed / np.mean(dealt, axis=0))


def test_permutation_p_is_the_share_of_the_ways_with_as_many_pairs():
    facts = [(0, 0), (0, 1), (1, 1), (1, 7), (2, 3), (2, 4)]
    place, day = np.array(facts).T
    dealt = np.array([counted_one_by_one(list(zip(place, order, strict=True)), DELAYS) for order in permutations(day)])
    found = table(facts, shuffles=orders(6, rng=np.random.default_rng(0), permutations=5000))
    assert found.p_value == pytest.approx((dealt >= found.observed).mean(axis=0), abs=0.025)


def test_permutation_p_counts_the_dates_as_they_are():
    # The two facts of each place are a day apart; no other order of the dates does better.
    facts = [(0, 0), (0, 1), (2, 10), (2, 11)]
    none = orders(4, rng=np.random.default_rng(0), permutations=0)
    assert table(facts, shuffles=none).p_value[0, 0] == 1
    never = np.tile([0, 2, 1, 3], (9, 1)).astype(np.int32)
    assert table(facts, shuffles=never).p_value[0, 0] == 1 / 10
    assert np.isnan(table(facts).p_value).all()


@pytest.mark.parametrize("day_count", [30, 3000])
def test_unrelated_places_and_dates_rarely_have_a_small_p(day_count):
    rng = np.random.default_rng(1)
    found = []
    for _ in range(150):
        facts = np.column_stack([rng.integers(0, 3, 50), rng.integers(0, day_count, 50)])
        delays = (0, day_count // 10, np.inf)
        found.append(table(facts, delays=delays, shuffles=orders(50, rng=rng, permutations=99)).p_value[:, 0])
    assert 0.02 < np.mean(np.array(found) <= 0.05) < 0.08


def test_planted_repeats_have_a_small_p_and_a_high_ratio_and_others_do_not():
    rng = np.random.default_rng(2)
    points, day = rng.uniform(0, 5000, (200, 2)), rng.integers(0, 900, 200)
    found = knox_of_points(
        np.vstack([points, points[:20] + 50]),
        np.append(day, day[:20] + 1),
        distance_breaks=(0, 200, 400, np.inf),
        delay_breaks=(0, 8, 15, np.inf),
        shuffles=orders(220, rng=rng),
    )
    assert found.observed[0, 0] >= 20
    assert found.p_value[0, 0] == 1 / 1000
    assert found.ratio[0, 0] > 5
    assert (found.p_value[1] > 0.01).all()


@pytest.mark.parametrize("facts", [[], [(0, 5)]])
def test_without_two_facts_there_is_no_pair(facts):
    found = table(facts, shuffles=orders(len(facts), rng=np.random.default_rng(0), permutations=9))
    assert (found.pair_count, found.observed.sum(), found.expected.sum()) == (0, 0, 0)
    assert np.isnan(found.ratio).all()
    assert (found.p_value == 1).all()


def test_facts_of_one_place_or_of_one_day_are_what_chance_gives():
    for facts in ([(0, 0), (0, 1), (0, 9)], [(0, 4), (1, 4), (2, 4)]):
        found = table(facts, shuffles=orders(3, rng=np.random.default_rng(0), permutations=9))
        assert found.expected == pytest.approx(found.observed)
        assert (found.p_value == 1).all()


@settings(deadline=None)
@given(FACTS, st.integers(-20_000, 20_000), st.randoms(use_true_random=False))
def test_neither_the_order_of_the_facts_nor_the_origin_of_time_matters(facts, origin, random):
    moved = random.sample([(place, day + origin) for place, day in facts], len(facts))
    plain, other = table(facts), table(moved)
    assert other.observed.tolist() == plain.observed.tolist()
    assert other.expected == pytest.approx(plain.expected)


def test_distances_are_in_left_closed_bands():
    points = [[0.0, 0.0], [0, 0], [3, 4], [200, 0], [np.nan, 1]]
    assert distance_classes(points, (0, 5, 200, np.inf))[0].tolist() == [0, 0, 1, 2, APART]
    assert distance_classes(points, (0, 7, 200), metric="manhattan")[0].tolist() == [0, 0, 1, APART, APART]
    assert distance_classes(points, (1, 5.5, 200))[0].tolist() == [APART, APART, 0, APART, APART]


def test_distances_of_many_points_do_not_depend_on_how_many_are_taken_at_once(monkeypatch):
    points = np.random.default_rng(0).uniform(0, 900, (50, 2))
    at_once = distance_classes(points, (0, 200, 400, np.inf))
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 7)
    assert (distance_classes(points, (0, 200, 400, np.inf)) == at_once).all()
    assert (at_once == at_once.T).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.floats(0, 6.3), st.sampled_from([0.0, 650_000.0]))
def test_points_moved_and_turned_together_make_the_same_table(seed, angle, shift):
    rng = np.random.default_rng(seed)
    points, day = rng.uniform(0, 1000, (40, 2)), rng.integers(0, 60, 40)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    plain, moved = (
        knox_of_points(at, day, distance_breaks=(0, 200, 400, np.inf), delay_breaks=(0, 8, np.inf))
        for at in (points, points @ turn + shift)
    )
    assert moved.observed.tolist() == plain.observed.tolist()
