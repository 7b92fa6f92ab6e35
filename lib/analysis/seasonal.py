"""Several years of months: annual trend, and season and trend for drawing; see docs/methods/tendance.md."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t

from lib.analysis.loglinear import MAX_DISPERSION, Family, fit_log_linear, poisson_regression, two_sided
from lib.analysis.trends import SIGNIFICANCE

MIN_SEASON_COUNT = 30  # facts under which no season is fitted (METHODS, section 3)
MIN_SEASON_MONTHS, MIN_WAVE_MONTHS = 36, 12  # told: month effects from three years on, one wave from one year on
STL_ROUNDS = 2  # of R's stl: no weight for outliers, so no outer round


class Season(StrEnum):
    """How the months of the year are told apart."""

    MONTHS = "months"
    WAVE = "wave"
    NONE = "none"


@dataclass(frozen=True)
class AnnualTrend:
    """By how much each series is multiplied in a year; arrays (series,), missing (NaN) where it cannot be said.

    Attributes:
        ratio: 1.10 for +10 % a year.
        ratio_low: 95 %.
        ratio_high: 95 %.
        p_value: Two-sided, of a ratio of 1.
        dispersion: Pearson chi-square over its degrees of freedom, of the model used, not floored.
        family: ``Family`` used, of each series.
        season: ``Season`` used, of each series.
    """

    ratio: NDArray[np.float64]
    ratio_low: NDArray[np.float64]
    ratio_high: NDArray[np.float64]
    p_value: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    family: NDArray[np.object_]
    season: NDArray[np.object_]


def annual_trend(
    counts: ArrayLike, exposure: ArrayLike, first_month: date, *, family: Family | None = None
) -> AnnualTrend:
    """Trend of each series of months: ``log mean = log exposure + a + b·year + season``; the ratio is ``exp(b)``.

    Season: month effects with 30 facts and 36 told months, each month of the year at least twice; one yearly wave with
    30 facts and 12 told months; else none. Poisson, or quasi-Poisson (Student's law, errors
    × √dispersion) where Pearson/df is above 1.5.

    Args:
        counts: Facts, (series, months) or (months,).
        exposure: Dwelling-months, of a shape that broadcasts with ``counts``; months of zero or missing exposure are
            left out.
        first_month: First day of the first month.
        family: Imposes one on all series; negative binomial ones are fitted one by one, slowly.
    """
    y, exposed = np.broadcast_arrays(*(np.atleast_2d(np.asarray(x, dtype=float)) for x in (counts, exposure)))
    month = first_month.month - 1 + np.arange(y.shape[1])
    seasons, designs = _seasons(y, exposed, month), _designs(month)
    found = np.full((4, len(y)), np.nan)
    for season, design in designs.items():
        rows = np.flatnonzero(seasons == season)
        if len(rows):
            found[:, rows] = _slopes(y[rows], exposed[rows], design, family)
    slope, error, phi, degrees = found
    families = _families(phi, family)
    is_quasi = families == Family.QUASI_POISSON
    error, degrees = np.where(is_quasi, error * np.sqrt(phi), error), np.where(is_quasi, degrees, np.inf)
    reach = t.isf(SIGNIFICANCE / 2, degrees) * error
    return AnnualTrend(
        ratio=np.exp(slope),
        ratio_low=np.exp(slope - reach),
        ratio_high=np.exp(slope + reach),
        p_value=two_sided(slope / error, degrees),
        dispersion=phi,
        family=families,
        season=seasons,
    )


def seasonal_parts(series: ArrayLike, period: int = 12) -> pd.DataFrame:
    """Trend, season and remainder by STL with a fixed season (Cleveland et al. 1990), as R's ``stl(.., "periodic")``.

    For drawing alone: no test, and useless below about five facts a month. Windows are those of R: the trend looks at
    about one and a half periods on each side.

    Args:
        series: (times,), none missing.
        period: Times in a year.

    Returns:
        ``trend``, ``seasonal`` and ``remainder``, one row per time; they add up to the series.

    Raises:
        ValueError: If the series has less than two years, or a missing value.
    """
    y = np.asarray(series, dtype=float)
    if len(y) < 2 * period or np.isnan(y).any():
        raise ValueError("two whole years, no month missing, are needed")
    flat = 10 * len(y) + 1
    smooth = _loess(len(y), _next_odd(1.5 * period / (1 - 1.5 / flat)), 1)
    low_pass = _loess(len(y), _next_odd(period), 1)
    trend = np.zeros(len(y))
    for _ in range(STL_ROUNDS):
        cycles = np.empty(len(y) + 2 * period)
        for start in range(period):
            own = (y - trend)[start::period]
            cycles[start::period] = _loess(len(own), flat, 0, beyond=1) @ own
        moving = cycles
        for width in (period, period, 3):
            moving = np.convolve(moving, np.full(width, 1 / width), "valid")
        seasonal = cycles[period:-period] - low_pass @ moving
        trend = smooth @ (y - seasonal)
    place = np.arange(len(y)) % period
    seasonal = (np.bincount(place, seasonal) / np.bincount(place))[place]
    return pd.DataFrame({"trend": trend, "seasonal": seasonal, "remainder": y - trend - seasonal})


def _seasons(y: NDArray, exposed: NDArray, month: NDArray) -> NDArray[np.object_]:
    told = (exposed > 0) & ~np.isnan(y)
    by_month = np.array([told[:, month % 12 == m].sum(axis=1) for m in range(12)])
    is_seen = np.where(told, y, 0.0).sum(axis=1) >= MIN_SEASON_COUNT
    has_months = (by_month.min(axis=0) >= 2) & (told.sum(axis=1) >= MIN_SEASON_MONTHS)
    has_wave = told.sum(axis=1) >= MIN_WAVE_MONTHS
    chosen = np.select([is_seen & has_months, is_seen & has_wave], [Season.MONTHS, Season.WAVE], Season.NONE)
    return np.array([Season(value) for value in chosen], dtype=object)


def _designs(month: NDArray) -> dict[Season, NDArray[np.float64]]:
    """Columns of each season; the first is the year, centred, the second ones."""
    years, turn = (np.arange(len(month)) - (len(month) - 1) / 2) / 12, 2 * np.pi * month / 12
    base = np.column_stack([years, np.ones(len(month))])
    effects = (month[:, None] % 12 == np.arange(1, 12)).astype(float)
    return {
        Season.MONTHS: np.hstack([base, effects]),
        Season.WAVE: np.column_stack([base, np.cos(turn), np.sin(turn)]),
        Season.NONE: base,
    }


def _slopes(y: NDArray, exposed: NDArray, design: NDArray, family: Family | None) -> NDArray[np.float64]:
    """Slope, its error for a dispersion of 1, dispersion and degrees of freedom; (4, series)."""
    fit = fit_log_linear(y, design, exposure=exposed)
    found = np.array([fit.coefficients[:, 0], np.sqrt(fit.covariance[:, 0, 0]), fit.dispersion, fit.degrees])
    if family == Family.NEGATIVE_BINOMIAL:
        for row in np.flatnonzero(fit.is_fitted):
            model = poisson_regression(y[row], design, exposure=exposed[row], family=family)
            found[:3, row] = model.coefficients[0], model.standard_errors[0], model.dispersion
    return found


def _families(phi: NDArray, family: Family | None) -> NDArray[np.object_]:
    usual = [Family.QUASI_POISSON if value > MAX_DISPERSION else Family.POISSON for value in phi]
    return np.array([family or chosen for chosen in usual], dtype=object)


def _next_odd(width: float) -> int:
    whole = math.ceil(width)
    return whole + 1 - whole % 2


def _loess(count: int, window: int, degree: int, *, beyond: int = 0) -> NDArray[np.float64]:
    """Matrix of the local regression of STL: fitted every tenth of a window, straight between, ``beyond`` each end."""
    jump, length = min(math.ceil(window / 10), count - 1), min(window, count)
    knots = np.arange(0, count, jump)
    lefts = np.clip(knots - (window + 1) // 2 + 1, 0, count - length)
    if knots[-1] < count - 1:
        knots, lefts = np.append(knots, count - 1), np.append(lefts, lefts[-1])
    rows = [_local_weights(at, left, length, count, window, degree) for at, left in zip(knots, lefts, strict=True)]
    between = np.array([np.interp(np.arange(count), knots, one) for one in np.eye(len(knots))]).T @ np.array(rows)
    ends = [_local_weights(at, left, length, count, window, degree) for at, left in ((-1, 0), (count, count - length))]
    return np.vstack([ends[0], between, ends[1]]) if beyond else between


def _local_weights(at: int, left: int, length: int, count: int, window: int, degree: int) -> NDArray[np.float64]:
    """What each observation weighs in the value at one position: tricube, then a straight line for degree 1."""
    places = np.arange(left, left + length)
    reach = max(at - left, left + length - 1 - at) + max(0, (window - count) // 2)
    gap = np.abs(places - at)
    weights = np.where(gap <= 0.999 * reach, (1 - np.where(gap <= 0.001 * reach, 0, gap / reach) ** 3) ** 3, 0.0)
    weights /= weights.sum()
    middle = weights @ places
    spread = weights @ (places - middle) ** 2
    if degree and math.sqrt(spread) > 0.001 * (count - 1):
        weights = weights * (1 + (at - middle) / spread * (places - middle))
    row = np.zeros(count)
    row[left : left + length] = weights
    return row
