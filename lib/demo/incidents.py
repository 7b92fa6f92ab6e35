"""The invented facts: counts drawn from what is expected, then one row per fact."""

import numpy as np
import pandas as pd

from lib.demo.complaints import complaints
from lib.demo.details import details
from lib.demo.moments import dates_of, days_of, moments, reported_days
from lib.demo.rates import INCIDENTS, Expected
from lib.demo.reporting import Calendar
from lib.demo.stories import Cast, burst, phoned

SITUATION_TYPE, SITUATION_GAP_DAYS, SITUATION_MIN_FACTS, STILL_OPEN_DAYS = "TRA-01", 90, 5, 60
PROFILE_COLUMNS = ["type_code", "family_code", "rhythm", "unknown_share", "range_share", "complaint_share"]
PROFILE_COLUMNS += ["cost_share", "cost_eur", "places", "victims", "weapons", "itt_share", "severity_default"]
PROFILE_COLUMNS += ["is_complaint_eligible", "is_protected"]
RESIDENCE_COLUMNS = ["landlord_code", "dwelling_count", "force"]
DRAWN_ONLY = [name for name in PROFILE_COLUMNS if name not in {"type_code", "severity_default"}]


def drawn_counts(
    rng: np.random.Generator, expected: Expected, calendar: Calendar, cast: Cast, *, is_told: bool
) -> np.ndarray:
    """Facts recorded per residence, type and month: about 120,000, none where nobody reported."""
    seen = expected.cube * calendar.is_covered[:, None, :]
    counts = rng.poisson(seen * (INCIDENTS / seen.sum()))
    return burst(counts, expected.types, cast) if is_told else counts


def invent_incidents(
    rng: np.random.Generator, residences: pd.DataFrame, expected: Expected, counts: np.ndarray, cast: Cast
) -> pd.DataFrame:
    """One row per fact, in the order of days.

    Returns:
        Columns of the store, but for ``residence`` (row number) and ``landlord_code`` instead of ids, and
        ``situation`` (number from 0, missing outside a situation).
    """
    facts = _dated(rng, expected, counts)
    facts = facts.join(expected.types[PROFILE_COLUMNS], on="type")
    facts = facts.join(residences[RESIDENCE_COLUMNS], on="residence")
    facts = facts.join(moments(rng, facts))
    facts["reported_on"] = reported_days(rng, facts)
    facts = facts.join(details(rng, facts, phoned(facts, cast))).join(complaints(rng, facts))
    facts["external_reference"] = _references(facts)
    facts["situation"] = situation_numbers(facts)
    return facts.drop(columns=[*DRAWN_ONLY, "type", "dwelling_count", "force"])


def situation_numbers(facts: pd.DataFrame) -> pd.Series:
    """Number of the dealing situation each fact belongs to, missing for most.

    Facts of one residence less than 90 days apart are one situation, when there are at least five of them.

    Args:
        facts: ``residence``, ``type_code``, ``occurred_on``, in the order of days.
    """
    dealing = facts[facts["type_code"] == SITUATION_TYPE].sort_values(["residence", "occurred_on"], kind="stable")
    is_far = dealing["occurred_on"].diff() > pd.Timedelta(days=SITUATION_GAP_DAYS)
    series = (is_far | (dealing["residence"] != dealing["residence"].shift())).cumsum()
    kept = series[series.groupby(series).transform("size") >= SITUATION_MIN_FACTS]
    numbers = pd.Series(pd.factorize(kept)[0], index=kept.index)
    return numbers.reindex(facts.index).astype("Int64")


def situations(facts: pd.DataFrame, data_on: pd.Timestamp) -> pd.DataFrame:
    """``residence``, ``type_code``, ``opened_on``, ``closed_on`` (missing while open), in the order of numbers."""
    linked = facts[facts["situation"].notna()]
    grouped = linked.groupby("situation", sort=True)
    last = grouped["occurred_on"].max()
    closed = last + pd.Timedelta(days=30)
    return pd.DataFrame(
        {
            "residence": grouped["residence"].first(),
            "type_code": SITUATION_TYPE,
            "opened_on": grouped["occurred_on"].min(),
            "closed_on": closed.where(last < data_on - pd.Timedelta(days=STILL_OPEN_DAYS)),
        }
    ).reset_index(drop=True)


def _dated(rng: np.random.Generator, expected: Expected, counts: np.ndarray) -> pd.DataFrame:
    cells = np.nonzero(counts)
    residence, kind, month = (np.repeat(axis, counts[cells]) for axis in cells)
    facts = pd.DataFrame({"residence": residence, "type": kind, "day": days_of(rng, expected, kind, month)})
    facts = facts.sort_values(["day", "residence", "type"], kind="stable", ignore_index=True)
    return facts.assign(occurred_on=dates_of(facts["day"].to_numpy())).drop(columns="day")


def _references(facts: pd.DataFrame) -> pd.Series:
    number = facts.groupby("landlord_code").cumcount() + 1
    year = facts["occurred_on"].dt.year.astype(str)
    return facts["landlord_code"] + "-" + year + "-" + number.astype(str).str.zfill(6)
