"""The month from which a series of facts is best cut in two, and whether chance cuts as well; docs/methods/rupture.md.

A month whose exposure is zero or missing says nothing: neither its count nor its time is used.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

MIN_POINTS = 24  # months that reported; under it a break is drawn by the seasons
PERMUTATIONS = 999
TIED = 1e-9  # gains closer than that per fact are equal, but for rounding


def change_points(
    count: ArrayLike, exposure: ArrayLike = 1.0, *, rng: np.random.Generator, permutations: int = PERMUTATIONS
) -> pd.DataFrame:
    """Best single break of each series in two constant rates, by the Poisson profile likelihood.

    With S facts on T of exposure, ``gain = max over k of S₁ln(S₁/T₁) + S₂ln(S₂/T₂) - S ln(S/T)``. A best break always
    exists: only ``p_value`` says whether the months in any other order would give one as clear.

    Args:
        count: Facts of each month in order, one series, or one series per row.
        exposure: Reporting dwelling-months, same shape or one that broadcasts to it.
        rng: Source of the permutations; each moves months, a count with its exposure.
        permutations: Orders tried per series; 0 for no p.

    Returns:
        One row per series: ``break_position`` (k: months of the series before the break, those that told nothing
        included; missing when no break fits better than one rate), ``mean_before`` and ``mean_after`` (facts per unit
        of exposure), ``gain`` (of log likelihood) and ``p_value``, missing under 24 months that reported.

    Raises:
        ValueError: If a count is negative.
    """
    counts, exposures = np.broadcast_arrays(np.atleast_2d(np.asarray(count, dtype=float)), exposure)
    told = np.asarray(exposures, dtype=float) > 0
    if (counts[told] < 0).any():
        raise ValueError("a count of facts cannot be negative")
    counts, exposures = np.where(told, counts, 0.0), np.where(told, exposures, 0.0).astype(float)
    gains = _gains(counts, exposures)
    rows = np.arange(len(counts))
    best = gains.argmax(axis=1) if gains.shape[1] else np.zeros(len(counts), dtype=int)
    gain = gains[rows, best] if gains.shape[1] else np.zeros(len(counts))
    before, after = _means(counts, exposures, best)
    has_break = gain > TIED * (1 + counts.sum(axis=1))
    p_values = [
        _p_value(counts[row, told[row]], exposures[row, told[row]], gain[row], rng, permutations) for row in rows
    ]
    return pd.DataFrame(
        {
            "break_position": pd.array(np.where(has_break, best + 1, 0), dtype="Int64"),
            "mean_before": before,
            "mean_after": after,
            "gain": np.maximum(gain, 0.0),
            "p_value": np.array(p_values, dtype=float),
        }
    ).assign(break_position=lambda found: found["break_position"].mask(~has_break))


def _gains(counts: NDArray[np.float64], exposures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain of log likelihood of a cut after each month but the last, 0 where a side says nothing; rows × (n-1)."""
    facts, times = counts.cumsum(axis=-1), exposures.cumsum(axis=-1)
    all_facts, all_time = facts[..., -1:], times[..., -1:]
    first, first_time = facts[..., :-1], times[..., :-1]
    rest, rest_time = all_facts - first, all_time - first_time
    one = xlogy(all_facts, np.divide(all_facts, all_time, out=np.zeros_like(all_facts), where=all_time > 0))
    rate = np.divide(first, first_time, out=np.zeros_like(first), where=first_time > 0)
    rest_rate = np.divide(rest, rest_time, out=np.zeros_like(rest), where=rest_time > 0)
    is_cut = (first_time > 0) & (rest_time > TIED * all_time)
    return np.where(is_cut, xlogy(first, rate) + xlogy(rest, rest_rate) - one, 0.0)


def _means(
    counts: NDArray[np.float64], exposures: NDArray[np.float64], best: NDArray[np.int_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Facts per unit of exposure up to the cut and after it."""
    is_before = np.arange(counts.shape[1]) <= best[:, None]
    sides = [((counts * side).sum(axis=1), (exposures * side).sum(axis=1)) for side in (is_before, ~is_before)]
    before, after = (np.divide(facts, time, out=np.full(len(facts), np.nan), where=time > 0) for facts, time in sides)
    return before, after


def _p_value(
    counts: NDArray[np.float64],
    exposures: NDArray[np.float64],
    gain: float,
    rng: np.random.Generator,
    permutations: int,
) -> float:
    """Share of the orders of the months, this one included, whose best break is as clear."""
    if len(counts) < MIN_POINTS or not permutations:
        return np.nan
    orders = rng.permuted(np.tile(np.arange(len(counts)), (permutations, 1)), axis=1)
    gains = _gains(counts[orders], exposures[orders]).max(axis=1)
    return float((1 + (gains >= gain - TIED * (1 + counts.sum())).sum()) / (1 + permutations))
