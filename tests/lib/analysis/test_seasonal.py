import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lib.analysis.loglinear import Family, poisson_regression
from lib.analysis.seasonal import Season, annual_trend, seasonal_parts

# Published or independently computed values, each with its source: tests/data/trends.json.
PUBLISHED = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data" / "trends.json").read_text(encoding="utf-8"))
}
START = date(2020, 1, 1)
YEARS = np.arange(84) / 12
WAVE = 1 + 0.3 * np.cos(2 * np.pi * np.arange(84) / 12)


def test_exact_growth_and_season_are_found_back():
    found = annual_trend(200 * WAVE * 1.1**YEARS, 1.0, START)
    assert found.ratio[0] == pytest.approx(1.1)
    assert found.ratio_low[0] < 1.1 < found.ratio_high[0]
    assert (found.season[0], found.family[0]) == (Season.MONTHS, Family.POISSON)
    assert found.dispersion[0] == pytest.approx(0, abs=1e-9)


def test_growing_exposure_is_not_a_trend():
    exposure = 1000 * 1.2**YEARS
    found = annual_trend(exposure / 50, exposure, START)
    assert found.ratio[0] == pytest.approx(1)
    assert found.p_value[0] == pytest.approx(1)


def test_trend_of_the_van_drivers_without_the_law_equals_the_regression_on_the_same_columns():
    counts = np.array(PUBLISHED["POISREG-VAN"]["inputs"]["counts"], dtype=float)
    t = np.arange(len(counts))
    design = np.column_stack([np.ones_like(t), t / 12, (t % 12)[:, None] == np.arange(1, 12)]).astype(float)
    found, alone = annual_trend(counts, 1.0, date(1969, 1, 1)), poisson_regression(counts, design)
    assert np.log(found.ratio[0]) == pytest.approx(alone.coefficients[1])
    assert found.p_value[0] == pytest.approx(alone.p_values[1])
    assert found.ratio_high[0] == pytest.approx(np.exp(alone.coefficients[1] + 1.959964 * alone.standard_errors[1]))


def test_season_depends_on_what_there_is_to_learn_it_from():
    counts = np.full((3, 84), 5.0)
    counts[1] = 0
    counts[1, 40] = 29
    exposure = np.ones((3, 84))
    exposure[2, 30:] = 0
    assert annual_trend(counts, exposure, START).season.tolist() == [Season.MONTHS, Season.NONE, Season.WAVE]
    assert annual_trend(counts[:1, :11], 1.0, START).season[0] == Season.NONE


def test_month_that_is_never_told_leaves_a_wave():
    exposure = np.where(np.arange(84) % 12 == 7, 0.0, 1.0)
    found = annual_trend(100 * WAVE * 1.1**YEARS, exposure, START)
    assert found.season[0] == Season.WAVE
    assert found.ratio[0] == pytest.approx(1.1, abs=0.005)


def test_bursts_widen_the_interval():
    counts = np.where(np.arange(84) % 5 == 0, 40.0, 4.0)
    usual = annual_trend(counts, 1.0, START)
    poisson = annual_trend(counts, 1.0, START, family=Family.POISSON)
    negative = annual_trend(counts, 1.0, START, family=Family.NEGATIVE_BINOMIAL)
    assert usual.family[0] == Family.QUASI_POISSON
    assert usual.dispersion[0] > 1.5
    assert usual.ratio_high[0] > poisson.ratio_high[0]
    assert usual.ratio[0] == poisson.ratio[0]
    assert negative.ratio_high[0] > poisson.ratio_high[0]
    assert negative.dispersion[0] < usual.dispersion[0]


def test_series_without_a_fact_has_no_trend_and_leaves_the_others_alone():
    counts = np.array([np.zeros(84), 200 * WAVE * 0.9**YEARS])
    found = annual_trend(counts, 1.0, START)
    assert np.isnan(found.ratio[0])
    assert np.isnan(found.p_value[0])
    assert found.ratio[1] == pytest.approx(0.9)


def test_first_month_does_not_matter_to_a_whole_season():
    counts = np.random.default_rng(5).poisson(20 * WAVE)
    january, may = (annual_trend(counts, 1.0, first) for first in (START, date(2020, 5, 1)))
    assert january.ratio[0] == pytest.approx(may.ratio[0])


def test_parts_equal_those_of_r():
    case = PUBLISHED["STL-NOTTEM"]
    parts = seasonal_parts(case["inputs"]["series"], case["inputs"]["period"])
    expected = case["expected"]
    assert parts["seasonal"].to_numpy()[:12] == pytest.approx(expected["seasonal_first12"], abs=1e-9)
    assert parts["trend"].to_numpy()[:12] == pytest.approx(expected["trend_first12"], abs=1e-9)
    assert parts["trend"].to_numpy()[-12:] == pytest.approx(expected["trend_last12"], abs=1e-9)


def test_parts_of_a_line_and_a_wave_add_up_to_it_and_leave_nothing():
    t = np.arange(60)
    series = 50 + 0.5 * t + 8 * np.sin(2 * np.pi * t / 12)
    parts = seasonal_parts(series)
    assert parts.sum(axis=1).to_numpy() == pytest.approx(series)
    assert parts["remainder"].abs().max() < 0.5
    assert parts["seasonal"].to_numpy()[12:24] == pytest.approx(parts["seasonal"].to_numpy()[:12])


def test_parts_of_less_than_two_years_or_with_a_gap_are_refused():
    for series in (np.ones(23), np.r_[np.ones(30), np.nan]):
        with pytest.raises(ValueError, match="two whole years"):
            seasonal_parts(series)
