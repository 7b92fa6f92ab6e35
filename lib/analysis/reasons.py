"""Why a place has its rank, and what would change it; see docs/methods/priorites.md.

Utilities come as an array of places × criteria (0-1), weights as one per criterion, of sum 1. A score is their product.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

MIN_CORRELATED = 3  # two places are always in the same order, or the opposite one


class Swap(NamedTuple):
    """The weight to change for two places to be equal: position of the criterion, its weight now and then."""

    criterion: int
    weight_now: float
    weight_then: float


class Correlation(NamedTuple):
    """Two criteria, by position, that say nearly the same (or the opposite) of places: Spearman's ``rho``."""

    first: int
    second: int
    rho: float


def contributions(utilities: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """What each criterion adds to a score against the median place: ``w·(u - median)``.

    Returns:
        Places × criteria; a row sums to the gap between the score of the place and that of the medians, exactly.
    """
    values = np.asarray(utilities, dtype=float)
    if not len(values):
        return values.copy()
    return (values - np.median(values, axis=0)) * np.asarray(weights, dtype=float)


def whole_parts(parts: ArrayLike) -> NDArray[np.int64]:
    """Parts rounded to whole numbers that add up to their rounded sum (largest remainders first, then in order).

    Args:
        parts: One dimension, of either sign.

    Returns:
        Each less than 1 from its part; a whole part stays as it is.
    """
    values = np.asarray(parts, dtype=float).round(9)  # 2.9999999999 is a whole part
    floors = np.floor(values)
    left = round(float(values.sum())) - int(floors.sum())
    raised = np.argsort(floors - values, kind="stable")[:left]
    floors[raised] += 1
    return floors.astype(np.int64)


def leaves_top(utilities: ArrayLike, weights: ArrayLike, k: int) -> NDArray[np.bool_]:
    """Criteria whose return to the median would take a place out of the first ``k``, the other places unchanged.

    A place is among the first when fewer than ``k`` places have a higher score.

    Returns:
        Places × criteria; False in the row of a place that is not among the first.

    Raises:
        ValueError: If ``k`` is not positive.
    """
    if k < 1:
        raise ValueError("at least one place is asked for")
    values = np.asarray(utilities, dtype=float)
    parts = contributions(values, weights)
    scores = (values * np.asarray(weights, dtype=float)).sum(axis=1)
    ascending = np.sort(scores)
    without = scores[:, None] - parts
    higher, higher_then = (len(scores) - np.searchsorted(ascending, end, side="right") for end in (scores, without))
    others_then = higher_then - (without < scores[:, None])  # the place is no longer above itself
    return (higher < k)[:, None] & (others_then >= k)


def smallest_swap(first: ArrayLike, second: ArrayLike, weights: ArrayLike) -> Swap | None:
    """The single weight that, changed the least, makes two places equal; the others keep their proportions.

    Args:
        first: Utilities of a place, one per criterion.
        second: Those of the other.
        weights: One per criterion, of sum 1.

    Returns:
        None when no weight from 0 to 1 does it.
    """
    gaps, now = np.asarray(first, dtype=float) - np.asarray(second, dtype=float), np.asarray(weights, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = ((gaps * now).sum() - gaps * now) / (1 - now)  # gap of the score if the criterion had no weight
        then = others / (others - gaps)
    change = np.where((then >= 0) & (then <= 1), np.abs(then - now), np.inf)
    if not len(change) or np.isinf(change.min()):
        return None
    criterion = int(change.argmin())
    return Swap(criterion, float(now[criterion]), float(then[criterion]))


def correlated(utilities: ArrayLike, *, weights: ArrayLike | None = None, threshold: float = 0.9) -> list[Correlation]:
    """Pairs of criteria that count the same thing twice: Spearman's rank correlation beyond ``threshold`` either way.

    Args:
        utilities: Places × criteria; a place with a missing value of a pair is left out of it.
        weights: One per criterion: one without weight counts nothing, and is in no pair. All count by default.
        threshold: 0-1; strictly beyond.

    Returns:
        By position; a criterion that does not vary correlates with nothing.
    """
    values = np.asarray(utilities, dtype=float)
    counting = range(values.shape[1]) if weights is None else np.flatnonzero(np.asarray(weights)).tolist()
    found = []
    for first, second in combinations(counting, 2):
        pair = values[:, [first, second]]
        pair = pair[~np.isnan(pair).any(axis=1)]
        if len(pair) < MIN_CORRELATED or not np.ptp(pair, axis=0).all():
            continue
        rho = float(np.corrcoef(rankdata(pair, axis=0).T)[0, 1])
        if abs(rho) > threshold:
            found.append(Correlation(first, second, rho))
    return found
