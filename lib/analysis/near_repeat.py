"""Whether a fact is soon followed by another at the same place, beyond chance; see docs/methods/recurrence.md."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lib.analysis.knox import APART, PERMUTATIONS, KnoxTable, distance_classes, knox_table, orders
from lib.analysis.multiplicity import adjusted_p_values
from lib.domain.vocabulary import TimePrecision

MAX_FACTS = 5_000  # pairs grow with its square (METHODS §4)
FOLLOW_DAYS = 30  # indicator I11 of DOMAIN: repeats within 30 days
NEAR_BREAKS_M = (0.0, 200.0, 400.0, np.inf)  # the next block; the same estate
# A weekly round, two of them, a month of management; 30 days, as the indicator.
DELAY_BREAKS_DAYS = (0, 8, 15, 31, np.inf)
DATED = (TimePrecision.EXACT, TimePrecision.RANGE, TimePrecision.DAY)
UNIT = ["residence_id", "building_code", "hall_code"]
EVENT = [*UNIT, "type_code", "day", "start_minute"]
TIED = 1e-9  # shares closer than that are equal but for rounding


class Proximity(StrEnum):
    """How near each other two facts are, nearest first."""

    SAME_HALL = "same_hall"
    SAME_RESIDENCE = "same_residence"
    UNDER_200_M = "under_200_m"
    UNDER_400_M = "under_400_m"
    BEYOND = "beyond"


class Delay(StrEnum):
    """Days between two facts, shortest first."""

    WEEK = "0-7"
    FORTNIGHT = "8-14"
    MONTH = "15-30"
    LONGER = "31+"


@dataclass(frozen=True)
class FollowUps:
    """How many facts are soon followed by another, and how many would be by chance.

    Attributes:
        followed_count: Facts watched that another followed within 30 days, the same day included.
        watched_count: Facts of the residences asked for with 30 days known after them.
        followed_share: First over second, 0-1; missing when nothing is watched.
        chance_share: The same share when dates are dealt at random among all facts given, mean of the permutations;
            missing, as the next three, when all facts given are of one place or one day.
        chance_low: Lower bound of 95 % of the permutations.
        chance_high: Upper bound.
        p_value: (1 + permutations with as large a share) / (1 + permutations).
    """

    followed_count: int
    watched_count: int
    followed_share: float
    chance_share: float
    chance_low: float
    chance_high: float
    p_value: float


@dataclass(frozen=True)
class NearRepeat:
    """How facts follow each other at one place.

    Attributes:
        table: Pairs of facts, one row per ``proximity`` and ``delay`` (20, in the order of their enumerations):
            ``observed_count``, ``expected_count``, ``ratio``, ``poisson_p_value``, ``p_value`` (permutations) and its
            ``adjusted_p_value`` over the 12 rows neither ``BEYOND`` nor ``LONGER``. Ratio and p are missing where
            dealing the dates changes nothing: no pair of that proximity, or all of them, or likewise of that delay.
        at_residence: Facts followed by another at the same residence. Where facts are many nearly all are, by chance
            too: read the next two, or the table.
        in_hall: Facts of a known hall followed by another in the same hall.
        of_type: Facts followed by another of the same type at the same residence.
        fact_count: Facts used, of all residences given.
        duplicate_count: Facts left out as another entry of the same event.
        undated_count: Facts left out, known by month only or without a day.
        older_count: Facts left out as older than the 5,000 most recent.
        unplaced_count: Facts used whose residence has no position: with other residences, their pairs are ``BEYOND``.
        since: Day of the oldest fact used; None without a fact.
    """

    table: pd.DataFrame
    at_residence: FollowUps
    in_hall: FollowUps
    of_type: FollowUps
    fact_count: int
    duplicate_count: int
    undated_count: int
    older_count: int
    unplaced_count: int
    since: date | None


def near_repeat(
    facts: pd.DataFrame,
    *,
    rng: np.random.Generator,
    residence_ids: Collection[int] | None = None,
    end: date | None = None,
    permutations: int = PERMUTATIONS,
) -> NearRepeat:
    """Pairs of facts by proximity and delay, and the share soon followed by another, against dates dealt at random.

    Args:
        facts: Rows with ``residence_id``, ``building_code``, ``hall_code``, ``type_code``, ``occurred_on``,
            ``start_minute``, ``time_precision``, ``x_m`` and ``y_m`` (of the residence, EPSG:2154); building, hall,
            minute and position may be missing. For a single residence, give those of its surroundings too: chance
            is what their dates would do.
        rng: Source of the permutations.
        residence_ids: Residences asked for: only pairs with a fact of theirs are in the table, only their facts are
            watched. All where None.
        end: Day after the last one on which facts are known; the day after the last fact where None.
        permutations: Of the dates, ≥ 1.
    """
    kept, left_out = _usable(facts)
    day, is_placed = kept["day"].to_numpy(), kept[["x_m", "y_m"]].notna().all(axis=1)
    asked = kept["residence_id"] if residence_ids is None else residence_ids
    is_asked = kept["residence_id"].isin(asked).to_numpy()
    known_until = day.max(initial=0) + 1 if end is None else np.datetime64(end, "D").astype(np.int64)
    shuffles = orders(len(kept), rng=rng, permutations=permutations)
    residence, of_type = (kept.groupby(by).ngroup() for by in ("residence_id", ["residence_id", "type_code"]))
    days = kept["day"].to_numpy(dtype=np.int32)[np.vstack([np.arange(len(kept), dtype=np.int32), shuffles])]
    before = int(known_until) - FOLLOW_DAYS
    return NearRepeat(
        table=_table(_knox(kept, is_asked, shuffles)),
        at_residence=_follow_ups(residence, days, is_asked, before),
        in_hall=_follow_ups(kept["unit"], days, is_asked & kept["hall_code"].notna().to_numpy(), before),
        of_type=_follow_ups(of_type, days, is_asked, before),
        **left_out,
        fact_count=len(kept),
        unplaced_count=int((~is_placed).sum()),
        since=np.datetime64(int(day.min()), "D").item() if len(day) else None,
    )


def _usable(facts: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Facts of a known day, one row per event, the most recent ones, with ``unit`` (a hall) and ``day`` (a number).

    They come by day, unit and type, so that the order of the rows changes no draw.
    """
    dated = facts[facts["occurred_on"].notna() & facts["time_precision"].isin(DATED)]
    day = pd.to_datetime(dated["occurred_on"]).to_numpy(dtype="datetime64[D]").astype(np.int64)
    events = dated.assign(day=day).drop_duplicates(EVENT)
    recent = events.sort_values("day", kind="stable").tail(MAX_FACTS)
    unit = recent.groupby(UNIT, dropna=False).ngroup()
    counts = {
        "undated_count": len(facts) - len(dated),
        "duplicate_count": len(dated) - len(events),
        "older_count": len(events) - len(recent),
    }
    return recent.assign(unit=unit).sort_values(["day", "unit", "type_code"]).reset_index(drop=True), counts


