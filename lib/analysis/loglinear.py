"""Log-linear models of counts, many series fitted at once; see docs/methods/tendance.md.

Every series has its own coefficients on one common design. An observation whose weight or exposure is zero or missing
is left out: it says nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln, kl_div, stdtr, xlogy

MAX_DISPERSION = 1.5  # Pearson/df above which a Poisson standard error is not to be believed (METHODS, section 3)
STEPS, SETTLED = 60, 1e-10  # of the iterations; relative change of the deviance
FARTHEST = 12.0  # a rate stays within e^±12 of that of its series: separation would drive it to zero for ever
SINGULAR = 1e-10  # smallest eigenvalue of the scaled design that still tells its columns apart
LOG_ALPHAS = (-14.0, 5.0)  # NB2: variance = mean + alpha × mean²; at the lower end the counts are Poisson


class Family(StrEnum):
    """How the variance follows the mean."""

    POISSON = "poisson"
    QUASI_POISSON = "quasi_poisson"
    NEGATIVE_BINOMIAL = "negative_binomial"


@dataclass(frozen=True)
class LogLinearFit:
    """Models of several series.

    Attributes:
        coefficients: (series, p); missing (NaN) where the series could not be fitted, as all below.
        covariance: (series, p, p), for a dispersion of 1.
        means: (series, times); 0 without exposure.
        dispersion: (series,), Pearson chi-square over its degrees of freedom, not floored; missing without a degree.
        degrees: (series,), observations used less p.
        is_fitted: (series,); False with nothing recorded, too few observations, or columns that cannot be told apart.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    means: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    degrees: NDArray[np.float64]
    is_fitted: NDArray[np.bool_]


@dataclass(frozen=True)
class Regression:
    """One model of one series.

    Attributes:
        coefficients, standard_errors, p_values: (p,), two-sided; Student's law with a quasi-Poisson family.
        deviance: Poisson deviance of the means.
        pearson: Chi-square of the counts, under the Poisson or negative binomial variance.
        degrees: Observations used less p.
        dispersion: ``pearson / degrees``, not floored.
        family: The one used.
        alpha: Variance = mean + alpha × mean²; 0 unless negative binomial.
    """

    coefficients: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    p_values: NDArray[np.float64]
    deviance: float
    pearson: float
    degrees: int
    dispersion: float
    family: Family
    alpha: float


def fit_log_linear(
    counts: ArrayLike,
    design: ArrayLike,
    *,
    exposure: ArrayLike = 1.0,
    weights: ArrayLike = 1.0,
    alpha: float = 0.0,
) -> LogLinearFit:
    """Maximum likelihood of ``log mean = log exposure + design @ coefficients``, by reweighted least squares.

    Args:
        counts: Facts, (series, times) or (times,).
        design: (times, p), the same for all series.
        exposure: Dwelling-months, of a shape that broadcasts with ``counts``.
        weights: Prior weights, likewise.
        alpha: Variance = mean + alpha × mean² (NB2), known; 0 for a Poisson count.

    Returns:
        One model per series. A level of the design under which nothing was recorded gets a very low coefficient of
        very large variance; the others are those found without it.
    """
    columns = np.asarray(design, dtype=float)
    y, exposed, w, told = _told(counts, exposure, weights)
    is_fitted = _can_fit(y, told, columns)
    beta, covariance = (np.full((len(y), *shape), np.nan) for shape in ((columns.shape[1],), (columns.shape[1],) * 2))
    rows = np.flatnonzero(is_fitted)
    beta[rows], covariance[rows], is_fitted[rows] = _iterate(
        y[rows], w[rows], np.where(told, exposed, 1.0)[rows], columns, alpha
    )
    means = exposed * np.exp(np.clip(beta @ columns.T, -10 * FARTHEST, 10 * FARTHEST))
    degrees = told.sum(axis=1) - float(columns.shape[1])
    pearson = (w * (y - means) ** 2 / np.maximum(means * (1 + alpha * means), np.finfo(float).tiny)).sum(axis=1)
    dispersion = np.where(is_fitted & (degrees > 0), pearson / np.maximum(degrees, 1), np.nan)
    for found in (beta, covariance, means):
        found[~is_fitted] = np.nan
    return LogLinearFit(beta, covariance, means, dispersion, degrees, is_fitted)


def leverages(fit: LogLinearFit, design: ArrayLike, *, weights: ArrayLike = 1.0) -> NDArray[np.float64]:
    """Share of each fitted mean that its own observation makes (hat values), (series, times), below 1."""
    return np.asarray(weights, dtype=float) * fit.means * squared_errors(fit, design)


def squared_errors(fit: LogLinearFit, design: ArrayLike) -> NDArray[np.float64]:
    """Variance of the log of each mean for a dispersion of 1, (series, rows of ``design``)."""
    columns = np.asarray(design, dtype=float)
    return fit.covariance.reshape(len(fit.covariance), columns.shape[1] ** 2) @ _products(columns).T


