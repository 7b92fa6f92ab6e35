from datetime import date, timedelta
from itertools import cycle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis import near_repeat as module
from lib.analysis.near_repeat import Delay, NearRepeat, Proximity, near_repeat
from lib.domain.vocabulary import TimePrecision

COLUMNS = [
    "residence_id",
    "building_code",
    "hall_code",
    "type_code",
    "occurred_on",
    "start_minute",
    "time_precision",
    "x_m",
    "y_m",
]
START = date(2025, 1, 1)
MINUTES = cycle(range(1440))
POINTS = {1: (0.0, 0.0), 2: (0.0, 199.0), 3: (0.0, -300.0), 4: (9000.0, 0.0), 5: (np.nan, np.nan)}


def fact(residence=1, day=0, hall=None, building=None, **others) -> dict:
    """A fact of its own minute: no two are the same event unless a test says so."""
    x_m, y_m = POINTS.get(residence, (1000.0 * residence, 0.0))
    row = (
        residence,
        building,
        hall,
        "OCC-01",
        START + timedelta(days=day),
        next(MINUTES),
        TimePrecision.EXACT,
        x_m,
        y_m,
    )
    return dict(zip(COLUMNS, row, strict=True)) | others


def found(rows, *, permutations=99, **asked) -> NearRepeat:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return near_repeat(frame, rng=np.random.default_rng(0), permutations=permutations, **asked)


def pairs(result: NearRepeat) -> dict[tuple[str, str], int]:
    counts = result.table.set_index(["proximity", "delay"])["observed_count"]
    return counts[counts > 0].to_dict()


def cell(result: NearRepeat, proximity: Proximity, delay: Delay) -> pd.Series:
    return result.table.set_index(["proximity", "delay"]).loc[(proximity, delay)]


def shares(result: NearRepeat) -> str:
    # As text: a missing number is not equal to itself.
    return str((result.at_residence, result.in_hall, result.of_type))


def by_chance(count: int, *, residences: int = 20, days: int = 365, seed: int = 0) -> list[dict]:
    rng = np.random.default_rng(seed)
    places, dates = rng.integers(10, 10 + residences, count), rng.integers(0, days, count)
    return [fact(int(place), int(day)) for place, day in zip(places, dates, strict=True)]


@pytest.mark.parametrize(
    ("one", "other", "proximity"),
    [
        ({"hall": "1"}, {"hall": "1"}, Proximity.SAME_HALL),
        ({"hall": "1", "building": "A"}, {"hall": "1", "building": "A"}, Proximity.SAME_HALL),
        ({"hall": "1", "building": "A"}, {"hall": "1", "building": "B"}, Proximity.SAME_RESIDENCE),
        ({"hall": "1"}, {"hall": "2"}, Proximity.SAME_RESIDENCE),
        ({"hall": "1"}, {}, Proximity.SAME_RESIDENCE),
        ({}, {}, Proximity.SAME_RESIDENCE),
        ({"hall": "1"}, {"hall": "1", "residence": 2}, Proximity.UNDER_200_M),
        ({}, {"residence": 3}, Proximity.UNDER_400_M),
        ({}, {"residence": 4}, Proximity.BEYOND),
        ({}, {"residence": 5}, Proximity.BEYOND),
        ({"residence": 5}, {"residence": 5}, Proximity.SAME_RESIDENCE),
    ],
)
def test_pair_is_as_near_as_the_hall_the_residence_or_the_distance(one, other, proximity):
    assert pairs(found([fact(**one), fact(**other, day=3)])) == {(proximity, Delay.WEEK): 1}


@pytest.mark.parametrize(
    ("days", "delay"),
    [
        (0, Delay.WEEK),
        (7, Delay.WEEK),
        (8, Delay.FORTNIGHT),
        (14, Delay.FORTNIGHT),
        (15, Delay.MONTH),
        (30, Delay.MONTH),
        (31, Delay.LONGER),
        (900, Delay.LONGER),
    ],
)
def test_pair_is_in_the_column_of_its_days(days, delay):
    assert pairs(found([fact(day=days), fact()])) == {(Proximity.SAME_RESIDENCE, delay): 1}


