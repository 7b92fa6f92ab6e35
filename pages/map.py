"""Carte: places coloured by a measure, residences by facts, services, and the same in a table."""

import streamlit as st

from lib.snapshot import queries
from lib.snapshot.places import Level
from lib.ui import blocks, map_time, map_view
from lib.ui.session import require

visit = require("carte")
blocks.stop_if_empty(visit)
blocks.stop_if_nothing(visit, visit.ask(queries.place_figures, Level.ALL))


@st.fragment(run_every=map_time.run_every())
def explored() -> None:
    """Every control of the map redraws this part alone, its title included."""
    map_time.step(visit)
    map_view.show(visit)


explored()
blocks.source(visit)
