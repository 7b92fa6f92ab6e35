import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis.alerts import FALSE_ALARM_SHARE, MIN_ALERT_COUNT, Method, alerts, usual_exposure
from lib.analysis.surveillance import three_month_test

SEVEN_YEARS = 84


def steady(level: float, months: int = SEVEN_YEARS) -> np.ndarray:
    return np.full(months, level)


def ended(series: np.ndarray, *last: float) -> np.ndarray:
    return np.r_[series[: -len(last)], last]


def test_three_months_well_above_the_past_are_announced_with_what_was_expected():
    row = alerts(ended(steady(7), 14, 13, 14), 100.0).iloc[0]
    assert (row["observed"], row["method"], row["is_alert"]) == (41, Method.FARRINGTON, True)
    assert row["expected"] == pytest.approx(21)
    assert 21 < row["upper_limit"] < 41


def test_steady_series_is_not_announced():
    row = alerts(steady(7), 100.0).iloc[0]
    assert row["p_value"] > 0.3
    assert not row["is_alert"]


def test_season_is_expected():
    summer = np.where(np.isin(np.arange(SEVEN_YEARS) % 12, [9, 10, 11]), 30, 5)
    row = alerts(summer, 100.0).iloc[0]
    assert row["expected"] == pytest.approx(90)
    assert not row["is_alert"]


def test_history_of_two_years_is_compared_with_the_same_months():
    row = alerts(ended(steady(4, 27), 12, 11, 12), 100.0).iloc[0]
    assert row["method"] == Method.SAME_MONTHS
    assert row["expected"] == pytest.approx(12)
    assert row["p_value"] == pytest.approx(three_month_test(35, 24, previous_exposure=2))
    assert row["is_alert"]


def test_months_that_vary_ask_for_more_than_months_that_do_not():
    even, bursty = steady(6, 27), np.where(np.arange(27) % 3 == 1, 18.0, 0.0)
    p = alerts(np.array([ended(even, 7, 10, 7), ended(bursty, 7, 10, 7)]), 100.0)["p_value"]
    alone = [alerts(ended(series, 7, 10, 7), 100.0)["p_value"][0] for series in (even, bursty)]
    assert p[0] < p[1]
    assert 2 * alone[0] < alone[1]


def test_less_than_a_year_or_nobody_reporting_gives_no_verdict():
    counts = np.array([steady(5), steady(5)])
    exposure = np.ones_like(counts)
    exposure[1, -3:] = 0
    short, silent = alerts(counts[:, -12:], exposure[:, -12:]), alerts(counts, exposure)
    assert short["method"].tolist() == [Method.NONE, Method.NONE]
    assert silent["method"].tolist() == [Method.FARRINGTON, Method.NONE]
    assert silent.loc[1, ["expected", "upper_limit", "p_value"]].isna().all()
    assert np.isnan(silent.loc[1, "observed"])
    assert not silent["is_alert"].any()


def test_no_series_and_only_three_months_are_answered_and_fewer_are_refused():
    assert len(alerts(np.zeros((0, 84)), np.zeros((0, 84)))) == 0
    assert alerts([[9, 9, 9]], 1.0)["method"].tolist() == [Method.NONE]
    with pytest.raises(ValueError, match="three months"):
        alerts([[9, 9]], 1.0)


def test_a_landlord_that_stops_or_starts_reporting_is_no_alert():
    # Half of the dwellings silent for a year, then back: counts follow.
    exposure = np.r_[np.full(69, 200.0), np.full(12, 100.0), np.full(3, 200.0)]
    for own in (exposure, exposure[::-1]):
        row = alerts(own / 10, own).iloc[0]
        assert row["expected"] == pytest.approx(own[-3:].sum() / 10)
        assert not row["is_alert"]


def test_months_nobody_told_are_left_out_on_both_sides():
    # Only the last month is told; December alone has many facts.
    counts = np.where(np.arange(SEVEN_YEARS) % 12 == 11, 40.0, 4.0)
    exposure = steady(100.0)
    exposure[-3:-1] = 0
    row = alerts(counts, exposure).iloc[0]
    assert (row["observed"], row["expected"]) == (40, pytest.approx(40))
    told = exposure.copy()
    told[-3:] = 100
    told[-15] = 0  # a month of last year that nobody told lowers its exposure, not what is expected of the rest
    assert alerts(steady(5), told)["expected"][0] == pytest.approx(15)


def test_fewer_facts_than_the_least_are_never_announced():
    counts = np.zeros((2, SEVEN_YEARS))
    counts[:, 40] = 1
    counts[0, -1], counts[1, -1] = MIN_ALERT_COUNT - 1, MIN_ALERT_COUNT
    found = alerts(counts, 1.0)
    assert (found["p_value"] < FALSE_ALARM_SHARE / 2).all()
    assert found["is_alert"].tolist() == [False, True]


def test_one_surprise_among_many_series_is_not_announced_though_it_would_be_alone():
    surprise = ended(steady(7), 11, 11, 11)
    assert alerts(surprise, 1.0)["is_alert"].all()
    assert not alerts(np.vstack([surprise, *[steady(7)] * 60]), 1.0)["is_alert"].any()


def test_place_that_worsens_steadily_is_announced_though_its_past_varies():
    worsening = np.round(5 * np.exp(np.maximum(0, np.arange(SEVEN_YEARS) - 58) / 12))
    assert alerts(worsening, 1.0)["is_alert"].all()


def test_usual_exposure_knows_which_residence_is_silent():
    # Two residences of 100 dwellings, 12 facts a month and none; the noisy one was silent in the same quarters.
    counts, exposure = np.vstack([steady(12), steady(0)]), np.full((2, SEVEN_YEARS), 100.0)
    exposure[0, [-13, -14, -15, -25, -26, -27, -37, -38, -39]] = 0
    counts[exposure == 0] = 0
    counts[1, ::9] = 1
    usual = usual_exposure(counts, exposure)
    dwellings, facts = (alerts(counts.sum(axis=0), weights.sum(axis=0)).iloc[0] for weights in (exposure, usual))
    assert (dwellings["is_alert"], facts["is_alert"]) == (True, False)
    assert usual[0, -1] == pytest.approx(12, rel=0.02)
    assert usual[0, -13] == 0


def test_residence_without_a_past_has_the_mean_rate():
    counts, exposure = np.vstack([steady(6), steady(2), steady(0)]), np.full((3, SEVEN_YEARS), 50.0)
    exposure[2, :-3] = 0
    counts[2, -3:] = 40
    usual = usual_exposure(counts, exposure)
    assert usual[2, -1] == pytest.approx(4, rel=0.1)


@settings(deadline=None, max_examples=25)
@given(
    counts=st.lists(st.lists(st.integers(0, 20), min_size=48, max_size=48), min_size=1, max_size=4),
    unit=st.sampled_from([0.01, 1000.0]),
)
def test_order_of_series_and_unit_of_exposure_change_nothing(counts, unit):
    found, turned = alerts(counts, 1.0), alerts(counts[::-1], unit)
    for name in ("observed", "expected", "p_value"):
        np.testing.assert_allclose(found[name], turned[name][::-1], rtol=1e-4, atol=1e-6)
    assert found["method"].tolist() == turned["method"].tolist()[::-1]


@settings(deadline=None, max_examples=25)
@given(counts=st.lists(st.integers(0, 20), min_size=48, max_size=48))
def test_one_more_fact_is_never_less_surprising(counts):
    more = [*counts[:-1], counts[-1] + 1]
    assert alerts(more, 1.0)["p_value"][0] <= alerts(counts, 1.0)["p_value"][0] + 1e-9
