"""Priorités: where to intervene together first, how surely, and why."""

import streamlit as st

from lib.ingest import committee as steps
from lib.snapshot import queries
from lib.snapshot.places import Level
from lib.ui import blocks, priority_view
from lib.ui.session import require

visit = require("priorites")
blocks.stop_if_empty(visit)
blocks.stop_if_nothing(visit, visit.ask(queries.place_figures, Level.ALL))


@st.fragment
def ranked() -> None:
    """A weight that moves redraws this part alone, its title included."""
    priority_view.show(visit, steps)


ranked()
blocks.source(visit)
