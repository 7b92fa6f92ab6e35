import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.criteria import (
    DEFAULT_WEIGHTS,
    GOALPOSTS,
    POOLED,
    Criterion,
    Unit,
    goalpost_scale,
    place_criteria,
    quiet_places,
    rise_probability,
    site_level,
)
from tests.lib.analysis.signals import signal

PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "priorities.json").read_text(encoding="utf-8"))
}
CRITERIA = [criterion.value for criterion in Criterion]
NUMBERS = st.floats(-1e6, 1e6)


def criteria(*signals: dict[str, object], unit: Unit = Unit.RESIDENCE) -> pd.DataFrame:
    return place_criteria(pd.DataFrame(list(signals)), unit)


def only(*signals: dict[str, object], unit: Unit = Unit.RESIDENCE) -> pd.Series:
    (place,) = (row for _, row in criteria(*signals, unit=unit).iterrows())
    return place


def test_goalposts_equal_the_published_index():
    case = PUBLISHED["MINMAX-HDI"]
    value, low, high = (case["inputs"][name] for name in ("value", "min", "max"))
    expected = pytest.approx(case["expected"]["index"], abs=case["tolerance"]["atol"])
    assert goalpost_scale(value, low=low, high=high) == expected
    assert 1 - goalpost_scale(value, low=high, high=low) == expected


def test_values_beyond_the_goalposts_are_worth_the_ends_and_missing_ones_stay_missing():
    assert list(goalpost_scale([-3, 0, 5, 10, 12], low=0, high=10)) == [0, 0, 0.5, 1, 1]
    assert np.isnan(goalpost_scale(np.nan, low=0, high=10))
    with pytest.raises(ValueError, match="two ends"):
        goalpost_scale(1, low=3, high=3)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS.filter(lambda end: abs(end) > 1e-3))
def test_higher_value_is_never_worth_less_and_a_unit_changes_nothing(value, more, low, width):
    high = low + abs(width)
    values = np.array([value, value + abs(more)])
    scaled = goalpost_scale(values, low=low, high=high)
    assert scaled[0] <= scaled[1]
    assert goalpost_scale(values * 8, low=low * 8, high=high * 8) == pytest.approx(scaled)


def test_every_unit_has_its_scales_and_the_proposed_weights_sum_to_one():
    assert sum(DEFAULT_WEIGHTS.values()) == pytest.approx(1)
    assert set(DEFAULT_WEIGHTS) == set(Criterion)
    for unit in Unit:
        known = set(Criterion) - ({Criterion.HALL_RECURRENCE} if unit == Unit.HALL else set())
        assert set(GOALPOSTS[unit]) == known
        assert all(ends.low < ends.high for ends in GOALPOSTS[unit].values())


@pytest.mark.parametrize(
    ("unit", "severity", "staff"),
    [(Unit.RESIDENCE, 6000, 300), (Unit.HALL, 100, 3), (Unit.QPV, 3000, 100), (Unit.DISTRICT, 3000, 100)],
)
def test_scales_are_those_of_the_method_page(unit: Unit, severity: float, staff: float):
    ends = {Criterion.SEVERITY: (0, severity), Criterion.STAFF: (0, staff), Criterion.SITE_LEVEL: (0, 3)}
    assert GOALPOSTS[unit] == {criterion: ends.get(criterion, (0, 1)) for criterion in GOALPOSTS[unit]}


def test_rise_is_worked_out_by_hand():
    # Four facts, equal exposures: P(fewer than 3) + P(3)/2 = 11/16 + 2/16. Three times the exposure now: p = 3/4.
    assert rise_probability(3, 1) == pytest.approx(13 / 16)
    assert rise_probability(1, 0, exposure=3, previous_exposure=1) == pytest.approx(1 / 4 + 3 / 8)


def test_nothing_recorded_leaves_both_ways_open_and_no_exposure_is_missing():
    assert rise_probability(0, 0) == 0.5
    assert np.isnan(rise_probability([3, 3, 3], [1, 1, 1], exposure=[0, 1, np.nan], previous_exposure=[1, 0, 1])).all()


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.1, 10), st.floats(0.1, 10))
def test_rise_and_fall_share_all_chances_and_one_more_fact_never_lowers_the_rise(count, previous, now, before):
    exposures = {"exposure": now, "previous_exposure": before}
    rise = rise_probability(count, previous, **exposures)
    fall = rise_probability(previous, count, exposure=before, previous_exposure=now)
    assert rise + fall == pytest.approx(1)
    assert rise_probability(count + 1, previous, **exposures) >= rise - 1e-12


