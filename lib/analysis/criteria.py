"""What the priority of a place rests on: criteria brought to a scale from 0 to 1; see docs/methods/priorites.md."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from lib.analysis.rates import MONTHS_PER_YEAR, PER_DWELLINGS
from lib.analysis.shares import beta_prior, shrunk_share
from lib.analysis.shrinkage import Prior, gamma_prior, marshall_prior, shrunk_rate, weight_dispersion

MIN_DWELLINGS = 50  # under them, or under half of the months reported, a place says too little to be ranked
MIN_REPORTED_SHARE = 0.5
ALERT_SHARE, LASTING_SHARE = 1 / 4, 1 / 2  # 3 and 6 months of 12


class Unit(StrEnum):
    """What is ranked."""

    RESIDENCE = "residence"
    HALL = "hall"
    QPV = "qpv"
    DISTRICT = "district"


class Criterion(StrEnum):
    """What makes a place come first."""

    SEVERITY = "severity"
    PERSISTENCE = "persistence"
    TREND = "trend"
    STAFF = "staff"
    COMPLAINT_GAP = "complaint_gap"
    HALL_RECURRENCE = "hall_recurrence"
    SITE_LEVEL = "site_level"


class Goalposts(NamedTuple):
    """Values of a criterion that are worth 0 and 1."""

    low: float
    high: float


def _goalposts(severity: float, staff: float) -> dict[Criterion, Goalposts]:
    return {
        Criterion.SEVERITY: Goalposts(0, severity),
        Criterion.PERSISTENCE: Goalposts(0, 1),
        Criterion.TREND: Goalposts(0, 1),
        Criterion.STAFF: Goalposts(0, staff),
        Criterion.COMPLAINT_GAP: Goalposts(0, 1),
        Criterion.HALL_RECURRENCE: Goalposts(0, 1),
        Criterion.SITE_LEVEL: Goalposts(0, 3),
    }


def _without_recurrence(goalposts: dict[Criterion, Goalposts]) -> dict[Criterion, Goalposts]:
    """For a hall its own recurrence is its persistence: it would count twice."""
    return {criterion: bounds for criterion, bounds in goalposts.items() if criterion != Criterion.HALL_RECURRENCE}


# Fixed, never read from the places shown: adding one moves no other. The criteria of a unit are those it has here.
GOALPOSTS: Mapping[Unit, Mapping[Criterion, Goalposts]] = MappingProxyType(
    {
        Unit.RESIDENCE: MappingProxyType(_goalposts(severity=6000, staff=300)),
        Unit.HALL: MappingProxyType(_without_recurrence(_goalposts(severity=100, staff=3))),
        Unit.QPV: MappingProxyType(_goalposts(severity=3000, staff=100)),
        Unit.DISTRICT: MappingProxyType(_goalposts(severity=3000, staff=100)),
    }
)
# Proposal of the observatory, until a committee sets its own.
DEFAULT_WEIGHTS: Mapping[Criterion, float] = MappingProxyType(
    {
        Criterion.SEVERITY: 0.30,
        Criterion.PERSISTENCE: 0.20,
        Criterion.TREND: 0.15,
        Criterion.STAFF: 0.15,
        Criterion.COMPLAINT_GAP: 0.05,
        Criterion.HALL_RECURRENCE: 0.10,
        Criterion.SITE_LEVEL: 0.05,
    }
)
# Criteria drawn towards those of all places, and the column that says that nothing shows that places differ.
POOLED = {
    Criterion.SEVERITY: "is_severity_pooled",
    Criterion.STAFF: "is_staff_pooled",
    Criterion.COMPLAINT_GAP: "is_complaint_gap_pooled",
}
KEYS = {Unit.QPV: "qpv_id", Unit.DISTRICT: "district_id"}
HALL_KEY = ["residence_id", "building_code", "hall_code"]
SUMMED = [
    "dwelling_count",
    "reporting_dwelling_months",
    "previous_reporting_dwelling_months",
    "incident_count",
    "previous_incident_count",
    "severity_index",
    "staff_count",
    "eligible_known_count",
    "complaint_count",
    "month_count",
    "reporting_month_count",
    "touched_month_count",
    "hall_month_count",
    "hall_reporting_month_count",
]
AVERAGED = ["reported_share", Criterion.PERSISTENCE.value, Criterion.HALL_RECURRENCE.value, Criterion.SITE_LEVEL.value]


def goalpost_scale(value: ArrayLike, *, low: float, high: float) -> NDArray[np.float64]:
    """Value on a scale from 0 (at ``low`` and beyond) to 1 (at ``high`` and beyond); missing stays missing.

    Raises:
        ValueError: If both ends are equal.
    """
    if low == high:
        raise ValueError("a scale has two ends")
    return np.clip((np.asarray(value, dtype=float) - low) / (high - low), 0.0, 1.0)


def rise_probability(
    count: ArrayLike, previous: ArrayLike, *, exposure: ArrayLike = 1.0, previous_exposure: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """1 less the one-sided mid-p of the exact conditional test that the rate did not rise.

    Given the total, ``count`` is binomial under equal rates: probability of fewer, and half of that of as many.

    Args:
        count: Facts of the period.
        previous: Facts of the period before, same shape.
        exposure: Dwelling-months of the period.
        previous_exposure: Dwelling-months of the period before.

    Returns:
        0-1, same shape; 0.5 without a fact, missing where either period has no exposure.
    """
    a, b, s, t = (np.asarray(values, dtype=float) for values in (count, previous, exposure, previous_exposure))
    is_exposed = (s > 0) & (t > 0)
    share = np.where(is_exposed, s, 1.0) / np.where(is_exposed, s + t, 2.0)
    chance = binom.cdf(a, a + b, share) - binom.pmf(a, a + b, share) / 2
    return np.where(is_exposed, chance, np.nan)


def site_level(alert_share: ArrayLike, serious_share: ArrayLike) -> NDArray[np.float64]:
    """Level of a site by nature × recurrence: 0 vert, 1 jaune, 2 orange, 3 rouge.

    Args:
        alert_share: Months with a fact of severity 2 or more, over the months of the period.
        serious_share: The same of severity 3 or more.
    """
    alert, serious = np.asarray(alert_share, dtype=float), np.asarray(serious_share, dtype=float)
    return np.select([serious >= LASTING_SHARE, serious >= ALERT_SHARE, alert >= ALERT_SHARE], [3.0, 2.0, 1.0], 0.0)


def place_criteria(signals: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """Criteria of each place, as they are and before any scale.

    Args:
        signals: One row per residence, or per hall for ``Unit.HALL``, of ``snapshot.signals``.
        unit: What is ranked. A residence in no QPV, or of no known service, is in no row of these units.

    Returns:
        One row per place by ``place_key`` (id; for a hall, residence, building and hall joined by ``|``, with their
        three columns): residence_count, the sums of ``SUMMED`` (dwelling_count of known dwellings, months of all the
        residences, hall_reporting_month_count of those whose facts name a hall), reported_share (months reported, 0-1,
        weighted by dwellings); a column per ``Criterion``, missing where nothing is known; the columns of ``POOLED``
        (nothing shows that places differ: all have the same value); is_short (too little to be ranked: see
        ``MIN_DWELLINGS``). Of QPV and services, main_residence_id and main_incident_count: the residence that alone
        has more than half of the facts of the period, and how many; missing where none has.
    """
    rows = signals.assign(**_of_months(signals))
    places = _joined(rows, KEYS[unit]) if unit in KEYS else _alone(rows, unit)
    exposure = yearly_exposure(places, unit)
    severity, _ = severity_prior(places, unit)
    staff, complaints = staff_prior(places, unit), beta_prior(places["complaint_count"], places["eligible_known_count"])
    is_told = (places["reported_share"] >= MIN_REPORTED_SHARE) & (exposure > 0)
    values = {
        Criterion.SEVERITY: shrunk_rate(places["severity_index"], exposure, prior=severity),
        Criterion.TREND: rise_probability(
            places["incident_count"],
            places["previous_incident_count"],
            exposure=places["reporting_dwelling_months"],
            previous_exposure=places["previous_reporting_dwelling_months"],
        ),
        Criterion.STAFF: shrunk_rate(places["staff_count"], exposure, prior=staff),
        Criterion.COMPLAINT_GAP: 1
        - shrunk_share(places["complaint_count"], places["eligible_known_count"], prior=complaints),
    }
    return places.assign(
        **{criterion.value: value for criterion, value in values.items()},
        **{name: prior.is_point for name, prior in zip(POOLED.values(), (severity, staff, complaints), strict=True)},
        is_short=~(is_told & (unit == Unit.HALL or places["dwelling_count"] >= MIN_DWELLINGS)),
    )


def quiet_places(places: pd.DataFrame) -> tuple[int, int]:
    """Places with less than a fact for each month they told of, and all those that told of half of the months.

    Args:
        places: Of ``place_criteria``, residences or halls; those that told of too few months are left out, as of a
            ranking.
    """
    told = places[places["reported_share"] >= MIN_REPORTED_SHARE]
    return int((told["incident_count"] < told["reporting_month_count"]).sum()), len(told)


def yearly_exposure(places: pd.DataFrame, unit: Unit) -> NDArray[np.float64]:
    """Thousands of dwellings reporting for a year; years reported for a hall, whose dwellings nobody knows."""
    months = places["reporting_dwelling_months"].to_numpy(dtype=float)
    return months / (MONTHS_PER_YEAR * (1 if unit == Unit.HALL else PER_DWELLINGS))


def severity_prior(places: pd.DataFrame, unit: Unit) -> tuple[Prior, float]:
    """How severity differs between places, and the dispersion of its weights."""
    phi = weight_dispersion(places["incident_count"], places["severity_index"])
    return marshall_prior(places["severity_index"], yearly_exposure(places, unit), dispersion=phi), phi


def staff_prior(places: pd.DataFrame, unit: Unit) -> Prior:
    """How the rate of facts against staff differs between places."""
    return gamma_prior(places["staff_count"], yearly_exposure(places, unit))


def _of_months(signals: pd.DataFrame) -> dict[str, ArrayLike]:
    """Shares of months: of those reported for facts, silence being no zero; of all for levels, which ask for as many.

    A fact of a month that nobody reported may lift the first above 1: it is then 1.
    """
    months, reported = signals["month_count"].astype(float), signals["reporting_month_count"].astype(float)
    told = reported.where(reported > 0)
    return {
        "reported_share": (reported / months.where(months > 0)).clip(upper=1),
        "hall_reporting_month_count": reported.where(signals["hall_month_count"].notna(), 0.0),
        Criterion.PERSISTENCE.value: (signals["touched_month_count"] / told).clip(upper=1),
        Criterion.HALL_RECURRENCE.value: (signals["hall_month_count"].astype(float) / told).clip(upper=1),
        Criterion.SITE_LEVEL.value: site_level(
            *(signals[name] / months.where(months > 0) for name in ("alert_month_count", "serious_month_count"))
        ),
    }


def hall_key(rows: pd.DataFrame) -> pd.Series:
    """``residence_id|building_code|hall_code`` of each row; a missing building is blank."""
    building, hall = (rows[name].fillna("").astype(str) for name in HALL_KEY[1:])
    return rows["residence_id"].astype(str) + "|" + building + "|" + hall


def _alone(rows: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """The places that are the rows themselves."""
    codes = HALL_KEY if unit == Unit.HALL else []
    key = hall_key(rows) if unit == Unit.HALL else rows["residence_id"]
    dwellings = rows["dwelling_count"].astype(float)
    places = rows[[*codes, *SUMMED, *AVERAGED]].assign(place_key=key, residence_count=1, dwelling_count=dwellings)
    return places.sort_values("place_key", ignore_index=True)


def _joined(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Places made of residences: sums, and means weighted by the dwellings known of those that tell."""
    dwellings = rows["dwelling_count"].astype(float).fillna(0)
    weighted = {name: rows[name] * dwellings for name in AVERAGED}
    weights = {f"{name}_weight": dwellings.where(rows[name].notna(), 0.0) for name in AVERAGED}
    parts = rows[[key, *SUMMED]].assign(dwelling_count=dwellings, residence_count=1, **weighted, **weights)
    places = parts.groupby(key).sum().rename_axis("place_key").reset_index()
    means = {name: places[name] / places[f"{name}_weight"].where(places[f"{name}_weight"] > 0) for name in AVERAGED}
    places = places.assign(**means).drop(columns=list(weights))
    return places.merge(_main_residences(rows, key), on="place_key", how="left")


def _main_residences(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Of the places where one residence has more than half of the facts: place_key, that residence, its facts."""
    totals = rows.groupby(key)["incident_count"].transform("sum")
    alone = rows[2 * rows["incident_count"] > totals]  # one at most in each place
    names = {key: "place_key", "residence_id": "main_residence_id", "incident_count": "main_incident_count"}
    return alone[list(names)].rename(columns=names)