def test_table_has_every_cell_in_order_and_expects_what_the_margins_say():
    # Three facts at 1 (days 0, 1, 40), one at 4 (day 41): 3 pairs at 1; delays 1, 40, 39, 41, 40, 1.
    result = found([fact(day=0), fact(day=1), fact(day=40), fact(4, 41)])
    assert result.table["proximity"].tolist() == [name for name in Proximity for _ in Delay]
    assert result.table["delay"].tolist() == list(Delay) * 5
    week = cell(result, Proximity.SAME_RESIDENCE, Delay.WEEK)
    assert (week["observed_count"], week["expected_count"], week["ratio"]) == (1, 3 * 2 / 6, 1)
    assert cell(result, Proximity.BEYOND, Delay.LONGER)["expected_count"] == 3 * 4 / 6


def test_share_followed_counts_the_facts_with_thirty_days_known_after_them():
    # At 1: days 0 (followed on day 30), 30 (next on day 61), 61; at 2: day 5, alone. Known up to day 91 included.
    rows = [fact(day=0), fact(day=30), fact(day=61), fact(2, 5)]
    result = found(rows, end=START + timedelta(days=92))
    assert (
        result.at_residence.followed_count,
        result.at_residence.watched_count,
        result.at_residence.followed_share,
    ) == (1, 4, 0.25)
    sooner = found(rows, end=START + timedelta(days=91))
    assert (sooner.at_residence.followed_count, sooner.at_residence.watched_count) == (1, 3)


def test_all_facts_are_watched_long_after_and_none_before():
    rows = [fact(day=0), fact(day=3), fact(2, 9)]
    assert found(rows, end=date(9999, 1, 1)).at_residence.watched_count == 3
    assert found(rows, end=START).at_residence.watched_count == 0


def test_without_an_end_the_last_fact_is_it():
    result = found([fact(day=0), fact(day=31), fact(2, 61)])
    assert result.at_residence.watched_count == 2
    assert (result.at_residence.followed_count, result.since) == (0, START)


def test_hall_and_type_are_followed_apart():
    # Hall 1: days 0, 4 and 70; hall 2: day 2; no hall: day 5, of the type of day 4. Another residence, alone.
    rows = [
        fact(day=day, hall=hall, type_code=code) for day, hall, code in [(0, "1", "A"), (2, "2", "B"), (4, "1", "C")]
    ]
    rows += [fact(day=5, type_code="C"), fact(day=70, hall="1", type_code="A"), fact(2, 1, hall="1", type_code="A")]
    result = found(rows, end=START + timedelta(days=400))
    counts = [(one.followed_count, one.watched_count) for one in (result.at_residence, result.in_hall, result.of_type)]
    assert counts == [(3, 6), (1, 5), (1, 6)]
    assert result.of_type.chance_share < result.at_residence.chance_share


def test_fact_of_the_same_day_follows():
    result = found([fact(), fact(), fact(2)], end=START + timedelta(days=40))
    assert (result.at_residence.followed_count, result.at_residence.watched_count) == (1, 3)


def test_chance_share_is_the_mean_over_the_ways_of_dealing_the_dates():
    # Two facts at 1, two at 2; days 0, 1, 100, 101. A third of the orders put 0 with 1, hence 100 with 101.
    rows = [fact(1, 0), fact(1, 1), fact(2, 100), fact(2, 101)]
    result = found(rows, end=START + timedelta(days=400), permutations=3000)
    assert result.at_residence.followed_share == 0.5
    assert result.at_residence.chance_share == pytest.approx(0.5 / 3, abs=0.02)
    assert (result.at_residence.chance_low, result.at_residence.chance_high) == (0, 0.5)
    assert result.at_residence.p_value == pytest.approx(1 / 3, abs=0.03)