def test_level_of_a_site_rises_with_the_nature_and_the_recurrence_of_its_facts():
    # Months of 12 with a fact of severity 2 or more, then 3 or more.
    months = np.array([(0, 0), (2, 2), (3, 2), (12, 2), (3, 3), (5, 5), (6, 6), (12, 12)])
    assert site_level(*(months.T / 12)).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_criteria_of_a_residence_alone_are_worked_out_by_hand():
    # Alone, a place teaches its own rates: 40, then 4, on 100 dwellings for a year.
    facts = {"incident_count": 3, "previous_incident_count": 1, "severity_index": 40, "staff_count": 4}
    months = {"touched_month_count": 9, "hall_month_count": 3, "alert_month_count": 4, "serious_month_count": 2}
    found = only(signal(7, **facts, **months, eligible_known_count=4, complaint_count=1))
    assert found["place_key"] == 7
    assert found[CRITERIA].astype(float).to_dict() == pytest.approx(
        {
            "severity": 400,
            "persistence": 0.75,
            "trend": 13 / 16,
            "staff": 40,
            "complaint_gap": 0.75,
            "hall_recurrence": 0.25,
            "site_level": 1,
        }
    )
    assert found[["is_severity_pooled", "is_staff_pooled", "is_complaint_gap_pooled"]].all()
    assert not found["is_short"]


def test_what_nobody_told_is_missing_and_no_zero():
    found = only(signal(previous_reporting_dwelling_months=0))
    assert found[["trend", "complaint_gap", "hall_recurrence"]].isna().all()
    assert found[["severity", "persistence", "staff", "site_level"]].astype(float).to_list() == [0, 0, 0, 0]


def test_months_that_nobody_told_of_are_no_calm_months():
    half = {"reporting_month_count": 6, "reporting_dwelling_months": 600}
    found = only(signal(**half, touched_month_count=3, hall_month_count=8, serious_month_count=3, alert_month_count=3))
    assert found["persistence"] == 0.5
    assert found["hall_recurrence"] == 1
    assert found["site_level"] == 2  # 3 months of 12, whoever told of the others
    assert found["reported_share"] == 0.5
    assert not found["is_short"]
    assert only(signal(**half, touched_month_count=8))["persistence"] == 1


@pytest.mark.parametrize(
    "little",
    [
        {"dwelling_count": 49},
        {"dwelling_count": np.nan},
        {"reporting_month_count": 5},
        {"reporting_month_count": 0, "reporting_dwelling_months": 0},
        {"reporting_dwelling_months": 0},
        {"month_count": 0, "reporting_month_count": 0},
    ],
)
def test_place_that_says_too_little_is_flagged(little):
    assert only(signal(**little))["is_short"]


def test_places_teach_each_other_and_the_smallest_is_drawn_most():
    large = [signal(at, severity_index=index, incident_count=index) for at, index in ((1, 20), (2, 200))]
    small = signal(3, severity_index=20, incident_count=20, dwelling_count=10, reporting_dwelling_months=120)
    found = criteria(*large, small).set_index("place_key")["severity"]
    assert found[1] == pytest.approx(200, rel=0.3)
    assert found[2] == pytest.approx(2000, rel=0.1)
    assert abs(found[3] - 2000) > 3 * abs(found[2] - 2000)  # 2,000 as recorded, both


@pytest.mark.parametrize(
    ("differing", "flag"),
    [
        ({"incident_count": 90, "severity_index": 90}, "is_severity_pooled"),
        ({"staff_count": 90}, "is_staff_pooled"),
        ({"complaint_count": 90}, "is_complaint_gap_pooled"),
    ],
)
def test_only_the_criterion_by_which_places_differ_is_not_pooled(differing: dict, flag: str):
    known = {"eligible_known_count": 100}
    found = criteria(signal(1, **known), signal(2, **known, **differing))
    assert {name: bool(found[name].all()) for name in POOLED.values()} == {
        name: name != flag for name in POOLED.values()
    }


def test_quarter_sums_its_residences_and_averages_their_months_by_dwellings():
    home = {"qpv_id": 5, "previous_incident_count": 1, "incident_count": 1}
    large = {"dwelling_count": 300, "reporting_dwelling_months": 3600, "touched_month_count": 6}
    found = only(
        signal(1, **home, severity_index=30, touched_month_count=12, serious_month_count=6, hall_month_count=6),
        signal(2, **home, **large, severity_index=10, eligible_known_count=2, complaint_count=1),
        signal(3, severity_index=9999),
        unit=Unit.QPV,
    )
    assert (found["place_key"], found["residence_count"], found["dwelling_count"]) == (5, 2, 400)
    assert found["severity"] == pytest.approx(100)  # 40 on 400 dwellings
    assert found["persistence"] == pytest.approx((100 * 1 + 300 * 0.5) / 400)
    assert found["site_level"] == pytest.approx(100 * 3 / 400)
    assert found["hall_recurrence"] == 0.5  # of the one that names its halls
    assert found["trend"] < 0.5  # more dwellings told of it now
    assert found["complaint_gap"] == 0.5


