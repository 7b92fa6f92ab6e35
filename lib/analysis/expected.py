"""What the past lets expect of each month, for the band behind a series; see docs/methods/surveillance.md."""

from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import nbinom

from lib.analysis.loglinear import fit_log_linear, squared_errors
from lib.analysis.surveillance import predictive_size, told_series

YEAR, REFERENCE_MONTHS = 12, 36
MIN_MONTH_COUNT = 5  # facts of a month of the year, over the reference, under which it has no level of its own
TAIL = 0.025  # on each side of a 95 % band


def expected_band(
    counts: ArrayLike, exposure: ArrayLike, first_month: date, watched: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds at 95 % of each of the last months, from the three years before them, without a trend.

    Each month of the year has its level once three years are told, one yearly wave shapes them before; the law is
    negative binomial, with the dispersion of the series (at least that of chance) and the error of the level.

    Args:
        counts: Facts, (series, months).
        exposure: Dwelling-months reported, of a shape that broadcasts with ``counts``; months of zero or missing
            exposure are left out, and have no band.
        first_month: First day of the first month.
        watched: Months at the end that have a band, ≥ 1.

    Returns:
        Two arrays (series, watched), missing (NaN) with less than a year told before, or nothing recorded.
    """
    y, exposed = told_series(counts, exposure)
    month = first_month.month - 1 + np.arange(y.shape[1])
    past = slice(max(0, y.shape[1] - watched - REFERENCE_MONTHS), y.shape[1] - watched)
    has_months = _has_months(y[:, past], exposed[:, past], month[past])
    low, high = np.full((2, len(y), watched), np.nan)
    for rows, columns in ((has_months, _months(month)), (~has_months, _wave(month))):
        low[rows], high[rows] = _bounds(y[rows][:, past], exposed[rows], columns, past)
    return low, high


def _bounds(
    y: NDArray, exposed: NDArray, columns: NDArray, past: slice
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the series of one design: facts of the reference, and exposures of every month."""
    now, share = columns[past.stop :], exposed[:, past.stop :]
    fit = fit_log_linear(y, columns[past], exposure=exposed[:, past])
    dispersion = np.fmax(1.0, fit.dispersion)[:, None]
    error = dispersion * squared_errors(fit, now)
    told = (exposed[:, past] > 0).sum(axis=1)[:, None]
    is_known = (told >= YEAR) & fit.is_fitted[:, None] & (share > 0)
    mean = np.where(is_known, share * np.exp(fit.coefficients @ now.T) * (1 + error), np.nan)
    size = predictive_size(mean, (1 + error) / error, dispersion)
    low, high = (nbinom.ppf(tail, size, size / (size + mean)) for tail in (TAIL, 1 - TAIL))
    return low, high


def _has_months(y: NDArray, exposed: NDArray, month: NDArray) -> NDArray[np.bool_]:
    """Whether three years are told and every month of the year has enough facts for a level of its own."""
    counts = np.array([y[:, month % YEAR == rank].sum(axis=1) for rank in range(YEAR)])
    return ((exposed > 0).sum(axis=1) == REFERENCE_MONTHS) & (counts.min(axis=0) >= MIN_MONTH_COUNT)


def _months(month: NDArray[np.int_]) -> NDArray[np.float64]:
    """A level for each month of the year."""
    return np.eye(YEAR)[month % YEAR]


def _wave(month: NDArray[np.int_]) -> NDArray[np.float64]:
    """One level and one yearly wave."""
    turn = 2 * np.pi * month / YEAR
    return np.column_stack([np.ones(len(month)), np.cos(turn), np.sin(turn)])
