"""The residences of one place, at its own extent: what is higher than its surroundings would have by chance."""

from collections.abc import Iterable
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from shapely.geometry.base import BaseGeometry

from lib.analysis.hot_spots import HotSpot
from lib.domain.labels import NBSP, number, plural
from lib.figures.template import PAGE_SIZE, figure
from lib.figures.tokens import Tokens

HEIGHT = 460  # px at the size of text of a page
MARGIN_SHARE = 0.08  # around the residences
MIN_SPAN_M = 400.0
LARGEST, SMALLEST = 1.6, 0.45  # diameters, in sizes of text
# Drawn in this order: symbol, token and words of each kind; the symbol alone tells them apart in grey.
KINDS = {
    HotSpot.UNTESTED: ("circle-open", "muted", "non testée"),
    HotSpot.ISLAND: ("circle-open", "edge", "sans voisine à 500 m"),
    HotSpot.NEITHER: ("circle", "edge", "dans l’ordre du hasard"),
    HotSpot.COLD: ("diamond", "fall", "alentours plus calmes"),
    HotSpot.HOT: ("square", "rise", "alentours plus touchés"),
}


def place_map(
    residences: pd.DataFrame,
    outlines: Iterable[BaseGeometry],
    tokens: Tokens,
    *,
    named: int | None = None,
    size: int = PAGE_SIZE,
) -> go.Figure:
    """Residences as marks whose area says their facts, over outlines.

    Args:
        residences: Located ones: ``place_key``, ``x_m``, ``y_m`` (EPSG:2154), ``incident_count``, ``place_name``,
            ``hot_spot`` and ``shrunk_rate_per_1000_dwellings``; at least one.
        outlines: Of the communes or the quarter, EPSG:2154.
        tokens: Colours of the theme.
        named: ``place_key`` of the residence whose name is written; none by default.
        size: Pixels of text.
    """
    chart = figure(tokens, size, height=round(HEIGHT * size / PAGE_SIZE), margin={"l": 0, "r": 0, "t": 4, "b": 4})
    for outline in outlines:
        _add_outline(chart, outline, tokens)
    most = max(1.0, float(residences["incident_count"].max()))
    for kind, (symbol, token, words) in KINDS.items():
        rows = residences[residences["hot_spot"] == kind]
        if rows.empty:
            continue
        diameter = size * np.maximum(SMALLEST, LARGEST * np.sqrt(rows["incident_count"] / most))
        chart.add_scatter(
            x=rows["x_m"],
            y=rows["y_m"],
            mode="markers",
            name=f"{words} ({number(len(rows))})",
            marker={"symbol": symbol, "size": diameter, "color": tokens[token], "line": {"width": 1}, "opacity": 0.85},
            customdata=[_said(row) for row in rows.itertuples()],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for row in residences[residences["place_key"] == named].itertuples():
        name = escape(row.place_name, quote=False)
        chart.add_annotation(
            x=row.x_m, y=row.y_m, text=f"<b>{name}</b>", showarrow=True, arrowwidth=1, ay=-2 * size, ax=0
        )
    low, high = _span(residences["x_m"]), _span(residences["y_m"])
    chart.update_xaxes(range=low, visible=False)
    chart.update_yaxes(range=high, visible=False, scaleanchor="x", scaleratio=1)
    chart.update_layout(showlegend=True, legend={"orientation": "h", "y": 0, "yanchor": "top", "itemclick": False})
    return chart


def _add_outline(chart: go.Figure, outline: BaseGeometry, tokens: Tokens) -> None:
    for part in getattr(outline, "geoms", [outline]):
        x, y = part.exterior.xy
        line = {"width": 1.5, "color": tokens["edge"]}
        chart.add_scatter(x=list(x), y=list(y), mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _said(row) -> str:
    rate = row.shrunk_rate_per_1000_dwellings
    told = "taux inconnu" if pd.isna(rate) else f"{number(rate)} pour 1{NBSP}000 logements et par an (lissé)"
    return f"{escape(row.place_name, quote=False)}<br>{plural(int(row.incident_count), 'fait')}, {told}"


def _span(values: pd.Series) -> list[float]:
    low, high = float(values.min()), float(values.max())
    half = max(MIN_SPAN_M, (high - low) * (1 + 2 * MARGIN_SHARE)) / 2
    return [(low + high) / 2 - half, (low + high) / 2 + half]


def place_map_alt(residences: pd.DataFrame) -> str:
    """What a reader who cannot see the map is told."""
    counts = residences["hot_spot"].value_counts()
    parts = [f"{number(int(counts[kind]))} {words}" for kind, (_, _, words) in KINDS.items() if counts.get(kind)]
    return f"Carte de {plural(len(residences), 'résidence')}{NBSP}: {', '.join(parts)}."
