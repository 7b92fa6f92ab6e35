"""The blocks a page is made of (LOOK §3). Every text given is escaped unless it is already ``Markup``."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import streamlit as st
from markupsafe import Markup

from lib.analysis.coverage import LOW_COVERAGE_SHARE
from lib.domain.labels import NBSP, date_label, share
from lib.ui.marks import (
    HIDDEN,
    NONE,
    ZERO,
    Text,
    bar,
    cell,
    force,
    interval,
    link_cell,
    no_break,
    two_lines,
    verdict,
)

__all__ = [
    "HIDDEN",
    "NONE",
    "ZERO",
    "KeyFigure",
    "bar",
    "cell",
    "coverage_chip",
    "definition_card",
    "empty",
    "failure",
    "fictitious",
    "findings",
    "force",
    "header",
    "html",
    "interval",
    "key_figures",
    "link_cell",
    "no_break",
    "reading",
    "section",
    "source",
    "table",
    "two_lines",
    "verdict",
]

MAX_TABLE_ROWS = 40  # beyond, blocks.paged
MANY_COLUMNS = 8  # beyond, a table may not fit a small screen: the keyboard must reach it to scroll it
SCROLLED = Markup(' tabindex="0" role="region" aria-label="Tableau à faire défiler"')
NOTHING = Markup("")


class KeyFigure(NamedTuple):
    """One figure of the band: what it is, its value, what it is counted on, and how it changed."""

    label: Text
    value: Text
    basis: Text
    verdict: Text = ""


def html(body: Markup) -> None:
    """Shows a block of HTML made by this module or by ``marks``."""
    st.html(str(body))


def fictitious() -> None:
    """The stamp of demonstration data; first on every page."""
    html(
        Markup(
            '<div class="o-fict" role="note"><b>Données fictives</b><span>Bailleurs, résidences et quartiers '
            "inventés, sur des communes et des services réels.</span></div>"
        )
    )


def header(
    title: Text,
    sentence: Text,
    *,
    coverage: float | None,
    data_on: date | None,
    crumbs: Sequence[tuple[Text, str | None]] = (),
) -> None:
    """Head of a page: trail, title (the finding), one sentence of perimeter, coverage and data date.

    Args:
        title: Two lines at most.
        sentence: Perimeter, period and comparison.
        coverage: Reporting dwellings over dwellings, 0–1; None when it cannot be known.
        data_on: Last day the store tells of; None in an empty store, which then says so.
        crumbs: Label and address of each level, the present one last with None.
    """
    dated = Markup("Données au <b>{}</b>").format(date_label(data_on)) if data_on else "Aucune donnée importée"
    html(
        Markup(
            '<header class="o-head">{}<h1>{}</h1><p class="o-sub">{}</p>'
            '<ul class="o-chips">{}<li><span>{}</span></li></ul></header>'
        ).format(_trail(crumbs), title, sentence, coverage_chip(coverage), dated)
    )


def _trail(crumbs: Sequence[tuple[Text, str | None]]) -> Markup:
    if not crumbs:
        return NOTHING
    steps = [
        link_cell(label, href) if href else Markup('<span aria-current="page">{}</span>').format(label)
        for label, href in crumbs
    ]
    items = NOTHING.join(Markup("<li>{}</li>").format(step) for step in steps)
    return Markup('<nav aria-label="Fil d’Ariane"><ol class="o-crumbs">{}</ol></nav>').format(items)


def coverage_chip(coverage: float | None) -> Markup:
    """Small bar and percentage, ochre with the words «incomplète» under 80 %."""
    if coverage is None or coverage != coverage:  # noqa: PLR0124 - NaN
        return Markup('<li class="o-cov o-low"><b>Couverture inconnue</b></li>')
    is_low = coverage < LOW_COVERAGE_SHARE
    return Markup(
        '<li class="o-cov{}"><span class="o-gauge" style="--v:{}%"></span>'
        "<span>Couverture déclarative <b>{}</b> des logements{}</span></li>"
    ).format(" o-low" if is_low else "", f"{100 * coverage:.0f}", share(coverage), ", incomplète" if is_low else "")


def key_figures(items: Iterable[KeyFigure | tuple[Text, Text, Text, Text]]) -> None:
    """A ruled band of up to five figures; label, value, verdict and basis stand on shared lines."""
    cells = NOTHING.join(
        Markup('<div><dt>{}</dt><dd><strong>{}</strong><span class="o-v">{}</span><span>{}</span></dd></div>').format(
            figure.label, figure.value, figure.verdict, figure.basis
        )
        for figure in (KeyFigure(*item) for item in items)
    )
    html(Markup('<dl class="o-figs">{}</dl>').format(cells))


def findings(lines: Iterable[Text]) -> None:
    """What the tests say, one line each."""
    html(Markup('<ul class="o-find">{}</ul>').format(NOTHING.join(Markup("<li>{}</li>").format(x) for x in lines)))


def section(title: Text, unit: Text = "") -> None:
    """Ink rule and title of a block, with its unit beside it."""
    beside = Markup("<p>{}</p>").format(unit) if unit else NOTHING
    html(Markup('<div class="o-sec"><h2>{}</h2>{}</div>').format(title, beside))


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numeric: Iterable[int] = (),
    caption: str = "",
    is_wide: bool = False,
) -> None:
    """A small table; the first cell of a row is its heading. On a phone each row folds into a card.

    Args:
        heads: One per column.
        rows: Up to 40; text is escaped, numbers are written in French, None is «—», ``Markup`` is kept.
        numeric: Ranks of the columns set to the right.
        caption: Title read aloud with the table; also shown.
        is_wide: On a phone, scroll instead of folding.

    Raises:
        ValueError: If there are more than 40 rows.
    """
    lines = list(rows)
    if len(lines) > MAX_TABLE_ROWS:
        raise ValueError(f"{len(lines)} rows: use blocks.paged beyond {MAX_TABLE_ROWS}")
    right = set(numeric)
    head = NOTHING.join(Markup('<th scope="col"{}>{}</th>').format(_side(i in right), h) for i, h in enumerate(heads))
    body = NOTHING.join(_row(line, heads, right) for line in lines)
    title = Markup("<caption>{}</caption>").format(caption) if caption else NOTHING
    html(
        Markup(
            '<div class="o-tw{}"{}><table class="o-t">{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
        ).format(" o-wide" if is_wide else "", SCROLLED if len(heads) > MANY_COLUMNS else "", title, head, body)
    )


def _side(is_numeric: bool) -> Markup:
    return Markup(' class="n"') if is_numeric else NOTHING


def _row(values: Sequence[object], heads: Sequence[str], right: set[int]) -> Markup:
    first, *others = values
    cells = [Markup('<th scope="row"{}>{}</th>').format(_side(0 in right), cell(first))]
    cells += [
        Markup('<td data-h="{}"{}>{}</td>').format(heads[i], _side(i in right), cell(value))
        for i, value in enumerate(others, start=1)
    ]
    return Markup("<tr>{}</tr>").format(NOTHING.join(cells))


def definition_card(title: Text, items: Mapping[str, object]) -> None:
    """A name and its figures, as a list of terms; values follow the rules of ``table``."""
    pairs = NOTHING.join(Markup("<dt>{}</dt><dd>{}</dd>").format(term, cell(value)) for term, value in items.items())
    heading = Markup("<h3>{}</h3>").format(title) if title else NOTHING
    html(Markup('<div class="o-card">{}<dl>{}</dl></div>').format(heading, pairs))


def source(text: Text) -> None:
    """Last line of a block: where the figures come from and what they cannot say."""
    html(Markup('<p class="o-src">{}</p>').format(text))


def reading(text: Text) -> None:
    """«Comment lire», two sentences at most."""
    html(Markup('<p class="o-read"><b>Comment lire.</b> {}</p>').format(text))


def empty(title: Text, why: Text, way_out: Text) -> None:
    """In place of a block: what is empty, why, and the way out."""
    html(Markup('<div class="o-empty" role="status"><h2>{}</h2><p>{}</p><p>{}</p></div>').format(title, why, way_out))


def failure(reference: str) -> None:
    """In place of a page that failed: what still works, what to do, the reference to hand on."""
    html(
        Markup(
            '<div class="o-empty o-fail" role="alert"><h2>Cette page n’a pas pu être affichée</h2>'
            "<p>Les autres pages restent disponibles et aucune donnée n’a été modifiée. Rechargez la page{0}; "
            "si le problème revient, transmettez cette référence à l’administrateur{0}:</p>"
            '<p class="o-ref">{1}</p></div>'
        ).format(NBSP, reference)
    )
