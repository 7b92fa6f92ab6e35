"""One period against the same months before: ratio, interval, test and verdict; see docs/methods/evolution.md."""

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, binom, false_discovery_control, norm, poisson

MIN_BASE_COUNT = 10  # house rule: no percentage on a base under 10, «3 → 7» instead (METHODS, house rule 3)
SIGNIFICANCE = 0.05
TIED = 1e-7  # probabilities closer than that are equal, but for rounding
UNLIKELY = 1e-12  # Poisson probability beyond which the E-test stops adding up


class Verdict(StrEnum):
    """What may be said of a change."""

    RISE = "rise"
    FALL = "fall"
    FLAT = "flat"
    FEW = "few"
    UNKNOWN = "unknown"


def ratio_interval(
    count: ArrayLike, previous: ArrayLike, *, exposure: ArrayLike = 1.0, previous_exposure: ArrayLike = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact conditional 95 % interval of the ratio of two Poisson rates.

    Given the total ``n = a + b``, ``a`` is binomial; Clopper-Pearson on its share ``p``, then ``p/(1-p)`` times the
    ratio of exposures.

    Args:
        count: Facts of the period.
        previous: Facts of the period before, same shape.
        exposure: Dwelling-months of the period, > 0.
        previous_exposure: Dwelling-months of the period before, > 0.

    Returns:
        Bounds of (count/exposure) / (previous/previous_exposure); the upper one is infinite when previous is 0.
    """
    a, b = np.asarray(count, dtype=float), np.asarray(previous, dtype=float)
    scale = np.asarray(previous_exposure, dtype=float) / np.asarray(exposure, dtype=float)
    tail = SIGNIFICANCE / 2
    low = np.where(a > 0, beta.ppf(tail, np.maximum(a, 1), b + 1), 0.0)
    high = np.where(b > 0, beta.ppf(1 - tail, a + 1, np.maximum(b, 1)), 1.0)
    with np.errstate(divide="ignore"):
        return low / (1 - low) * scale, np.where(high < 1, high / (1 - high) * scale, np.inf)


def ratio_p_value(
    count: ArrayLike, previous: ArrayLike, *, exposure: ArrayLike = 1.0, previous_exposure: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Two-sided exact p that the two rates are equal, by minimum likelihood; 1 when nothing was recorded.

    Given the total, ``count`` is binomial: the probabilities of all that is no likelier than it are summed, its own
    tail and a part of the other one, found by bisection since a binomial law falls on each side of its mode.

    Args:
        count: Facts of the period, integers ≥ 0.
        previous: Facts of the period before, same shape.
        exposure: Dwelling-months of the period, > 0.
        previous_exposure: Dwelling-months of the period before, > 0.

    Returns:
        Same shape as ``count``.
    """
    arrays = np.broadcast_arrays(*(np.asarray(x, float) for x in (count, previous, exposure, previous_exposure)))
    a, b, s, t = arrays
    total, share = a + b, s / (s + t)
    is_low = a < total * share
    # From the high side a law is the low side of its mirror.
    k, p = np.where(is_low, a, b), np.where(is_low, share, 1 - share)
    limit = binom.pmf(k, total, p) * (1 + TIED)
    low, high = np.ceil(total * p), total + 1  # the first count beyond the mean that is no likelier lies in [low, high]
    while (low < high).any():
        middle = (low + high) // 2
        is_unlikely = (binom.pmf(middle, total, p) <= limit) & (low < high)
        high = np.where(is_unlikely, middle, high)
        low = np.where(~is_unlikely & (low < high), middle + 1, low)
    p_value = np.minimum(1.0, binom.cdf(k, total, p) + binom.sf(high - 1, total, p))
    return np.where((total == 0) | (a == total * share), 1.0, p_value)


def e_test_p_value(count: int, previous: int, *, exposure: float = 1.0, previous_exposure: float = 1.0) -> float:
    """Two-sided p that two rates are equal, unconditional (Krishnamoorthy and Thomson 2004); 1 without a fact.

    Probability, both counts being Poisson with the pooled rate, of a standardised difference as large as the one seen.
    Less conservative than ``ratio_p_value`` on small counts; one pair at a time.
    """
    s, before = float(exposure), float(previous_exposure)
    rate = (count + previous) / (s + before)
    if rate == 0:
        return 1.0
    ranges = [np.arange(poisson.ppf(UNLIKELY, rate * n), poisson.isf(UNLIKELY, rate * n) + 1) for n in (s, before)]
    a, b = ranges[0][:, None], ranges[1][None, :]
    chance = poisson.pmf(a, rate * s) * poisson.pmf(b, rate * before)
    is_as_large = _standardised(a, b, s, before) >= _standardised(count, previous, s, before) * (1 - TIED)
    return float(min(1.0, chance[is_as_large].sum()))


def dispersion(monthly: ArrayLike, previous_monthly: ArrayLike) -> NDArray[np.float64]:
    """How much more the months vary than a Poisson count would, floored at 1.

    Pearson chi-square over its degrees of freedom, in the table of two periods × the same calendar months: the
    season and the ratio of the two periods are taken out.

    Args:
        monthly: Facts by month, along the first axis; one series or several.
        previous_monthly: Facts of the same calendar months before, same shape.

    Returns:
        One number per series; 1 where fewer than two months, or a single period, have a fact.
    """
    table = np.array([np.asarray(monthly, dtype=float), np.asarray(previous_monthly, dtype=float)])
    months, periods, whole = table.sum(axis=0), table.sum(axis=1), table.sum(axis=(0, 1))
    told = (months > 0).sum(axis=0)
    is_known = (told > 1) & (periods > 0).all(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = months * periods[:, None] / whole
        surprise = np.where(months > 0, (table - expected) ** 2 / expected, 0.0).sum(axis=(0, 1))
        return np.where(is_known, np.maximum(1.0, surprise / (told - 1)), 1.0)


def year_on_year(rows: pd.DataFrame, *, phi: ArrayLike = 1.0) -> pd.DataFrame:
    """Ratio to the year before, its interval and a verdict corrected for the number of rows.

    Exact conditional test; with overdispersion ``phi`` > 1 the standard error of the log ratio is multiplied by
    its square root. Benjamini-Hochberg over the rows that are tested.

    Args:
        rows: ``incident_count``, ``previous_incident_count``, and the exposures
            ``reporting_dwelling_months``, ``previous_reporting_dwelling_months``.
        phi: Of ``dispersion``, ≥ 1; one for all rows, or one for each.

    Returns:
        The same rows with ``year_on_year_ratio``, ``ratio_low``, ``ratio_high``, ``p_value`` and ``verdict``; ratio
        and bounds are missing on a base under 10 facts or without exposure.
    """
    a, b = (rows[name].to_numpy(dtype=float) for name in ("incident_count", "previous_incident_count"))
    s, t = (rows[f"{kind}reporting_dwelling_months"].to_numpy(dtype=float) for kind in ("", "previous_"))
    exposed = (s > 0) & (t > 0)
    tested = exposed & (b >= MIN_BASE_COUNT)
    phis = np.broadcast_to(np.asarray(phi, dtype=float), len(rows))
    ratio, low, high = (np.full(len(rows), np.nan) for _ in range(3))
    ratio[tested] = (a[tested] / s[tested]) / (b[tested] / t[tested])
    low[tested], high[tested] = ratio_interval(a[tested], b[tested], exposure=s[tested], previous_exposure=t[tested])
    p = np.full(len(rows), np.nan)
    p[tested] = _p_value(a[tested], b[tested], s[tested], t[tested], phi=phis[tested])
    low, high = _widen(ratio, low, phis), _widen(ratio, high, phis)
    return rows.assign(
        year_on_year_ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        p_value=p,
        verdict=_verdicts(ratio, p, exposed=exposed, tested=tested),
    )


def _p_value(a: NDArray, b: NDArray, s: NDArray, t: NDArray, *, phi: NDArray) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):  # no fact now: the exact test answers
        log_ratio = np.log((a / s) / (b / t))
        widened = 2 * norm.sf(np.abs(log_ratio) / np.sqrt(phi * (1 / a + 1 / b)))
    is_exact = (phi <= 1) | (a == 0)
    return np.where(is_exact, ratio_p_value(a, b, exposure=s, previous_exposure=t), widened)


def _widen(ratio: NDArray, bound: NDArray, phi: NDArray) -> NDArray[np.float64]:
    """The bound moved away from the ratio by the square root of ``phi``, on the log scale."""
    with np.errstate(divide="ignore", invalid="ignore"):
        widened = ratio * (bound / ratio) ** np.sqrt(phi)
    return np.where(ratio > 0, widened, bound)


def _verdicts(ratio: NDArray, p: NDArray, *, exposed: NDArray, tested: NDArray) -> list[Verdict]:
    adjusted = np.full(len(p), np.nan)
    if tested.any():
        adjusted[tested] = false_discovery_control(p[tested])
    significant = np.nan_to_num(adjusted, nan=1.0) < SIGNIFICANCE
    chosen = np.select(
        [~exposed, ~tested, significant & (ratio > 1), significant],
        [Verdict.UNKNOWN, Verdict.FEW, Verdict.RISE, Verdict.FALL],
        Verdict.FLAT,
    )
    return [Verdict(value) for value in chosen]


def _standardised(a: ArrayLike, b: ArrayLike, s: float, before: float) -> NDArray[np.float64]:
    """Difference of two rates over its standard error, each variance estimated by its own count; 0 for no fact."""
    gap, variance = np.abs(np.asarray(a) / s - np.asarray(b) / before), np.asarray(a) / s**2 + np.asarray(b) / before**2
    return gap / np.sqrt(np.where(variance > 0, variance, 1.0))
