"""Counts of two periods, one line per family or type: a hollow dot before, a full one after."""

from html import escape

import pandas as pd
import plotly.graph_objects as go

from lib.domain.labels import NBSP, shift
from lib.figures.template import PAGE_SIZE, figure, round_top
from lib.figures.tokens import Tokens

TESTED = ("rise", "fall")


def comparison_figure(comparison: pd.DataFrame, tokens: Tokens, *, size: int = PAGE_SIZE) -> go.Figure:
    """Dots on a common scale from zero, the two counts written at the end of the line.

    Args:
        comparison: One row per line, in order from the top: ``label``, ``previous_incident_count``,
            ``incident_count``, ``verdict``. Only a rise or a fall that was tested takes a colour.
        tokens: Colours of the theme.
        size: Pixels of text.
    """
    # Plotly draws the first category at the bottom.
    rows = comparison.iloc[::-1].reset_index(drop=True)
    labels = [escape(label, quote=False) for label in rows["label"]]
    colors = [tokens[verdict] if verdict in TESTED else tokens["flat"] for verdict in rows["verdict"]]
    chart = figure(
        tokens, size, height=round((2.1 * len(rows) + 2.4) * size), margin={"l": 8, "r": 8 * size, "t": 4, "b": 4}
    )
    for i, row in rows.iterrows():
        ends = [row["previous_incident_count"], row["incident_count"]]
        chart.add_scatter(
            x=ends, y=[i, i], mode="lines", line={"width": 3, "color": colors[i]}, hoverinfo="skip", name="écart"
        )
    before = {"size": 10, "color": tokens["ground"], "line": {"width": 2, "color": colors}}
    chart.add_scatter(
        x=rows["previous_incident_count"],
        y=rows.index,
        mode="markers",
        marker=before,
        name="période précédente",
        hovertemplate="%{x:,d}<extra>période précédente</extra>",
    )
    chart.add_scatter(
        x=rows["incident_count"],
        y=rows.index,
        mode="markers",
        marker={"size": 12, "color": colors},
        name="période",
        hovertemplate="%{x:,d}<extra>période</extra>",
    )
    for i, row in rows.iterrows():
        text = shift(row["previous_incident_count"], row["incident_count"])
        chart.add_annotation(
            x=1, xref="paper", y=i, text=text, xanchor="left", xshift=12, font={"color": tokens["text"]}
        )
    top = round_top(rows[["previous_incident_count", "incident_count"]].to_numpy().max(initial=0))
    chart.update_yaxes(tickvals=list(rows.index), ticktext=labels, range=[-0.6, len(rows) - 0.4], showgrid=False)
    chart.update_yaxes(ticklabelstandoff=6)
    # A little room on each side, so that a dot at an end is whole.
    chart.update_xaxes(showgrid=True, range=[-0.03 * top, 1.03 * top], tickvals=[0, top / 2, top], tickformat=",d")
    return chart


def comparison_alt(comparison: pd.DataFrame) -> str:
    """What a reader who cannot see the dots is told: the two counts of each line."""
    counts = zip(comparison["label"], comparison["previous_incident_count"], comparison["incident_count"], strict=True)
    said = (f"{label} {shift(before, after)}" for label, before, after in counts)
    return f"Faits de la période précédente puis de la période{NBSP}: {', '.join(said)}."
