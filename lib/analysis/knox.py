"""Whether facts close in space are also close in time: the Knox table; see docs/methods/recurrence.md.

On numpy and scipy: no library of Python is kept for it (the published ones are scripts, or R).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist
from scipy.stats import poisson

PERMUTATIONS = 999
ROWS_AT_ONCE = 500  # 20 MB of distances with 5,000 places
METRICS = {"euclidean": "euclidean", "manhattan": "cityblock"}
APART = -1  # class of the pairs that are in no row of the table
# Of facts on given days, counted from 0: pairs of each class (rows) under each bound of a layout.
_Count = Callable[[NDArray[np.int32]], NDArray[np.int64]]


@dataclass(frozen=True)
class KnoxTable:
    """Pairs of facts by proximity (rows) and delay (columns).

    Attributes:
        observed: Pairs.
        expected: Mean over all permutations of the dates, exact: row × column / all pairs.
        ratio: Observed over expected; missing when nothing is expected.
        poisson_p_value: P(X ≥ observed), X Poisson of the mean expected; too small when many pairs share a fact.
        p_value: (1 + permutations with as many pairs) / (1 + permutations); missing without permutations.
        pair_count: All pairs, those in no row or column included.
    """

    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    ratio: NDArray[np.float64]
    poisson_p_value: NDArray[np.float64]
    p_value: NDArray[np.float64]
    pair_count: int


@dataclass(frozen=True)
class _Layout:
    """What dealing the dates does not change.

    Attributes:
        place: Of each fact.
        classes: (places, places), of two facts there, the last one of the pairs in no row of the table.
        totals: Pairs of facts of each class.
        bounds: Delays, in days, that some pairs are under and others not.
        under: Pairs of facts under each of them.
        day_count: From the first fact to the last.
    """

    place: NDArray[np.intp]
    classes: NDArray[np.int8]
    totals: NDArray[np.int64]
    bounds: NDArray[np.int64]
    under: NDArray[np.int64]
    day_count: int


def orders(count: int, *, rng: np.random.Generator, permutations: int = PERMUTATIONS) -> NDArray[np.int32]:
    """Random orders of ``count`` facts: (permutations, count)."""
    return rng.permuted(np.tile(np.arange(count, dtype=np.int32), (permutations, 1)), axis=1)


def knox_cell(
    observed: ArrayLike, close_space: ArrayLike, close_time: ArrayLike, pairs: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Expected number, ratio and Poisson p of the pairs close in space and time, from the margins.

    Args:
        observed: Pairs close in both.
        close_space: Pairs close in space, whatever their delay.
        close_time: Pairs close in time, whatever their distance.
        pairs: All pairs.

    Returns:
        ``close_space·close_time/pairs``, observed over it (missing when it is 0), and P(X ≥ observed).
    """
    both, total = np.asarray(observed, dtype=float), np.asarray(pairs, dtype=float)
    product = np.multiply(close_space, close_time, dtype=float)
    expected = np.divide(product, total, out=np.zeros(np.broadcast(product, total).shape), where=total > 0)
    ratio = np.divide(both, expected, out=np.full(np.broadcast(both, expected).shape, np.nan), where=expected > 0)
    return expected, ratio, poisson.sf(both - 1, expected)


