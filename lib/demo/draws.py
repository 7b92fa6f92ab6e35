"""Draws from small weighted lists written as text: ``hall:6 staircase:3``."""

import numpy as np
import pandas as pd


def pick(rng: np.random.Generator, odds: str, count: int) -> np.ndarray:
    """So many values drawn from ``value:weight value:weight…``."""
    pairs = [item.split(":") for item in odds.split()]
    weights = np.array([float(weight) for _, weight in pairs])
    values = np.array([value for value, _ in pairs], dtype=object)
    return values[rng.choice(len(values), count, p=weights / weights.sum())]


def pick_by(rng: np.random.Generator, odds: pd.Series, keys: pd.Series) -> np.ndarray:
    """One value per key, each from its own weighted list.

    Args:
        rng: Source of chance.
        odds: Weighted list of each key, indexed by key.
        keys: Keys wanted.

    Returns:
        Values in the order of ``keys``.
    """
    found = np.empty(len(keys), dtype=object)
    for key, rows in sorted(keys.groupby(keys.to_numpy()).indices.items()):
        found[rows] = pick(rng, str(odds[key]), len(rows))
    return found
