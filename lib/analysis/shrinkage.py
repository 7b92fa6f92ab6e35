"""Rates of small places drawn towards that of all places (empirical Bayes); see docs/methods/lissage.md.

Counts and exposures come as arrays of one shape, one element per place. A place whose exposure is zero or missing
teaches nothing and gets a missing (NaN) result.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize
from scipy.special import gammaincc, gammaincinv, gammaln, psi, softmax

from lib.analysis.rates import MONTHS_PER_YEAR, PER_DWELLINGS, poisson_interval
from lib.domain.vocabulary import SEVERITY_WEIGHTS

MIN_LOG_STRENGTH = -14.0  # of one millionth of a mean place: beyond, the mean weighs nothing
MAX_TILT = 50.0  # one fact in 10²¹ away from the end of the scale
DRAWN_AT_ONCE = 1_000_000  # numbers: 32 MB with their order


@dataclass(frozen=True)
class Prior:
    """How the true rates are spread over places, learnt from the places themselves.

    Attributes:
        mean: Facts per unit of exposure; missing when no place is exposed.
        strength: Exposure that the mean is worth against the figures of one place, > 0. Infinite when nothing shows
            that the places differ: all have the mean, and none may be ranked.
    """

    mean: float
    strength: float

    @property
    def shape(self) -> float:
        """Shape of the Gamma law of the rates, whose rate parameter is ``strength``."""
        return self.mean * self.strength

    @property
    def is_point(self) -> bool:
        """Whether nothing shows that the places differ."""
        return math.isinf(self.strength)


def marshall_prior(count: ArrayLike, exposure: ArrayLike, *, dispersion: float = 1.0) -> Prior:
    """Prior by the method of moments: what the rates vary beyond chance (Marshall 1991).

    ``A = max(0, Σ n(r-m)²/Σn - dispersion·m/mean(n))``; ``strength = dispersion·m/A``.

    Args:
        count: Facts, or a weighted sum of facts.
        exposure: Dwellings × time.
        dispersion: Variance of ``count`` over its mean in a place whose rate is known; 1 for a Poisson count.
    """
    counts, exposures = _exposed(count, exposure)
    if not len(counts):
        return Prior(math.nan, math.inf)
    mean = counts.sum() / exposures.sum()
    spread = np.average((counts / exposures - mean) ** 2, weights=exposures)
    variance = spread - dispersion * mean / exposures.mean()
    return Prior(float(mean), float(dispersion * mean / variance) if variance > 0 else math.inf)


def gamma_prior(count: ArrayLike, exposure: ArrayLike) -> Prior:
    """Gamma prior by maximum likelihood, the counts being negative binomial (Clayton and Kaldor 1987).

    A strength above the exposure of all places together is called infinite: the places then differ less than the
    uncertainty of their common mean, which is in that case the pooled rate.

    Args:
        count: Facts, integers ≥ 0.
        exposure: Dwellings × time.
    """
    counts, exposures = _exposed(count, exposure)
    moments = marshall_prior(counts, exposures)
    pooled = Prior(moments.mean, math.inf)
    if len(counts) < 2 or not counts.any():
        return pooled
    unit, strongest = exposures.mean(), math.log(len(counts))  # a mean place has exposure 1, all together n
    start = min(max(math.log(moments.strength / unit), MIN_LOG_STRENGTH), strongest - 1)
    fitted = minimize(
        _loss,
        x0=[math.log(counts.mean()), start],
        args=(*np.unique(counts, return_counts=True), counts, exposures / unit),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), (MIN_LOG_STRENGTH, strongest)],
        options={"ftol": 1e-13, "gtol": 1e-8},
    )
    mean, strength = np.exp(fitted.x)
    return Prior(float(mean / unit), float(strength * unit)) if fitted.x[1] < strongest - 1e-6 else pooled


def shrunk_rate(count: ArrayLike, exposure: ArrayLike, *, prior: Prior) -> NDArray[np.float64]:
    """Rate of each place, between its own and the mean of the prior: ``m + (r-m)·n/(n+strength)``.

    Mean of the Gamma posterior; Marshall's estimate with ``marshall_prior``.
    """
    counts, exposures = _told(count, exposure)
    return prior.mean + (counts / exposures - prior.mean) * exposures / (exposures + prior.strength)


def shrunk_interval(
    count: ArrayLike, exposure: ArrayLike, *, prior: Prior, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds of each place's rate, from its Gamma posterior, the upper one raised to ``shrunk_rate`` when very skewed.

    They take the prior for known: too narrow with fewer than about 20 places. When the prior is a point, they are
    those of the pooled rate of these places, the same for all.
    """
    shape, rate = _posterior(count, exposure, prior)
    if prior.is_point:
        low, high = poisson_interval(_exposed(count, exposure)[0].sum(), level)
        return low / rate, high / rate
    mean, tail = shape / rate, (1 - level) / 2
    return gammaincinv(shape, tail) / rate, np.maximum(gammaincinv(shape, 1 - tail) / rate, mean)


def exceedance(count: ArrayLike, exposure: ArrayLike, *, prior: Prior, threshold: ArrayLike) -> NDArray[np.float64]:
    """Probability that the rate of each place is above ``threshold`` (facts per unit of exposure).

    When the prior is a point, that of the pooled rate of these places (Jeffreys), the same for all.
    """
    shape, rate = _posterior(count, exposure, prior)
    return gammaincc(shape, rate * np.asarray(threshold, dtype=float))