def poisson_regression(
    counts: ArrayLike, design: ArrayLike, *, exposure: ArrayLike = 1.0, family: Family | None = None
) -> Regression:
    """One series on any columns: Poisson, or what its dispersion calls for.

    Args:
        counts: Facts, (times,).
        design: (times, p), with its column of ones.
        exposure: Dwelling-months, (times,).
        family: None for Poisson, then quasi-Poisson (standard errors × √dispersion) if the dispersion is above 1.5.

    Raises:
        ValueError: If the series cannot be fitted.
    """
    alpha = _likeliest_alpha(counts, design, exposure) if family == Family.NEGATIVE_BINOMIAL else 0.0
    fit = fit_log_linear(counts, design, exposure=exposure, alpha=alpha)
    if len(fit.is_fitted) != 1 or not fit.is_fitted[0]:
        raise ValueError("not one series that these columns can be fitted to")
    dispersion, degrees = float(fit.dispersion[0]), int(fit.degrees[0])
    chosen = family or (Family.QUASI_POISSON if dispersion > MAX_DISPERSION else Family.POISSON)
    errors = np.sqrt(np.diagonal(fit.covariance[0]) * (dispersion if chosen == Family.QUASI_POISSON else 1.0))
    y, _, _, told = _told(counts, exposure, 1.0)
    return Regression(
        coefficients=fit.coefficients[0],
        standard_errors=errors,
        p_values=two_sided(fit.coefficients[0] / errors, degrees if chosen == Family.QUASI_POISSON else np.inf),
        deviance=float(2 * kl_div(y[told], fit.means[told]).sum()),
        pearson=dispersion * degrees,
        degrees=degrees,
        dispersion=dispersion,
        family=chosen,
        alpha=alpha,
    )


def two_sided(statistic: ArrayLike, degrees: ArrayLike) -> NDArray[np.float64]:
    """Two-sided p under Student's law; infinite degrees for the normal one."""
    return 2 * stdtr(degrees, -np.abs(np.asarray(statistic, dtype=float)))


def _told(counts: ArrayLike, exposure: ArrayLike, weights: ArrayLike) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Counts, exposures and weights as (series, times), 0 where an observation is left out, and where it is not."""
    arrays = (np.atleast_2d(np.asarray(values, dtype=float)) for values in (counts, exposure, weights))
    y, exposed, w = np.broadcast_arrays(*arrays)
    told = (exposed > 0) & (w > 0) & ~np.isnan(y)
    return np.where(told, y, 0.0), np.where(exposed > 0, exposed, 0.0), np.where(told, w, 0.0), told


def _products(columns: NDArray) -> NDArray[np.float64]:
    """Of each row with itself, (times, p × p)."""
    return (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), columns.shape[1] ** 2)


def _scaled(matrices: NDArray) -> tuple[NDArray, NDArray]:
    """Symmetric matrices with ones on their diagonal, and the factors that bring them there."""
    diagonal = np.diagonal(matrices, axis1=1, axis2=2)
    factor = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    return matrices * factor[:, :, None] * factor[:, None, :], factor


def _can_fit(y: NDArray, told: NDArray, columns: NDArray) -> NDArray[np.bool_]:
    is_told_apart = np.linalg.eigvalsh(_crossed(told.astype(float), columns)[0])[:, 0] > SINGULAR
    return is_told_apart & (y.sum(axis=1) > 0)


def _iterate(
    y: NDArray, w: NDArray, exposure: NDArray, columns: NDArray, alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Coefficients, covariance and whether the deviance has settled; a series that has is left alone."""
    level = np.log(np.maximum((w * y).sum(axis=1), 1e-3) / np.maximum((w * exposure).sum(axis=1), 1e-300))[:, None]
    means = (y + exposure * np.exp(level)) / 2
    deviance = np.full(len(y), np.inf)
    beta = np.zeros((len(y), columns.shape[1]))
    active = np.arange(len(y))
    for _ in range(STEPS):
        now, own, base, mean = y[active], exposure[active], level[active], means[active]
        work = w[active] * mean / (1 + alpha * mean)
        crossed, factor = _crossed(work, columns)
        aim = (work * (np.log(mean / own) + now / mean - 1)) @ columns
        beta[active] = factor * np.linalg.solve(crossed, (factor * aim)[:, :, None])[:, :, 0]
        mean = own * np.exp(np.clip(beta[active] @ columns.T, base - FARTHEST, base + FARTHEST))
        past, means[active] = deviance[active], mean
        deviance[active] = (w[active] * kl_div(now, mean)).sum(axis=1)
        active = active[np.abs(deviance[active] - past) > SETTLED * (deviance[active] + 1)]
        if not len(active):
            break
    crossed, factor = _crossed(w * means / (1 + alpha * means), columns)
    covariance = np.linalg.inv(crossed) * factor[:, :, None] * factor[:, None, :]
    return beta, covariance, ~np.isin(np.arange(len(y)), active)


def _crossed(work: NDArray, columns: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``X' diag(work) X`` of each series, scaled, and never quite singular: what cannot be fitted harms nothing."""
    size = columns.shape[1]
    crossed, factor = _scaled((work @ _products(columns)).reshape(len(work), size, size))
    return crossed + SINGULAR * 1e-3 * np.eye(size), factor


def _likeliest_alpha(counts: ArrayLike, design: ArrayLike, exposure: ArrayLike) -> float:
    """NB2 dispersion by profile likelihood: the coefficients are fitted anew for each value tried."""
    y, _, _, told = _told(counts, exposure, 1.0)

    def loss(log_alpha: float) -> float:
        alpha = float(np.exp(log_alpha))
        means = fit_log_linear(counts, design, exposure=exposure, alpha=alpha).means[told]
        size, seen = 1 / alpha, y[told]
        chance = (
            gammaln(seen + size) - gammaln(size) + xlogy(seen, alpha * means) - (seen + size) * np.log1p(alpha * means)
        )
        return -float(chance.sum())

    best = minimize_scalar(loss, bounds=LOG_ALPHAS, method="bounded", options={"xatol": 1e-7})
    return float(np.exp(best.x)) if best.x > LOG_ALPHAS[0] + 0.01 else 0.0
