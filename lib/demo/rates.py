"""How often each type of fact is expected at each residence, month by month, before any story."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from lib.config import REFERENCE
from lib.domain.period import Period

INCIDENTS = 120_000
# Six full years to 2026-10, and the spring of 2020 before them (README.md).
COVERED = Period(date(2020, 1, 1), date(2026, 11, 1))
# Few residences hold most facts: shape of the gamma law of levels, factor inside a priority neighbourhood, ceiling.
LEVEL_SHAPE, QPV_FACTOR, LEVEL_CEILING = 0.55, 1.7, 8.0
# How far the mix varies from one residence to another; dealing and occupied halls are settled at few places.
FAMILY_SHAPE, TYPE_SHAPE, SETTLED_SHAPES = 4.0, 8.0, {"TRA-01": 0.3, "TRA-02": 0.5, "OCC-02": 1.0}
# Month to month, beyond chance: variance = mean + mean² / 18.
MONTH_SHAPE = 18.0
# Month of the highest level and half-width of the yearly wave, by family.
SEASONS = {"PER": (6, 0.05), "PEL": (7, 0.12), "BIE": (11, 0.10), "INC": (7, 0.30)}
SEASONS |= {"OCC": (7, 0.25), "TRA": (6, 0.10), "JOU": (7, 0.22), "CAD": (6, 0.08)}
# Monday to Sunday, by rhythm of the type.
WEEK = {
    "office": (1.25, 1.15, 1.15, 1.15, 1.20, 0.70, 0.40),
    "morning": (1.45, 1.10, 1.00, 1.00, 1.05, 0.80, 0.60),
    "daytime": (1.05, 1.00, 1.05, 1.00, 1.05, 1.00, 0.85),
    "evening": (0.80, 0.85, 0.95, 0.95, 1.20, 1.30, 0.95),
    "late": (0.70, 0.75, 0.80, 0.85, 1.30, 1.55, 1.05),
    "night": (0.90, 0.85, 0.90, 0.95, 1.15, 1.30, 0.95),
}
# What registers still recorded: reception closed, staff at home (first day, day after the last, part recorded).
RECORDING = (
    (date(2020, 3, 17), date(2020, 5, 11), 0.38),
    (date(2020, 5, 11), date(2020, 6, 22), 0.75),
    (date(2020, 10, 30), date(2020, 12, 15), 0.78),
    (date(2021, 4, 3), date(2021, 5, 3), 0.88),
)
# Nights of fires and fireworks: month, day, factor.
FEASTS = ((7, 13, 9.0), (7, 14, 7.0), (12, 31, 12.0), (10, 31, 4.0))


@dataclass(frozen=True)
class Expected:
    """Expected facts.

    Attributes:
        cube: Facts per residence, type and month; float array (residences, types, months).
        types: One row per type, in the order of the second axis (types.csv, with severity and eligibility).
        day_weights: Relative weight of each day for each type; array (types, days of ``COVERED``).
    """

    cube: np.ndarray
    types: pd.DataFrame
    day_weights: np.ndarray


def type_profiles() -> pd.DataFrame:
    """The forty types: shares and habits (types.csv), default severity, eligibility for a complaint, protection."""
    profiles = pd.read_csv(Path(__file__).with_name("types.csv"), sep=";", keep_default_na=False)
    reference = pd.read_csv(REFERENCE / "nomenclature.csv", dtype=str, keep_default_na=False)
    known = reference[["type_code", "family_code", "severity_default", "is_complaint_eligible", "is_protected"]]
    types = profiles.merge(known, on="type_code", validate="one_to_one")
    assert len(types) == len(reference), "every type of the nomenclature has its profile"
    is_said = {name: types[name] == "oui" for name in ("is_complaint_eligible", "is_protected")}
    return types.assign(severity_default=types["severity_default"].astype(int), **is_said)


def expected_facts(rng: np.random.Generator, residences: pd.DataFrame) -> Expected:
    """Levels drawn at random for each residence, mixes that vary with it, and the calendar of each type.

    Args:
        rng: Source of chance.
        residences: ``dwelling_count``, ``qpv_status_2024``.
    """
    types = type_profiles()
    weights = day_weights(types)
    months = _month_shares(weights)
    mix = residence_mix(rng, len(residences), types)
    levels = residence_levels(rng, residences)
    noise = rng.gamma(MONTH_SHAPE, 1 / MONTH_SHAPE, (len(residences), months.shape[1]))
    cube = levels[:, None, None] * mix[:, :, None] * months[None] * noise[:, None, :]
    shares = types["share_pct"].to_numpy() / 100
    cube *= (shares / cube.sum(axis=(0, 2)))[None, :, None] * INCIDENTS
    return Expected(cube, types, weights)


def residence_levels(rng: np.random.Generator, residences: pd.DataFrame) -> np.ndarray:
    """Relative number of facts of each residence: dwellings × a long-tailed level, higher in a neighbourhood."""
    level = np.minimum(rng.gamma(LEVEL_SHAPE, 1 / LEVEL_SHAPE, len(residences)), LEVEL_CEILING)
    is_inside = (residences["qpv_status_2024"] == "inside").to_numpy()
    return level * residences["dwelling_count"].to_numpy() * np.where(is_inside, QPV_FACTOR, 1.0)


def residence_mix(rng: np.random.Generator, count: int, types: pd.DataFrame) -> np.ndarray:
    """Share of each type at each residence, about the general mix; array (residences, types)."""
    families, family_at = np.unique(types["family_code"], return_inverse=True)
    by_family = rng.gamma(FAMILY_SHAPE, 1 / FAMILY_SHAPE, (count, len(families)))
    shapes = types["type_code"].map(SETTLED_SHAPES).fillna(TYPE_SHAPE).to_numpy(float)
    by_type = rng.gamma(shapes, 1 / shapes, (count, len(types)))
    mix = by_family[:, family_at] * by_type * types["share_pct"].to_numpy()
    return mix / mix.sum(axis=1, keepdims=True)


def day_weights(types: pd.DataFrame) -> np.ndarray:
    """Season × day of the week × part recorded × feasts; array (types, days), about 1 on an ordinary day."""
    days = covered_days()
    recording = np.ones(len(days))
    for start, end, part in RECORDING:
        recording[(days >= pd.Timestamp(start)) & (days < pd.Timestamp(end))] = part
    rows = []
    for family, rhythm in zip(types["family_code"], types["rhythm"], strict=True):
        peak, width = SEASONS[family]
        season = 1 + width * np.cos(2 * np.pi * (days.month - peak) / 12)
        feast = _feasts(days) if family == "INC" else 1.0
        rows.append(season * np.array(WEEK[rhythm])[days.day_of_week] * recording * feast)
    return np.vstack(rows)


def covered_days() -> pd.DatetimeIndex:
    """Every day of the demonstration, in order."""
    return pd.date_range(COVERED.start, COVERED.last_day, freq="D")


def month_positions() -> np.ndarray:
    """Number (from 0) of the month of each covered day."""
    days = covered_days()
    return ((days.year - COVERED.start.year) * 12 + days.month - COVERED.start.month).to_numpy()


def month_index(month_on: date) -> int:
    """Number (from 0) of a month of the demonstration."""
    return (month_on.year - COVERED.start.year) * 12 + month_on.month - COVERED.start.month


def _month_shares(weights: np.ndarray) -> np.ndarray:
    sums = np.zeros((len(weights), COVERED.month_count))
    np.add.at(sums.T, month_positions(), weights.T)
    return sums / sums.sum(axis=1, keepdims=True)


def _feasts(days: pd.DatetimeIndex) -> np.ndarray:
    factor = np.ones(len(days))
    for month, day, level in FEASTS:
        factor[(days.month == month) & (days.day == day)] = level
    return factor
