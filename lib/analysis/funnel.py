"""Places against the limits that chance allows their size (funnel plot); see docs/methods/entonnoir.md.

Arrays hold one element per place: facts recorded, and facts expected if every place had the rate of all (the target).
Limits are ratios of observed to expected, around 1.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, norm, poisson

from lib.analysis.rates import MONTHS_PER_YEAR, PER_DWELLINGS, incident_rate

WARNING_LEVEL, CONTROL_LEVEL = 0.95, 0.998
LIMITS = {"limit_95": WARNING_LEVEL, "limit_998": CONTROL_LEVEL}  # stems of the columns, then _low and _high
TRIM = 0.1  # of the places at each end, drawn in before overdispersion is measured
CURVE_POINTS = 120

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]


class Position(StrEnum):
    """Where a place stands: outside 99.8 %, outside 95 % only, inside, or without exposure."""

    ABOVE = "above"
    HIGH = "high"
    INSIDE = "inside"
    LOW = "low"
    BELOW = "below"
    UNKNOWN = "unknown"


class Overdispersion(NamedTuple):
    """How much places vary beyond chance.

    ``phi`` is their mean squared z (1 under chance alone, missing without a place), ``tau2`` the variance of the root
    of their true ratios (0 under chance alone).
    """

    phi: float
    tau2: float


@dataclass(frozen=True)
class Funnel:
    """Places, the curves of their limits, and what these rest on.

    Attributes:
        places: The rows given, with the columns of ``funnel``.
        curves: Limits against size: ``mean_dwelling_count`` ascending over that of the places, then
            ``limit_95_low``, ``limit_95_high``, ``limit_998_low``, ``limit_998_high``, facts per 1,000 dwellings and
            year. No row without an exposed place.
        target_rate: Facts per 1,000 dwellings and year of all exposed places together; missing without one.
        overdispersion: Of the exposed places.
        false_count: Places expected outside 99.8 % if none were unusual: by chance alone, counted exactly, without
            overdispersion; else two in a thousand.
    """

    places: pd.DataFrame
    curves: pd.DataFrame
    target_rate: float
    overdispersion: Overdispersion
    false_count: float


def chi_square_limits(expected: ArrayLike, level: float = WARNING_LEVEL) -> Bounds:
    """``chi2(p; 2E)/2E`` and ``chi2(1-p; 2E+2)/2E``: the Poisson interval of a count that would equal E.

    Args:
        expected: Facts expected, of any shape.
        level: Coverage, between 0 and 1.

    Returns:
        Lower and upper limits; missing where nothing is expected.
    """
    facts, tail = _positive(expected), (1 - level) / 2
    return chi2.ppf(tail, 2 * facts) / (2 * facts), chi2.ppf(1 - tail, 2 * facts + 2) / (2 * facts)


def exact_limits(expected: ArrayLike, level: float = WARNING_LEVEL) -> Bounds:
    """Quantiles of a Poisson count of mean E, interpolated to be smooth in E (Spiegelhalter 2005).

    ``r`` the smallest count with ``F(r) ≥ p``, ``(r - (F(r)-p)/(F(r)-F(r-1)))/E``; not under 0. Since r itself is above
    the upper limit, a place that expects under two facts passes that of 99.8 % by chance 3 times in 1,000, not once.

    Args:
        expected: Facts expected, of any shape.
        level: Coverage, between 0 and 1.

    Returns:
        Lower and upper limits; missing where nothing is expected.
    """
    facts, tail = _positive(expected), (1 - level) / 2
    return _interpolated(facts, tail), _interpolated(facts, 1 - tail)


def root_z(count: ArrayLike, expected: ArrayLike) -> NDArray[np.float64]:
    """``2(√O - √E)``: about a standard normal when the place has the rate of all; defined for zeros."""
    return 2 * (np.sqrt(np.asarray(count, dtype=float)) - np.sqrt(np.asarray(expected, dtype=float)))


def overdispersion(count: ArrayLike, expected: ArrayLike, *, trim: float = TRIM) -> Overdispersion:
    """Variation of the places beyond chance, by the method of moments of DerSimonian and Laird.

    z winsorised at its quantiles ``trim`` and ``1-trim``; φ = mean z²; with n places of weights w = 4E,
    ``τ² = max(0, (nφ - (n-1)) / (Σw - Σw²/Σw))``.

    Args:
        count: Facts recorded.
        expected: Facts expected, same length; a place that expects none, or a missing number, is left out.
        trim: Share of the places drawn in at each end, so that those looked for do not widen their own limits.
    """
    counts, facts = np.asarray(count, dtype=float), _positive(expected)
    counts, facts = counts[~np.isnan(facts)], facts[~np.isnan(facts)]
    if not len(facts):
        return Overdispersion(np.nan, 0.0)
    z = root_z(counts, facts)
    phi = float(np.mean(np.clip(z, *np.quantile(z, [trim, 1 - trim])) ** 2))
    weights, freedom = 4 * facts, len(facts) - 1
    if not freedom:
        return Overdispersion(phi, 0.0)
    spread = weights.sum() - (weights**2).sum() / weights.sum()
    return Overdispersion(phi, max(0.0, float((len(facts) * phi - freedom) / spread)))


def root_limits(expected: ArrayLike, *, tau2: float, level: float = WARNING_LEVEL) -> Bounds:
    """Limits of the **root** of the ratio, ``1 ± z√(1/4E + τ²)``, as published: a lower one may be under 0."""
    half = norm.ppf((1 + level) / 2) * np.sqrt(1 / (4 * _positive(expected)) + tau2)
    return 1 - half, 1 + half


def limits(expected: ArrayLike, *, tau2: float = 0.0, level: float = WARNING_LEVEL) -> Bounds:
    """Limits of the ratio: exact under chance alone, else widened by ``tau2`` and never inside the exact ones.

    Args:
        expected: Facts expected, of any shape.
        tau2: Of ``overdispersion``.
        level: Coverage, between 0 and 1.

    Returns:
        Lower (≥ 0) and upper limits; missing where nothing is expected.
    """
    low, high = exact_limits(expected, level)
    if tau2 <= 0:
        return low, high
    root_low, root_high = root_limits(expected, tau2=tau2, level=level)
    return np.minimum(low, np.maximum(0.0, root_low) ** 2), np.maximum(high, root_high**2)


def funnel(places: pd.DataFrame, month_count: int) -> Funnel:
    """Places of different sizes against the rate of all of them.

    Args:
        places: Rows with ``incident_count`` and ``reporting_dwelling_months``; all the places of a level, since they
            make the target.
        month_count: Months of the period, ≥ 1.

    Returns:
        The rows with ``mean_dwelling_count`` (reporting dwellings, mean of the period), ``expected_count``,
        ``expected_ratio`` (recorded over expected), ``rate_per_1000_dwellings`` (per year), the limits
        ``limit_95_low``, ``limit_95_high``, ``limit_998_low``, ``limit_998_high`` in the same unit, and ``position``
        (a ``Position``). A place without exposure has missing numbers and is ``unknown``.

    Raises:
        ValueError: If a count is negative.
    """
    counts = places["incident_count"].to_numpy(dtype=float)
    if (counts < 0).any():
        raise ValueError("a count of facts cannot be negative")
    exposure = _positive(places["reporting_dwelling_months"])
    told = ~np.isnan(exposure)
    target = counts[told].sum() / exposure[told].sum() if told.any() else np.nan
    expected = target * exposure
    varied = overdispersion(counts[told], expected[told])
    placed = places.assign(
        mean_dwelling_count=exposure / month_count,
        expected_count=expected,
        expected_ratio=counts / _positive(expected),
        rate_per_1000_dwellings=incident_rate(counts, exposure),
        **_rate_limits(exposure, target, varied.tau2),
    )
    grid = np.geomspace(exposure[told].min(), exposure[told].max(), CURVE_POINTS) if told.any() else np.array([])
    curves = pd.DataFrame({"mean_dwelling_count": grid / month_count, **_rate_limits(grid, target, varied.tau2)})
    yearly = float(target * MONTHS_PER_YEAR * PER_DWELLINGS)
    false_count = _false_count(expected[told], varied.tau2)
    return Funnel(placed.assign(position=_positions(placed)), curves, yearly, varied, false_count)


def _positive(values: ArrayLike) -> NDArray[np.float64]:
    """As numbers, missing where not positive."""
    numbers = np.asarray(values, dtype=float)
    return np.where(numbers > 0, numbers, np.nan)


def _interpolated(facts: NDArray[np.float64], p: float) -> NDArray[np.float64]:
    reached = poisson.ppf(p, facts)
    at, under = poisson.cdf(reached, facts), poisson.cdf(reached - 1, facts)
    return np.maximum(0.0, reached - (at - p) / (at - under)) / facts


def _rate_limits(exposure: NDArray[np.float64], target: float, tau2: float) -> dict[str, NDArray[np.float64]]:
    """Limits at both levels, in facts per 1,000 dwellings and year; 0 where no fact is recorded anywhere."""
    yearly, columns = target * MONTHS_PER_YEAR * PER_DWELLINGS, {}
    for stem, level in LIMITS.items():
        low, high = limits(target * exposure, tau2=tau2, level=level) if target else (exposure * 0, exposure * 0)
        columns |= {f"{stem}_low": yearly * low, f"{stem}_high": yearly * high}
    return columns


def _false_count(expected: NDArray[np.float64], tau2: float) -> float:
    """Places expected outside 99.8 %, each at the rate of all."""
    if tau2 > 0 or not expected.sum():
        return float((1 - CONTROL_LEVEL) * len(expected) * (tau2 > 0))
    low, high = (bound * expected for bound in exact_limits(expected, CONTROL_LEVEL))
    return float((poisson.sf(np.floor(high), expected) + poisson.cdf(np.ceil(low) - 1, expected)).sum())


def _positions(placed: pd.DataFrame) -> NDArray:
    """One ``Position`` per row."""
    rate = placed["rate_per_1000_dwellings"]
    conditions = [
        rate.isna(),
        rate > placed["limit_998_high"],
        rate < placed["limit_998_low"],
        rate > placed["limit_95_high"],
        rate < placed["limit_95_low"],
    ]
    names = [Position.UNKNOWN, Position.ABOVE, Position.BELOW, Position.HIGH, Position.LOW]
    return np.select(conditions, [name.value for name in names], Position.INSIDE.value).astype(object)
