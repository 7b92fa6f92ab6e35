"""A period against its past, series by series: limits and tests; see docs/methods/surveillance.md.

Counts are (series, periods), exposures broadcast with them. A period whose exposure is zero or missing says nothing and
is left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc
from scipy.stats import norm

from lib.analysis.loglinear import fit_log_linear, leverages, squared_errors, two_sided

MIN_TREND_YEARS, TREND_SIGNIFICANCE = 3, 0.05  # Farrington et al. 1996: the trend is kept under these conditions


@dataclass(frozen=True)
class FarringtonRule:
    """How a period is compared with those of the years before.

    Attributes:
        periods_per_year: 52 for weeks, 12 for months, 4 for quarters.
        years_back: Years of reference.
        half_window: Periods on each side of the same period of each year.
        alpha: Of both tails: the upper limit leaves ``alpha/2`` above it.
        is_reweighted: Whether past outbreaks count less (Anscombe residuals above 1).
        has_trend: Whether a trend may be kept.
        min_trend_count: Facts of the reference under which no trend is kept.
        has_season: Whether each place in the window has its own level (Noufaily et al. 2013).
        min_cases: Cases in the last ``within`` periods, the current one included, below which there is no alarm.
        within: See ``min_cases``.
    """

    periods_per_year: int
    years_back: int = 3
    half_window: int = 3
    alpha: float = 0.05
    is_reweighted: bool = True
    has_trend: bool = True
    min_trend_count: int = 0
    has_season: bool = False
    min_cases: int = 5
    within: int = 4


@dataclass(frozen=True)
class Watch:
    """One period of each series against its past; arrays (series,).

    Attributes:
        observed: Facts of the period.
        expected: Missing where the series could not be fitted, as all below; 0 where the reference holds no fact.
        lower_limit: Two-thirds power limit, ≥ 0.
        upper_limit: Likewise; R's ``surveillance`` shows 0 where ``is_silenced``.
        p_value: Upper tail of the normal law behind the limits; anti-conservative for small means.
        dispersion: Pearson over its degrees, floored at 1 in the limits but not here; missing without a degree.
        dispersion_about_trend: Likewise when a trend is fitted, be it kept or not; that above when none may be.
        degrees: Of freedom of ``dispersion``.
        squared_error: Variance of the log of ``expected`` for a dispersion of 1.
        has_trend: Whether the trend was kept.
        is_silenced: Fewer recent cases than the rule asks for.
        is_alarm: Above the upper limit and not silenced.
    """

    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    lower_limit: NDArray[np.float64]
    upper_limit: NDArray[np.float64]
    p_value: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    dispersion_about_trend: NDArray[np.float64]
    degrees: NDArray[np.float64]
    squared_error: NDArray[np.float64]
    has_trend: NDArray[np.bool_]
    is_silenced: NDArray[np.bool_]
    is_alarm: NDArray[np.bool_]


def farrington(counts: ArrayLike, index: int, *, rule: FarringtonRule, exposure: ArrayLike = 1.0) -> Watch:
    """Limits of one period by the method of Farrington et al. (1996), as R's ``surveillance::algo.farrington``.

    Quasi-Poisson model of the same periods of the years before; past outbreaks count less; the trend is kept if it is
    significant (p < 0.05, dispersion not floored), over three years at least, and predicts no rate above those seen;
    limits on the two-thirds power, dispersion floored at 1.

    Args:
        counts: Facts, (series, periods) or (periods,).
        index: Position of the period watched, from 0.
        rule: Of comparison. Periods before the first one are left out.
        exposure: Of a shape that broadcasts with ``counts``.
    """
    y, exposed = told_series(counts, exposure)
    at, design, now = _reference(index, rule, y.shape[1])
    refs, shares, current = y[:, at], exposed[:, at], exposed[:, index]
    found, is_zero = _predicted(refs, shares, design[:, :-1], now[:-1], rule), refs.sum(axis=1) == 0
    has_trend, about_trend = np.zeros(len(y), dtype=bool), found[2]
    if rule.has_trend and rule.years_back >= MIN_TREND_YEARS:
        sloped = _predicted(refs, shares, design, now, rule)
        highest = np.divide(refs, shares, out=np.zeros_like(refs), where=shares > 0).max(axis=1, initial=0.0)
        has_trend = (sloped[4] < TREND_SIGNIFICANCE) & (sloped[0] <= highest)
        has_trend &= refs.sum(axis=1) >= rule.min_trend_count
        found, about_trend = np.where(has_trend, sloped, found), sloped[2]
    rate, error, dispersion, degrees, _ = found
    expected = np.where(current > 0, np.where(is_zero & (shares.sum(axis=1) > 0), 0.0, rate * current), np.nan)
    lower, upper, p_value = _limits(y[:, index], expected, error, np.fmax(1.0, dispersion), rule.alpha)
    recent = y[:, max(0, index - rule.within + 1) : index + 1].sum(axis=1)
    is_silenced = recent < rule.min_cases
    return Watch(
        observed=y[:, index],
        expected=expected,
        lower_limit=lower,
        upper_limit=upper,
        p_value=p_value,
        dispersion=dispersion,
        dispersion_about_trend=about_trend,
        degrees=degrees,
        squared_error=error,
        has_trend=has_trend,
        is_silenced=is_silenced,
        is_alarm=~is_silenced & (y[:, index] > upper),
    )


def three_month_test(
    count: ArrayLike,
    previous: ArrayLike,
    *,
    exposure: ArrayLike = 1.0,
    previous_exposure: ArrayLike = 1.0,
    dispersion: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """One-sided p that the last three months are no higher than the same months before.

    Exact conditional test of two Poisson counts when ``dispersion`` is 1: given the total, ``count`` is binomial. Above
    1, tail of the negative binomial law that the test is then a special case of (``predictive_tail``).

    Args:
        count: Facts of the last three months.
        previous: Facts of the same months of the years before, added up.
        exposure: Dwelling-months, > 0.
        previous_exposure: Dwelling-months, added up likewise, > 0.
        dispersion: Variance over mean of a three-month count, ≥ 1.

    Returns:
        Of the common shape; 1 for a count of 0.
    """
    arrays = (count, previous, exposure, previous_exposure, dispersion)
    y, past, now, before, phi = np.broadcast_arrays(*(np.asarray(values, dtype=float) for values in arrays))
    return predictive_tail(y, (past + phi) * now / before, past / phi + 1, phi)


def told_series(counts: ArrayLike, exposure: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts and exposures as (series, periods), both 0 where nobody reported."""
    y, exposed = np.broadcast_arrays(*(np.atleast_2d(np.asarray(values, dtype=float)) for values in (counts, exposure)))
    told = (exposed > 0) & ~np.isnan(y)
    return np.where(told, y, 0.0), np.where(told, exposed, 0.0)


