"""Whether neighbours are alike: Getis-Ord G, local and global Moran's I; see docs/methods/points-chauds.md.

Weights are a sparse square matrix, row i holding those of the neighbours of place i. On numpy and scipy alone: esda
would bring libpysal and scikit-learn for these few formulas.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, diags_array
from scipy.spatial import cKDTree
from scipy.stats import norm

from lib.analysis.multiplicity import adjusted_p_values

PERMUTATIONS = 9_999
TIED = 1e-9  # sums closer than that, in standard deviations of the values, are equal but for rounding


@dataclass(frozen=True)
class GlobalMoran:
    """Whether neighbours are alike over all places together.

    Attributes:
        moran: I, about 0 when neighbours are not alike, positive when they are; missing when all values are equal.
        expected: Of I when values are dealt at random to the places.
        variance: Of I likewise; missing under four places with a neighbour.
        z_score: Standardised I.
        p_value: Two-sided, by the normal law.
    """

    moran: float
    expected: float
    variance: float
    z_score: float
    p_value: float


def neighbour_weights(neighbours: Sequence[Iterable[int]]) -> csr_array:
    """Weights of 1 for the neighbours of each place, numbered from 0; a place without any is an island."""
    listed = [np.asarray(list(places), dtype=np.int64) for places in neighbours]
    ends = np.concatenate([[0], np.cumsum([len(places) for places in listed])]).astype(np.int64)
    columns = np.concatenate([np.empty(0, dtype=np.int64), *listed])
    return csr_array((np.ones(len(columns)), columns, ends), shape=(len(listed), len(listed)))


def near_weights(points: ArrayLike, *, radius_m: float, k: int | None = None) -> csr_array:
    """Weights of 1 for the ``k`` nearest other places within ``radius_m``, the radius included.

    Args:
        points: (places, 2), in metres. At equal distance the choice is arbitrary.
        radius_m: Beyond it, nobody is a neighbour.
        k: All those within the radius where None.
    """
    at = np.asarray(points, dtype=float).reshape(-1, 2)
    count = len(at)
    if not count:
        return csr_array((0, 0))
    tree = cKDTree(at)
    if k is None:
        pairs = tree.query_pairs(radius_m, output_type="ndarray")
        rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    else:
        # The bound of the tree is excluded; a place may miss itself among more than k others at its very point.
        nearest = np.arange(1, min(k + 1, count) + 1)
        distances, found = tree.query(at, k=nearest, distance_upper_bound=np.nextafter(radius_m, np.inf))
        is_near = np.isfinite(distances) & (found != np.arange(count)[:, None])
        is_near &= is_near.cumsum(axis=1) <= k
        rows, columns = is_near.nonzero()[0], found[is_near]
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(count, count))


def row_standardised(weights: csr_array) -> csr_array:
    """The same weights divided by the sum of their row; an island keeps none."""
    totals = weights.sum(axis=1)
    return csr_array(diags_array(np.divide(1, totals, out=np.zeros(len(totals)), where=totals > 0)) @ weights)


def local_g(values: ArrayLike, weights: csr_array, *, is_self_included: bool = True) -> NDArray[np.float64]:
    """Standardised Gᵢ* of each place, or Gᵢ without its own value (Ord and Getis 1995).

    ``(Σⱼwx - W·mean) / √(variance·(n·Σⱼw² - W²)/(n-1))``; mean, variance (over n) and n are those of all places for
    Gᵢ*, of the others for Gᵢ. A factor common to a row changes nothing. It does in esda's ``transform='R'``, which has
    the sum of the weights where their squares should be.

    Args:
        values: One finite value per place.
        weights: Of neighbours. For Gᵢ* a place that is not its own neighbour becomes so, with the largest weight of
            its row, 1 for an island; for Gᵢ its own weight is left out.
        is_self_included: Gᵢ* where true.

    Returns:
        One z per place; missing where it cannot vary: all values equal, every place a neighbour, or an island for Gᵢ.

    Raises:
        ValueError: If a value is missing or infinite, or if the weights are not square of the length of the values.
    """
    z = _standard(values, weights)
    n = len(z)
    if not n:
        return z
    if is_self_included:
        rows, count, mean, spread = _with_self(weights), n, 0.0, np.full(n, z.var())
    else:
        rows, count = _without_self(weights), n - 1
        mean = -z / max(1, count)
        spread = (n * z.var() - z**2) / max(1, count) - mean**2
    totals, squares = rows.sum(axis=1), (rows * rows).sum(axis=1)
    variation = (count * squares - totals**2) / max(1, count - 1)
    is_told = (spread > TIED) & (variation > TIED * squares)
    return _ratio(rows @ z - totals * mean, np.sqrt(np.where(is_told, spread * variation, 0)))


def local_moran(values: ArrayLike, weights: csr_array) -> pd.DataFrame:
    """Local Moran's Iᵢ of each place, its moments holding its own value and dealing the others (Sokal et al. 1998).

    ``Iᵢ = zᵢ·Σⱼwᵢⱼzⱼ / m₂`` with ``m₂ = Σz²/n``; the z-score is that of Gᵢ, with the sign of zᵢ.

    Args:
        values: One finite value per place.
        weights: Of neighbours, most often ``row_standardised``; the weight of a place on itself is left out.

    Returns:
        One row per place: ``moran`` (0 for an island), ``expected``, ``variance``, ``z_score``, two-sided ``p_value``
        by the normal law and its ``adjusted_p_value``, missing where Iᵢ cannot vary; ``is_island``.

    Raises:
        ValueError: If a value is missing or infinite, or if the weights are not square of the length of the values.
    """
    z = _standard(values, weights)
    rows, others = _without_self(weights), max(1, len(z) - 1)
    totals, squares = rows.sum(axis=1), (rows * rows).sum(axis=1)
    variation = (squares - totals**2 / others) * len(z) / max(1, len(z) - 2)
    score = local_g(values, weights, is_self_included=False) * np.sign(z)
    p_value = 2 * norm.sf(np.abs(np.where(z == 0, np.nan, score)))
    return pd.DataFrame(
        {
            "moran": z * (rows @ z),
            "expected": -(z**2) * totals / others,
            "variance": z**2 * variation * (1 - z**2 / others),
            "z_score": np.where(z == 0, np.nan, score),
            "p_value": p_value,
            "adjusted_p_value": adjusted_p_values(p_value),
            "is_island": totals == 0,
        }
    )


def global_moran(values: ArrayLike, weights: csr_array) -> GlobalMoran:
    """Moran's I of all places, its moments under random dealing of the values (Cliff and Ord 1981).

    Islands count in the mean and the variance of the values but not in n, as in R's ``spdep``.

    Raises:
        ValueError: If a value is missing or infinite, or if the weights are not square of the length of the values.
    """
    z, rows = _standard(values, weights), _without_self(weights)
    n = int((rows.sum(axis=1) > 0).sum())
    if n < 2 or not z.any():
        return GlobalMoran(*[np.nan] * 5)
    both = rows + rows.T
    s0, s1, s2 = rows.sum(), (both * both).sum() / 2, (both.sum(axis=1) ** 2).sum()
    moran, expected, kurtosis = n / s0 * (z @ (rows @ z)) / (z @ z), -1 / (n - 1), np.mean(z**4)
    variance = np.nan
    if n > 3:
        plain = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
        peaked = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
        variance = (plain - peaked) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    score = (moran - expected) / np.sqrt(variance) if variance > TIED * expected**2 else np.nan
    return GlobalMoran(*(float(x) for x in (moran, expected, variance, score, 2 * norm.sf(abs(score)))))


def permutation_p_values(
    values: ArrayLike, weights: csr_array, *, rng: np.random.Generator, permutations: int = PERMUTATIONS
) -> NDArray[np.float64]:
    """Two-sided p of local Moran's Iᵢ and of Gᵢ, each place keeping its value while those of the others are dealt.

    Twice the smaller tail, ties and the values observed included in both: never under 2/(1 + permutations).

    Args:
        values: One finite value per place.
        weights: Of neighbours; the weight of a place on itself is left out.
        rng: Of the deals, the same for all places.
        permutations: Deals; ``places × permutations × neighbours`` sums are made.

    Returns:
        One p per place; missing for an island and where all values are equal.

    Raises:
        ValueError: If a value is missing or infinite, or if the weights are not square of the length of the values.
    """
    z, rows = _standard(values, weights), _without_self(weights)
    p_values, sizes = np.full(len(z), np.nan), np.diff(rows.indptr)
    if not z.any() or not sizes.any():
        return p_values
    dealt = distinct_draws(len(z) - 1, int(sizes.max()), permutations, rng=rng)
    for place in np.flatnonzero(sizes):
        others = dealt[: sizes[place]]
        weight = rows.data[rows.indptr[place] : rows.indptr[place + 1]]
        sums = weight @ z[others + (others >= place)]
        observed = weight @ z[rows.indices[rows.indptr[place] : rows.indptr[place + 1]]]
        tail = min((sums >= observed - TIED).sum(), (sums <= observed + TIED).sum())
        p_values[place] = min(1.0, 2 * (1 + tail) / (1 + permutations))
    return p_values


def distinct_draws(population: int, size: int, draws: int, *, rng: np.random.Generator) -> NDArray[np.int64]:
    """``size`` different numbers under ``population``, drawn ``draws`` times: (size, draws).

    The first m rows are m different numbers drawn likewise, for any m.
    """
    drawn = np.empty((size, draws), dtype=np.int64)
    taken: list[NDArray[np.int64]] = []  # the numbers of each draw so far, in rising order
    for step in range(size):
        number = rng.integers(population - step, size=draws)
        for lower in taken:
            number += number >= lower
        drawn[step] = number
        taken = _inserted(taken, number)
    return drawn


def _inserted(taken: list[NDArray[np.int64]], number: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    ordered = []
    for lower in taken:
        ordered.append(np.minimum(lower, number))
        number = np.maximum(lower, number)
    return [*ordered, number]


def _standard(values: ArrayLike, weights: csr_array) -> NDArray[np.float64]:
    """Values of mean 0 and variance 1 (over n); zeros where all are equal, but for rounding."""
    x = np.asarray(values, dtype=float)
    if weights.shape != (len(x), len(x)):
        raise ValueError(f"weights of shape {weights.shape} for {len(x)} values")
    if not np.isfinite(x).all():
        raise ValueError("a value is missing or infinite")
    if not len(x) or np.ptp(x) <= TIED * np.abs(x).max():
        return np.zeros(len(x))
    return (x - x.mean()) / x.std()


def _with_self(weights: csr_array) -> csr_array:
    largest = weights.max(axis=1).toarray().ravel()
    own = np.where(weights.diagonal() > 0, 0, np.where(largest > 0, largest, 1))
    return csr_array(weights + diags_array(own))


def _without_self(weights: csr_array) -> csr_array:
    others = csr_array(weights - diags_array(weights.diagonal()))
    others.eliminate_zeros()
    return others


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
