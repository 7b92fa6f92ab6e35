from datetime import date

import pandas as pd
import pytest

from lib.analysis.comparison import compared, declared_past, dispersions, places_compared, whole_compared, without_past
from lib.analysis.trends import year_on_year
from lib.domain.period import Period

QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1))
WHOLE = pd.Series({"reporting_dwelling_months": 300.0, "previous_reporting_dwelling_months": 300.0})


def monthly(code: str, now: list[int], before: list[int]) -> pd.DataFrame:
    months = [*QUARTER.months(), *QUARTER.year_before().months()]
    return pd.DataFrame(
        {"month_on": months, "family_code": code[:3], "type_code": code, "incident_count": [*now, *before]}
    )


def types(*rows: tuple[str, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["type_code", "incident_count", "previous_incident_count"])
    return frame.assign(type_label="T", family_code=frame["type_code"].str[:3], family_label="F")


def test_family_sums_its_types_and_keeps_the_order_of_the_nomenclature():
    facts = pd.concat([monthly("OCC-01", [40] * 3, [20] * 3), monthly("BIE-01", [20] * 3, [20] * 3)])
    rows = types(("OCC-01", 120, 60), ("OCC-02", 0, 0), ("BIE-01", 60, 60))
    families = compared(rows, facts, WHOLE, period=QUARTER, by="family_code")
    assert families["family_code"].tolist() == ["OCC", "BIE"]
    assert families["incident_count"].tolist() == [120, 60]
    assert families["verdict"].tolist() == ["rise", "flat"]
    assert families["year_on_year_ratio"].tolist() == pytest.approx([2, 1])


def test_a_burst_in_one_month_weighs_less_than_a_steady_rise():
    rows = types(("BIE-01", 120, 60))
    steady = compared(rows, monthly("BIE-01", [40] * 3, [20] * 3), WHOLE, period=QUARTER, by="type_code")
    burst = compared(rows, monthly("BIE-01", [100, 10, 10], [20] * 3), WHOLE, period=QUARTER, by="type_code")
    assert burst.iloc[0]["p_value"] > steady.iloc[0]["p_value"]
    assert burst.iloc[0]["verdict"] == "flat"


def test_whole_of_a_selection_without_a_fact_says_few():
    figures = pd.DataFrame([{"incident_count": 0, "previous_incident_count": 0, **WHOLE}])
    nothing = pd.DataFrame({"month_on": [], "family_code": [], "type_code": [], "incident_count": []})
    assert whole_compared(figures, nothing, QUARTER)["verdict"] == "few"


def test_place_with_a_burst_is_judged_by_its_own_irregularity():
    months = [*QUARTER.months(), *QUARTER.year_before().months()]
    facts = pd.DataFrame(
        {
            "month_on": [*months, *months],
            "place_key": [1] * 6 + [2] * 6,
            "incident_count": [40, 40, 40, 20, 20, 20, 100, 10, 10, 20, 20, 20],
        }
    )
    figures = pd.DataFrame(
        {"place_key": [1, 2, 3], "incident_count": [120, 120, 0], "previous_incident_count": [60, 60, 0]}
    )
    compared_places = places_compared(figures.assign(**WHOLE), facts, QUARTER)
    assert compared_places["verdict"].tolist() == ["rise", "flat", "few"]


def test_dispersion_may_be_that_of_complaints():
    facts = monthly("BIE-01", [20] * 3, [20] * 3).assign(complaint_count=[10, 0, 0, 0, 0, 10])
    keys = pd.Series(["BIE-01"])
    assert dispersions(facts, keys, period=QUARTER, by="type_code") == [1]
    assert dispersions(facts, keys, period=QUARTER, by="type_code", count="complaint_count")[0] > 5


def test_a_past_known_by_half_is_not_compared():
    figures = pd.DataFrame([{"incident_count": 400, "previous_incident_count": 100, **WHOLE}])
    nothing = pd.DataFrame({"month_on": [], "family_code": [], "type_code": [], "incident_count": []})
    assert whole_compared(figures, nothing, QUARTER)["verdict"] == "rise"
    assert whole_compared(without_past(figures), nothing, QUARTER)["verdict"] == "unknown"


def test_past_that_nobody_told_of_is_missing_and_not_zero():
    figures = pd.DataFrame(
        {"previous_incident_count": [0, 0, 4], "previous_reporting_dwelling_months": [0, 300, 0]}, index=["a", "b", "c"]
    )
    past = declared_past(figures)["previous_incident_count"]
    assert past.isna().tolist() == [True, False, False]
    assert past[["b", "c"]].tolist() == [0, 4]


def test_a_past_known_by_half_has_no_count():
    figures = pd.DataFrame([{"incident_count": 400, "previous_incident_count": 100, **WHOLE}])
    assert without_past(figures)["previous_incident_count"].isna().all()


MONTHS = Period(date(2026, 1, 1), date(2026, 3, 1))


def small_places(*counts: tuple[int, float]) -> pd.DataFrame:
    """Places of 100 dwellings in the order given, with their facts and those of the year before."""
    frame = {
        "place_key": range(len(counts)),
        "incident_count": [count for count, _ in counts],
        "previous_incident_count": [previous for _, previous in counts],
        "reporting_dwelling_months": 200,
        "previous_reporting_dwelling_months": 200,
    }
    return pd.DataFrame(frame, index=range(5, 5 + len(counts)))


@pytest.mark.parametrize(
    "counts",
    [
        [(80, 20), (3, 9), (12, 12), (0, 30), (5, float("nan")), (0, 0)],
        [(3, 9), (1, 2)],
        [(80, 20)],
        [],
    ],
)
def test_places_too_small_to_be_tested_change_no_verdict(counts: list):
    rated = small_places(*counts)
    months = [date(year, month, 1) for year in (2025, 2026) for month in (1, 2)]
    # Another month is the high one each year: every place is overdispersed.
    drawn = [(m, key, 4 + 40 * (m.month == 1 + m.year % 2)) for key in rated["place_key"] for m in months]
    monthly = pd.DataFrame(drawn, columns=["month_on", "place_key", "incident_count"])
    expected = year_on_year(rated, phi=dispersions(monthly, rated["place_key"], period=MONTHS, by="place_key"))
    pd.testing.assert_frame_equal(places_compared(rated, monthly, MONTHS), expected, check_dtype=False)
