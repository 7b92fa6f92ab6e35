import numpy as np
import pandas as pd
import pytest

from lib.analysis.rates import incident_rate, poisson_interval, with_rates


# Garwood's exact limits, cases POIS-CI-A and POIS-CI-B of the methods file, to its four figures.
@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)])
def test_interval_equals_published_exact_limits(count: int, low: float, high: float):
    assert poisson_interval(count) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_interval_refuses_a_negative_count():
    with pytest.raises(ValueError, match="negative"):
        poisson_interval([3, -1])


def test_interval_narrows_relatively_as_counts_grow():
    low, high = poisson_interval(np.array([5, 50, 500]))
    width = (high - low) / np.array([5, 50, 500])
    assert (np.diff(width) < 0).all()


def test_rate_is_per_thousand_dwellings_and_year():
    # 12 facts, 100 dwellings reporting for 12 months: 120 per 1,000 dwellings and year; for 6 months: 240.
    assert incident_rate([12, 12], [1200, 600]) == pytest.approx([120, 240])


def test_rate_without_reporting_dwelling_is_missing_not_zero_nor_infinite():
    assert np.isnan(incident_rate([0, 4], [0, 0])).all()


def test_true_zero_has_rate_zero_and_a_positive_upper_bound():
    row = pd.DataFrame(
        {
            "incident_count": [0],
            "severity_index": [0],
            "previous_severity_index": [2],
            "previous_incident_count": [1],
            "reporting_dwelling_months": [1200],
            "previous_reporting_dwelling_months": [0],
        }
    )
    rated = with_rates(row).iloc[0]
    assert rated["rate_per_1000_dwellings"] == 0
    assert rated["rate_high"] == pytest.approx(36.889, abs=1e-3)
    assert np.isnan(rated["previous_rate_per_1000_dwellings"])
