import numpy as np
import pandas as pd

from lib.demo.moments import days_of, moments, reported_days
from lib.demo.rates import Expected, covered_days


def expected_on(*days: str) -> Expected:
    weights = covered_days().isin(pd.to_datetime(list(days))).astype(float)[None, :]
    return Expected(np.zeros((1, 1, 82)), pd.DataFrame(), np.asarray(weights))


def habits(count: int, **given) -> pd.DataFrame:
    return pd.DataFrame({"rhythm": "night", "unknown_share": 0.0, "range_share": 0.0} | given, index=range(count))


def test_a_fact_falls_on_the_days_of_weight_of_its_month():
    expected = expected_on("2020-01-17", "2026-10-31")
    days = days_of(np.random.default_rng(1), expected, np.zeros(4, dtype=int), np.array([0, 81, 0, 81]))
    assert [str(day.date()) for day in covered_days()[days]] == ["2020-01-17", "2026-10-31"] * 2


def test_an_unknown_hour_has_no_minute_at_all():
    found = moments(np.random.default_rng(1), habits(200, unknown_share=1.0))
    assert set(found["time_precision"]) == {"day", "unknown"}
    assert found[["start_minute", "end_minute"]].isna().all(axis=None)


def test_a_fact_of_the_night_found_in_the_morning_spans_midnight():
    found = moments(np.random.default_rng(1), habits(200, range_share=1.0))
    assert (found["time_precision"] == "range").all()
    assert (found["end_minute"] < found["start_minute"]).all()
    assert found["start_minute"].between(18 * 60, 1439).all()


def test_an_exact_hour_has_a_start_and_no_end():
    found = moments(np.random.default_rng(1), habits(200))
    assert found["start_minute"].between(0, 1439).all()
    assert found["end_minute"].isna().all()


def test_a_night_is_told_the_next_day_at_the_earliest_and_never_after_the_data():
    facts = pd.DataFrame(
        {"occurred_on": pd.to_datetime(["2026-03-01", "2026-10-31"] * 100), "start_minute": 1200, "end_minute": 420}
    )
    told = reported_days(np.random.default_rng(1), facts)
    march = told[::2].dropna()
    assert (march >= pd.Timestamp("2026-03-02")).all()
    assert (told.dropna() <= pd.Timestamp("2026-10-31")).all()
