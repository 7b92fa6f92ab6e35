import pandas as pd
import pytest

from lib.analysis.coverage import monthly_reporting_coverage, reporting_coverage


def test_coverage_weighs_residences_by_their_dwellings():
    figures = pd.DataFrame({"dwelling_months": [900, 100], "reporting_dwelling_months": [900, 0]})
    assert reporting_coverage(figures) == pytest.approx(0.9)


def test_coverage_of_no_dwelling_is_unknown():
    assert reporting_coverage(pd.DataFrame({"dwelling_months": [], "reporting_dwelling_months": []})) is None


def test_month_without_dwelling_has_no_coverage():
    months = pd.DataFrame({"dwelling_count": [200, 0], "reporting_dwelling_count": [150, 0]})
    share = monthly_reporting_coverage(months)
    assert share.iloc[0] == pytest.approx(0.75)
    assert share.isna().iloc[1]
