"""Many tests at once: p-values corrected so that few of those announced are false."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import false_discovery_control


def adjusted_p_values(p_value: ArrayLike) -> NDArray[np.float64]:
    """Benjamini-Hochberg p-values of one family of tests: those at most q are announced, a share q of them falsely.

    Args:
        p_value: One per test; missing where nothing was tested, which then weighs nothing on the others.

    Returns:
        Same shape, missing where ``p_value`` is.
    """
    p = np.asarray(p_value, dtype=float)
    adjusted, tested = np.full(p.shape, np.nan), ~np.isnan(p)
    if tested.any():
        adjusted[tested] = false_discovery_control(p[tested])
    return adjusted
