"""Recorded crime by year: one small panel of bars per series, cells that are not published hatched."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from textwrap import wrap

import plotly.graph_objects as go

from lib.analysis.recorded import RecordedSeries
from lib.domain.labels import NBSP, number
from lib.domain.recorded import Cell
from lib.figures.template import PAGE_SIZE, figure, round_top
from lib.figures.tokens import Tokens

BARS_HEIGHT = 150  # px at the size of text of a page, without the lines of the title
TITLE_CHARACTERS = 30  # of a line, in a panel of a third of the page
TITLE_LINE = 1.3  # height of a line of the title, in sizes of text
BAR_WIDTH = 0.75  # of a year: a trace of a few years would widen its own
SAID = {Cell.HIDDEN: "non diffusé", Cell.ABSENT: "absent"}


def recorded_figure(series: RecordedSeries, tokens: Tokens, *, size: int = PAGE_SIZE) -> go.Figure:
    """Bars by year on the panel's own scale, the unit under the title.

    A full bar is the place shown; a pale one, with an outline, is another perimeter. A cell that is not published is
    hatched from bottom to top, since nothing is known of its height; a zero is written 0; an absent one is left empty.

    Args:
        series: Of ``analysis.recorded``.
        tokens: Colours of the theme.
        size: Pixels of text.
    """
    lines = wrap(series.label, TITLE_CHARACTERS)
    above = round(TITLE_LINE * size * (len(lines) + 1) + size)
    top = round_top(1.1 * float(series.cells["fact_count"].max() if series.cells["fact_count"].notna().any() else 0))
    chart = figure(
        tokens,
        size,
        height=round(BARS_HEIGHT * size / PAGE_SIZE) + above,
        margin={"l": round(0.6 * size * len(number(top))) + 8, "r": round(0.6 * size), "t": above},
        title=_title(lines, series.unit, tokens, size),
        barmode="overlay",
    )
    _add_bars(chart, series, tokens)
    _add_hidden(chart, series, tokens, top=top)
    _write_states(chart, series, tokens)
    years = [int(year) for year in series.cells.index]
    chart.update_yaxes(range=[0, top], tickvals=[0, top / 2, top], tickformat=",d", automargin=False)
    chart.update_xaxes(
        range=[years[0] - 0.6, years[-1] + 0.6],
        tickvals=sorted({years[0], years[-1]}),
        tickformat="d",
        ticklabelposition="outside",
    )
    return chart


def recorded_alt(series: RecordedSeries) -> str:
    """What a reader who cannot see the panel is told: first and last counts, and the years without one."""
    known = series.cells["fact_count"].dropna()
    if known.empty:
        counts = "aucune année chiffrée"
    else:
        ends = sorted({known.index[0], known.index[-1]})
        counts = ", ".join(f"{number(int(known[year]))} en {year}" for year in ends)
    without = [
        f"{words}{NBSP}: {year_ranges(years)}"
        for state, words in SAID.items()
        if (years := [int(year) for year in series.cells.index[series.cells["state"] == state]])
    ]
    return f"{series.label} ({series.unit}), par an{NBSP}: {counts}{''.join(f'{NBSP}; {said}' for said in without)}."


def year_ranges(years: Sequence[int]) -> str:
    """«2012 à 2014, 2016»: years in order, those that follow each other as a range."""
    runs = [[year for _, year in run] for _, run in groupby(enumerate(years), lambda pair: pair[1] - pair[0])]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} à {run[-1]}" for run in runs)


def _title(lines: Sequence[str], unit: str, tokens: Tokens, size: int) -> dict[str, object]:
    name = "<br>".join(escape(line, quote=False) for line in lines)
    counted = f'<span style="color:{tokens["muted"]}">{escape(unit, quote=False)}</span>'
    place = {"x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top"}
    look = {"font": {"size": size, "color": tokens["text"]}, "pad": {"t": round(0.9 * size)}}
    return {"text": f"<b>{name}</b><br>{counted}", **place, **look}


def _add_bars(chart: go.Figure, series: RecordedSeries, tokens: Tokens) -> None:
    for is_same, color in ((True, tokens["accent"]), (False, tokens["accent_bg"])):
        own = series.cells[(series.cells["state"] == Cell.VALUE) & (series.cells["is_same_place"] == is_same)]
        chart.add_bar(
            x=list(own.index),
            y=own["fact_count"].astype(float),
            width=BAR_WIDTH,
            marker={"color": color, "line": {"width": 0 if is_same else 1, "color": tokens["accent"]}},
            name="ressort affiché" if is_same else "autre ressort",
            hovertemplate=f"%{{x}}{NBSP}: %{{y:,d}}<extra></extra>",
        )


def _add_hidden(chart: go.Figure, series: RecordedSeries, tokens: Tokens, *, top: int) -> None:
    years = list(series.cells.index[series.cells["state"] == Cell.HIDDEN])
    chart.add_bar(
        x=years,
        y=[top] * len(years),
        width=BAR_WIDTH,
        marker={
            "color": "rgba(0,0,0,0)",
            "pattern": {"shape": "/", "fgcolor": tokens["hatch"], "size": 7, "solidity": 0.25},
            "line": {"width": 1, "color": tokens["hatch"]},
        },
        name="non diffusé",
        hovertemplate=f"%{{x}}{NBSP}: non diffusé<extra></extra>",
    )


def _write_states(chart: go.Figure, series: RecordedSeries, tokens: Tokens) -> None:
    """Zeros, and the count of the last year that has one."""
    cells = series.cells
    written = {int(year): "0" for year in cells.index[cells["state"] == Cell.ZERO]}
    known = cells["fact_count"].dropna()
    if len(known):
        written[int(known.index[-1])] = f"<b>{number(int(known.iloc[-1]))}</b>"
    for year, text in written.items():
        is_last = len(text) > 1 and year == cells.index[-1]  # a long number would be cut by the edge
        side = {"xanchor": "right", "xshift": 10} if is_last else {"xanchor": "center"}
        chart.add_annotation(
            x=year, y=float(known[year]), text=text, yanchor="bottom", font={"color": tokens["text"]}, **side
        )
