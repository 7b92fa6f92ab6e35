"""The planted stories, one function each; README.md says where, when, how large, and what a page should find."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from lib.demo.names import QUARTER_NAMES
from lib.demo.quarters import SPLIT_QUARTER
from lib.demo.rates import COVERED, Expected, month_index
from lib.domain.period import Period
from lib.domain.vocabulary import SchemeKind

WARDENS_QUARTER, COMPARISON_QUARTERS, PATROL_QUARTER, WORSENING_QUARTER = 0, (1, 2, 6), 3, 5
WARDENS_FROM, WARDENS_FAMILIES, WARDENS_FACTOR, WARDENS_FIRST_MONTH = date(2025, 3, 1), ("OCC", "JOU", "BIE"), 0.5, 0.75
PATROL_FROM, PATROL_FAMILIES, PATROL_FACTOR, PATROL_DAMAGE_FACTOR = date(2025, 1, 1), ("OCC", "JOU", "TRA"), 1.7, 0.55
# What was set up, in which neighbourhood, since when.
SCHEMES = (
    ("Correspondants de nuit", SchemeKind.NIGHT_WARDENS, WARDENS_QUARTER, WARDENS_FROM),
    ("Patrouille avec ligne d’appel", SchemeKind.PATROL, PATROL_QUARTER, PATROL_FROM),
)
SILENT_LANDLORD, SILENCE = "ORD", Period(date(2026, 6, 1), date(2026, 9, 1))
LUCKY_DWELLINGS, LUCKY_YEARLY, LUCKY_MONTH = 14, 6.0, date(2026, 4, 1)
LUCKY_BURST = {"CAD-01": 2, "BIE-02": 2, "OCC-01": 1}
# Two ordinary years before: one fact every other month, of these types in turn.
LUCKY_ORDINARY, LUCKY_ORDINARY_MONTHS = ("CAD-01", "JOU-01", "OCC-01", "BIE-01"), 24
WORSENING_FROM, WORSENING_FAMILIES, WORSENING_FACTOR = date(2024, 11, 1), ("OCC", "TRA", "BIE", "PER"), 8.0
RISING_FROM, RISING_TYPE, RISING_FACTOR = date(2025, 11, 1), "CAD-03", 1.35
# Facts per dwelling and per year where a story is told: enough of them for an effect to be seen.
STORY_LEVEL, WORSENING_LEVEL, WORSENING_DWELLINGS = 0.75, 0.6, 110


@dataclass(frozen=True)
class Cast:
    """Who plays: row numbers of residences.

    Attributes:
        wardens: Residences where night wardens walk.
        comparison: Residences like them without any scheme.
        patrol: Residences where a patrol with a phone line walks.
        split: Residences of the neighbourhood that two services share.
        worsening: The residence that worsens steadily.
        lucky: The small residence with one bad month.
        silent: Residences of the landlord that falls silent.
    """

    wardens: np.ndarray
    comparison: np.ndarray
    patrol: np.ndarray
    split: np.ndarray
    worsening: int
    lucky: int
    silent: np.ndarray

    @property
    def reliable(self) -> np.ndarray:
        """Residences that report every month, so that nothing but the story moves their figures."""
        return np.concatenate([self.wardens, self.comparison, self.patrol, [self.worsening, self.lucky]])


def cast_of(residences: pd.DataFrame) -> Cast:
    """The residences of each story, the same whether the stories are told or not."""
    quarter = residences["quarter"].to_numpy()
    dwellings = residences["dwelling_count"].to_numpy()
    is_silent = (residences["landlord_code"] == SILENT_LANDLORD).to_numpy()
    is_steady = (residences["active_from"].isna() & residences["active_to"].isna()).to_numpy()
    worst = np.flatnonzero(quarter == WORSENING_QUARTER)
    small = np.flatnonzero((quarter < 0) & ~is_silent & is_steady & (residences["force"] == "PN").to_numpy())
    return Cast(
        wardens=np.flatnonzero(quarter == WARDENS_QUARTER),
        comparison=np.flatnonzero(np.isin(quarter, COMPARISON_QUARTERS)),
        patrol=np.flatnonzero(quarter == PATROL_QUARTER),
        split=np.flatnonzero(quarter == SPLIT_QUARTER),
        worsening=_nearest_in_size(dwellings, worst, WORSENING_DWELLINGS),
        lucky=_nearest_in_size(dwellings, small, LUCKY_DWELLINGS),
        silent=np.flatnonzero(is_silent),
    )


def set_stage(expected: Expected, residences: pd.DataFrame, cast: Cast) -> Expected:
    """Gives the players comparable levels and the general mix of types; nothing happens yet."""
    cube = expected.cube.copy()
    years = COVERED.month_count / 12
    general = cube.sum(axis=0) / cube.sum()
    dwellings = residences["dwelling_count"].to_numpy(float)
    yearly = np.full(len(residences), np.nan)
    equals = np.concatenate([cast.wardens, cast.comparison, cast.patrol])
    yearly[equals] = STORY_LEVEL * dwellings[equals]
    yearly[cast.worsening] = WORSENING_LEVEL * dwellings[cast.worsening]
    yearly[cast.lucky] = LUCKY_YEARLY
    players = np.flatnonzero(~np.isnan(yearly))
    cube[players] = (yearly[players] * years)[:, None, None] * general[None]
    return Expected(cube, expected.types, expected.day_weights)


def tell(expected: Expected, cast: Cast) -> Expected:
    """Every story that changes what is expected."""
    cube, types = expected.cube.copy(), expected.types
    _walk_at_night(cube, types, cast)
    _patrol(cube, types, cast)
    _worsen(cube, types, cast)
    cube[:, _of_type(types, RISING_TYPE), month_index(RISING_FROM) :] *= RISING_FACTOR
    return Expected(cube, types, expected.day_weights)


def burst(counts: np.ndarray, types: pd.DataFrame, cast: Cast) -> np.ndarray:
    """Two ordinary years of the small residence, its bad month, then nothing; axes: residences, types, months."""
    month = month_index(LUCKY_MONTH)
    start = month - LUCKY_ORDINARY_MONTHS
    changed = counts.copy()
    changed[cast.lucky, :, start:] = 0
    for rank, quiet in enumerate(range(start, month, 2)):
        changed[cast.lucky, _of_type(types, LUCKY_ORDINARY[rank % len(LUCKY_ORDINARY)]), quiet] = 1
    for type_code, count in LUCKY_BURST.items():
        changed[cast.lucky, _of_type(types, type_code), month] = count
    return changed


def phoned(facts: pd.DataFrame, cast: Cast) -> np.ndarray:
    """Whether a fact (``residence``, ``type_code``, ``occurred_on``) could come from the patrol or its phone line."""
    is_there = facts["residence"].isin(cast.patrol) & (facts["occurred_on"] >= pd.Timestamp(PATROL_FROM))
    return (is_there & facts["type_code"].str[:3].isin(PATROL_FAMILIES)).to_numpy()


def schemes(qpv_ids: pd.Series) -> pd.DataFrame:
    """The schemes of the stories, still running.

    Args:
        qpv_ids: ``qpv_id`` of the neighbourhoods of 2024, indexed by ``qpv_name``.

    Returns:
        ``label``, which names the neighbourhood, ``kind``, ``starts_on``, ``qpv_id``.
    """
    rows = [
        (f"{words}, {QUARTER_NAMES[quarter]}", kind, starts_on, int(qpv_ids[QUARTER_NAMES[quarter]]))
        for words, kind, quarter, starts_on in SCHEMES
    ]
    return pd.DataFrame(rows, columns=["label", "kind", "starts_on", "qpv_id"])


def _walk_at_night(cube: np.ndarray, types: pd.DataFrame, cast: Cast) -> None:
    start = month_index(WARDENS_FROM)
    touched = np.ix_(cast.wardens, _of_families(types, WARDENS_FAMILIES), np.arange(start, COVERED.month_count))
    factors = np.full(COVERED.month_count - start, WARDENS_FACTOR)
    factors[0] = WARDENS_FIRST_MONTH
    cube[touched] *= factors


def _patrol(cube: np.ndarray, types: pd.DataFrame, cast: Cast) -> None:
    months = np.arange(month_index(PATROL_FROM), COVERED.month_count)
    cube[np.ix_(cast.patrol, _of_families(types, PATROL_FAMILIES), months)] *= PATROL_FACTOR
    cube[np.ix_(cast.patrol, _of_families(types, ("BIE",)), months)] *= PATROL_DAMAGE_FACTOR


def _worsen(cube: np.ndarray, types: pd.DataFrame, cast: Cast) -> None:
    start = month_index(WORSENING_FROM)
    slope = np.linspace(1.0, WORSENING_FACTOR, COVERED.month_count - start)
    cube[np.ix_([cast.worsening], _of_families(types, WORSENING_FAMILIES), np.arange(start, COVERED.month_count))] *= (
        slope
    )


def _nearest_in_size(dwellings: np.ndarray, rows: np.ndarray, wanted: int) -> int:
    return int(rows[np.argmin(np.abs(dwellings[rows] - wanted))])


def _of_families(types: pd.DataFrame, families: tuple[str, ...]) -> np.ndarray:
    return np.flatnonzero(types["family_code"].isin(families))


def _of_type(types: pd.DataFrame, type_code: str) -> int:
    return int(np.flatnonzero(types["type_code"] == type_code)[0])
