"""The map on a page: shown by streamlit-folium, its clicks read before the page draws."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from lib.maps.carte import Look, build
from lib.maps.values import MapValues

DEFAULT_HEIGHT_PX = 560


class Choice(NamedTuple):
    """What was clicked: a level and a code, or «residence» and its index in the positions of the scope."""

    level: str
    code: str | int


def show(
    layers: Mapping[str, str], values: MapValues, *, key: str, look: Look, title: str, height: int = DEFAULT_HEIGHT_PX
) -> None:
    """Draws the map; the values alone travel at each rerun.

    Call it inside a fragment: a click reruns the fragment that holds the map. Read the click with ``chosen`` before the
    values are made, or the update of that same rerun erases the highlight.
    """
    # First imported outside a page run, the component stays unregistered and its frame blank, as long as the process.
    from streamlit_folium import st_folium  # noqa: PLC0415 - see above

    drawing = build(layers, values, key=key, look=look, title=title)

    def keep() -> None:
        click = st.session_state.get(drawing.name)
        if click:
            choose(key, Choice(click["niveau"], click["code"]))

    st_folium(
        drawing.carte,
        key=drawing.name,
        height=height,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=drawing.changing,
        on_change=keep,
    )


def chosen(key: str) -> Choice | None:
    """The last choice on this map, by a click or by ``choose``; an index is still to be resolved, within the scope."""
    return st.session_state.get(_choice_key(key))


def choose(key: str, choice: Choice | None) -> None:
    """A choice made elsewhere (a table, the URL), or its end."""
    st.session_state[_choice_key(key)] = choice


def _choice_key(key: str) -> str:
    return f"{key}.choisi"
