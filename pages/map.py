"""Carte: QPV by facts per 1,000 dwellings, residences by facts, services, and the same in a table."""

import streamlit as st

from lib.snapshot import queries
from lib.snapshot.places import Level
from lib.ui import blocks, map_blocks
from lib.ui.session import require

visit = require("carte")
blocks.stop_if_empty(visit)
figures = visit.ask(queries.place_figures, Level.ALL)
blocks.stop_if_nothing(visit, figures)
drawn = map_blocks.scene(visit)
blocks.head(visit, map_blocks.title(visit, drawn), figures)


@st.fragment
def map_and_card() -> None:
    """A click on the map redraws this part alone."""
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        map_blocks.legend()
        map_blocks.show(visit, drawn)
        map_blocks.how_to_read()
    with right:
        map_blocks.card(visit, drawn)
        map_blocks.table(drawn)


map_and_card()
map_blocks.without_outline(visit, drawn)
blocks.source(visit)
