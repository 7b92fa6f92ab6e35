import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis.hours import fullest_span, hour_table

MINUTES = st.one_of(st.none(), st.integers(0, 1439))
PRECISIONS = st.sampled_from(["exact", "range", "day", "month", "unknown"])
MOMENTS = st.lists(st.tuples(st.integers(1, 7), MINUTES, MINUTES, PRECISIONS, st.integers(1, 9)), max_size=30)


def moments(*rows: tuple) -> pd.DataFrame:
    columns = ["weekday", "start_minute", "end_minute", "time_precision", "incident_count"]
    frame = pd.DataFrame(list(rows), columns=columns)
    return frame.astype({"start_minute": "Int64", "end_minute": "Int64", "incident_count": "int64"})


def cells(*rows: tuple) -> dict[tuple[int, int], float]:
    counts = hour_table(moments(*rows)).counts
    return {(day, hour): value for (day, hour), value in counts.stack().items() if value}


@pytest.mark.parametrize(("minute", "hour"), [(0, 0), (59, 0), (60, 1), (1439, 23)])
def test_fact_known_to_the_minute_is_once_in_its_hour(minute, hour):
    assert cells((7, minute, None, "exact", 3)) == {(7, hour): 3}


def test_range_is_spread_evenly_over_its_minutes():
    # 8 h 30 to 11 h: half an hour, then two whole ones, of two and a half.
    assert cells((2, 510, 660, "range", 5)) == pytest.approx({(2, 8): 1, (2, 9): 2, (2, 10): 2})


def test_range_inside_one_hour_stays_there():
    assert cells((2, 510, 511, "range", 1)) == {(2, 8): 1}


def test_range_that_ends_at_midnight_stays_on_its_day():
    assert cells((4, 1380, 0, "range", 2)) == {(4, 23): 2}


def test_range_over_midnight_reaches_the_next_day_and_sunday_night_reaches_monday():
    assert cells((5, 1380, 60, "range", 4)) == {(5, 23): 2, (6, 0): 2}
    assert cells((7, 1320, 360, "range", 8)) == pytest.approx(
        {(7, 22): 1, (7, 23): 1} | {(1, hour): 1 for hour in range(6)}
    )


def test_range_of_almost_a_day_covers_its_own_hour_twice():
    spread = cells((3, 30, 29, "range", 1439))
    assert spread == pytest.approx({(3, 0): 30} | {(3, hour): 60 for hour in range(1, 24)} | {(4, 0): 29})


@pytest.mark.parametrize(
    "row",
    [
        (1, None, None, "day", 2),
        (1, None, None, "month", 2),
        (1, None, None, "unknown", 2),
        (1, 600, None, "day", 2),
        (1, None, None, "exact", 2),
        (1, 600, None, "range", 2),
        (1, None, 600, "range", 2),
        (1, 600, 600, "range", 2),  # 24 hours: no hour is told
    ],
)
def test_fact_without_an_hour_is_in_the_unknown_share_and_in_no_cell(row):
    table = hour_table(moments(row, (1, 0, None, "exact", 6)))
    assert (table.known_count, table.unknown_count, table.unknown_share) == (6, 2, 0.25)
    assert table.counts.loc[1, 0] == 6
    assert table.counts.sum(axis=None) == 6


def test_without_a_fact_every_cell_is_zero_and_the_share_missing():
    table = hour_table(moments())
    assert table.counts.shape == (7, 24)
    assert (table.counts.sum(axis=None), table.known_count, table.unknown_count) == (0, 0, 0)
    assert np.isnan(table.unknown_share)


def test_days_and_hours_are_those_of_the_civil_week():
    counts = hour_table(moments()).counts
    assert (list(counts.index), list(counts.columns)) == (list(range(1, 8)), list(range(24)))


def test_missing_minutes_may_come_as_floats():
    rows = pd.DataFrame(
        {
            "weekday": [1, 1],
            "start_minute": [600.0, np.nan],
            "end_minute": [np.nan, np.nan],
            "time_precision": ["exact", "day"],
            "incident_count": [2, 3],
        }
    )
    table = hour_table(rows)
    assert (table.counts.loc[1, 10], table.unknown_count) == (2, 3)


@settings(deadline=None)
@given(MOMENTS)
def test_cells_sum_to_the_facts_whose_hour_is_known_and_all_facts_are_counted(rows):
    table = hour_table(moments(*rows))
    assert table.counts.sum(axis=None) == pytest.approx(table.known_count)
    assert (table.counts >= 0).all(axis=None)
    assert table.known_count + table.unknown_count == sum(row[-1] for row in rows)


@settings(deadline=None)
@given(st.integers(1, 7), st.integers(0, 1439), st.integers(1, 1439))
def test_range_equals_the_facts_of_each_of_its_minutes(weekday, start, length):
    whole = hour_table(moments((weekday, start, (start + length) % 1440, "range", length))).counts
    minutes = [divmod(start + step, 1440) for step in range(length)]
    each = moments(*[((weekday - 1 + day) % 7 + 1, minute, None, "exact", 1) for day, minute in minutes])
    assert whole.to_numpy() == pytest.approx(hour_table(each).counts.to_numpy(), abs=1e-9)


@settings(deadline=None)
@given(MOMENTS)
def test_moments_grouped_or_not_give_the_same_table(rows):
    apart = [(*row[:-1], 1) for row in rows for _ in range(row[-1])]
    together, one_by_one = hour_table(moments(*rows)), hour_table(moments(*apart))
    assert one_by_one.counts.to_numpy() == pytest.approx(together.counts.to_numpy())
    assert one_by_one.unknown_count == together.unknown_count


def test_fullest_span_runs_over_midnight_and_shares_the_known_facts_alone():
    span = fullest_span(
        hour_table(moments((1, 1380, None, "exact", 30), (3, 60, None, "exact", 10), (4, None, None, "day", 60)))
    )
    assert span is not None
    assert (span.start_hour, span.share) == (20, 1.0)


@pytest.mark.parametrize(
    ("rows", "span"),
    [
        ([(1, 120, None, "exact", 5)], (0, 1.0)),
        ([(1, 120, 480, "range", 5)], (2, 1.0)),  # five sixths, six times: a little less than 5
        ([(1, 120, None, "exact", 4), (1, 720, None, "exact", 1)], None),
        ([(1, 120, None, "exact", 4), (1, 120, 840, "range", 1)], None),  # four facts and a half
    ],
)
def test_five_facts_of_five_make_a_span_and_four_do_not(rows: list, span: tuple | None):
    # 24 spans by P(5) is 24/4⁵ = 0.02, by P(4 or 5) 24 × 16/4⁵ = 0.38.
    assert fullest_span(hour_table(moments(*rows))) == (span and pytest.approx(span))


def test_span_as_full_as_chance_makes_some_is_not_named():
    rng = np.random.default_rng(7)
    named = 0
    for _ in range(200):
        hours = rng.integers(0, 24, 120)
        rows = [(1, int(hour) * 60, None, "exact", 1) for hour in hours]
        named += fullest_span(hour_table(moments(*rows))) is not None
    assert named <= 10  # 5 % of 200, at most
