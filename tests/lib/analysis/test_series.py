from datetime import date

import pandas as pd

from lib.analysis.series import monthly_series, rolling_mean


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
