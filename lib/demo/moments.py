"""When facts happen: day, hour, how precisely it is known, and the day they were told."""

import numpy as np
import pandas as pd

from lib.demo.draws import pick
from lib.demo.rates import COVERED, Expected, covered_days, month_positions

# Relative weight of each hour, from 0 h, by rhythm of the type; patrols are called from 18 h to 2 h (DOMAIN §6.1).
HOURS = {
    "office": (0, 0, 0, 0, 0, 0, 1, 3, 7, 10, 10, 9, 5, 4, 7, 8, 9, 8, 5, 3, 1, 1, 0, 0),
    "morning": (1, 1, 0, 0, 0, 2, 8, 12, 12, 9, 7, 5, 3, 3, 4, 4, 5, 6, 7, 6, 4, 3, 2, 1),
    "daytime": (1, 1, 0, 0, 0, 0, 1, 3, 6, 7, 7, 7, 6, 6, 7, 8, 9, 10, 10, 9, 7, 5, 3, 2),
    "evening": (9, 6, 3, 1, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 6, 8, 11, 13, 14, 15, 15, 13),
    "late": (14, 10, 6, 3, 1, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 6, 8, 10, 13, 16, 17),
    "night": (11, 9, 7, 5, 3, 2, 2, 3, 4, 3, 2, 2, 2, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13, 13),
}
# Kinds of facts that nobody sees, found by the caretaker the next morning.
FOUND_IN_THE_MORNING = ("night", "morning")
REPORTING_LAGS_DAYS = "0:56 1:25 2:8 3:5 5:4 9:2"
UNREPORTED_DAY_SHARE, UNSTATED_PRECISION_SHARE = 0.02, 0.12
DAY_MINUTES = 1440


def days_of(rng: np.random.Generator, expected: Expected, type_at: np.ndarray, month_at: np.ndarray) -> np.ndarray:
    """Day of each fact, drawn inside its month by the calendar of its type.

    Args:
        rng: Source of chance.
        expected: Its ``day_weights``.
        type_at: Type number of each fact.
        month_at: Month number of each fact.

    Returns:
        Day numbers from the first covered day.
    """
    month_starts = np.searchsorted(month_positions(), np.arange(COVERED.month_count + 1))
    chance = rng.random(len(type_at))
    days = np.empty(len(type_at), dtype=int)
    for row, weights in enumerate(expected.day_weights):
        facts = np.flatnonzero(type_at == row)
        cumulated = np.concatenate([[0.0], np.cumsum(weights)])
        low, high = cumulated[month_starts[month_at[facts]]], cumulated[month_starts[month_at[facts] + 1]]
        found = np.searchsorted(cumulated, low + chance[facts] * (high - low), side="right") - 1
        days[facts] = np.clip(found, month_starts[month_at[facts]], month_starts[month_at[facts] + 1] - 1)
    return days


def moments(rng: np.random.Generator, facts: pd.DataFrame) -> pd.DataFrame:
    """Minutes and precision of each fact.

    Args:
        rng: Source of chance.
        facts: ``rhythm``, ``unknown_share``, ``range_share``, one row per fact.

    Returns:
        ``start_minute``, ``end_minute`` (missing where not known; the end may be before the start: over midnight) and
        ``time_precision``; index of ``facts``.
    """
    chance = rng.random(len(facts))
    unknown = facts["unknown_share"].to_numpy()
    is_unknown = chance < unknown
    is_range = ~is_unknown & (chance < unknown + facts["range_share"].to_numpy())
    start = _exact_minutes(rng, facts["rhythm"])
    end = (start // 30 * 30 + rng.integers(2, 9, len(facts)) * 30) % DAY_MINUTES
    is_found = is_range & facts["rhythm"].isin(FOUND_IN_THE_MORNING).to_numpy()
    start = np.select([is_found, is_range], [rng.integers(36, 46, len(facts)) * 30, start // 30 * 30], start)
    end = np.where(is_found, rng.integers(12, 20, len(facts)) * 30, end)
    is_unstated = rng.random(len(facts)) < UNSTATED_PRECISION_SHARE
    precision = np.select([is_unknown & is_unstated, is_unknown, is_range], ["unknown", "day", "range"], "exact")
    return pd.DataFrame(
        {
            "start_minute": pd.array(start, dtype="Int64"),
            "end_minute": pd.array(end, dtype="Int64"),
            "time_precision": precision.astype(object),
        },
        index=facts.index,
    ).assign(
        start_minute=lambda frame: frame["start_minute"].mask(is_unknown),
        end_minute=lambda frame: frame["end_minute"].mask(~is_range),
    )


def reported_days(rng: np.random.Generator, facts: pd.DataFrame) -> pd.Series:
    """Day each fact was told: often the same, the next morning for a night; sometimes missing; never after the data.

    Args:
        rng: Source of chance.
        facts: ``occurred_on`` (timestamps), ``start_minute``, ``end_minute``.
    """
    lag = pick(rng, REPORTING_LAGS_DAYS, len(facts)).astype(int)
    is_overnight = (facts["end_minute"] < facts["start_minute"]).fillna(False).to_numpy(bool)
    told = facts["occurred_on"] + pd.to_timedelta(np.maximum(lag, is_overnight), unit="D")
    is_lost = rng.random(len(facts)) < UNREPORTED_DAY_SHARE
    return told.clip(upper=pd.Timestamp(COVERED.last_day)).mask(is_lost)


def dates_of(days: np.ndarray) -> pd.DatetimeIndex:
    """Timestamps of day numbers."""
    return covered_days()[days]


def _exact_minutes(rng: np.random.Generator, rhythms: pd.Series) -> np.ndarray:
    hours = np.zeros(len(rhythms), dtype=int)
    for rhythm, weights in HOURS.items():
        rows = np.flatnonzero(rhythms == rhythm)
        hours[rows] = rng.choice(24, len(rows), p=np.array(weights) / sum(weights))
    return hours * 60 + rng.integers(0, 12, len(rhythms)) * 5