def test_residence_of_unknown_dwellings_counts_in_no_mean_of_its_service():
    known, unknown = {"district_id": 4, "touched_month_count": 3}, {"dwelling_count": np.nan, "district_id": 4}
    found = only(signal(1, **known), signal(2, **unknown, touched_month_count=12), unit=Unit.DISTRICT)
    assert (found["dwelling_count"], found["persistence"]) == (100, 0.25)


def test_service_of_which_half_of_the_dwellings_are_silent_too_long_is_short():
    silent = {"reporting_month_count": 4, "reporting_dwelling_months": 1200, "dwelling_count": 300}
    found = only(signal(1, district_id=4), signal(2, district_id=4, **silent), unit=Unit.DISTRICT)
    assert found["reported_share"] == pytest.approx((100 * 1 + 300 / 3) / 400)
    assert not found["is_short"]
    assert only(signal(1, district_id=4, **silent), unit=Unit.DISTRICT)["is_short"]


def test_months_of_a_place_are_those_of_its_residences_and_of_the_halls_that_facts_name():
    named = {"district_id": 4, "reporting_month_count": 8, "touched_month_count": 3, "hall_month_count": 2}
    found = only(signal(1, **named), signal(2, district_id=4, touched_month_count=5), unit=Unit.DISTRICT)
    months = ("month_count", "reporting_month_count", "touched_month_count", "hall_month_count")
    assert [found[name] for name in (*months, "hall_reporting_month_count")] == [24, 20, 8, 2, 8]
    alone = only(signal(1, **named))
    assert (alone["hall_reporting_month_count"], alone["hall_recurrence"]) == (8, 2 / 8)


def test_quiet_residences_have_less_than_a_fact_for_each_month_they_told_of():
    half, less = ({"reporting_month_count": told, "reporting_dwelling_months": 100 * told} for told in (6, 5))
    places = criteria(
        signal(1, incident_count=11),
        signal(2, incident_count=12),
        signal(3, incident_count=6, **half),  # as many facts as months told of: not quiet
        signal(4, incident_count=5, **half),
        signal(5, incident_count=0, **less),  # silent too long to be called quiet
    )
    assert quiet_places(places) == (2, 4)
    assert quiet_places(places[:0]) == (0, 0)


def test_halls_are_told_apart_and_need_no_dwellings():
    months = {"dwelling_count": np.nan, "reporting_dwelling_months": 6, "reporting_month_count": 6}
    halls = [signal(1, **months, building_code=code, hall_code="2", severity_index=40) for code in ("A", None)]
    found = criteria(*halls, unit=Unit.HALL)
    assert found["place_key"].to_list() == ["1|A|2", "1||2"]
    assert found["severity"].to_list() == pytest.approx([80, 80])  # a hall and a year
    assert not found["is_short"].any()
    assert found[["residence_id", "hall_code"]].to_numpy().tolist() == [[1, "2"]] * 2


@pytest.mark.parametrize("unit", list(Unit))
def test_order_of_the_rows_changes_nothing_and_no_row_gives_no_place(unit):
    rng = np.random.default_rng(0)
    signals = pd.DataFrame(
        [
            signal(
                at,
                qpv_id=at % 3,
                district_id=at % 2,
                building_code="A",
                hall_code=str(at),
                severity_index=int(rng.integers(0, 90)),
                touched_month_count=int(rng.integers(0, 12)),
            )
            for at in range(12)
        ]
    )
    found = place_criteria(signals, unit)
    assert found["place_key"].is_unique
    pd.testing.assert_frame_equal(found, place_criteria(signals[::-1], unit), check_exact=False)
    assert len(place_criteria(signals[:0], unit)) == 0


def test_residence_that_alone_has_more_than_half_of_the_facts_of_its_territory_is_told():
    inside = [signal(1, qpv_id=7, incident_count=201), signal(2, qpv_id=7, incident_count=48)]
    shared_out = [signal(3, qpv_id=8, incident_count=5), signal(4, qpv_id=8, incident_count=5)]
    silent = [signal(5, qpv_id=9, incident_count=0)]
    found = criteria(*inside, *shared_out, *silent, unit=Unit.QPV).set_index("place_key")
    assert found.loc[7, ["main_residence_id", "main_incident_count", "incident_count"]].tolist() == [1, 201, 249]
    assert found.loc[[8, 9], ["main_residence_id", "main_incident_count"]].isna().all(axis=None)
