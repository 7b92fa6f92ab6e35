"""How few places hold most of the facts, and how few would by chance; see docs/methods/concentration.md."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

TOP_SHARE = 0.1
CURVE_STEPS = 100
CHANCE_DRAWS = 200
DRAWN_AT_ONCE = 1_000_000  # numbers: 8 MB


@dataclass(frozen=True)
class Concentration:
    """Share of the facts held by the places that have most.

    Attributes:
        curve: ``place_share`` (0, 0.01 … 1, most hit first), ``incident_share`` held by them, and ``chance_share``
            that chance alone would give them on average; shares missing without a fact.
        top_share: Facts held by the first tenth of the places, 0-1; missing without a fact.
        chance_share: The same by chance, if every place had one rate by dwelling: mean of the draws.
        chance_low: Lower bound of 95 % of the draws.
        chance_high: Upper bound.
        place_count: Places that reported.
        incident_count: Their facts.
    """

    curve: pd.DataFrame
    top_share: float
    chance_share: float
    chance_low: float
    chance_high: float
    place_count: int
    incident_count: int


def places_holding(counts: ArrayLike, share: float = 0.5) -> int:
    """Smallest number of places that together hold at least ``share`` of the facts; 0 without any fact.

    Args:
        counts: Facts by place, in any order.
        share: Between 0 (excluded) and 1.
    """
    ordered = np.sort(np.asarray(counts, dtype=float))[::-1]
    total = ordered.sum()
    return int(np.searchsorted(np.cumsum(ordered), share * total) + 1) if total else 0


def share_held(counts: ArrayLike, place_share: ArrayLike = TOP_SHARE) -> NDArray[np.float64]:
    """Share of the facts held by the ``place_share`` of the places that have most.

    A tenth of 25 places is the two most hit and half of the third: between whole places the curve is straight.

    Args:
        counts: Facts by place along the last axis, in any order; the axes before it are draws.
        place_share: 0-1, one or several.

    Returns:
        Axes of draws, then of ``place_share``; missing without a fact.
    """
    ordered = -np.sort(-np.asarray(counts, dtype=float), axis=-1)
    held = np.concatenate([np.zeros((*ordered.shape[:-1], 1)), ordered.cumsum(axis=-1)], axis=-1)
    count, total = ordered.shape[-1], held[..., -1:]
    position = np.asarray(place_share, dtype=float) * count
    whole = np.minimum(position.astype(int), max(0, count - 1))
    following = np.minimum(whole + 1, count)
    between = held[..., whole] + (position - whole) * (held[..., following] - held[..., whole])
    total = total.reshape((*total.shape[:-1], *(1,) * position.ndim))
    return np.divide(between, total, out=np.full(between.shape, np.nan), where=total > 0)


def concentration(places: pd.DataFrame, *, rng: np.random.Generator, draws: int = CHANCE_DRAWS) -> Concentration:
    """Concentration of the facts, beside that of as many facts dealt by chance to dwellings.

    With few facts and many places some hold several by luck alone, and large places hold more: the draws deal the same
    number of facts to the same places, in proportion to their reporting dwelling-months.

    Args:
        places: Rows with ``incident_count`` and ``reporting_dwelling_months``; those without exposure are left out,
            a silence being no zero.
        rng: Source of chance.
        draws: Deals, ≥ 1; standard error of ``chance_share`` about a fifteenth of that of one deal with 200.
    """
    told = places[places["reporting_dwelling_months"] > 0]
    counts = told["incident_count"].to_numpy(dtype=np.int64)
    steps = np.linspace(0, 1, CURVE_STEPS + 1)
    held = share_held(counts, steps)
    dealt = _dealt(counts, told["reporting_dwelling_months"].to_numpy(dtype=float), steps, rng=rng, draws=draws)
    top = round(TOP_SHARE * CURVE_STEPS)
    low, high = np.quantile(dealt[:, top], [0.025, 0.975])
    return Concentration(
        pd.DataFrame({"place_share": steps, "incident_share": held, "chance_share": dealt.mean(axis=0)}),
        float(held[top]),
        float(dealt[:, top].mean()),
        float(low),
        float(high),
        len(counts),
        int(counts.sum()),
    )


def _dealt(
    counts: NDArray[np.int64], exposure: NDArray, steps: NDArray, *, rng: np.random.Generator, draws: int
) -> NDArray[np.float64]:
    """Curves of the deals, draws × steps; missing without a fact."""
    if not counts.sum():
        return np.full((draws, len(steps)), np.nan)
    at_once = max(1, DRAWN_AT_ONCE // len(counts))
    parts = [min(at_once, draws - start) for start in range(0, draws, at_once)]
    chances = exposure / exposure.sum()
    return np.concatenate([share_held(rng.multinomial(counts.sum(), chances, size=part), steps) for part in parts])
