"""Places and types whose last three months go beyond what their past lets expect; see docs/methods/surveillance.md."""

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import false_discovery_control, nbinom

from lib.analysis.loglinear import fit_log_linear
from lib.analysis.shrinkage import gamma_prior, shrunk_rate
from lib.analysis.surveillance import (
    FarringtonRule,
    farrington,
    predictive_size,
    predictive_tail,
    told_series,
)

FALSE_ALARM_SHARE = 0.05  # of the stores where nothing happens, those with an alert; of the alerts, the false ones
ANNOUNCED_AT = 0.04  # corrected p: what is left of the 5 % covers what a law learnt on three years gets wrong
MIN_ALERT_COUNT = 5  # facts in three months under which nothing is announced, whatever was expected
UPPER_LEVEL = 0.975  # of the law of the count: the upper end of a 95 % band
MONTHS, QUARTERS_PER_YEAR, YEARS_BACK = 3, 4, 3
MIN_TREND_COUNT = 30  # facts of the reference: in fewer, a trend is found where there is none
QUARTERS = FarringtonRule(
    QUARTERS_PER_YEAR,
    years_back=YEARS_BACK,
    half_window=1,
    is_reweighted=False,
    min_trend_count=MIN_TREND_COUNT,
    has_season=True,
    min_cases=0,
)
MIN_TOLD_MONTHS = 12  # to learn the dispersion of a series from its months
USUAL_ALPHA = 1 / 20  # of variance = mean + alpha × mean²: only weighs the series against each other


class Method(StrEnum):
    """Where the expected number comes from."""

    FARRINGTON = "farrington"
    SAME_MONTHS = "same_months"
    NONE = "none"


def alerts(counts: ArrayLike, exposure: ArrayLike) -> pd.DataFrame:
    """The last three months of each series against what its past lets expect.

    Three years of the same quarter reported: Farrington on three-month sums, each quarter of the year at its own level.
    Fewer: the same months of the years there are. None: no verdict. The p-value is the tail of a negative binomial law
    that carries the error of the expected number; Benjamini-Hochberg over the series that have one.

    Args:
        counts: Facts, (series, months); the last month is the last one watched.
        exposure: Dwelling-months reported, of a shape that broadcasts with ``counts``. Months that nobody reported are
            left out, of the three watched ones and of the same months before.

    Returns:
        One row per series, in order: ``observed``, ``expected``, ``upper_limit`` (97.5 % of the law of the count),
        ``p_value`` (one-sided, not corrected), ``method`` and ``is_alert``. All but the first and the last two are
        missing without a verdict.

    Raises:
        ValueError: If there are fewer than three months.
    """
    y, exposed = told_series(counts, exposure)
    if y.shape[1] < MONTHS:
        raise ValueError("three months are watched")
    quarters, shares = _quarters(y, exposed)
    observed, share = quarters[:, -1], shares[:, -1]
    past, past_share, years = _same_quarters(quarters, shares)
    ratio = np.divide(share, past_share, out=np.full(len(y), np.nan), where=(share > 0) & (past_share > 0))
    law = np.full((4, len(y)), np.nan)
    rows, has_years = years < YEARS_BACK, years == YEARS_BACK
    law[:, rows] = _by_same_months(past[rows], ratio[rows], y[rows, :-MONTHS], exposed[rows, :-MONTHS])
    law[:, has_years] = _by_farrington(past[has_years], ratio[has_years], quarters[has_years], shares[has_years])
    expected, mean, shape, dispersion = law
    p_value, size = predictive_tail(observed, mean, shape, dispersion), predictive_size(mean, shape, dispersion)
    return pd.DataFrame(
        {
            "observed": np.where(share > 0, observed, np.nan),
            "expected": expected,
            "upper_limit": nbinom.ppf(UPPER_LEVEL, size, size / (size + mean)),
            "p_value": p_value,
            "method": np.select([np.isnan(mean), has_years], [Method.NONE, Method.FARRINGTON], Method.SAME_MONTHS),
            "is_alert": _is_announced(p_value) & (observed >= MIN_ALERT_COUNT),
        }
    )


def usual_exposure(counts: ArrayLike, exposure: ArrayLike) -> NDArray[np.float64]:
    """Exposure of each residence and month, in facts usually told: dwelling-months × the shrunk rate of its past.

    Summed over the residences of a place, it knows which of them are silent, and not only how many dwellings: a noisy
    residence that falls silent or comes back does not change what is expected of the others.

    Args:
        counts: Facts of all types, (residences, months); the last three months, those watched, teach nothing.
        exposure: Dwelling-months reported, of a shape that broadcasts with ``counts``.

    Returns:
        (residences, months), 0 where nobody reported; one without a past has the mean rate.
    """
    y, exposed = told_series(counts, exposure)
    past, share = y[:, :-MONTHS].sum(axis=1), exposed[:, :-MONTHS].sum(axis=1)
    prior = gamma_prior(past, share)
    rate = shrunk_rate(past, share, prior=prior)
    return exposed * np.where(np.isnan(rate), prior.mean, rate)[:, None]


