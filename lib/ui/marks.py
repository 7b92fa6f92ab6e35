"""Inline marks: always a shape and a word. They return escaped HTML that blocks may contain (LOOK §2 and §3)."""

from collections.abc import Mapping
from datetime import date
from numbers import Integral

import pandas as pd
from markupsafe import Markup, escape

from lib.domain.labels import date_label, number
from lib.domain.terms import FORCES

Text = str | Markup  # a plain str is data and is escaped; a Markup is already HTML

HIDDEN = Markup('<span class="o-nd">non diffusé</span>')
ZERO = Markup('<span class="o-zero">0</span>')
NONE = Markup('<span class="o-none" title="non renseigné">—</span>')
# Style and words of each band.
BANDS = {
    "priority": ("top", "Prioritaire"),
    "discuss": ("mid", "À discuter"),
    "other": ("low", "Non prioritaire"),
}
VERDICTS = {
    "rise": "hausse significative",
    "fall": "baisse significative",
    "flat": "évolution non significative",
    "few": "effectif insuffisant",
    "unknown": "non comparable",
}


def verdict(kind: str, text: Text = "") -> Markup:
    """A tested change: arrow, equal sign or dots, with its words.

    Args:
        kind: A value of ``analysis.trends.Verdict``.
        text: What is said beside the mark; the words of the verdict when empty.
    """
    return Markup('<span class="o-verdict o-{}"><i></i>{}</span>').format(str(kind), text or VERDICTS[kind])


def force(code: str | None) -> Markup:
    """■ Police, ▲ Gendarmerie; muted words when the service is not known."""
    if not code:
        return Markup('<span class="o-none">{}</span>').format(FORCES[""])
    return Markup('<span class="o-force o-{}"><i></i>{}</span>').format(code.lower(), FORCES[code])


def band(kind: str) -> Markup:
    """● Prioritaire, ◐ À discuter, ○ Non prioritaire: a value of ``analysis.priorities.Band``."""
    style, words = BANDS[kind]
    return Markup('<span class="o-band o-b-{}"><i></i>{}</span>').format(style, words)


def late(text: Text) -> Markup:
    """What is past its day: on the ochre of errors, and always said in words."""
    return Markup('<span class="o-late">{}</span>').format(text)


def contributions(parts: Mapping[str, float], *, most: float) -> Markup:
    """Signed bars, one line per name, each with its figure: whole points above (+) or under the median.

    Args:
        parts: Points by name, in the order shown.
        most: Points of a bar of full width, the same for all places of a list.
    """
    lines = Markup("").join(
        Markup('<dt>{}</dt><dd><i{} style="width:{}%"></i></dd><dd>{}</dd>').format(
            name,
            Markup(' class="o-minus"') if points < 0 else "",
            f"{100 * min(1, abs(points) / most) if most else 0:.0f}",
            number(points, sign=True),
        )
        for name, points in parts.items()
    )
    return Markup('<dl class="o-contrib">{}</dl>').format(lines)


def bar(share: float, text: Text) -> Markup:
    """A bar filled to ``share`` (0–1), with its value in words beside it."""
    width = f"{100 * min(max(share, 0), 1):.1f}"
    return Markup('<span class="o-bar"><i style="width:{}%"></i></span><span class="o-barv">{}</span>').format(
        width, text
    )


def interval(
    value: float, bounds: tuple[float, float], *, scale: tuple[float, float], mark: float | None = None
) -> Markup:
    """Dot and interval on a scale; read by eye only, so the figures must stand beside it.

    Args:
        value: Where the dot stands.
        bounds: Low and high end of the interval; cut at the ends of the scale, so that infinity may be given.
        scale: Value at the left and right end.
        mark: Reference line (no change, or the département).
    """
    start, end = scale

    def at(x: float) -> float:
        return 100 * (min(max(x, start), end) - start) / (end - start)

    low, high = (at(bound) for bound in bounds)
    line = "" if mark is None else f"--at:{at(mark):.1f}%"
    return Markup(
        '<span class="o-int" style="{}" aria-hidden="true"><i style="left:{}%;width:{}%"></i>'
        '<b style="left:{}%"></b></span>'
    ).format(line, f"{low:.1f}", f"{high - low:.1f}", f"{at(value):.1f}")


def two_lines(text: Text, detail: Text) -> Markup:
    """A name and, under it in smaller letters, what it belongs to."""
    return Markup("{}<small>{}</small>").format(text, detail)


def link_cell(label: Text, href: str) -> Markup:
    """A link to a place of ours; Streamlit removes any ``target``, so it opens in the same tab.

    Raises:
        ValueError: If ``href`` leaves this server.
    """
    if not href.startswith(("/", "?")) or href.startswith(("//", "/\\")):
        raise ValueError(f"not an address of ours: {href}")
    return Markup('<a href="{}">{}</a>').format(href, label)


def cell(value: object) -> Markup:
    """Any value as a cell: HTML as it is, text escaped, numbers and dates in French, «—» when missing.

    Whole numbers have no decimals, others one. Zero is the true zero.
    """
    if isinstance(value, str):
        return escape(value)
    if value is None or pd.isna(value):  # pyright: ignore[reportGeneralTypeIssues, reportArgumentType, reportCallIssue]
        return NONE
    if isinstance(value, date):
        return escape(date_label(value))
    if isinstance(value, Integral):
        return escape(number(int(value))) if value else ZERO
    return escape(number(float(value), 1))  # pyright: ignore[reportArgumentType]


def no_break(text: Text) -> Markup:
    """Words that stay on one line beside a mark."""
    return Markup('<span class="o-nb">{}</span>').format(text)
