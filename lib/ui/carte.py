"""The map on a page: shown by streamlit-folium, its clicks and its view read before the page draws."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from lib.maps.carte import Look, build
from lib.maps.values import Bounds, MapValues

DEFAULT_HEIGHT_PX = 560
MAX_DEGREES = 180.0
MAX_CODE_CHARS = 40
VIEW = "vue"  # what the browser calls a message that tells where the map is, and chooses nothing


class Click(NamedTuple):
    """What was clicked: a level and a code, or «residence» and its index in the positions of the scope."""

    level: str
    code: str | int


def show(
    layers: Mapping[str, str], values: MapValues, *, key: str, look: Look, title: str, height: int = DEFAULT_HEIGHT_PX
) -> None:
    """Draws the map; the values alone travel at each rerun.

    Call it inside a fragment: a click, and a move when ``values.tells_view``, rerun the fragment that holds the map.
    Read the click with ``chosen`` and the view with ``view`` before the values are made, or the update of that same
    rerun erases the highlight.
    """
    # First imported outside a page run, the component stays unregistered and its frame blank, as long as the process.
    from streamlit_folium import st_folium  # noqa: PLC0415 - see above

    drawing = build(layers, values, key=key, look=look, title=title)
    if not values.tells_view:
        st.session_state.pop(_view_key(key), None)  # followed again, it will be told again

    def keep() -> None:
        _keep(key, st.session_state.get(drawing.name) or {})

    st_folium(
        drawing.carte,
        key=drawing.name,
        height=height,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=drawing.changing,
        on_change=keep,
    )


def chosen(key: str) -> Click | None:
    """The last click on this map, or what ``choose`` put in its place; its index is to be resolved in the scope."""
    return st.session_state.get(_choice_key(key))


def choose(key: str, click: Click | None) -> None:
    """A place chosen elsewhere (a table, the URL), or none any more."""
    st.session_state[_choice_key(key)] = click


def view(key: str) -> Bounds | None:
    """South-west and north-east (latitude, longitude) of what this map shows; None until a map that tells it has."""
    return st.session_state.get(_view_key(key))


def _keep(key: str, said: object) -> None:
    """What the browser said: a choice, the view, or both at once; whatever else it says is nothing."""
    if not isinstance(said, Mapping):
        return
    level, code = said.get("niveau"), said.get("code")
    seen = _bounds(code if level == VIEW else said.get(VIEW))
    if seen is not None:
        st.session_state[_view_key(key)] = seen
    if isinstance(level, str) and level != VIEW and isinstance(code, str | int) and len(str(code)) <= MAX_CODE_CHARS:
        choose(key, Click(level, code))


def _bounds(told: object) -> Bounds | None:
    """South, west, north and east as a browser may send them, or None: whatever else it says is no view."""
    if not isinstance(told, list) or len(told) != 4:
        return None
    if not all(isinstance(degrees, int | float) and abs(degrees) <= MAX_DEGREES for degrees in told):  # nor «NaN»
        return None
    south, west, north, east = map(float, told)
    return (south, west), (north, east)


def _choice_key(key: str) -> str:
    return f"{key}.choisi"


def _view_key(key: str) -> str:
    return f"{key}.{VIEW}"