def distance_classes(points: ArrayLike, breaks: Sequence[float], *, metric: str = "euclidean") -> NDArray[np.int8]:
    """Class of the distance between any two points: (points, points), left-closed; ``APART`` outside all or unknown.

    Args:
        points: (points, 2), in metres, missing where unknown.
        breaks: Rising bounds; 0, 200, infinity make two classes, [0, 200) and beyond.
        metric: ``euclidean`` or ``manhattan``.
    """
    at = np.asarray(points, dtype=float).reshape(-1, 2)
    classes = np.empty((len(at), len(at)), dtype=np.int8)
    for start in range(0, len(at), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        classes[rows] = _class_of(cdist(at[rows], at, METRICS[metric]), breaks)
    return classes


def knox_of_points(
    points: ArrayLike,
    day: ArrayLike,
    *,
    distance_breaks: Sequence[float],
    delay_breaks: Sequence[float],
    metric: str = "euclidean",
    shuffles: NDArray[np.int32] | None = None,
) -> KnoxTable:
    """Knox table of facts each at its own point, by bands of distance; see ``knox_table``."""
    classes = distance_classes(points, distance_breaks, metric=metric)
    rows, place = len(distance_breaks) - 1, np.arange(len(classes))
    return knox_table(place, day, proximity=classes, row_count=rows, delay_breaks=delay_breaks, shuffles=shuffles)


def knox_table(
    place: ArrayLike,
    day: ArrayLike,
    *,
    proximity: NDArray[np.int8],
    row_count: int,
    delay_breaks: Sequence[float],
    shuffles: NDArray[np.int32] | None = None,
) -> KnoxTable:
    """Pairs of facts by proximity of their places and delay between them, against the dates dealt at random.

    Dealing the dates among the facts keeps how many each place has and how many each day has: neither a place that
    always has many facts nor a busy season makes pairs that are too close.

    Args:
        place: Of each fact, a number from 0.
        day: Of each fact, a whole number of days.
        proximity: (places, places), the row of two facts at these two places; ``APART`` for no row.
        row_count: Rows of the table.
        delay_breaks: Rising bounds in days, left-closed; 0, 8, infinity make two columns, 0 to 7 days and beyond.
        shuffles: Of ``orders``, one row per permutation; no permutation p where None.
    """
    at, on = np.asarray(place, dtype=np.intp), np.asarray(day, dtype=np.int64)
    on = (on - on.min()).astype(np.int32) if len(on) else on
    layout, breaks = _layout(at, on, proximity, row_count, delay_breaks), np.asarray(delay_breaks)
    looked_at = layout.totals.sum() - layout.totals.max()
    is_dense = len(proximity) * (len(on) + layout.day_count) < looked_at
    count = _by_day(layout) if is_dense else _by_pair(layout)
    whole = _cells(count(on), layout, breaks)
    p_value = np.full(whole.shape, np.nan)
    if shuffles is not None:
        as_many = (_cells(count(on[order]), layout, breaks) >= whole for order in shuffles)
        p_value = (1 + sum(as_many, np.zeros(whole.shape, dtype=int))) / (1 + len(shuffles))
    pairs = int(layout.totals.sum())
    expected = knox_cell(whole, layout.totals[:, None], whole.sum(axis=0), pairs)
    return KnoxTable(*(cells[:row_count] for cells in (whole, *expected, p_value)), pairs)


def _layout(
    place: NDArray[np.intp], day: NDArray, proximity: NDArray[np.int8], row_count: int, breaks: Sequence[float]
) -> _Layout:
    """Days are counted from the first one."""
    classes = np.where(proximity == APART, row_count, proximity).astype(np.int8)
    counts, day_count = np.bincount(place, minlength=len(classes)), int(day.max(initial=0)) + 1
    own = np.bincount(classes.diagonal(), counts, row_count + 1)
    rows = (size * np.bincount(row, counts, row_count + 1) for size, row in zip(counts, classes, strict=True))
    bounds = np.array([np.ceil(bound) for bound in breaks if 0 < bound < day_count], dtype=np.int64)
    ordered = np.sort(day)
    under = [(np.searchsorted(ordered, ordered + bound) - np.arange(1, len(day) + 1)).sum() for bound in bounds]
    totals = (sum(rows, -own) / 2).round().astype(np.int64)
    return _Layout(place, classes, totals, bounds, np.array(under, dtype=np.int64), day_count)


def _class_of(measure: NDArray, breaks: Sequence[float]) -> NDArray[np.int8]:
    """Position of the left-closed interval that holds each measure; ``APART`` outside all, or missing."""
    found = np.searchsorted(np.asarray(breaks, dtype=float), measure, side="right") - 1
    return np.where((found >= len(breaks) - 1) | np.isnan(measure), APART, found).astype(np.int8)


def _cells(under: NDArray[np.int64], layout: _Layout, breaks: NDArray) -> NDArray[np.int64]:
    """Pairs of each class between two breaks, from those under each bound of the layout."""
    whole = np.where(breaks > 0, layout.totals[:, None], 0)
    whole[:, (breaks > 0) & (breaks < layout.day_count)] = under
    return np.diff(whole, axis=1)


def _by_pair(layout: _Layout) -> _Count:
    """Counts pair by pair, but those of the largest class, which are what is left of all pairs."""
    left_out = int(layout.totals.argmax())
    first, second, name = _listed(layout.place, layout.classes, left_out)
    ends = np.searchsorted(name, np.arange(len(layout.totals) + 1))

    def count(day: NDArray[np.int32]) -> NDArray[np.int64]:
        delay = np.abs(day[first] - day[second])
        in_class = [delay[start:end] for start, end in pairwise(ends)]
        found = np.array([[np.count_nonzero(part < bound) for bound in layout.bounds] for part in in_class])
        found[left_out] = layout.under - found.sum(axis=0)
        return found

    return count


def _by_day(layout: _Layout) -> _Count:
    """Counts place by place and day by day: for few places with many facts.

    The product is that of sparse matrices, on one thread: BLAS would start several for these small ones, and wait.
    """
    size, days = len(layout.classes), layout.day_count
    of_place, name = np.argsort(layout.place, kind="stable"), layout.classes.ravel()
    counts = np.bincount(layout.place, minlength=size)
    starts, ones = np.concatenate([[0], counts.cumsum()]), np.ones(len(of_place))
    own = np.bincount(layout.classes.diagonal(), counts, len(layout.totals))
    after = np.minimum(np.arange(days) + layout.bounds[:, None], days)
    before = np.maximum(np.arange(days) - layout.bounds[:, None] + 1, 0)

    def count(day: NDArray[np.int32]) -> NDArray[np.int64]:
        until = np.zeros((days + 1, size))
        until[1:] = np.bincount(day * size + layout.place, minlength=days * size).reshape(days, size).cumsum(axis=0)
        facts = csr_array((ones, day[of_place], starts), shape=(size, days))
        around = (facts @ (until[after[k]] - until[before[k]]) for k in range(len(layout.bounds)))
        pairs = [np.bincount(name, near.ravel(), len(own)) - own for near in around]
        return (np.array(pairs).T / 2).round().astype(np.int64)

    return count


def _listed(
    place: NDArray[np.intp], classes: NDArray[np.int8], left_out: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int8]]:
    """Pairs of facts outside one class, and their class, in its order."""
    counts = np.bincount(place, minlength=len(classes))
    one, two = np.nonzero(np.triu(classes != left_out))
    sizes = counts[one] * counts[two]
    pair = np.repeat(np.arange(len(one)), sizes)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    members, starts = np.argsort(place, kind="stable"), np.cumsum(counts) - counts
    first, second = starts[one[pair]] + step // counts[two[pair]], starts[two[pair]] + step % counts[two[pair]]
    is_once = first < second  # places are in order; within one, each pair comes twice, and each fact with itself
    name = classes[one, two][pair[is_once]]
    by_class = np.argsort(name, kind="stable")
    return members[first[is_once][by_class]], members[second[is_once][by_class]], name[by_class]
