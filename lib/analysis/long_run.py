"""All the years known of each family or type: its annual trend, and the month from which its level is another."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control

from lib.analysis.changepoint import change_points
from lib.analysis.seasonal import annual_trend
from lib.analysis.trends import SIGNIFICANCE, Verdict

YEAR = 12
MIN_TREND_COUNT = 30  # facts, over all the years, under which no trend is said (METHODS, section 3)


def long_run(series: pd.DataFrame, exposure: ArrayLike, *, rng: np.random.Generator) -> pd.DataFrame:
    """Annual trend and best break of each series, each tested and corrected for the number of series.

    Args:
        series: Facts; index ``month_on`` (first days, in order, without a gap), one column per family or type.
        exposure: Dwelling-months reported, one per month; 0 for a month to leave out.
        rng: Source of the permutations of the break.

    Returns:
        Index: the columns of ``series``. ``annual_ratio`` with ``ratio_low`` and ``ratio_high`` (95 %), ``verdict`` of
        the trend (``few`` where it cannot be fitted); ``break_on`` (first month of the new level), ``count_before`` and
        ``count_after`` (facts per month, at the dwellings of the last year), missing unless the break is significant.
    """
    counts, exposed = series.to_numpy(dtype=float).T, np.asarray(exposure, dtype=float)
    is_told = np.where(exposed > 0, counts, 0.0).sum(axis=1, keepdims=True) >= MIN_TREND_COUNT
    trend = annual_trend(np.where(is_told, counts, np.nan), exposed, series.index[0].date())
    breaks = change_points(counts, exposed, rng=rng)
    is_broken = (_adjusted(breaks["p_value"].to_numpy()) < SIGNIFICANCE) & breaks["break_position"].notna().to_numpy()
    told = exposed[-YEAR:][exposed[-YEAR:] > 0]
    usual = told.mean() if len(told) else np.nan
    position = breaks["break_position"].fillna(0).astype(int).clip(upper=len(series) - 1)
    return pd.DataFrame(
        {
            "annual_ratio": trend.ratio,
            "ratio_low": trend.ratio_low,
            "ratio_high": trend.ratio_high,
            "verdict": _verdicts(trend.ratio, _adjusted(trend.p_value)),
            "break_on": pd.Series(series.index[position]).where(is_broken).to_numpy(),
            "count_before": np.where(is_broken, breaks["mean_before"] * usual, np.nan),
            "count_after": np.where(is_broken, breaks["mean_after"] * usual, np.nan),
        },
        index=series.columns,
    )


def _adjusted(p_value: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg over the series that were tested; 1 for the others."""
    adjusted, tested = np.ones(len(p_value)), ~np.isnan(p_value)
    if tested.any():
        adjusted[tested] = false_discovery_control(p_value[tested])
    return adjusted


def _verdicts(ratio: np.ndarray, p_value: np.ndarray) -> list[Verdict]:
    moved = p_value < SIGNIFICANCE
    chosen = np.select(
        [np.isnan(ratio), moved & (ratio > 1), moved], [Verdict.FEW, Verdict.RISE, Verdict.FALL], Verdict.FLAT
    )
    return [Verdict(value) for value in chosen]
