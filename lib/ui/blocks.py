"""Blocks that several pages share: head, marks of change, tables of places, and the two ways of being empty."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from lib.analysis.coverage import reporting_coverage
from lib.analysis.trends import MIN_BASE_COUNT, Verdict
from lib.domain.labels import date_label, interval_label, number, plural, share, years_label
from lib.snapshot import directory
from lib.ui import components as c
from lib.ui.findings import change_words
from lib.ui.links import href
from lib.ui.marks import Text
from lib.ui.session import Visit

RATE = "Pour 1\u00a0000 logements et par an"
SOURCE = (
    "Source\u00a0: registres des bailleurs{fictitious}, données au {date}. Un fait recensé n’est pas une infraction "
    "établie. Moins de faits peut vouloir dire moins de déclarations."
)


def head(visit: Visit, title: Text, figures: pd.DataFrame, *, mark: Text = "", crumbs: Sequence = ()) -> None:
    """Title, perimeter and comparison, coverage, data date; then what weighs on the comparison, if anything does.

    Args:
        visit: The visit of the page, with a selection.
        title: The finding.
        figures: Rows of ``place_figures``, whose dwellings give the coverage.
        mark: Force of the place shown, before the sentence of the filters.
        crumbs: Label and address of each level above.
    """
    assert visit.chosen is not None
    said = f"{visit.said.rstrip('.')}, comparés aux mêmes mois {years_label(visit.chosen.years_apart)} plus tôt."
    sentence = Markup("{}. {}").format(mark, said) if mark else said
    c.header(title, sentence, coverage=reporting_coverage(figures), data_on=visit.data_on, crumbs=crumbs)
    before = visit.chosen.before
    contexts = visit.ask_store(directory.context_periods)
    weighing = [
        row.label.lower()
        for row in contexts.itertuples()
        if any(span.overlaps(_day(row.starts_on), _day(row.ends_on)) for span in (before, visit.period))
    ]
    if weighing:
        c.source(
            f"La période ou sa comparaison comprend\u00a0: {', '.join(weighing)}. Les déclarations y sont moins "
            "nombreuses, l’évolution n’est pas interprétable seule."
        )


def _day(stamp: pd.Timestamp):
    return pd.Timestamp(stamp).date()


def stop_if_empty(visit: Visit) -> None:
    """An empty store has its sentence and its way out; the rest of the page is not drawn."""
    if visit.data_on is not None:
        return
    c.header(
        "L’observatoire attend ses premières données", "Aucun fait n’a encore été importé.", coverage=None, data_on=None
    )
    c.empty(
        "La base ne contient aucun fait",
        "Les territoires, les résidences ou les registres n’ont pas encore été importés.",
        Markup(
            "Un registre s’importe depuis la page {}, une fois les résidences importées en ligne de commande (guide "
            "«\u00a0Premiers pas\u00a0»). «\u00a0make demo\u00a0» charge la démonstration."
        ).format(c.link_cell("Données", href("donnees"))),
    )
    st.stop()


def stop_if_nothing(visit: Visit, figures: pd.DataFrame, crumbs: Sequence = ()) -> None:
    """A selection without a fact says which kind of nothing it is, and the way out."""
    total = figures[["incident_count", "previous_incident_count", "residence_count", "reporting_residence_count"]].sum()
    if total["incident_count"]:
        return
    head(visit, "Aucun fait recensé pour ces filtres", figures, crumbs=crumbs)
    if not total["residence_count"]:
        why = "Aucune résidence ne correspond à ces lieux sur cette période."
    elif not total["reporting_residence_count"]:
        why = "Aucun bailleur n’a déclaré sur cette période\u00a0: l’absence de fait ne veut rien dire."
    else:
        told, known = int(total["reporting_residence_count"]), int(total["residence_count"])
        verb = "ont" if told > 1 else "a"
        why = (
            f"{plural(told, 'résidence')} sur {number(known)} {verb} déclaré, et aucune n’a recensé de fait de cette "
            "nature."
        )
    c.empty("Rien à montrer ici", why, "Élargissez la période ou les lieux, ou réinitialisez les filtres.")
    st.stop()


def change_mark(row) -> Markup:
    """The tested change of a row: mark and words."""
    kind = Verdict.FEW if row.verdict == Verdict.UNKNOWN else row.verdict
    return c.verdict(str(kind), change_words(row))


def part_words(count: int, total: int) -> str:
    """«5,1 %», «aucun»; on a base under ten facts, «3 sur 7»: no percentage there."""
    if not count:
        return "aucun"
    return share(count / total, 1) if total >= MIN_BASE_COUNT else f"{number(count)} sur {number(total)}"


def rate_words(row) -> Text:
    """The rate, and its interval at 95 % beneath; «—» where nobody reported."""
    if pd.isna(row.rate_per_1000_dwellings):
        return c.NONE
    return c.two_lines(number(row.rate_per_1000_dwellings), interval_label(row.rate_low, row.rate_high))


def dwellings_words(row) -> str:
    """«2 352, 94 % déclarés»: the share is of dwelling-months."""
    coverage = reporting_coverage(pd.DataFrame([row]))
    told = "sans déclaration" if coverage is None else f"{share(coverage)} déclarés"
    return f"{number(row.dwelling_count)}, {told}"


def places_table(
    places: pd.DataFrame,
    heading: str,
    *,
    link: Callable,
    rate: str = RATE,
    others: Sequence[tuple[str, Callable]] = (),
) -> None:
    """Places with their facts, rate and tested change; forty at a time.

    Args:
        places: Rows of ``with_rates`` then ``year_on_year``, in the order shown.
        heading: Of the first column.
        link: Address of a row, or None for plain text.
        rate: Heading of the rate, shorter where the section says its unit.
        others: More columns: heading and function of a row.
    """
    heads = [heading, "Faits", rate, "Évolution", *(name for name, _ in others)]
    with paged(len(places), heading) as shown:
        lines = [
            [
                place_cell(row, link(row)),
                facts_cell(row),
                rate_words(row),
                change_mark(row),
                *(value(row) for _, value in others),
            ]
            for row in places.iloc[shown].itertuples()
        ]
        c.table(heads, lines, numeric=(1, 2))


@contextmanager
def paged(count: int, name: str) -> Iterator[slice]:
    """Ranks of the forty lines to draw inside the block; the numbers of the pages come beneath, if there are several.

    Args:
        count: All the lines.
        name: Of the list, unlike any other of the page.
    """
    drawn = st.container()
    pages = -(-count // c.MAX_TABLE_ROWS)
    page = st.pagination(pages, key=f"page-{name}") if pages > 1 else 1
    first = (page - 1) * c.MAX_TABLE_ROWS
    with drawn:
        yield slice(first, first + c.MAX_TABLE_ROWS)


def paged_table(name: str, heads: Sequence[str], rows: Sequence[Sequence[object]], **more: Any) -> None:
    """A table of any length, forty lines at a time: see ``components.table`` and ``paged``."""
    with paged(len(rows), name) as ranks:
        c.table(heads, rows[ranks], **more)


def has_told(row) -> bool:
    """Whether the count of a place says something: a fact, or somebody who reported none."""
    return bool(row.incident_count or row.reporting_residence_count)


def facts_cell(row) -> Text:
    """The count with the dwellings behind it; «—» where nobody reported: that zero would say nothing."""
    if not has_told(row):
        return c.NONE
    count = c.cell(int(row.incident_count))
    return c.two_lines(count, plural(int(row.dwelling_count), "logement")) if row.dwelling_count else count


def place_cell(row, href: str | None) -> Text:
    """The name, linked when it leads somewhere, with its commune or its force beneath."""
    name = c.link_cell(row.place_name, href) if href else row.place_name
    detail = c.force(row.force) if isinstance(row.force, str) else row.commune_name
    return c.two_lines(name, detail) if isinstance(detail, str) else name


def source(visit: Visit) -> None:
    """What the figures are, at the foot of every page."""
    fictitious = " (données fictives)" if visit.is_synthetic else ""
    c.source(SOURCE.format(fictitious=fictitious, date=date_label(visit.data_on)))
