"""What a scheme changed, type by type, and their sum weighted by harm (Wheeler and Ratcliffe 2018).

See docs/methods/priorites.md.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm


class Difference(NamedTuple):
    """Facts more (negative: fewer) than the control lets expect, and the standard error; one element per type."""

    difference: NDArray[np.float64]
    standard_error: NDArray[np.float64]


class Effect(NamedTuple):
    """A weighted sum of differences: its standard error, their ratio and the bounds of its interval.

    ``z`` is missing where the standard error is 0.
    """

    difference: float
    standard_error: float
    z: float
    low: float
    high: float


def difference(treated: ArrayLike, control: ArrayLike) -> Difference:
    """Weighted displacement difference: ``(T2 - T1) - (C2 - C1)``, variance ``T1 + T2 + C1 + C2``.

    The control must be of a size near that of the treated area. Areas where facts may have moved are added to either.

    Args:
        treated: Facts before and after on the last axis: one pair, or one row per type.
        control: The same of the area without the scheme, same shape.

    Raises:
        ValueError: If the last axis is not before and after, or a count is negative.
    """
    counts = np.stack(np.broadcast_arrays(np.asarray(treated, dtype=float), np.asarray(control, dtype=float)))
    if counts.shape[-1] != 2 or (counts < 0).any():
        raise ValueError("counts before and after are two numbers, none negative")
    treated_change, control_change = counts[..., 1] - counts[..., 0]
    return Difference(treated_change - control_change, np.sqrt(counts.sum(axis=(0, -1))))


def harm_weighted(
    differences: ArrayLike, standard_errors: ArrayLike, weights: ArrayLike, *, level: float = 0.95
) -> Effect:
    """Sum of differences by type, each times the harm of a fact: ``Σ w·d``, standard error ``√Σ w²·se²``.

    Args:
        differences: One element per type.
        standard_errors: Same shape.
        weights: Same shape.
        level: Coverage of the interval, between 0 and 1.
    """
    harms = np.asarray(weights, dtype=float)
    total = float(np.sum(harms * differences))
    error = float(np.sqrt(np.sum((harms * standard_errors) ** 2)))
    half = float(norm.ppf((1 + level) / 2)) * error
    return Effect(total, error, total / error if error else np.nan, total - half, total + half)
