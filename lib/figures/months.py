"""The month axis, in French: Plotly has no French locale without fetching one."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from lib.domain.labels import month_label, month_short_label
from lib.domain.period import add_months, month_of
from lib.figures.tokens import Tokens

TICK_PX, LINE = 8, 1.35  # under the axis: its tick, then lines of text
MAX_YEARS_NAMED = 5  # more would overlap on a phone
YEARS_SHOWN_FROM = 30  # months; under it the axis names months instead of years
Context = tuple[str, date, date]  # label, first day, day after the last
SAME_LABEL_WITHIN_MONTHS = 18  # periods of context nearer than this share one label


def month_list(index: pd.Index) -> list[date]:
    """The months of an index ``month_on``, as dates."""
    return list(pd.DatetimeIndex(index).date)


def month_names(months: Sequence[date]) -> list[str]:
    """«octobre 2026» for each, for hover texts."""
    return [month_label(month) for month in months]


def month_ticks(first: date, last: date, *, is_small: bool) -> tuple[list[date], list[str]]:
    """Places and texts of the ticks of a month axis.

    Args:
        first: First month drawn.
        last: Last month drawn.
        is_small: A panel of a few hundred pixels: first and last ticks only.

    Returns:
        Januaries named by their year on a long axis, months at regular steps on a short one, in two lines.
    """
    span = (last.year - first.year) * 12 + last.month - first.month
    places, texts = _year_ticks(first, last) if span >= YEARS_SHOWN_FROM else _short_ticks(first, span)
    if is_small and len(places) > 2:
        places, texts = [places[0], places[-1]], [texts[0] or str(places[0].year), texts[-1] or str(places[-1].year)]
    return places, texts


def _year_ticks(first: date, last: date) -> tuple[list[date], list[str]]:
    """Every January; beyond five, every second one is named, counting from the last."""
    years = range(first.year + (first.month > 1), last.year + 1)
    step = 1 if len(years) <= MAX_YEARS_NAMED else 2
    return [date(year, 1, 1) for year in years], [str(y) if (last.year - y) % step == 0 else "" for y in years]


def _short_ticks(first: date, span: int) -> tuple[list[date], list[str]]:
    """About four months at equal steps."""
    places = [add_months(first, i) for i in range(0, span + 1, max(1, -(-span // 4)))]
    return places, [month_short_label(place).replace(" ", "<br>") for place in places]


def set_month_axis(figure: go.Figure, months: Sequence[date], *, size: int, is_small: bool) -> None:
    """Gives the figure a fixed x axis over ``months`` (first days, in order, at least one), with room for its texts.

    The margin is set, not found: Plotly lays a figure out twice to find one.
    """
    first, last = months[0], months[-1]
    places, texts = month_ticks(first, last, is_small=is_small)
    # Half a month of room on each side, and a set range: an annotation would stretch it.
    span = [add_months(first, -1).replace(day=16), month_of(last).replace(day=16)]
    figure.update_xaxes(tickvals=places, ticktext=texts, range=span, tickangle=0, automargin=False)
    lines = 1 + max(text.count("<br>") for text in texts)
    figure.update_layout(margin_b=TICK_PX + round(LINE * lines * size))


def shade_contexts(figure: go.Figure, contexts: Sequence[Context], tokens: Tokens, *, months: Sequence[date]) -> None:
    """Shades the periods that fall inside ``months``, one label per group of near periods, above the plot.

    Leave 1.4 times the size of text free above the plot when ``context_labels`` is not empty.
    """
    first, last = months[0], add_months(months[-1], 1)
    for _, start, end in _inside(contexts, first, last):
        shape = {"xref": "x", "yref": "paper", "x0": max(start, first), "x1": min(end, last), "layer": "below"}
        figure.add_shape(type="rect", y0=0, y1=1, fillcolor=tokens["line"], line={"width": 0}, **shape)
        figure.add_shape(type="line", y0=1, y1=1, line={"width": 2, "color": tokens["edge"]}, **shape)
    for text, start, end in context_labels(contexts, months):
        middle = start + (end - start) / 2
        is_left = (middle - first) < (last - first) / 4
        figure.add_annotation(
            text=text,
            x=start if is_left else middle,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="left" if is_left else "center",
            xshift=3 if is_left else 0,
        )


def context_labels(contexts: Sequence[Context], months: Sequence[date]) -> list[Context]:
    """One label per group of periods less than 18 months apart, with the extent of the group.

    Three confinements within fourteen months are a few pixels wide each: «Confinements 2020–2021» over all three.
    """
    first, last = months[0], add_months(months[-1], 1)
    groups: list[list[Context]] = []
    for period in sorted(_inside(contexts, first, last), key=lambda period: period[1]):
        if groups and period[1] < add_months(month_of(groups[-1][-1][2]), SAME_LABEL_WITHIN_MONTHS):
            groups[-1].append(period)
        else:
            groups.append([period])
    return [(_group_label(group), max(group[0][1], first), min(group[-1][2], last)) for group in groups]


def _group_label(group: list[Context]) -> str:
    """The label of the only period, else the last word they share, in the plural: «confinements»."""
    if len(group) == 1:
        return group[0][0]
    words = {label.split()[-1].lower() for label, _, _ in group}
    return f"{words.pop().capitalize()}s" if len(words) == 1 else "Contexte particulier"


def _inside(contexts: Sequence[Context], first: date, last: date) -> list[Context]:
    return [period for period in contexts if period[1] < last and period[2] > first]