def _quarters(y: NDArray, exposed: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums of three months that end with the last one, without the months that are not told in the last quarter."""
    missing = -y.shape[1] % MONTHS
    shape = (len(y), (y.shape[1] + missing) // MONTHS, MONTHS)
    y, exposed = (np.pad(values, ((0, 0), (missing, 0))).reshape(shape) for values in (y, exposed))
    is_watched = exposed[:, -1:] > 0
    return (y * is_watched).sum(axis=2), (exposed * is_watched).sum(axis=2)


def _same_quarters(quarters: NDArray, shares: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Facts and exposure of the same quarter of the years before, and in how many of them somebody reported."""
    last = quarters.shape[1] - 1
    at = [last - years * QUARTERS_PER_YEAR for years in range(1, YEARS_BACK + 1)]
    at = [position for position in at if position >= 0]
    return quarters[:, at].sum(axis=1), shares[:, at].sum(axis=1), (shares[:, at] > 0).sum(axis=1)


def _by_farrington(past: NDArray, ratio: NDArray, quarters: NDArray, shares: NDArray) -> NDArray[np.float64]:
    """Expected number, then mean, shape and dispersion of ``predictive_tail``; (4, series).

    The same quarters without a fact have no log: what is known of their mean is then that of the exact test.

    Args:
        past: Facts of the same quarter of the years before.
        ratio: Exposure of the quarter watched over that of ``past``; missing without one of them.
        quarters: Facts, (series, quarters).
        shares: Exposures.
    """
    watch = farrington(quarters, quarters.shape[1] - 1, rule=QUARTERS, exposure=shares)
    is_known = (past > 0) & ~np.isnan(watch.squared_error)
    expected, own = np.where(is_known, watch.expected, past * ratio), watch.dispersion_about_trend
    common = _common_alpha(own, expected, watch.degrees)
    dispersion = np.fmax(own, 1 + common * expected)
    error = dispersion * np.where(is_known, watch.squared_error, 1 / np.maximum(past, 1e-9))
    mean = np.where(past > 0, expected * (1 + error), dispersion * ratio)
    return np.array([expected, mean, (1 + error) / error, dispersion])


def _by_same_months(past: NDArray, ratio: NDArray, y: NDArray, exposed: NDArray) -> NDArray[np.float64]:
    """Likewise, the dispersion being that of the months before.

    Args:
        past: Facts of the same months of the years before.
        ratio: Exposure of the quarter watched over that of ``past``; missing without one of them.
        y: Months before the quarter watched, (series, months).
        exposed: Their exposure.
    """
    expected = past * ratio
    dispersion, mean, degrees = _monthly_dispersion(y, exposed)
    common = _common_alpha(dispersion, mean, degrees)
    dispersion = np.fmax(dispersion, 1 + common * expected / MONTHS)
    return np.array([expected, (past + dispersion) * ratio, past / dispersion + 1, dispersion])


def _monthly_dispersion(y: NDArray, exposed: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Dispersion about one yearly wave, mean count of a month told, and degrees of freedom."""
    turn = 2 * np.pi * np.arange(y.shape[1]) / 12
    fit = fit_log_linear(y, np.column_stack([np.ones_like(turn), np.cos(turn), np.sin(turn)]), exposure=exposed)
    told = (exposed > 0).sum(axis=1)
    dispersion = np.where(told >= MIN_TOLD_MONTHS, fit.dispersion, np.nan)
    return dispersion, y.sum(axis=1) / np.maximum(told, 1), fit.degrees


def _common_alpha(dispersion: NDArray, mean: NDArray, degrees: NDArray) -> float:
    """Alpha of variance = mean + alpha × mean² over all series, each weighing what it knows of it."""
    is_known = ~np.isnan(dispersion) & (mean > 0) & (degrees > 0)
    if not is_known.any():
        return USUAL_ALPHA
    mean = mean[is_known]
    weights = degrees[is_known] * (mean / (1 + USUAL_ALPHA * mean)) ** 2
    return max(0.0, float(np.average((dispersion[is_known] - 1) / mean, weights=weights)))


def _is_announced(p_value: NDArray) -> NDArray[np.bool_]:
    tested = ~np.isnan(p_value)
    adjusted = np.ones(len(p_value))
    if tested.any():
        adjusted[tested] = false_discovery_control(p_value[tested])
    return adjusted <= ANNOUNCED_AT
