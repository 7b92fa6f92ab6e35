from datetime import date

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from lib.analysis.expected import expected_band

JANUARY = date(2023, 1, 1)


def flat(level: float, months: int = 48) -> np.ndarray:
    return np.random.default_rng(1).poisson(level, (400, months))


def test_band_holds_nineteen_months_in_twenty_when_nothing_happens():
    counts = flat(20)
    low, high = expected_band(counts, 1.0, JANUARY, 12)
    inside = (counts[:, -12:] >= low) & (counts[:, -12:] <= high)
    assert 0.94 <= inside.mean() <= 0.985  # counts are whole: a band holds a little more than it says


def test_band_of_a_varied_series_is_wider_than_chance():
    rng = np.random.default_rng(2)
    varied = nbinom.rvs(4, 4 / 24, size=(400, 48), random_state=rng)  # mean 20, variance 120
    low, high = expected_band(varied, 1.0, JANUARY, 12)
    assert np.median(high) > poisson.ppf(0.975, 20) + 10
    inside = (varied[:, -12:] >= low) & (varied[:, -12:] <= high)
    assert inside.mean() >= 0.92


def test_band_follows_the_season_and_the_dwellings_that_report():
    month = np.arange(48)
    counts = np.where(month % 12 < 6, 40, 10) * np.ones((1, 48))
    exposure = np.where(month < 36, 1000.0, 500.0)
    low, high = expected_band(counts, exposure, JANUARY, 12)
    middle = (low + high)[0] / 2
    assert middle[:6].mean() == pytest.approx(20, rel=0.15)
    assert middle[6:].mean() == pytest.approx(5, rel=0.3)


def test_silent_month_has_no_band_and_teaches_nothing():
    counts, exposure = np.full((1, 48), 20.0), np.ones((1, 48))
    exposure[0, [10, 40]] = 0
    counts[0, [10, 40]] = [900, 900]
    low, high = expected_band(counts, exposure, JANUARY, 12)
    assert np.isnan([low[0, 4], high[0, 4]]).all()
    assert np.delete(high, 4).max() < 40


@pytest.mark.parametrize(("months", "level"), [(20, 9), (48, 0)], ids=["under a year before", "nothing recorded"])
def test_too_little_known_gives_no_band(months: int, level: int):
    low, high = expected_band(np.full((1, months), level), 1.0, JANUARY, 12)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_rise_of_the_period_shown_does_not_move_its_own_band():
    counts = np.full((2, 48), 20)
    counts[1, -12:] = 60
    low, high = expected_band(counts, 1.0, JANUARY, 12)
    np.testing.assert_array_equal(low[0], low[1])
    np.testing.assert_array_equal(high[0], high[1])
