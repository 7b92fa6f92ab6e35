"""The Plotly template of the product (LOOK §1): one function of the theme and of the size of text."""

from typing import Any

import plotly.graph_objects as go

from lib.domain.labels import NBSP
from lib.figures.tokens import DIVERGING10, RAMP10, Tokens

FONT = "IBM Plex Sans, sans-serif"
PAGE_SIZE = 16  # px of text on a page
PROJECTION_SIZE = 26  # px of text on a wall
# For st.plotly_chart(..., theme=None, config=CONFIG, alt=...).
CONFIG: dict[str, Any] = {"displayModeBar": False, "responsive": True}


def template(tokens: Tokens, size: int = PAGE_SIZE) -> dict[str, Any]:
    """Transparent ground, horizontal grid, fixed axes, no legend, French separators.

    Args:
        tokens: Colours of the theme.
        size: Pixels of every text: Plotly does not follow the page's rem.
    """
    font = {"family": FONT, "size": size, "color": tokens["text"]}
    muted = {"size": size, "color": tokens["muted"]}
    axis = {
        "gridcolor": tokens["line"],
        "zeroline": False,
        "showline": True,
        "linecolor": tokens["edge"],
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": tokens["edge"],
        "tickfont": muted,
        "title": {"font": muted},
        "automargin": True,
        "fixedrange": True,
    }
    layout = {
        "font": font,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [tokens["accent"]],
        "colorscale": {"sequential": list(RAMP10), "diverging": list(DIVERGING10)},
        "separators": f",{NBSP}",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "xaxis": {**axis, "showgrid": False},
        "yaxis": {**axis, "showline": False, "ticks": "", "rangemode": "tozero"},
        "hoverlabel": {"bgcolor": tokens["raised"], "bordercolor": tokens["edge"], "font": font},
        "annotationdefaults": {"font": muted, "showarrow": False},
    }
    return {
        "layout": layout,
        "data": {"scatter": [{"line": {"width": 2.5}}], "bar": [{"marker": {"line": {"width": 0}}}]},
    }


def round_top(highest: float) -> int:
    """A round top of a scale from zero, at least 2 and even, so that its half is whole."""
    power = 1
    while True:
        for step in (2, 4, 6, 8):
            if step * power >= highest:
                return step * power
        power *= 10


def figure(tokens: Tokens, size: int = PAGE_SIZE, **layout: Any) -> go.Figure:
    """An empty figure on the template."""
    return go.Figure(layout={"template": template(tokens, size), **layout})


def unit_title(text: str, tokens: Tokens, size: int) -> dict[str, Any]:
    """What the vertical axis counts, written above it: a title on its side is not read."""
    place = {"x": 0, "xref": "container", "xanchor": "left", "y": 0.985, "yanchor": "top"}
    return {"text": text, "font": {"size": size, "color": tokens["muted"]}, **place}
