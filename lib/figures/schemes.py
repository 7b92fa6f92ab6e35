"""Schemes on a month axis: a thin line at their first day, another at their end, a number or a name above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from lib.domain.labels import date_label
from lib.domain.period import add_months
from lib.figures.months import Context, context_labels
from lib.figures.tokens import Tokens

MAX_NAMED = 3  # more names would be a second figure above the first: numbers alone, the list says the rest
MAX_NAME_CHARS = 44
# In sizes of text: the plot of a small panel, that of a chart as wide as a page, a character, a gap between texts.
SMALL_PLOT_WIDTH, WIDE_PLOT_WIDTH, CHAR_WIDTH, GAP = 11, 44, 0.53, 0.6


class Scheme(NamedTuple):
    """A scheme as ``directory.schemes`` tells it; ``ends_on``, the day after the last, is None while it runs."""

    label: str
    kind_label: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class SchemeLabel:
    """What stands above the plot for one scheme, or for several that start too near one another.

    Attributes:
        text: Its number, and its name where there is room; the numbers of several; HTML, escaped.
        on: The day it stands at.
        row: Line of labels above the plot, from 0.
        anchor: Side of the text that is on the day: ``left``, ``center`` or ``right``.
    """

    text: str
    on: date
    row: int
    anchor: str


def schemes_of(rows: pd.DataFrame) -> list[Scheme]:
    """The rows of ``directory.schemes`` as values, in their order."""
    days = (
        (pd.Timestamp(row.starts_on).date(), None if pd.isna(row.ends_on) else pd.Timestamp(row.ends_on).date())
        for row in rows.itertuples()
    )
    return [Scheme(label, kind, *own) for label, kind, own in zip(rows["label"], rows["kind_label"], days, strict=True)]


def marked(schemes: Sequence[Scheme], months: Sequence[date]) -> list[Scheme]:
    """Those that start or end inside the months drawn, in the order of their numbers: 1 for the first."""
    return [scheme for scheme in schemes if _days(scheme, months)]


def scheme_lines(schemes: Sequence[Scheme], months: Sequence[date]) -> list[str]:
    """The list that stands under the figure: «1. Ronde (patrouille), depuis le 1er mars 2025», plain text."""
    return [
        f"{number}. {scheme.label}{_kind(scheme)}, {_dates(scheme)}"
        for number, scheme in enumerate(marked(schemes, months), start=1)
    ]


def label_row_count(labels: Sequence[SchemeLabel], contexts: Sequence[Context], months: Sequence[date]) -> int:
    """Lines of labels above the plot, that of the exceptional periods included: 0 where nothing is named."""
    return max([1 if context_labels(contexts, months) else 0, *(label.row + 1 for label in labels)])


def scheme_labels(
    schemes: Sequence[Scheme], contexts: Sequence[Context], months: Sequence[date], *, is_small: bool
) -> list[SchemeLabel]:
    """Labels of the schemes marked, each in the lowest line where it covers no other and no exceptional period's.

    At most three are named, on a wide figure; otherwise they have their number alone, and those whose numbers would
    touch share one label: «3–7».
    """
    shown = marked(schemes, months)
    is_named = not is_small and len(shown) <= MAX_NAMED
    plot = _Plot(months[0], add_months(months[-1], 1), SMALL_PLOT_WIDTH if is_small else WIDE_PLOT_WIDTH)
    days = {number: _days(scheme, months)[0] for number, scheme in enumerate(shown, start=1)}
    groups = [[number] for number in days] if is_named else _near(days, plot)
    rows = [[plot.context_extent(*context) for context in context_labels(contexts, months)]]
    labels = []
    for group in groups:
        first, last = days[group[0]], days[group[-1]]
        on, numbers = first + (last - first) / 2, _numbers(group)
        name = _shortened(shown[group[0] - 1].label) if is_named else ""
        anchor, extent = plot.placed(on, len(f"{numbers} {name}".rstrip()), is_named=is_named)
        rows.append([])  # a line more than needed, so that one is free
        row = next(row for row, taken in enumerate(rows) if not any(_overlap(extent, other) for other in taken))
        rows[row].append(extent)
        text = f"<b>{numbers}</b> {escape(name, quote=False)}".rstrip()
        labels.append(SchemeLabel(text, on, row, anchor))
    return labels


def _near(days: Mapping[int, date], plot: "_Plot") -> list[list[int]]:
    """Numbers in the order of their days, those that would touch together."""
    groups: list[list[int]] = []
    for number in sorted(days, key=lambda number: days[number]):
        gap = plot.share(days[number]) - plot.share(days[groups[-1][-1]]) if groups else 1.0
        if gap < plot.width_of(len(str(number))):
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _numbers(group: Sequence[int]) -> str:
    """«3», «3–7» or «2, 5»."""
    listed = sorted(group)
    if len(listed) > 1 and listed[-1] - listed[0] == len(listed) - 1:
        return f"{listed[0]}–{listed[-1]}"
    return ", ".join(map(str, listed))


def mark_schemes(figure: go.Figure, schemes: Sequence[Scheme], tokens: Tokens, *, months: Sequence[date]) -> None:
    """Draws a thin line at the first day of each scheme, a dotted one at its end, inside ``months``."""
    for scheme in schemes:
        for day in _days(scheme, months):
            line = {"width": 1, "color": tokens["text"], "dash": "solid" if day == scheme.starts_on else "dot"}
            figure.add_shape(type="line", x0=day, x1=day, yref="paper", y0=0, y1=1, line=line, layer="below")


def write_labels(figure: go.Figure, labels: Sequence[SchemeLabel], tokens: Tokens, *, line_px: float) -> None:
    """Writes the labels above the plot, where ``label_row_count`` lines of ``line_px`` pixels must be free."""
    for label in labels:
        figure.add_annotation(
            text=label.text,
            x=label.on,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor=label.anchor,
            yshift=round(label.row * line_px),
            font={"color": tokens["text"]},
        )


@dataclass(frozen=True)
class _Plot:
    """Where texts fall along the months, in shares of the plot's width.

    Attributes:
        first: First day drawn.
        end: Day after the last.
        width: The least width of the plot, in sizes of text.
    """

    first: date
    end: date
    width: int

    def share(self, day: date) -> float:
        return (day - self.first) / (self.end - self.first)

    def width_of(self, char_count: int) -> float:
        return (char_count * CHAR_WIDTH + GAP) / self.width

    def context_extent(self, text: str, start: date, end: date) -> tuple[float, float]:
        """As ``shade_contexts`` writes it: from its start in the first quarter, else about its middle."""
        middle, width = (self.share(start) + self.share(end)) / 2, self.width_of(len(text))
        low = self.share(start) if middle < 1 / 4 else middle - width / 2
        return low, low + width

    def placed(self, on: date, char_count: int, *, is_named: bool) -> tuple[str, tuple[float, float]]:
        """Anchor and extent of a label: a number about its line, a name on the side that has room."""
        at, width = self.share(on), self.width_of(char_count)
        if not is_named:
            return "center", (at - width / 2, at + width / 2)
        return ("left", (at, at + width)) if at + width <= 1 or at < 1 / 2 else ("right", (at - width, at))


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _days(scheme: Scheme, months: Sequence[date]) -> list[date]:
    """Its first day and its end, those that fall inside the months."""
    end = add_months(months[-1], 1)
    return [day for day in (scheme.starts_on, scheme.ends_on) if day is not None and months[0] <= day < end]


def _dates(scheme: Scheme) -> str:
    if scheme.ends_on is None:
        return f"depuis le {date_label(scheme.starts_on)}"
    return f"du {date_label(scheme.starts_on)} au {date_label(scheme.ends_on - timedelta(days=1))}"


def _kind(scheme: Scheme) -> str:
    """Its kind in brackets, unless the label begins with it; initials stay."""
    kind = scheme.kind_label
    if scheme.label.lower().startswith(kind.lower()):
        return ""
    return f" ({kind if kind.isupper() else kind[0].lower() + kind[1:]})"


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_NAME_CHARS else f"{name[: MAX_NAME_CHARS - 1].rstrip()}…"
