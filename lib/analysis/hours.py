"""When facts happen: hour × weekday, those known by a range of hours spread over it; see docs/methods/heures.md."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from lib.domain.vocabulary import TimePrecision

WEEKDAYS, HOURS = range(1, 8), range(24)  # ISO: 1 is Monday
HOUR_MINUTES, DAY_MINUTES = 60, 1440
TOUCHED_HOURS = 25  # most that a range under 24 h overlaps, begun inside an hour
SPAN_HOURS = 6  # a quarter of the day, which chance alone would give a quarter of the facts
SPAN_LEVEL = 0.05  # that a span chosen as the fullest of 24 be so full by chance


@dataclass(frozen=True)
class HourTable:
    """Facts by hour and day of the week.

    Attributes:
        counts: Facts, with fractions since ranges are spread: ``weekday`` 1-7 by ``hour`` 0-23. They sum to
            ``known_count``.
        known_count: Facts whose hour or range of hours is known.
        unknown_count: The others, absent from ``counts``.
    """

    counts: pd.DataFrame
    known_count: int
    unknown_count: int

    @property
    def unknown_share(self) -> float:
        """Share of the facts whose hour is unknown, 0-1; missing without a fact."""
        total = self.known_count + self.unknown_count
        return self.unknown_count / total if total else np.nan


class Span(NamedTuple):
    """Six hours in a row of the day: from ``start_hour`` (0-23), with ``share`` of the facts of known hour (0-1)."""

    start_hour: int
    share: float


def fullest_span(table: HourTable) -> Span | None:
    """The six hours in a row, all days together, that hold the most facts; None if chance alone could do as much.

    Chance: a binomial of a quarter, its p multiplied by the 24 spans looked at (Bonferroni).
    """
    by_hour = table.counts.sum().to_numpy()
    held = np.array([np.roll(by_hour, -start)[:SPAN_HOURS].sum() for start in HOURS])
    start, most = int(held.argmax()), int(held.max() + 1e-9)  # parts of facts are not facts
    p_value = binom.sf(most - 1, table.known_count, SPAN_HOURS / len(HOURS)) * len(HOURS)
    return Span(start, float(held[start] / table.known_count)) if p_value < SPAN_LEVEL else None


def hour_table(moments: pd.DataFrame) -> HourTable:
    """Aoristic count: a fact known to the minute in its hour, one known by a range evenly over its minutes.

    A range whose end is before its start ends the next day; one whose end is its start lasts 24 h and tells no hour.

    Args:
        moments: Facts grouped by moment, any order: ``weekday`` (1-7, ISO, of ``occurred_on``, on which a range
            starts), ``start_minute``, ``end_minute`` (of the civil day, missing where not known),
            ``time_precision`` (a ``TimePrecision``) and ``incident_count``.
    """
    count, weekday = (moments[name].to_numpy(dtype=float) for name in ("incident_count", "weekday"))
    start, end = (
        moments[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        for name in ("start_minute", "end_minute")
    )
    precision = moments["time_precision"]
    is_exact = (precision == TimePrecision.EXACT).to_numpy(dtype=bool) & ~np.isnan(start)
    length = (end - start) % DAY_MINUTES
    is_range = (precision == TimePrecision.RANGE).to_numpy(dtype=bool) & (length > 0)
    end = np.where(is_range, start + length, start + 1)  # a minute has its hour as a range of one minute does
    is_known = is_exact | is_range
    counts = _spread(weekday[is_known].astype(int) - 1, start[is_known], end[is_known], count[is_known])
    known = int(count[is_known].sum())
    table = pd.DataFrame(counts, pd.Index(WEEKDAYS, name="weekday"), pd.Index(HOURS, name="hour"))
    return HourTable(table, known, int(count.sum()) - known)


def _spread(day: NDArray[np.int_], start: NDArray, end: NDArray, count: NDArray) -> NDArray[np.float64]:
    """Counts by day 0-6 and hour, each shared by the minutes of ``[start, end)``, Sunday night reaching Monday."""
    hours = (start // HOUR_MINUTES).astype(int)[:, None] + np.arange(TOUCHED_HOURS)
    opening = hours * HOUR_MINUTES
    overlap = np.minimum(end[:, None], opening + HOUR_MINUTES) - np.maximum(start[:, None], opening)
    shares = np.maximum(0, overlap) / (end - start)[:, None] * count[:, None]
    of_week = (day[:, None] * len(HOURS) + hours) % (len(WEEKDAYS) * len(HOURS))
    summed = np.bincount(of_week.ravel(), weights=shares.ravel(), minlength=len(WEEKDAYS) * len(HOURS))
    return summed.reshape(len(WEEKDAYS), len(HOURS))
