"""The monthly register of halls that some landlords keep, drawn after the facts so that both tell the same story."""

from datetime import date

import numpy as np
import pandas as pd

from lib.demo.details import hall_codes, hall_counts
from lib.demo.rates import COVERED, SEASONS, month_index
from lib.demo.reporting import active_months
from lib.demo.stories import PATROL_FACTOR, Cast, phoned
from lib.domain.period import Period
from lib.domain.vocabulary import HallOccupancy

KEEPERS = ("HDP", "LCF", "MHP", "ROV")  # the other landlords keep no such register
KEPT = Period(date(2024, 1, 1), COVERED.end)
# A hall is as occupied as facts of these families were many there, in these last months.
FAMILIES, MEMORY_MONTHS = ("OCC", "TRA"), 12
QUIET_LEVEL, HALL_SPREAD, MONTH_SPREAD = 0.3, 0.5, 0.25
# About 84 % of halls free, 8 % occupied at times, 8 % daily (DOMAIN §6.1).
OCCASIONAL_FROM, DAILY_FROM = 2.2, 4.1
UNSAID_SHARE = 0.04


def invent_hall_months(
    rng: np.random.Generator, residences: pd.DataFrame, facts: pd.DataFrame, cast: Cast
) -> pd.DataFrame:
    """State of each hall of the landlords that keep a register, month by month.

    Args:
        rng: Source of chance, which nothing else may draw from: the rest of the demonstration stays as it is.
        residences: ``landlord_code``, ``dwelling_count``, ``active_from``, ``active_to``, numbered from 0.
        facts: ``residence``, ``type_code``, ``occurred_on``, ``hall_code`` (missing where not said).
        cast: Players; where the patrol walks more facts are told of, and halls are no more occupied for that.

    Returns:
        ``residence`` (row number), ``building_code``, ``hall_code``, ``month_on``, ``status``, by hall then month; no
        row for a month whose residence was not let or was not visited.
    """
    halls = _halls(residences)
    heat = _heat(halls, facts, np.where(phoned(facts, cast), 1 / PATROL_FACTOR, 1.0))
    noise = rng.normal(0, HALL_SPREAD, len(halls))[:, None] + rng.normal(0, MONTH_SPREAD, heat.shape)
    level = (QUIET_LEVEL + heat) * _season() * np.exp(noise)
    is_visited = rng.random((len(residences), heat.shape[1])) >= UNSAID_SHARE
    is_told = (active_months(residences)[:, month_index(KEPT.start) :] & is_visited)[halls["residence"]]
    hall, month = np.nonzero(is_told)
    states = [HallOccupancy.DAILY, HallOccupancy.OCCASIONAL]
    status = np.select([level >= DAILY_FROM, level >= OCCASIONAL_FROM], states, HallOccupancy.FREE)
    months = np.array(KEPT.months(), dtype=object)
    told = halls.iloc[hall].reset_index(drop=True)
    return told.assign(month_on=months[month], status=status[hall, month].astype(object))


def _halls(residences: pd.DataFrame) -> pd.DataFrame:
    """One row per hall of the landlords that keep a register, named as in the facts."""
    own = np.flatnonzero(residences["landlord_code"].isin(KEEPERS))
    counts = hall_counts(residences["dwelling_count"])[own]
    number = np.concatenate([np.arange(count) for count in counts])
    building, hall = hall_codes(number)
    return pd.DataFrame({"residence": np.repeat(own, counts), "building_code": building, "hall_code": hall})


def _heat(halls: pd.DataFrame, facts: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Facts of ``FAMILIES`` in each hall over the months of memory to each month of ``KEPT``; array (halls, months)."""
    number = pd.Series(halls.index, index=pd.MultiIndex.from_frame(halls[["residence", "hall_code"]]), name="hall")
    told = facts.assign(weight=weights)[facts["type_code"].str[:3].isin(FAMILIES)]
    told = told.join(number, on=["residence", "hall_code"], how="inner")
    month = (told["occurred_on"].dt.year - COVERED.start.year) * 12 + told["occurred_on"].dt.month - 1
    counts = np.zeros((len(halls), COVERED.month_count))
    np.add.at(counts, (told["hall"].to_numpy(), month.to_numpy()), told["weight"].to_numpy())
    total = np.cumsum(counts, axis=1)
    first = month_index(KEPT.start)
    return total[:, first:] - total[:, first - MEMORY_MONTHS : -MEMORY_MONTHS]


def _season() -> np.ndarray:
    peak, width = SEASONS["OCC"]
    return 1 + width * np.cos(2 * np.pi * (np.array([month.month for month in KEPT.months()]) - peak) / 12)
