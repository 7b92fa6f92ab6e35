"""Hour × weekday heat map, on paper in both themes."""

import numpy as np
import plotly.graph_objects as go

from lib.analysis.hours import HOURS, SPAN_HOURS, HourTable, fullest_span
from lib.domain.labels import NBSP, number, plural, share, time_label
from lib.figures.template import PAGE_SIZE, figure
from lib.figures.tokens import RAMP, Tokens

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
# Multiples of the mean cell: they do not move with the selection, its length or its size.
BREAKS = (0.5, 1.0, 1.5, 2.0)
BREAK_LABELS = ("½", "1", "1½", "2")
HOUR_UNIT = "Faits à l’heure connue, par heure et jour de la semaine, en multiples de la moyenne"
HOURS_NAMED = range(0, 24, 6)  # readable on a phone
CELL_HEIGHT, KEY_HEIGHT = 1.9, 0.9  # in sizes of text
TOP_LINES, BOTTOM_LINES = 2.0, 5.6  # of text, above and below the cells


def hour_figure(table: HourTable, tokens: Tokens, *, size: int = PAGE_SIZE) -> go.Figure:
    """Seven rows of twenty-four cells in five classes, the key under them, then the share of unknown hours.

    Classes are multiples of the mean cell: under ½, ½ to 1, 1 to 1½, 1½ to 2, 2 and more; a true zero is paper.

    Args:
        table: Of ``analysis.hours``.
        tokens: Colours of the theme.
        size: Pixels of text.
    """
    above, below, cells = TOP_LINES * size, BOTTOM_LINES * size, 7 * CELL_HEIGHT * size
    chart = figure(
        tokens,
        size,
        height=round(above + cells + below),
        margin={"l": round(5.4 * size), "r": round(0.8 * size), "t": round(above), "b": round(below)},
        plot_bgcolor=tokens["thread"],  # seen between cells, as their outline
    )
    multiples = _multiples(table)
    chart.add_heatmap(
        x=[hour + 0.5 for hour in HOURS],
        y=list(DAYS),
        z=classes(multiples),
        zmin=-0.5,
        zmax=len(RAMP) + 0.5,
        colorscale=_steps((tokens["paper"], *RAMP)),
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=_hovers(table, multiples),
        hovertemplate="%{customdata}<extra></extra>",
    )
    chart.update_xaxes(
        range=[0, 24], tickvals=list(HOURS_NAMED), ticktext=[time_label(60 * hour) for hour in HOURS_NAMED], side="top"
    )
    chart.update_yaxes(autorange="reversed", rangemode="normal", showgrid=False, automargin=False)
    _add_key(chart, tokens, size=size, cells=cells)
    chart.add_annotation(
        text=unknown_sentence(table).replace(f"{NBSP}: ", f"{NBSP}:<br>"),
        **{"x": 0, "xref": "paper", "xanchor": "left", "y": 0, "yref": "paper", "yanchor": "top"},
        xshift=-round(5.2 * size),
        yshift=-round(3.0 * size),
        align="left",
    )
    return chart


def classes(multiples: np.ndarray) -> np.ndarray:
    """Class of each multiple of the mean: 0 a true zero, then 1 to 5; missing stays missing."""
    found = np.digitize(multiples, BREAKS) + 1.0
    return np.where(np.isnan(multiples), np.nan, np.where(multiples == 0, 0, found))


def unknown_sentence(table: HourTable) -> str:
    """«17 % des faits ont une heure inconnue : absents du graphique», to be written in full wherever the cells are."""
    if not table.known_count + table.unknown_count:
        return "Aucun fait recensé sur la période."
    if not table.unknown_count:
        return f"L’heure de tous les faits est connue{NBSP}: aucun n’est absent du graphique."
    return f"{share(table.unknown_share)} des faits ont une heure inconnue{NBSP}: absents du graphique."


def hour_title(table: HourTable) -> str:
    """«44 % des faits entre 17 h et 23 h», of those whose hour is known; or that no part of the day stands out."""
    span = fullest_span(table)
    if span is None:
        return "Aucun moment de la journée ne se détache"
    start, end = span.start_hour, (span.start_hour + SPAN_HOURS) % len(HOURS)
    return f"{share(span.share)} des faits entre {time_label(60 * start)} et {time_label(60 * end)}"


def hour_alt(table: HourTable) -> str:
    """What a reader who cannot see the cells is told: the fullest one, the busiest day, the share unknown."""
    if not table.known_count:
        return f"Faits recensés par heure et jour de la semaine{NBSP}: {_lowered(unknown_sentence(table))}"
    counts = table.counts.to_numpy()
    day, hour = np.unravel_index(counts.argmax(), counts.shape)
    return (
        f"Faits recensés par heure et jour de la semaine{NBSP}: "
        f"{plural(table.known_count, 'fait')} à l’heure connue, le plus le {DAYS[day]} {_hour_span(int(hour))} "
        f"({number(counts[day, hour] / counts.mean(), 1)} fois la moyenne d’une case). {unknown_sentence(table)}"
    )


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _hour_span(hour: int) -> str:
    return f"de {time_label(60 * hour)} à {time_label(60 * (hour + 1))}"


def _multiples(table: HourTable) -> np.ndarray:
    counts = table.counts.to_numpy()
    mean = counts.mean()
    return counts / mean if mean else np.zeros_like(counts)


def _hovers(table: HourTable, multiples: np.ndarray) -> list[list[str]]:
    counts = table.counts.to_numpy()
    return [
        [
            f"{day}, {_hour_span(hour)}<br>{number(counts[row, hour], 1)} faits"
            f"<br>{number(multiples[row, hour], 1)} fois la moyenne"
            for hour in HOURS
        ]
        for row, day in enumerate(DAYS)
    ]


def _steps(colors: tuple[str, ...]) -> list[tuple[float, str]]:
    """A colour scale that does not blend."""
    count = len(colors)
    return [(edge / count, color) for place, color in enumerate(colors) for edge in (place, place + 1)]


def _add_key(chart: go.Figure, tokens: Tokens, *, size: int, cells: float) -> None:
    """The classes under the plot, on half its width, with their breaks at the borders."""
    step, top = 0.11, -0.7 * size / cells
    for place, color in enumerate(RAMP):
        chart.add_shape(
            type="rect",
            **{"xref": "paper", "x0": place * step, "x1": (place + 1) * step},
            **{"yref": "paper", "y0": top - KEY_HEIGHT * size / cells, "y1": top},
            fillcolor=color,
            line={"width": 1, "color": tokens["edge"]},
        )
    under = {"yref": "paper", "y": top - KEY_HEIGHT * size / cells, "yanchor": "top", "xref": "paper"}
    for place, text in enumerate(BREAK_LABELS, start=1):
        chart.add_annotation(text=text, x=place * step, xanchor="center", **under)
    middle = {"yref": "paper", "y": top - KEY_HEIGHT * size / cells / 2, "yanchor": "middle", "xref": "paper"}
    chart.add_annotation(text="fois la moyenne", x=5 * step, xanchor="left", xshift=round(0.4 * size), **middle)