def predictive_tail(count: ArrayLike, mean: ArrayLike, shape: ArrayLike, dispersion: ArrayLike) -> NDArray[np.float64]:
    """Probability of a count as high or higher, the mean itself being estimated.

    The mean follows a Gamma law, and the count varies about it ``dispersion`` times more than a Poisson count: negative
    binomial of that mean and of that total variance.

    Args:
        count: Facts.
        mean: Of the Gamma law, > 0.
        shape: Of the Gamma law: one over the squared relative error of the mean.
        dispersion: ≥ 1.

    Returns:
        Of the common shape; missing where the mean is.
    """
    y, size = np.asarray(count, dtype=float), predictive_size(mean, shape, dispersion)
    tail = betainc(np.maximum(y, 1e-9), size, mean / (size + mean))
    return np.where((y > 0) | np.isnan(tail), tail, 1.0)


def predictive_size(mean: ArrayLike, shape: ArrayLike, dispersion: ArrayLike) -> NDArray[np.float64]:
    """Size of the negative binomial law of ``predictive_tail``: its variance is mean + mean² / size."""
    return np.asarray(mean) / (np.asarray(dispersion) - 1 + np.asarray(mean) / np.asarray(shape))


def ears_limits(
    counts: ArrayLike, *, baseline: int = 7, lag: int = 0, alpha: float = 0.001, min_sigma: float = 0.0
) -> NDArray[np.float64]:
    """Upper limits of EARS, C1 (``lag`` 0) or C2 (``lag`` 2): mean + z × standard deviation of the periods before.

    Teaching material: on sparse counts a baseline of zeros makes one case an alarm, unless ``min_sigma`` forbids it.

    Args:
        counts: Facts, (periods,).
        baseline: Periods of reference.
        lag: Periods left out between them and the one watched.
        alpha: Upper tail.
        min_sigma: Floor of the standard deviation.

    Returns:
        (periods,), missing for the first ``baseline + lag`` ones.
    """
    y = np.asarray(counts, dtype=float)
    limits = np.full(len(y), np.nan)
    if len(y) > baseline + lag:
        past = np.lib.stride_tricks.sliding_window_view(y, baseline)[: len(y) - baseline - lag]
        spread = np.maximum(past.std(axis=1, ddof=1), min_sigma)
        limits[baseline + lag :] = past.mean(axis=1) + norm.isf(alpha) * spread
    return limits