def test_planted_repeats_are_found_and_told_from_chance():
    rows = by_chance(120, residences=60)
    rows += [row | {"occurred_on": row["occurred_on"] + timedelta(days=2), "type_code": "BIE-02"} for row in rows[:25]]
    result = found(rows, permutations=999)
    assert result.at_residence.followed_share > result.at_residence.chance_high
    assert result.at_residence.p_value < 0.01
    week = cell(result, Proximity.SAME_RESIDENCE, Delay.WEEK)
    assert week["ratio"] > 3
    assert (week["p_value"], week["adjusted_p_value"]) == (1 / 1000, pytest.approx(3 / 1000, abs=1e-12))
    assert cell(result, Proximity.SAME_RESIDENCE, Delay.LONGER)["ratio"] < 1


def test_dates_dealt_by_chance_are_rarely_found_beyond_it():
    results = [found(by_chance(80, seed=seed)) for seed in range(100)]
    p_values = np.array([result.at_residence.p_value for result in results])
    announced = [(result.table["adjusted_p_value"] <= 0.05).any() for result in results]
    assert 0.01 <= np.mean(p_values <= 0.05) <= 0.1
    assert np.mean(announced) <= 0.1
    inside = [
        result.at_residence.chance_low <= result.at_residence.followed_share <= result.at_residence.chance_high
        for result in results
    ]
    assert np.mean(inside) >= 0.9


def test_only_near_and_soon_pairs_are_adjusted():
    result = found([*by_chance(60), fact(1, 3), fact(1, 20, hall="1"), fact(1, 22, hall="1"), fact(2, 9), fact(3, 9)])
    is_far = (result.table["proximity"] == Proximity.BEYOND) | (result.table["delay"] == Delay.LONGER)
    assert result.table.loc[is_far, "adjusted_p_value"].isna().all()
    assert result.table.loc[~is_far, "adjusted_p_value"].notna().sum() >= 6
    assert result.table.loc[is_far, "p_value"].notna().any()


def test_same_event_entered_twice_is_one():
    row = fact(hall="1", building="A")
    twice = [row, {**row}, row | {"type_code": "BIE-02"}, row | {"start_minute": 5}, row | {"hall_code": None}]
    result = found(twice)
    assert (result.duplicate_count, result.fact_count) == (1, 4)


def test_unknown_hall_and_minute_are_the_same_unknown():
    row = fact(start_minute=np.nan)
    assert found([row, {**row}]).duplicate_count == 1


def test_fact_without_a_day_is_left_out_and_counted():
    rows = [fact(), fact(day=3), fact(occurred_on=None)]
    rows += [fact(time_precision=precision) for precision in (TimePrecision.MONTH, TimePrecision.UNKNOWN)]
    rows += [fact(day=5, time_precision=precision) for precision in (TimePrecision.DAY, TimePrecision.RANGE)]
    result = found(rows)
    assert (result.undated_count, result.fact_count) == (3, 4)


def test_most_recent_facts_are_kept(monkeypatch):
    monkeypatch.setattr(module, "MAX_FACTS", 3)
    result = found([fact(day=9), fact(day=0), fact(day=8), fact(day=1), fact(day=7)])
    assert (result.older_count, result.fact_count) == (2, 3)
    assert result.since == START + timedelta(days=7)


def test_facts_without_position_are_counted():
    assert found([fact(5), fact(5, 9), fact(1)]).unplaced_count == 2


def test_residence_is_set_against_the_dates_of_its_surroundings():
    around = by_chance(100, residences=10)
    rows = [fact(1, day) for day in (0, 2, 3, 100, 101, 104)]
    result = found(rows + around, residence_ids=[1], permutations=999)
    assert (result.at_residence.followed_count, result.at_residence.watched_count) == (4, 6)
    assert result.at_residence.followed_share > result.at_residence.chance_share > 0
    week = cell(result, Proximity.SAME_RESIDENCE, Delay.WEEK)
    assert (week["observed_count"], week["p_value"]) == (6, 1 / 1000)
    assert result.table["observed_count"].sum() == 15 + 6 * 100
    assert pairs(found(rows))[Proximity.SAME_RESIDENCE, Delay.WEEK] == 6


