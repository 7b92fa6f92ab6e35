"""The whole demonstration as frames, from a seed: the same seed gives the same frames."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from lib.demo import incidents, reporting, stories
from lib.demo.halls import invent_hall_months
from lib.demo.housing import Housing, invent_housing
from lib.demo.rates import COVERED, Expected, expected_facts
from lib.demo.stories import Cast

DEFAULT_SEED = 34
DEPARTEMENTS = ("77", "91")
HALLS = 1  # number of a second source of chance: what was drawn before halls came stays as it was


@dataclass(frozen=True)
class DemoFrames:
    """Everything that is written, keyed by row numbers.

    Attributes:
        housing: Landlords, residences, priority neighbourhoods and their figures.
        cast: Who plays in the planted stories.
        incidents: One row per fact; ``residence`` is a row number of ``housing.residences``.
        reporting_months: ``residence``, ``month_on``, ``status``.
        situations: ``residence``, ``type_code``, ``opened_on``, ``closed_on``.
        hall_months: ``residence``, ``building_code``, ``hall_code``, ``month_on``, ``status``.
    """

    housing: Housing
    cast: Cast
    incidents: pd.DataFrame
    reporting_months: pd.DataFrame
    situations: pd.DataFrame
    hall_months: pd.DataFrame


def demo_frames(
    seed: int, communes: gpd.GeoDataFrame, competences: pd.DataFrame, *, is_told: bool = True
) -> DemoFrames:
    """The demonstration drawn from a seed.

    Args:
        seed: Source of all chance.
        communes: ``commune_code``, ``population``, outlines in EPSG:4326, of at least the départements shown.
        competences: ``commune_code``, ``force``.
        is_told: False leaves every story out: the same places, with nothing to find.
    """
    rng = np.random.default_rng(seed)
    shown = communes[communes["departement_code"].isin(DEPARTEMENTS)]
    housing = invent_housing(rng, shown, competences)
    residences = housing.residences
    cast = stories.cast_of(residences)
    expected = _expected(rng, residences, cast, is_told=is_told)
    calendar = reporting.reporting_calendar(rng, residences, cast, is_told=is_told)
    counts = incidents.drawn_counts(rng, expected, calendar, cast, is_told=is_told)
    facts = incidents.invent_incidents(rng, residences, expected, counts, cast)
    return DemoFrames(
        housing=housing,
        cast=cast,
        incidents=facts,
        reporting_months=reporting.reporting_months(calendar, counts.sum(axis=1)),
        situations=incidents.situations(facts, pd.Timestamp(COVERED.last_day)),
        hall_months=invent_hall_months(np.random.default_rng([seed, HALLS]), residences, facts, cast),
    )


def _expected(rng: np.random.Generator, residences: pd.DataFrame, cast: Cast, *, is_told: bool) -> Expected:
    staged = stories.set_stage(expected_facts(rng, residences), residences, cast)
    return stories.tell(staged, cast) if is_told else staged