def _reference(index: int, rule: FarringtonRule, length: int) -> tuple[NDArray, NDArray, NDArray]:
    """Positions of the reference periods, their design (ones, season, time in years) and its row for the period."""
    window = np.arange(-rule.half_window, rule.half_window + 1)
    years = np.arange(rule.years_back, 0, -1)[:, None] * rule.periods_per_year
    at, place = (index - years + window).ravel(), np.tile(window, rule.years_back)
    others = window[window != 0] if rule.has_season else window[:0]
    season = (place[:, None] == others).astype(float)
    design = np.column_stack([np.ones(len(at)), season, (at - index) / rule.periods_per_year])
    kept = (at >= 0) & (at < length)
    return at[kept], design[kept], np.eye(design.shape[1])[0]


def _predicted(refs: NDArray, shares: NDArray, design: NDArray, now: NDArray, rule: FarringtonRule) -> NDArray:
    """Rate, its squared relative error (dispersion 1), dispersion (not floored), degrees, p of the last column."""
    fit = fit_log_linear(refs, design, exposure=shares)
    if rule.is_reweighted:
        hat = np.clip(leverages(fit, design), 0.0, 1.0)
        weights = _outbreak_weights(refs, np.nan_to_num(fit.means), shares > 0, hat, np.fmax(1.0, fit.dispersion))
        fit = fit_log_linear(refs, design, exposure=shares, weights=weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = fit.coefficients[:, -1] / np.sqrt(fit.covariance[:, -1, -1] * fit.dispersion)
    p_value = two_sided(slope, np.where(fit.degrees > 0, fit.degrees, np.nan))
    return np.array(
        [np.exp(fit.coefficients @ now), squared_errors(fit, now[None])[:, 0], fit.dispersion, fit.degrees, p_value]
    )


def _outbreak_weights(y: NDArray, means: NDArray, told: NDArray, hat: NDArray, phi: NDArray) -> NDArray[np.float64]:
    """One, or the inverse square of the standardised Anscombe residual where it is above 1; of sum the number told."""
    free = 1 - hat
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = 1.5 * (y ** (2 / 3) * means ** (-1 / 6) - np.sqrt(means)) / np.sqrt(phi[:, None] * free)
        weights = np.where(told & (free > 1e-9) & (residual > 1), residual**-2.0, told.astype(float))
    return weights * (told.sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-300))[:, None]


def _limits(
    y: NDArray, expected: NDArray, error: NDArray, phi: NDArray, alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper limits and upper tail, the two-thirds power of the count being about normal."""
    centre = expected ** (2 / 3)
    spread = np.where(expected > 0, np.sqrt(4 / 9 * np.cbrt(expected) * phi * (1 + expected * error)), 0.0)
    spread[np.isnan(expected)] = np.nan
    reach = norm.isf(alpha / 2) * spread
    tail = norm.sf(np.divide(y ** (2 / 3) - centre, spread, out=np.full(len(y), np.nan), where=spread > 0))
    return np.maximum(0.0, centre - reach) ** 1.5, (centre + reach) ** 1.5, tail
