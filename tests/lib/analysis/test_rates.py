import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from lib.analysis.rates import (
    byar_interval,
    exact_proportion_interval,
    incident_rate,
    poisson_interval,
    proportion_interval,
    with_rates,
)
from lib.analysis.shrinkage import Prior, exceedance, shrunk_interval, shrunk_rate

# Published or independently computed values, each with its source.
PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "rates.json").read_text(encoding="utf-8"))
}


@pytest.mark.parametrize(("kind", "interval"), [("exact", poisson_interval), ("byar", byar_interval)])
def test_interval_of_a_count_equals_published_values(kind: str, interval):
    case = PUBLISHED["POIS-CI-A"]
    low, high = np.array(case["expected"][kind]).T
    found = interval(case["inputs"]["counts"])
    assert found[0] == pytest.approx(low, abs=case["tolerance"][f"{kind}_atol"])
    assert found[1] == pytest.approx(high, abs=case["tolerance"][f"{kind}_atol"])


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_byar_nears_the_exact_interval_as_counts_grow(level: float):
    counts = np.array([10, 1000])
    for exact, near in zip(poisson_interval(counts, level), byar_interval(counts, level), strict=True):
        apart = np.abs(near - exact) / np.sqrt(counts)
        assert apart[0] < 0.3
        assert apart[1] < 0.03


def test_byar_refuses_a_negative_count():
    with pytest.raises(ValueError, match="negative"):
        byar_interval([-1])


@pytest.mark.parametrize(
    ("kind", "interval"), [("wilson", proportion_interval), ("clopper_pearson", exact_proportion_interval)]
)
def test_interval_of_a_proportion_equals_those_of_its_case(kind: str, interval):
    case = PUBLISHED["PROP-CI-A"]
    low, high = np.array(case["expected"][kind]).T
    found = interval(*np.array(case["inputs"]["pairs"]).T)
    assert found[0] == pytest.approx(low, abs=case["tolerance"]["atol"])
    assert found[1] == pytest.approx(high, abs=case["tolerance"]["atol"])


def test_exact_interval_of_a_proportion_leaves_half_of_the_doubt_on_each_side():
    low, high = exact_proportion_interval([1, 7, 19], [20, 20, 20], level=0.9)
    assert binom.sf([0, 6, 18], 20, low) == pytest.approx([0.05] * 3)
    assert binom.cdf([1, 7, 19], 20, high) == pytest.approx([0.05] * 3)


def test_exact_interval_of_none_all_and_nothing():
    low, high = exact_proportion_interval([0, 20, 0], [20, 20, 0])
    assert (low[0], high[1]) == (0, 1)
    assert (high[0], low[1]) == (pytest.approx(0.16843, abs=1e-5), pytest.approx(1 - 0.16843, abs=1e-5))
    assert np.isnan([low[2], high[2]]).all()


def test_posterior_of_its_case_equals_published_values():
    case = PUBLISHED["POST-BDA3"]
    inputs, published = case["inputs"], case["expected"].values()
    prior = Prior(inputs["prior_shape"] / inputs["prior_rate"], inputs["prior_rate"])
    places = (inputs["events"], inputs["exposure"])
    found = [
        shrunk_rate(*places, prior=prior),
        *shrunk_interval(*places, prior=prior),
        exceedance(*places, prior=prior, threshold=1),
    ]
    for values, name in zip(found, ("mean", "lo95", "hi95", "p_gt_1"), strict=True):
        assert values == pytest.approx([one[name] for one in published], abs=case["tolerance"]["atol"])


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
@pytest.mark.parametrize("interval", [proportion_interval, exact_proportion_interval])
def test_part_larger_than_its_total_or_negative_is_refused(interval, count: int):
    with pytest.raises(ValueError, match="between zero and its total"):
        interval([count], [3])


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
