"""Residences whose surroundings have high or low rates beyond chance: Gᵢ*; see docs/methods/points-chauds.md."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lib.analysis.autocorrelation import PERMUTATIONS, TIED, distinct_draws, local_g, near_weights
from lib.analysis.multiplicity import adjusted_p_values

NEAREST_COUNT = 8
RADIUS_M = 500.0  # METHODS §4: residences are no tiling, neighbours are the nearest within 500 m
MIN_PLACES = 30  # METHODS §4: no significance is mapped under it
FALSE_DISCOVERY_RATE = 0.05
DRAWS_PER_PLACE = 10  # a hot spot of four residences can stand out among any number of them


class HotSpot(StrEnum):
    """What may be said of the surroundings of a residence."""

    HOT = "hot"
    COLD = "cold"
    NEITHER = "neither"
    ISLAND = "island"
    UNTESTED = "untested"


@dataclass(frozen=True)
class HotSpots:
    """Residences against the mean of their place, each with its neighbours.

    Attributes:
        places: One row per residence, in the order given: ``neighbour_count``, ``local_rate`` (mean of the residence
            and its neighbours), ``z_score`` (Gᵢ*), two-sided ``p_value``, ``adjusted_p_value``, the last three missing
            where nothing is tested, and ``hot_spot``.
        place_count: Residences with a position and a rate.
        is_too_few: Whether they are under 30 («trop peu de résidences»): nothing is then tested.
    """

    places: pd.DataFrame
    place_count: int
    is_too_few: bool


def hot_spots(x_m: ArrayLike, y_m: ArrayLike, rate: ArrayLike, *, rng: np.random.Generator) -> HotSpots:
    """Residences that are, with their 8 nearest within 500 m, higher or lower than as many residences drawn at random.

    Rates are skewed: the normal law of Gᵢ* would announce too much. Its p is that of as many different rates drawn
    among all, 9,999 times at least; Benjamini-Hochberg at 5 % over the residences tested.

    Args:
        x_m: Easting of each residence, EPSG:2154; missing where unknown.
        y_m: Northing.
        rate: Shrunk rate (``with_shrunk_rates``); missing where the residence told nothing.
        rng: Source of the draws.

    Returns:
        One row per residence. Without position or rate it is ``UNTESTED`` and nobody's neighbour; without neighbour it
        is an ``ISLAND``, and not tested either. Under 30 residences, none is tested.
    """
    points, rates = np.column_stack([x_m, y_m]).astype(float), np.asarray(rate, dtype=float)
    is_known = np.isfinite(points).all(axis=1) & np.isfinite(rates)
    known = rates[is_known]
    weights = near_weights(points[is_known], radius_m=RADIUS_M, k=NEAREST_COUNT)
    sizes = np.diff(weights.indptr)
    is_tested = (sizes > 0) & (len(known) >= MIN_PLACES)
    z_score, sums = np.where(is_tested, local_g(known, weights), np.nan), weights @ known + known
    p_value = np.full(len(known), np.nan)
    p_value[is_tested] = _p_values(known, sums[is_tested], sizes[is_tested] + 1, rng=rng)
    adjusted = adjusted_p_values(p_value)
    found = np.select(
        [sizes == 0, ~is_tested, ~(adjusted <= FALSE_DISCOVERY_RATE)],
        [HotSpot.ISLAND, HotSpot.UNTESTED, HotSpot.NEITHER],
        np.where(z_score > 0, HotSpot.HOT, HotSpot.COLD),
    )
    places = pd.DataFrame(
        {
            "neighbour_count": sizes,
            "local_rate": sums / (sizes + 1),
            "z_score": z_score,
            "p_value": p_value,
            "adjusted_p_value": adjusted,
            "hot_spot": found.astype(object),
        },
        index=np.flatnonzero(is_known),
    ).reindex(range(len(rates)))
    places = places.assign(
        neighbour_count=places["neighbour_count"].astype("Int64"),
        hot_spot=places["hot_spot"].fillna(HotSpot.UNTESTED),
    )
    return HotSpots(places, len(known), len(known) < MIN_PLACES)


def _p_values(
    rates: NDArray[np.float64], sums: NDArray[np.float64], sizes: NDArray[np.int64], *, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Two-sided p of sums of rates against sums of as many different ones drawn among all; 1 when all are equal."""
    p_values = np.ones(len(sums))
    draws = max(PERMUTATIONS, DRAWS_PER_PLACE * len(rates))
    # Sorted, so that the order of the residences changes nothing; the first m of each draw are a draw of m.
    drawn = np.sort(rates)[distinct_draws(len(rates), int(sizes.max(initial=0)), draws, rng=rng)].cumsum(axis=0)
    slack = TIED * np.abs(rates).max(initial=0)
    for size in np.unique(sizes):
        is_size, reference = sizes == size, np.sort(drawn[size - 1])
        above = draws - np.searchsorted(reference, sums[is_size] - slack, side="left")
        below = np.searchsorted(reference, sums[is_size] + slack, side="right")
        p_values[is_size] = np.minimum(1.0, 2 * (1 + np.minimum(above, below)) / (1 + draws))
    return p_values
