"""Who reported what, month by month: coverage of 90 to 95 %, and one landlord that falls silent."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.demo.rates import COVERED, month_index
from lib.demo.stories import SILENCE, Cast

LEAST_SILENT, MOST_SILENT = 0.03, 0.085
SPRING_2020, SPRING_SILENCE = (3, 4), 0.15
PARTIAL_RESIDENCES, PARTIAL_SILENCE = 14, 0.55


@dataclass(frozen=True)
class Calendar:
    """What was said of each residence and month; boolean arrays (residences, months).

    Attributes:
        is_active: The residence houses people during the month.
        is_covered: Active, and its landlord reported.
        is_absent: Active, and the landlord sent nothing at all (the story of the silent landlord).
    """

    is_active: np.ndarray
    is_covered: np.ndarray
    is_absent: np.ndarray


def reporting_calendar(rng: np.random.Generator, residences: pd.DataFrame, cast: Cast, *, is_told: bool) -> Calendar:
    """Silences drawn at random by landlord, residences that report half of the time, and the planted silence.

    Args:
        rng: Source of chance.
        residences: ``landlord_code``, ``active_from``, ``active_to``.
        cast: Players; the reliable ones report every month.
        is_told: Whether the landlord of the story falls silent.
    """
    count, months = len(residences), COVERED.month_count
    codes, landlord_at = np.unique(residences["landlord_code"], return_inverse=True)
    silence = rng.uniform(LEAST_SILENT, MOST_SILENT, len(codes))[landlord_at][:, None].repeat(months, axis=1)
    silence[:, SPRING_2020] += SPRING_SILENCE
    silence[rng.permutation(count)[:PARTIAL_RESIDENCES]] = PARTIAL_SILENCE
    silence[cast.reliable] = 0.0
    is_active = active_months(residences)
    is_absent = np.zeros((count, months), dtype=bool)
    if is_told:
        is_absent[cast.silent, month_index(SILENCE.start) : month_index(SILENCE.end)] = True
    is_covered = is_active & ~is_absent & (rng.random((count, months)) >= silence)
    return Calendar(is_active, is_covered, is_absent & is_active)


def active_months(residences: pd.DataFrame) -> np.ndarray:
    """Whole months between the dates of each residence (both are first days of months); no date: always there."""
    months = pd.DatetimeIndex(COVERED.months()).to_numpy()[None, :]
    starts = pd.to_datetime(residences["active_from"]).to_numpy()[:, None]
    ends = pd.to_datetime(residences["active_to"]).to_numpy()[:, None]
    # A comparison with a missing date is False: neither «not yet» nor «no more».
    return ~(months < starts) & ~(months >= ends)


def reporting_months(calendar: Calendar, counts: np.ndarray) -> pd.DataFrame:
    """``residence`` (row number), ``month_on``, ``status``; no row where the landlord sent nothing at all.

    Args:
        calendar: Who reported.
        counts: Facts per residence and month.
    """
    residence, month = np.nonzero(calendar.is_active & ~calendar.is_absent)
    is_covered = calendar.is_covered[residence, month]
    status = np.select([~is_covered, counts[residence, month] > 0], ["silent", "reported"], "nothing_to_report")
    months = np.array(COVERED.months(), dtype=object)
    return pd.DataFrame({"residence": residence, "month_on": months[month], "status": status})
