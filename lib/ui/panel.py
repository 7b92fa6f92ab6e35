"""The constant panel, on demand: only what was told of in both periods, and what that changes."""

from dataclasses import replace

import streamlit as st

from lib.ui import components as c
from lib.ui.links import PANEL
from lib.ui.selection import Selection, selection
from lib.ui.session import Visit
from lib.ui.trend_words import panel_words

HELP = (
    "Une résidence ne compte en mars que si elle a été déclarée en mars des deux années. Un bailleur qui cesse de "
    "déclarer ne fait plus baisser les chiffres."
)


def panel_visit(visit: Visit) -> Visit:
    """The visit as the switch asks for it, drawn where the caller stands."""
    if not st.toggle("Panel constant", key=PANEL, bind="query-params", help=HELP):
        return visit
    assert visit.chosen is not None
    said = f"{visit.said.rstrip('.')}, à panel constant."
    return replace(visit, chosen=replace(visit.chosen, is_panel_constant=True), said=said)


def effect(visit: Visit, shown: Visit, selected: Selection) -> None:
    """The sentence under the switch, when it is on.

    Args:
        visit: Without the panel.
        shown: With it.
        selected: Of ``shown``.
    """
    if shown is not visit:
        c.source(panel_words(selected.overview.whole, selection(visit).overview.whole))
