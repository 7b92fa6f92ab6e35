"""How a ranking holds when weights and values are uncertain (SMAA); see docs/methods/priorites.md.

Scores come as arrays of draws × places, weights as draws × criteria. The highest score is first; places equal in a
draw share the ranks they hold, so that the order of the columns changes nothing.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata


def normalised(weights: ArrayLike) -> NDArray[np.float64]:
    """Weights of sum 1, in the same proportions.

    Raises:
        ValueError: If one is negative or missing, or none is positive.
    """
    given = np.asarray(weights, dtype=float)
    total = given.sum()
    if not (given >= 0).all() or not 0 < total < np.inf:
        raise ValueError("weights are positive or zero, not all zero")
    return given / total


def dirichlet_weights(
    weights: ArrayLike, *, concentration: float, rng: np.random.Generator, draws: int = 2000
) -> NDArray[np.float64]:
    """Weights drawn around those given, from the Dirichlet law of parameters ``concentration · weights``.

    Any weights are as likely (uniform law) with equal weights and their number for ``concentration``.

    Args:
        weights: One per criterion, of any positive sum; one of 0 stays 0.
        concentration: > 0; the standard deviation of a weight w is ``√(w(1-w)/(concentration+1))``.
        rng: Source of the draws.
        draws: Number of rows.

    Returns:
        Draws × criteria; each row sums to 1.

    Raises:
        ValueError: If a weight is negative or missing, none is positive, or the concentration is not positive.
    """
    shares = normalised(weights)
    if not concentration > 0:
        raise ValueError("the concentration of weights is positive")
    drawn = np.zeros((draws, len(shares)))
    drawn[:, shares > 0] = rng.dirichlet(concentration * shares[shares > 0], size=draws)
    return drawn


def rank_acceptability(scores: ArrayLike) -> NDArray[np.float64]:
    """Share of the draws in which each place has each rank.

    Returns:
        Places × ranks (first rank first); rows and columns sum to 1.

    Raises:
        ValueError: If there is no draw, or a score is missing.
    """
    values = _complete(scores)
    draws, count = values.shape
    if not count:
        return np.zeros((0, 0))
    first, last = (rankdata(-values, method=end, axis=1).astype(int).ravel() for end in ("min", "max"))
    place, held = np.tile(np.arange(count), draws), last - first + 1
    # One element per rank held: a place alone has one, each of three equal places the same three.
    nth = np.arange(held.sum()) - np.repeat(held.cumsum() - held, held)
    cell = np.repeat(place * count + first - 1, held) + nth
    times = np.bincount(cell, np.repeat(1 / held, held), minlength=count * count)
    return times.reshape(count, count) / draws


def central_weights(scores: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """Mean weights of the draws in which each place is first: who holds for them chooses that place.

    Args:
        scores: Draws × places.
        weights: Draws × criteria, those that gave the scores.

    Returns:
        Places × criteria; missing (NaN) for a place never first. A draw where several are first counts for each of
        them by its share.

    Raises:
        ValueError: If there is no draw, or a score is missing.
    """
    values = _complete(scores)
    if not values.shape[1]:
        return np.zeros((0, np.shape(weights)[1]))
    is_first = values == values.max(axis=1, keepdims=True)
    share = is_first / is_first.sum(axis=1, keepdims=True)
    times = share.sum(axis=0)[:, None]
    return np.divide(
        share.T @ np.asarray(weights, dtype=float),
        times,
        out=np.full((values.shape[1], np.shape(weights)[1]), np.nan),
        where=times > 0,
    )


def top_probability(scores: ArrayLike, ks: Sequence[int]) -> NDArray[np.float64]:
    """Share of the draws in which each place is among the first ``k``, for several ``k``.

    Returns:
        Places × ``ks``; a column sums to ``k``, or to the number of places when there are no more of them.

    Raises:
        ValueError: If there is no draw, a score is missing, or a ``k`` is not positive.
    """
    return acceptability([_complete(scores)], ks)


def acceptability(blocks: Iterable[NDArray], ks: Sequence[int]) -> NDArray[np.float64]:
    """``top_probability`` of draws that come in blocks, of which one at a time is held in memory.

    Args:
        blocks: Scores, draws × places each; the same places in all.
        ks: Numbers of places.
    """
    if min(ks) < 1:
        raise ValueError("at least one place is asked for")
    draws, times = 0, np.zeros((0, len(ks)))
    for scores in blocks:
        times = _times_on_top(scores, ks) + (times if draws else 0)
        draws += len(scores)
    if not draws:
        raise ValueError("a share of draws needs at least one")
    return times / draws


def _times_on_top(scores: NDArray, ks: Sequence[int]) -> NDArray[np.float64]:
    """Draws of a block in which each place is among the first: at or above the ``k``-th highest score."""
    draws, count = scores.shape
    times = np.full((count, len(ks)), float(draws))
    columns = [column for column, k in enumerate(ks) if k < count]
    if not columns:
        return times
    highest = max(ks[column] for column in columns)
    on_top = np.sort(np.partition(scores, count - highest, axis=1)[:, count - highest :], axis=1)
    limits = on_top[:, [highest - ks[column] for column in columns]]
    draw, place = np.divmod(np.flatnonzero(scores >= on_top[:, :1]), count)
    score = scores[draw, place]
    for column, limit in zip(columns, limits.T, strict=True):
        is_above, is_tied = score > limit[draw], score == limit[draw]
        left = ks[column] - np.bincount(draw[is_above], minlength=draws)
        share = left / np.bincount(draw[is_tied], minlength=draws)
        times[:, column] = np.bincount(place, is_above + is_tied * share[draw], minlength=count)
    return times


def _complete(scores: ArrayLike) -> NDArray:
    values = np.asarray(scores)
    if values.ndim != 2 or not len(values) or np.isnan(values).any():
        raise ValueError("ranks need at least one draw, and every place in each")
    return values
