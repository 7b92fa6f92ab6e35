import numpy as np
import pandas as pd
import pytest

from lib.analysis.rates import incident_rate, poisson_interval, proportion_interval, with_rates


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


# PROP-CI-A of the methods file: Wilson limits of epitools 0.5-10.1.
@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(81, 263, 0.25529, 0.36621), (15, 148, 0.06239, 0.16049), (7, 20, 0.18119, 0.56715)],
)
def test_interval_of_a_proportion_equals_published_values(count: int, total: int, low: float, high: float):
    assert proportion_interval(count, total) == (pytest.approx(low, abs=1e-5), pytest.approx(high, abs=1e-5))


def test_interval_of_a_proportion_stays_within_nothing_and_all():
    low, high = proportion_interval([0, 20], [20, 20])
    assert (low[0], high[1]) == (0, 1)
    assert (high[0], low[1]) == (pytest.approx(0.1611, abs=5e-5), pytest.approx(1 - 0.1611, abs=5e-5))


def test_proportion_of_nothing_is_missing():
    assert np.isnan(proportion_interval([0], [0])).all()


@pytest.mark.parametrize("count", [-1, 4])
def test_part_larger_than_its_total_or_negative_is_refused(count: int):
    with pytest.raises(ValueError, match="between zero and its total"):
        proportion_interval([count], [3])


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
