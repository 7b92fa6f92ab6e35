"""Facts per 1,000 dwellings and year, with the exact interval of a Poisson count; see docs/methods/taux.md."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, chi2, norm

PER_DWELLINGS = 1000
MONTHS_PER_YEAR = 12


def poisson_interval(count: ArrayLike, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact (Garwood) interval of the mean of a Poisson count.

    ``[chi2(a/2; 2y)/2, chi2(1-a/2; 2y+2)/2]``; the lower bound of a zero count is 0.

    Args:
        count: Facts, integers ≥ 0, of any shape.
        level: Coverage, between 0 and 1.

    Returns:
        Lower and upper bounds, same shape as ``count``.

    Raises:
        ValueError: If a count is negative.
    """
    counts = np.asarray(count, dtype=float)
    if (counts < 0).any():
        raise ValueError("a count of facts cannot be negative")
    tail = (1 - level) / 2
    low = np.where(counts > 0, chi2.ppf(tail, 2 * np.maximum(counts, 1)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * counts + 2) / 2


def byar_interval(count: ArrayLike, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Byar's approximation of ``poisson_interval``, to check figures published with it; screens show the exact one.

    ``(y+½)(1 - 1/(9(y+½)) ± z/(3√(y+½)))³``, both bounds from y + ½ as R's epitools does; that of a zero count falls
    just under 0.

    Args:
        count: Facts, integers ≥ 0, of any shape.
        level: Coverage, between 0 and 1.

    Returns:
        Lower and upper bounds, same shape as ``count``.

    Raises:
        ValueError: If a count is negative.
    """
    counts = np.asarray(count, dtype=float)
    if (counts < 0).any():
        raise ValueError("a count of facts cannot be negative")
    middle = counts + 0.5
    centre, half = 1 - 1 / (9 * middle), norm.ppf((1 + level) / 2) / (3 * np.sqrt(middle))
    return middle * (centre - half) ** 3, middle * (centre + half) ** 3


def proportion_interval(
    count: ArrayLike, total: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson score interval of a proportion, such as complaints among the facts that may give one.

    Args:
        count: Part of ``total``, fact by fact: two totals that do not contain each other are no proportion.
        total: Facts, same shape.
        level: Coverage, between 0 and 1.

    Returns:
        Lower and upper bounds, 0-1; missing (NaN) where the total is 0.

    Raises:
        ValueError: If a count is negative or above its total.
    """
    parts, totals = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    if (parts < 0).any() or (parts > totals).any():
        raise ValueError("a part lies between zero and its total")
    whole = np.where(totals > 0, totals, np.nan)
    share, width = parts / whole, norm.ppf((1 + level) / 2) ** 2 / whole
    centre = share + width / 2
    half = np.sqrt(width * (share * (1 - share) + width / 4))
    return np.maximum(0.0, (centre - half) / (1 + width)), np.minimum(1.0, (centre + half) / (1 + width))


def exact_proportion_interval(
    count: ArrayLike, total: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact (Clopper-Pearson) interval of a proportion: wider than ``proportion_interval``, never under its coverage.

    Args:
        count: Part of ``total``, fact by fact.
        total: Facts, same shape.
        level: Coverage, between 0 and 1.

    Returns:
        Lower and upper bounds, 0-1; missing (NaN) where the total is 0.

    Raises:
        ValueError: If a count is negative or above its total.
    """
    parts, totals = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    if (parts < 0).any() or (parts > totals).any():
        raise ValueError("a part lies between zero and its total")
    others, tail = np.where(totals > 0, totals - parts, np.nan), (1 - level) / 2
    low = np.where(parts > 0, beta.ppf(tail, np.maximum(parts, 1), others + 1), 0 * others)
    return low, np.where(others == 0, 1.0, beta.ppf(1 - tail, parts + 1, np.maximum(others, 1)))


def incident_rate(count: ArrayLike, reporting_dwelling_months: ArrayLike) -> NDArray[np.float64]:
    """Facts per 1,000 dwellings of reporting residences and per year.

    Args:
        count: Facts of the period.
        reporting_dwelling_months: Dwellings of reporting residences, summed over the months of the period.

    Returns:
        Same shape; missing (NaN) where nobody reported or no dwelling is known: never infinite, never 0.
    """
    exposure = np.asarray(reporting_dwelling_months, dtype=float)
    per_year = np.asarray(count, dtype=float) * MONTHS_PER_YEAR * PER_DWELLINGS
    return np.divide(
        per_year, exposure, out=np.full(np.broadcast(per_year, exposure).shape, np.nan), where=exposure > 0
    )


def with_rates(places: pd.DataFrame) -> pd.DataFrame:
    """Adds the rate and its interval to rows that hold a count and an exposure.

    Args:
        places: Rows with ``incident_count``, ``severity_index``, their ``previous_`` counterparts and the two
            ``reporting_dwelling_months`` columns of ``snapshot.queries.place_figures``.

    Returns:
        The same rows with ``rate_per_1000_dwellings``, ``rate_low``, ``rate_high`` (95 %),
        ``previous_rate_per_1000_dwellings``, ``severity_per_1000_dwellings`` and what it was before; missing
        without exposure.
    """
    exposure = places["reporting_dwelling_months"]
    low, high = poisson_interval(places["incident_count"])
    return places.assign(
        rate_per_1000_dwellings=incident_rate(places["incident_count"], exposure),
        rate_low=incident_rate(low, exposure),
        rate_high=incident_rate(high, exposure),
        previous_rate_per_1000_dwellings=incident_rate(
            places["previous_incident_count"], places["previous_reporting_dwelling_months"]
        ),
        severity_per_1000_dwellings=incident_rate(places["severity_index"], exposure),
        previous_severity_per_1000_dwellings=incident_rate(
            places["previous_severity_index"], places["previous_reporting_dwelling_months"]
        ),
    )
