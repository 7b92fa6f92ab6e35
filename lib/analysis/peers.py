"""A place beside those of its level that are about as large, and where chance would leave it for its size."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.analysis.funnel import Funnel, Position

PEERS = 6
NEAREST = 3  # shown where none is comparable
SIMILAR = 2.0  # times the dwellings of the place, or half of them: beyond, a place is not comparable


@dataclass(frozen=True)
class Peers:
    """A place among comparable ones.

    Attributes:
        rows: The place and its peers, highest rate first: the columns of ``analysis.funnel``, ``is_self`` and
            ``is_quietest`` (the lowest rate among the comparable ones, where there are several).
        position: Of the place among **all** places of its level, a ``Position``.
        similar_count: Comparable places there are, peers drawn or not.
        quiet_count: Places of the level, of any size, with at most one fact by month; ``place_count`` of them in all.
        place_count: Places of the level that reported.
    """

    rows: pd.DataFrame
    position: Position
    similar_count: int
    quiet_count: int
    place_count: int


def peers_of(found: Funnel, key: int | str, month_count: int, *, count: int = PEERS) -> Peers | None:
    """The places nearest in dwellings to one, between half and twice its own; the three nearest where none is.

    The quietest of them is always among the rows: a list of the worst alone would make every place look bad.

    Args:
        found: All the places of a level.
        key: ``place_key`` of the place.
        month_count: Months of the period, ≥ 1.
        count: Peers at most, ≥ 1.

    Returns:
        None where the place did not report: nothing can be compared.
    """
    told = found.places[found.places["mean_dwelling_count"].notna() & found.places["place_key"].notna()]
    is_self = told["place_key"] == key
    if not is_self.any():
        return None
    place = told[is_self].iloc[0]
    distance = np.log(told["mean_dwelling_count"].astype(float) / place["mean_dwelling_count"]).abs()
    similar = told[~is_self & (distance <= np.log(SIMILAR))]
    near = distance[similar.index if len(similar) else ~is_self].sort_values(kind="stable")
    nearest = told.loc[near.index[: count if len(similar) else min(count, NEAREST)]]
    quietest = similar.sort_values(["rate_per_1000_dwellings", "mean_dwelling_count"]).head(1)
    if len(quietest) and quietest.index[0] not in nearest.index:
        nearest = pd.concat([nearest.iloc[: count - 1], quietest])
    rows = pd.concat([told[is_self], nearest])
    is_quietest = rows.index.isin(quietest.index) & (len(similar) > 1)
    rows = rows.assign(is_self=rows.index.isin(told.index[is_self]), is_quietest=is_quietest)
    return Peers(
        rows=rows.sort_values("rate_per_1000_dwellings", ascending=False, kind="stable"),
        position=Position(place["position"]),
        similar_count=len(similar),
        quiet_count=int((told["incident_count"] <= month_count).sum()),
        place_count=len(told),
    )