def test_single_residence_has_a_share_and_no_chance():
    result = found([fact(day=day) for day in (0, 5, 60, 200)])
    assert (
        result.at_residence.followed_count,
        result.at_residence.watched_count,
        result.at_residence.followed_share,
    ) == (1, 3, 1 / 3)
    assert np.isnan(
        [
            result.at_residence.chance_share,
            result.at_residence.chance_low,
            result.at_residence.chance_high,
            result.at_residence.p_value,
        ]
    ).all()
    assert result.table[["ratio", "poisson_p_value", "p_value", "adjusted_p_value"]].isna().all(axis=None)


def test_halls_of_a_single_residence_are_set_against_each_other():
    rows = [fact(day=day, hall=hall) for hall, first in (("1", 0), ("2", 200)) for day in (first, first + 2, first + 5)]
    result = found(rows, permutations=999)
    assert cell(result, Proximity.SAME_HALL, Delay.WEEK)["ratio"] > 2
    assert cell(result, Proximity.SAME_HALL, Delay.WEEK)["p_value"] < 0.15
    assert np.isnan(result.at_residence.chance_share)
    assert result.in_hall.followed_share == 2 / 3
    assert result.in_hall.chance_share < 0.5


def test_facts_all_on_one_day_are_what_chance_gives():
    result = found([fact(1), fact(1), fact(2), fact(2)], end=START + timedelta(days=90))
    assert result.at_residence.followed_share == 0.5
    assert np.isnan([result.at_residence.chance_share, result.at_residence.p_value]).all()
    assert result.table["ratio"].isna().all()


@pytest.mark.parametrize("count", [0, 1])
def test_without_two_facts_nothing_follows(count):
    result = found([fact()][:count])
    assert (result.fact_count, result.at_residence.followed_count, result.at_residence.watched_count) == (count, 0, 0)
    assert np.isnan(
        [result.at_residence.followed_share, result.at_residence.chance_share, result.at_residence.p_value]
    ).all()
    assert (len(result.table), result.table["observed_count"].sum()) == (20, 0)
    assert result.since == (START if count else None)


def test_residence_without_a_fact_has_nothing_to_tell():
    result = found(by_chance(30), residence_ids=[999])
    assert (result.at_residence.watched_count, result.table["observed_count"].sum()) == (0, 0)
    assert np.isnan([result.at_residence.followed_share, result.at_residence.chance_share]).all()


def test_result_is_that_of_its_seed():
    rows = by_chance(50)
    first, again = found(rows), found(rows)
    pd.testing.assert_frame_equal(first.table, again.table)
    assert shares(first) == shares(again)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0, 6.3), st.sampled_from([0.0, 650_000.0]), st.integers(-5000, 5000))
def test_neither_order_nor_place_nor_direction_nor_epoch_matters(seed, angle, shift, days):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(by_chance(40, residences=6, days=90, seed=seed), columns=COLUMNS)
    points = rng.uniform(0, 600, (40, 2))[frame["residence_id"] - 10]
    frame = frame.assign(x_m=points[:, 0], y_m=points[:, 1], hall_code=rng.choice(["1", "2", None], 40))
    frame = frame.assign(type_code=rng.choice(["A", "B"], 40))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = points @ turn + shift
    moved = frame.assign(
        x_m=turned[:, 0],
        y_m=turned[:, 1],
        occurred_on=pd.to_datetime(frame["occurred_on"]) + pd.Timedelta(days=days),
    ).sample(frac=1, random_state=seed)
    plain, other = (near_repeat(rows, rng=np.random.default_rng(1), permutations=19) for rows in (frame, moved))
    pd.testing.assert_frame_equal(plain.table, other.table)
    assert shares(plain) == shares(other)
