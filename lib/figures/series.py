"""Monthly series: one panel per family or type, and the coverage line that stands under them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd
import plotly.graph_objects as go

from lib.analysis.coverage import LOW_COVERAGE_SHARE
from lib.domain.labels import NBSP, month_label, number, of_month_label, share
from lib.figures.months import TICK_PX, Context, month_list, month_names, set_month_axis, shade_contexts
from lib.figures.schemes import Scheme, label_row_count, mark_schemes, scheme_labels, write_labels
from lib.figures.template import PAGE_SIZE, figure, round_top
from lib.figures.tokens import Tokens

SMALL_PANEL_HEIGHT = 205  # px at the size of text of a page, without the line of context labels
WIDE_PANEL_HEIGHT = 320
DIGIT = 0.6  # width of a digit, in sizes of text
LABEL_LINE = 1.4  # height of the line of context labels, in sizes of text
ARROWS = {"rise": "↗", "fall": "↘"}


@dataclass(frozen=True)
class MonthPanel:
    """What one panel shows.

    Attributes:
        title: Short name of the family or type; data, it is escaped.
        counts: Facts by month, indexed by ``month_on`` (first days, in order).
        rolling: Mean of the twelve months ending at each month, same index; missing at first.
        change: Verdict of ``analysis.trends`` and its words, shown only if it is a rise or a fall: («rise», «+23 %»).
        expected: ``expected_low`` and ``expected_high`` indexed by ``month_on``, for the months that have them.
        schemes: Those that bear on what is counted; ``figures.schemes.scheme_lines`` is the list to put underneath.
    """

    title: str
    counts: pd.Series
    rolling: pd.Series
    change: tuple[str, str] | None = None
    expected: pd.DataFrame | None = None
    schemes: Sequence[Scheme] = ()


def scale_top(panels: Iterable[MonthPanel]) -> int:
    """A common scale: a round top above every month of every panel."""
    return round_top(max((float(panel.counts.max()) for panel in panels if len(panel.counts)), default=0))


def month_figure(
    panel: MonthPanel,
    tokens: Tokens,
    *,
    top: int | None = None,
    contexts: Sequence[Context] = (),
    is_small: bool = True,
    size: int = PAGE_SIZE,
) -> go.Figure:
    """Months as a thin line, their twelve-month mean as a thick one with its last value.

    Args:
        panel: What is drawn.
        tokens: Colours of the theme.
        top: Top of the scale, from ``scale_top`` over every panel; the panel's own scale when None.
        contexts: Label, first day and day after the last of periods to shade.
        is_small: A panel of small multiples; else a chart of the whole width.
        size: Pixels of text.
    """
    months = month_list(panel.counts.index)
    top = top or scale_top([panel])
    labels = scheme_labels(panel.schemes, contexts, months, is_small=is_small)
    above = LABEL_LINE * size * label_row_count(labels, contexts, months)
    chart = figure(
        tokens,
        size,
        height=round((SMALL_PANEL_HEIGHT if is_small else WIDE_PANEL_HEIGHT) * size / PAGE_SIZE + above),
        margin={**_sides(size, number(top), is_small=is_small), "t": round(2.1 * size + above)},
        title=_title(panel, tokens, size),
    )
    shade_contexts(chart, contexts, tokens, months=months)
    mark_schemes(chart, panel.schemes, tokens, months=months)
    write_labels(chart, labels, tokens, line_px=LABEL_LINE * size)
    if panel.expected is not None:
        _add_expected(chart, panel.expected, tokens)
    _add_lines(chart, panel, tokens, width=3 if is_small else 4)
    chart.update_yaxes(range=[0, top], tickvals=[0, top / 2, top], tickformat=",d", automargin=False)
    set_month_axis(chart, months, size=size, is_small=is_small)
    return chart


def _sides(size: int, widest: str, *, is_small: bool) -> dict[str, int]:
    """Left and right margins, for the widest text beside the axis; the same on wide charts, whose months then align."""
    if is_small:
        return {"l": round(DIGIT * size * len(widest)) + TICK_PX, "r": round(2.8 * size)}
    return {"l": round(3.6 * size), "r": round(4.2 * size)}


def _title(panel: MonthPanel, tokens: Tokens, size: int) -> dict[str, object]:
    text = f"<b>{escape(panel.title, quote=False)}</b>"
    if panel.change and panel.change[0] in ARROWS:
        kind, words = panel.change
        text += f'  <span style="color:{tokens[kind]}">{ARROWS[kind]}{NBSP}{escape(words, quote=False)}</span>'
    font = {"size": size, "color": tokens["text"]}
    return {"text": text, "x": 0, "xref": "container", "xanchor": "left", "y": 0.985, "yanchor": "top", "font": font}


def _add_expected(chart: go.Figure, expected: pd.DataFrame, tokens: Tokens) -> None:
    low, high = expected["expected_low"].clip(lower=0), expected["expected_high"]
    chart.add_scatter(
        x=[*expected.index, *expected.index[::-1]],
        y=[*high, *low[::-1]],
        fill="toself",
        fillcolor=tokens["accent_bg"],
        line={"width": 0},
        hoverinfo="skip",
        name="attendu",
    )


def _add_lines(chart: go.Figure, panel: MonthPanel, tokens: Tokens, *, width: int) -> None:
    months, rolling = month_list(panel.counts.index), panel.rolling.dropna()
    chart.add_scatter(
        x=months,
        y=panel.counts,
        mode="lines+markers",  # a line alone takes no click
        line={"width": 1, "color": tokens["edge"]},
        marker={"size": 8, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        name="mois",
        customdata=month_names(months),
        hovertemplate=f"%{{customdata}}{NBSP}: %{{y:,d}}<extra></extra>",
    )
    chart.add_scatter(
        x=rolling.index,
        y=rolling,
        mode="lines",
        line={"width": width, "color": tokens["accent"]},
        name="moyenne sur 12 mois",
        hoverinfo="skip",
    )
    if rolling.empty:
        return
    last_month, last = rolling.index[-1], float(rolling.iloc[-1])
    chart.add_scatter(
        x=[last_month],
        y=[last],
        mode="markers",
        marker={"size": 8, "color": tokens["accent"]},
        cliponaxis=False,
        hoverinfo="skip",
    )
    chart.add_annotation(
        x=last_month,
        y=last,
        text=f"<b>{mean_label(last)}</b>",
        xanchor="left",
        xshift=6,
        font={"color": tokens["accent"]},
    )


def mean_label(value: float) -> str:
    """A mean number of facts by month: one decimal under 10, none above."""
    return number(value, 1 if value < 10 else 0)


def month_alt(panel: MonthPanel) -> str:
    """What a reader who cannot see the panel is told."""
    months = month_list(panel.counts.index)
    span = f"{of_month_label(months[0])} à {month_label(months[-1])}"
    rolling = panel.rolling.dropna()
    mean = f", {mean_label(float(rolling.iloc[-1]))} par mois en moyenne sur les 12 derniers" if len(rolling) else ""
    said = f", {panel.change[1]}" if panel.change and panel.change[0] in ARROWS else ""
    return f"{panel.title}{NBSP}: faits recensés par mois {span}{mean}{said}."


def coverage_figure(coverage: pd.Series, tokens: Tokens, *, is_small: bool = False, size: int = PAGE_SIZE) -> go.Figure:
    """Reporting coverage by month, 0 to 100 %, the months under 80 % marked in ochre.

    Args:
        coverage: Share 0–1 indexed by ``month_on``; missing where there is no dwelling: the line breaks.
        tokens: Colours of the theme.
        is_small: First and last ticks only.
        size: Pixels of text.
    """
    months, percents = month_list(coverage.index), 100 * coverage
    full = f"100{NBSP}%"
    chart = figure(tokens, size, height=round(9 * size), margin={**_sides(size, full, is_small=is_small), "t": size})
    chart.add_scatter(
        x=months,
        y=percents,
        mode="lines",
        line={"width": 2, "color": tokens["accent"], "shape": "hvh"},
        name="couverture",
        customdata=[
            f"{month_label(month)}{NBSP}: {share(value)}" for month, value in zip(months, coverage, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    low = percents.loc[coverage < LOW_COVERAGE_SHARE]
    chart.add_scatter(
        x=low.index,
        y=low,
        mode="markers",
        marker={"size": 8, "color": tokens["warn"], "symbol": "diamond"},
        name="sous 80 %",
        hoverinfo="skip",
    )
    known = coverage.dropna()
    if len(known):
        color = tokens["warn" if known.iloc[-1] < LOW_COVERAGE_SHARE else "accent"]
        chart.add_annotation(
            x=known.index[-1],
            y=100 * known.iloc[-1],
            text=f"<b>{share(known.iloc[-1])}</b>",
            xanchor="left",
            xshift=6,
            font={"color": color},
        )
    chart.update_yaxes(range=[0, 104], tickvals=[0, 50, 100], ticktext=["0", "50", full], automargin=False)
    set_month_axis(chart, months, size=size, is_small=is_small)
    return chart


def coverage_alt(coverage: pd.Series) -> str:
    """What a reader who cannot see the coverage line is told."""
    known = coverage.dropna()
    if known.empty:
        return "Couverture déclarative inconnue."
    low = (known < LOW_COVERAGE_SHARE).sum()
    below = f", {low} mois sous 80{NBSP}%" if low else f", jamais sous 80{NBSP}%"
    last = month_label(month_list(known.index)[-1])
    return (
        f"Couverture déclarative par mois{NBSP}: {share(known.iloc[-1])} en {last}, "
        f"au plus bas {share(known.min())}{below}."
    )
