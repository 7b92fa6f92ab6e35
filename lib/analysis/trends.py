"""One period against the same months before: ratio, interval, test and verdict; see docs/methods/evolution.md."""

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, binomtest, false_discovery_control, norm

MIN_BASE_COUNT = 10  # house rule: no percentage on a base under 10, «3 → 7» instead (METHODS, house rule 3)
SIGNIFICANCE = 0.05


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


def ratio_p_value(count: int, previous: int, *, exposure: float = 1.0, previous_exposure: float = 1.0) -> float:
    """Two-sided exact p that the two rates are equal, by minimum likelihood; 1 when nothing was recorded."""
    total = int(count) + int(previous)
    if total == 0:
        return 1.0
    return float(binomtest(int(count), total, exposure / (exposure + previous_exposure)).pvalue)


def dispersion(monthly: ArrayLike, previous_monthly: ArrayLike) -> float:
    """How much more the months vary than a Poisson count would, floored at 1.

    Pearson chi-square over its degrees of freedom, in the table of two periods × the same calendar months: the
    season and the ratio of the two periods are taken out.

    Args:
        monthly: Facts by month.
        previous_monthly: Facts of the same calendar months before, same length.
    """
    table = np.array([np.asarray(monthly, dtype=float), np.asarray(previous_monthly, dtype=float)])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return 1.0
    expected = table.sum(axis=0) * table.sum(axis=1, keepdims=True) / table.sum()
    return max(1.0, float(((table - expected) ** 2 / expected).sum() / (table.shape[1] - 1)))


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
    for i in np.flatnonzero(tested):
        p[i] = _p_value(a[i], b[i], s[i], t[i], phi=phis[i])
    low, high = _widen(ratio, low, phis), _widen(ratio, high, phis)
    return rows.assign(
        year_on_year_ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        p_value=p,
        verdict=_verdicts(ratio, p, exposed=exposed, tested=tested),
    )


def _p_value(a: float, b: float, s: float, t: float, *, phi: float) -> float:
    if phi <= 1 or a == 0:
        return ratio_p_value(int(a), int(b), exposure=s, previous_exposure=t)
    log_ratio = np.log((a / s) / (b / t))
    return float(2 * norm.sf(abs(log_ratio) / np.sqrt(phi * (1 / a + 1 / b))))


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
