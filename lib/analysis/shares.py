"""Shares of small places drawn towards that of all places (empirical Bayes); see docs/methods/priorites.md.

Parts and totals come as arrays of one shape, one element per place. A place whose total is zero or missing teaches
nothing and gets a missing (NaN) result.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.analysis.shrinkage import Prior, shrunk_rate


def beta_prior(count: ArrayLike, total: ArrayLike) -> Prior:
    """How the true shares are spread over places, by the method of moments (Kleinman 1973).

    With ``m = Σc/Σn`` and ``V = Σ n(c/n-m)²/Σn``, the correlation of two facts of one place is
    ``r = (V/(m(1-m)) - 1/mean(n)) / (1 - 1/mean(n))`` and the strength ``1/r - 1``.

    Args:
        count: Part of each total, 0 to ``total``.
        total: Facts.

    Returns:
        Mean share, and the number of facts that it is worth against those of one place; infinite when nothing shows
        that the places differ. The mean is missing when no place has a fact.

    Raises:
        ValueError: If a part is negative or above its total.
    """
    parts, totals = _known(count, total)
    if not len(parts):
        return Prior(math.nan, math.inf)
    mean, once = parts.sum() / totals.sum(), 1 / totals.mean()
    variance = mean * (1 - mean)
    if not variance or once >= 1:
        return Prior(float(mean), math.inf)
    spread = np.average((parts / totals - mean) ** 2, weights=totals)
    correlation = (spread / variance - once) / (1 - once)
    return Prior(float(mean), max(0.0, float(1 / correlation - 1)) if correlation > 0 else math.inf)


def shrunk_share(count: ArrayLike, total: ArrayLike, *, prior: Prior) -> NDArray[np.float64]:
    """Share of each place, between its own and the mean of the prior: ``(c + m·strength) / (n + strength)``.

    Raises:
        ValueError: If a part is negative or above its total.
    """
    _known(count, total)
    return shrunk_rate(count, total, prior=prior)


def _known(count: ArrayLike, total: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    parts, totals = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    if (parts < 0).any() or (parts > totals).any():
        raise ValueError("a part lies between zero and its total")
    return parts[totals > 0], totals[totals > 0]
