"""Bounds of the classes of a map, readable and the same whatever the period; see docs/methods/lissage.md."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

READABLE = (1, 1.5, 2, 2.5, 3, 4, 5, 7.5)  # × a power of ten
SPACED = (1, 2, 5)  # × a power of ten: the scale of a measure that tells nothing yet


def breaks(values: ArrayLike, *, count: int = 4) -> tuple[float, ...]:
    """Lower bounds of the second class and of those that follow, for a legend that never moves with the data.

    Quantiles that cut the values into classes of equal numbers, rounded to the nearest of 1, 1.5, 2, 2.5, 3, 4, 5,
    7.5 × 10^k (to a whole one when all values are whole); rounded alike they are one, and those that would leave the
    first or the last class empty are left out.

    Args:
        values: The measure as shown, over all places of a level and all whole past years, in any order; missing
            values are passed over, and zeros, which are a state of their own.
        count: Most bounds wanted, ≥ 1: one less than the classes.

    Returns:
        At least one bound, at most ``count``, > 0, strictly ascending. When no quantile parts the values (all alike,
        or none), ``count`` bounds spread like 1, 2, 5, 10 from the largest value (from 1 without a positive one).

    Raises:
        ValueError: If a value is negative or infinite (a signed measure needs a diverging scale), or ``count`` < 1.
    """
    numbers = np.asarray(values, dtype=float).ravel()
    numbers = np.sort(numbers[~np.isnan(numbers)])
    if count < 1 or (numbers < 0).any() or np.isinf(numbers).any():
        raise ValueError("classes need at least one bound, of finite values that are not negative")
    numbers = numbers[numbers > 0]
    is_whole = bool((numbers == np.round(numbers)).all())
    quantiles = [numbers[len(numbers) * i // (count + 1)] for i in range(1, count + 1) if len(numbers)]
    rounded = {_readable(value, is_whole) for value in quantiles if value > 0}
    parting = sorted(bound for bound in rounded if numbers[0] < bound <= numbers[-1])
    return tuple(parting) or _spaced(numbers, count, is_whole)


def _spaced(numbers: NDArray, count: int, is_whole: bool) -> tuple[float, ...]:
    start = numbers[-1] if len(numbers) and numbers[-1] > 0 else 1.0
    steps = [SPACED[i % 3] * 10.0 ** (i // 3) for i in range(count)]
    return tuple(_readable(_readable(start, is_whole) * step, is_whole) for step in steps)


def _readable(value: float, is_whole: bool) -> float:
    """The nearest readable number by ratio, the one a decimal literal gives."""
    power = int(np.floor(np.log10(value)))
    known = [float(f"{step}e{exponent}") for exponent in (power, power + 1) for step in READABLE]
    if is_whole:
        known = [number for number in known if number == round(number)]
    return min(known, key=lambda number: abs(np.log(number / value)))