def top_probability(
    count: ArrayLike, exposure: ArrayLike, *, prior: Prior, k: int, rng: np.random.Generator, draws: int = 2000
) -> NDArray[np.float64]:
    """Probability that each place is among the ``k`` highest rates, by draws from the Gamma posteriors.

    Standard error at most ``0.5/√draws``: 0.011 with 2,000. When the prior is a point no place stands out: all have
    ``k/n``.

    Raises:
        ValueError: If ``k`` is not positive.
    """
    if k < 1:
        raise ValueError("at least one place is asked for")
    shape, rate = _posterior(count, exposure, prior)
    probability = np.full(shape.shape, np.nan)
    told = np.flatnonzero(rate > 0)
    if prior.is_point or k >= len(told):
        probability[told] = min(1.0, k / max(1, len(told)))
        return probability
    times = np.zeros(len(told))
    for drawn in _chunks(draws, max(1, DRAWN_AT_ONCE // len(told))):
        rates = rng.standard_gamma(shape[told], size=(drawn, len(told))) / rate[told]
        highest = np.argpartition(rates, len(told) - k, axis=1)[:, -k:]
        times += np.bincount(highest.ravel(), minlength=len(told))
    probability[told] = times / draws
    return probability


def weight_dispersion(count: ArrayLike, severity_index: ArrayLike) -> float:
    """Mean squared weight of a fact over its mean weight: what a severity index varies by chance, for a mean of 1.

    Only the sum of the weights of each place is known here, hence their mean ``w``. Their squares are those of the mix
    of the weights of the scale that has this mean and is otherwise as even as can be: shares ∝ ``exp(tilt·weight)``.

    Returns:
        At least ``w``, which it equals at both ends of the scale; 1 without a fact.
    """
    total = np.sum(count)
    if not total:
        return 1.0
    weights, mean = np.array(list(SEVERITY_WEIGHTS.values()), dtype=float), float(np.sum(severity_index) / total)
    if not weights.min() < mean < weights.max():
        return mean
    tilt = brentq(lambda tried: softmax(tried * weights) @ weights - mean, -MAX_TILT, MAX_TILT)
    return float(softmax(tilt * weights) @ weights**2 / mean)


def with_shrunk_rates(places: pd.DataFrame) -> pd.DataFrame:
    """Adds the shrunk rate, its interval and the shrunk severity to rows that hold counts and an exposure.

    The rate by ``gamma_prior``. The severity index is no count: by ``marshall_prior`` with ``weight_dispersion``,
    without an interval. Both means are those of the rows given: give all the places of a level, not a choice of them.

    Args:
        places: Rows with ``incident_count``, ``severity_index`` and ``reporting_dwelling_months`` of
            ``snapshot.queries.place_figures``.

    Returns:
        The same rows with ``shrunk_rate_per_1000_dwellings``, ``shrunk_rate_low``, ``shrunk_rate_high`` (95 %) and
        ``shrunk_severity_per_1000_dwellings``, per year as in ``rates.with_rates``, missing without exposure; and
        ``is_rate_pooled``, ``is_severity_pooled``: nothing shows that the places differ, all have the same value.
    """
    count, index = places["incident_count"], places["severity_index"]
    exposure = places["reporting_dwelling_months"] / (MONTHS_PER_YEAR * PER_DWELLINGS)
    prior = gamma_prior(count, exposure)
    weighted = marshall_prior(index, exposure, dispersion=weight_dispersion(count, index))
    low, high = shrunk_interval(count, exposure, prior=prior)
    return places.assign(
        shrunk_rate_per_1000_dwellings=shrunk_rate(count, exposure, prior=prior),
        shrunk_rate_low=low,
        shrunk_rate_high=high,
        shrunk_severity_per_1000_dwellings=shrunk_rate(index, exposure, prior=weighted),
        is_rate_pooled=prior.is_point,
        is_severity_pooled=weighted.is_point,
    )


def _told(count: ArrayLike, exposure: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both as numbers; an exposure that is not positive is missing."""
    counts, exposures = np.asarray(count, dtype=float), np.asarray(exposure, dtype=float)
    if (counts < 0).any():
        raise ValueError("a count of facts cannot be negative")
    return counts, np.where(exposures > 0, exposures, np.nan)


def _exposed(count: ArrayLike, exposure: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Those of the exposed places alone."""
    counts, exposures = _told(count, exposure)
    return counts[~np.isnan(exposures)], exposures[~np.isnan(exposures)]


def _posterior(count: ArrayLike, exposure: ArrayLike, prior: Prior) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shape and rate of the Gamma posterior of each place; under a point prior, of the rate common to all."""
    counts, exposures = _told(count, exposure)
    if not prior.is_point:
        return np.where(exposures > 0, counts + prior.shape, np.nan), exposures + prior.strength
    told = exposures > 0
    return np.where(told, counts[told].sum() + 0.5, np.nan), np.where(told, exposures[told].sum(), np.nan)


def _loss(
    logs: NDArray, values: NDArray, times: NDArray, counts: NDArray, exposures: NDArray
) -> tuple[float, NDArray[np.float64]]:
    """Minus the mean log likelihood of the logs of mean and strength, up to a constant, and its gradient.

    ``values`` and ``times`` are the distinct counts and how often each occurs: the costly functions see those alone.
    """
    mean, strength = np.exp(logs)
    shape, total = mean * strength, exposures + strength
    spread = np.log1p(exposures / strength).sum()
    loss = shape * spread + (counts * np.log(total)).sum() - (times * (gammaln(values + shape) - gammaln(shape))).sum()
    by_shape = shape * (spread - (times * (psi(values + shape) - psi(shape))).sum())
    by_strength = strength * ((counts - mean * exposures) / total).sum()
    return loss / len(counts), np.array([by_shape, by_shape + by_strength]) / len(counts)


def _chunks(total: int, size: int) -> list[int]:
    return [min(size, total - start) for start in range(0, total, size)]
