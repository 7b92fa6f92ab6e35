"""How few places hold most of the facts."""

import numpy as np
from numpy.typing import ArrayLike


def places_holding(counts: ArrayLike, share: float = 0.5) -> int:
    """Smallest number of places that together hold at least ``share`` of the facts; 0 without any fact.

    Args:
        counts: Facts by place, in any order.
        share: Between 0 (excluded) and 1.
    """
    ordered = np.sort(np.asarray(counts, dtype=float))[::-1]
    total = ordered.sum()
    return int(np.searchsorted(np.cumsum(ordered), share * total) + 1) if total else 0
