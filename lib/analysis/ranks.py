"""What may be said of a rank: its interval, from draws of the quantity ranked; see docs/methods/entonnoir.md."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import rankdata


def rank_intervals(draws: ArrayLike, *, level: float = 0.95, highest_first: bool = True) -> pd.DataFrame:
    """Rank of each place over draws of all of them together.

    Places equal in a draw share their mean rank: nothing is told apart by the order of the rows.

    Args:
        draws: Values drawn, one row per draw, one column per place: from posteriors, a model, a bootstrap.
        level: Coverage of the interval, between 0 and 1.
        highest_first: Whether rank 1 is the highest value; else the lowest.

    Returns:
        One row per place: ``mean_rank``, ``median_rank``, ``rank_low``, ``rank_high``, the last three ranks that were
        reached; no row without a place.

    Raises:
        ValueError: If there is no draw, or one is missing: leave out the places of which nothing is known.
    """
    values = np.asarray(draws, dtype=float)
    if values.ndim != 2 or not len(values) or np.isnan(values).any():
        raise ValueError("ranks need at least one draw, and every place in each")
    ranks = rankdata(-values if highest_first else values, axis=1) if values.shape[1] else values
    tail = (1 - level) / 2
    low, median, high = np.quantile(ranks, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf")
    return pd.DataFrame({"mean_rank": ranks.mean(axis=0), "median_rank": median, "rank_low": low, "rank_high": high})