def _knox(facts: pd.DataFrame, is_asked: NDArray[np.bool_], shuffles: NDArray[np.int32]) -> KnoxTable:
    units = facts.assign(is_asked=is_asked).drop_duplicates("unit").sort_values("unit")
    residences = units.drop_duplicates("residence_id")
    apart = distance_classes(residences[["x_m", "y_m"]], NEAR_BREAKS_M)
    number = pd.Index(residences["residence_id"]).get_indexer(units["residence_id"])
    distance = apart[np.ix_(number, number)]
    rows = list(Proximity)
    proximity = np.where(distance == APART, len(rows) - 1, distance + rows.index(Proximity.UNDER_200_M))
    proximity[number[:, None] == number] = rows.index(Proximity.SAME_RESIDENCE)
    proximity[np.diag(units["hall_code"].notna())] = rows.index(Proximity.SAME_HALL)
    is_other = ~units["is_asked"].to_numpy()
    proximity[np.ix_(is_other, is_other)] = APART
    return knox_table(
        facts["unit"],
        facts["day"],
        proximity=proximity.astype(np.int8),
        row_count=len(rows),
        delay_breaks=DELAY_BREAKS_DAYS,
        shuffles=shuffles,
    )


def _table(knox: KnoxTable) -> pd.DataFrame:
    """One row per cell; without ratio nor p where dealing the dates changes nothing."""
    cells = pd.MultiIndex.from_product([list(Proximity), list(Delay)], names=["proximity", "delay"])
    of_row = knox.observed.sum(axis=1, keepdims=True)
    varies = (knox.expected > 0) & (knox.expected < of_row * (1 - TIED)) & (of_row < knox.pair_count)
    tested = {"ratio": knox.ratio, "poisson_p_value": knox.poisson_p_value, "p_value": knox.p_value}
    table = pd.DataFrame(
        {"observed_count": knox.observed.ravel(), "expected_count": knox.expected.ravel()}
        | {name: np.where(varies, measure, np.nan).ravel() for name, measure in tested.items()},
        index=cells,
    ).reset_index()
    is_near = (table["proximity"] != Proximity.BEYOND) & (table["delay"] != Delay.LONGER)
    return table.assign(adjusted_p_value=adjusted_p_values(table["p_value"].where(is_near)))


def _follow_ups(place: pd.Series, days: NDArray[np.int32], is_asked: NDArray[np.bool_], before: int) -> FollowUps:
    """Facts asked for before a day that another follows at their place; ``days`` as recorded first, then as dealt."""
    followed, watched = _followed(place.to_numpy()[is_asked], days[:, is_asked], before)
    shares = np.divide(followed, watched, out=np.full(len(watched), np.nan), where=watched > 0)
    by_chance = shares[1:][watched[1:] > 0]
    varies = place.nunique() > 1 and np.ptp(days[0]) > 0
    is_told = bool(watched[0]) and varies and len(by_chance) > 0
    low, high = np.quantile(by_chance, [0.025, 0.975]) if is_told else (np.nan, np.nan)
    return FollowUps(
        followed_count=int(followed[0]),
        watched_count=int(watched[0]),
        followed_share=float(shares[0]),
        chance_share=float(by_chance.mean()) if is_told else np.nan,
        chance_low=float(low),
        chance_high=float(high),
        p_value=float((1 + (by_chance >= shares[0] - TIED).sum()) / (1 + len(by_chance))) if is_told else np.nan,
    )


def _followed(
    place: NDArray[np.int64], days: NDArray[np.int32], before: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Facts before a day that another follows at their place, and all facts before it, for each row of days."""
    first, last = (int(days.min()), int(days.max())) if days.size else (0, 0)
    # The last fact of a place must not seem soon followed by the first of the next one.
    span = last - first + FOLLOW_DAYS + 1
    moments = np.sort(place.astype(np.int32) * np.int32(span) + (days - np.int32(first)), axis=1)
    is_watched = moments % np.int32(span) < before - first
    is_followed = np.diff(moments, axis=1) <= FOLLOW_DAYS
    return (is_watched[:, :-1] & is_followed).sum(axis=1), is_watched.sum(axis=1)
