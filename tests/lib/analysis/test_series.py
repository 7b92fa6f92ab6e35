from datetime import date

import pandas as pd

from lib.analysis.series import monthly_series, reported_only, rolling_mean


def test_month_without_a_fact_is_a_zero_and_not_a_gap():
    facts = pd.DataFrame(
        {"month_on": [date(2026, 1, 1), date(2026, 3, 1)], "family_code": ["BIE", "OCC"], "incident_count": [4, 2]}
    )
    series = monthly_series(facts, [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)], "family_code")
    assert series["BIE"].tolist() == [4, 0, 0]
    assert series["OCC"].tolist() == [0, 0, 2]


def test_rolling_mean_waits_for_twelve_months():
    rolled = rolling_mean(pd.DataFrame({"BIE": range(13)}))["BIE"]
    assert rolled.isna().sum() == 11
    assert rolled.tolist()[-2:] == [5.5, 6.5]


def test_month_nobody_reported_is_missing_and_not_zero():
    months = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    facts = pd.DataFrame({"month_on": [months[0]], "family_code": ["BIE"], "incident_count": [4]})
    coverage = pd.DataFrame({"month_on": months, "reporting_residence_count": [2, 0, 2]})
    series = reported_only(monthly_series(facts, months, "family_code"), coverage)["BIE"]
    assert series.isna().tolist() == [False, True, False]
    assert series.dropna().tolist() == [4, 0]
