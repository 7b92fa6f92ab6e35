"""What repeats itself and what clusters in a place, as questions of the snapshot: their answers are kept."""

import numpy as np
import pandas as pd

from lib.analysis.hot_spots import HotSpots, hot_spots
from lib.analysis.near_repeat import NearRepeat, near_repeat
from lib.analysis.shrinkage import with_shrunk_rates
from lib.domain.filters import IncidentFilter
from lib.domain.scope import Scope
from lib.geo.coordinates import to_lambert_93
from lib.snapshot import directory, queries, sheets
from lib.snapshot.columnar import Snapshot
from lib.snapshot.places import Level

SEED = 2024  # the same draws at each run: a figure does not move by itself
PLACED = ["residence_id", "longitude", "latitude"]


def recurrence(
    snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope, residence_ids: tuple[int, ...] = ()
) -> NearRepeat:
    """How facts follow each other over the period; of these residences alone where given, against all of them."""
    facts = sheets.events(snapshot, chosen=chosen, scope=scope)
    east, north = to_lambert_93(facts["longitude"], facts["latitude"])
    return near_repeat(
        facts.assign(x_m=east, y_m=north),
        rng=np.random.default_rng(SEED),
        residence_ids=residence_ids or None,
        end=chosen.period.end,
    )


def surroundings(snapshot: Snapshot, *, chosen: IncidentFilter, scope: Scope) -> tuple[pd.DataFrame, HotSpots]:
    """Residences of a place with their shrunk rate and position, and what their surroundings say.

    Returns:
        Rows of ``place_figures`` with the columns of ``with_shrunk_rates``, ``longitude`` and ``latitude`` (missing
        where the residence is not located); then ``HotSpots``, its rows in the same order.
    """
    figures = with_shrunk_rates(queries.place_figures(snapshot, Level.RESIDENCE, chosen=chosen, scope=scope))
    points = directory.residences(snapshot, scope)[PLACED]
    rows = figures.merge(points, how="left", left_on="place_key", right_on="residence_id").drop(columns="residence_id")
    east, north = to_lambert_93(rows["longitude"], rows["latitude"])
    rate = rows["shrunk_rate_per_1000_dwellings"]
    return rows, hot_spots(east, north, rate, rng=np.random.default_rng(SEED))
