"""Where the map is led: to the place chosen elsewhere than on it, or to the view that an address tells."""

import pandas as pd
import streamlit as st

from lib.domain.filters import IncidentFilter
from lib.maps.values import Bounds
from lib.maps.values import Level as Layer
from lib.snapshot.places import Level
from lib.ui import carte, layers
from lib.ui.layers import QPV_LAYERS
from lib.ui.map_state import CLICKED, FOLLOWS, KEY, LAYERS, VIEW, Choice, is_on
from lib.ui.session import Visit

MARGIN = (0.004, 0.006)  # degrees of latitude and longitude: 440 m
KEPT_SHARE = 0.05  # of a view told, cut on each side: the browser fits bounds inside its frame, with a margin


def layer_of(level: Level, chosen: IncidentFilter) -> Layer | None:
    """Layer of a level; that of the QPV depends on the period, residences have none."""
    return QPV_LAYERS[chosen.qpv_generation] if level == Level.QPV else LAYERS.get(level)


def focus(visit: Visit, asked: Choice | None, chosen: IncidentFilter, positions: pd.DataFrame) -> Bounds | None:
    """The view of the address until the browser tells its own, else where the place chosen lies.

    A place chosen on the map itself leads nowhere: the view stays.
    """
    told = told_view() if carte.view(KEY) is None else None
    if told is not None:
        st.session_state[CLICKED] = str(asked)  # nor does the place that came with the view lead away from it
    if told is not None or asked is None or st.session_state.get(CLICKED) == str(asked):
        return told
    if asked.level != Level.RESIDENCE:
        known = layers.extents(visit.snapshot).get(layer_of(asked.level, chosen) or "", {}).get(asked.code)
        return None if known is None else _around(*known)
    rank = rank_of(asked, positions)
    if rank is None:
        return None
    at = positions.iloc[rank]
    point = float(at["latitude"]), float(at["longitude"])
    return _around(point, point)


def rank_of(asked: Choice, positions: pd.DataFrame) -> int | None:
    """Rank of a residence among the positions, None where it is not located or not of the scope."""
    ranks = (positions["residence_id"].astype(str) == asked.code).to_numpy().nonzero()[0]
    return int(ranks[0]) if len(ranks) else None


def _around(south_west: tuple[float, float], north_east: tuple[float, float]) -> Bounds:
    """The bounds with a margin in which the ring of a quarter holds."""
    (south, west), (north, east) = south_west, north_east
    return (south - MARGIN[0], west - MARGIN[1]), (north + MARGIN[0], east + MARGIN[1])


def keep_view() -> None:
    """Writes in the address what the map shows, while the table follows it: the browser tells it then alone."""
    seen = carte.view(KEY)
    if not is_on(FOLLOWS):
        st.query_params.pop(VIEW, None)
    elif seen is not None:
        st.query_params[VIEW] = ",".join(f"{degrees:.4f}" for corner in seen for degrees in corner)


def told_view() -> Bounds | None:
    """The view of the address, or None where it tells none that can be read."""
    try:
        south, west, north, east = (float(part) for part in st.query_params.get(VIEW, "").split(","))
    except ValueError:
        return None
    if not all(abs(degrees) <= carte.MAX_DEGREES for degrees in (south, west, north, east)):  # nor «nan», nor «inf»
        return None
    cut = KEPT_SHARE * (north - south), KEPT_SHARE * (east - west)
    return (south + cut[0], west + cut[1]), (north - cut[0], east - cut[1])
