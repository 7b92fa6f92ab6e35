"""The list of priorities: a place, its band and probability; why; what partners could do together."""

import numpy as np
import pandas as pd
from markupsafe import Markup

from lib.analysis.priorities import Band, shared
from lib.analysis.reasons import contributions, leaves_top, whole_parts
from lib.domain.labels import number, plural
from lib.ui import components as c
from lib.ui.links import href
from lib.ui.marks import band
from lib.ui.marks import contributions as bars
from lib.ui.priority import UNITS, Ranked, address
from lib.ui.priority_responses import answers
from lib.ui.priority_words import (
    CRITERIA,
    OFTEN,
    POINTS,
    chance_words,
    leaving,
    none_stands_out,
    reason,
)
from lib.ui.session import Visit

MOST_SHOWN = {Band.PRIORITY: 20, Band.DISCUSS: 10}
BARS = 5
OTHERS = "Autres critères"  # so that the bars add up to the gap that the sentence gives
HEADS = {Band.PRIORITY: "Prioritaires", Band.DISCUSS: "À discuter"}
CHANCES = {Band.PRIORITY: "80\u00a0% des tirages ou plus", Band.DISCUSS: "20 à 80\u00a0% des tirages"}


def lists(visit: Visit, found: Ranked) -> None:
    """The two bands that a committee looks at; the third is the rest of the places, most of them quiet."""
    if not found.stands_out:
        _without_bands(visit, found)
        return
    shown = {kind: found.places[found.places["band"] == kind] for kind in HEADS}
    heads = [rows.head(MOST_SHOWN[kind]) for kind, rows in shown.items()]
    told = reasons(visit, found, pd.concat(heads))
    for (kind, rows), head in zip(shown.items(), heads, strict=True):
        firsts = "premières" if UNITS[found.unit].is_feminine else "premiers"
        c.section(HEADS[kind], f"dans les {found.first_count} {firsts}\u00a0: {CHANCES[kind]}")
        if rows.empty:
            c.source(_none(found, kind))
            continue
        c.html(Markup("").join(told[key] for key in head["place_key"]))
        if len(rows) > len(head):
            more = plural(len(rows) - len(head), "autre lieu est", "autres lieux sont")
            c.source(f"{more} dans cette bande\u00a0: voir l’onglet «\u00a0Carte et tableau\u00a0».")


def _without_bands(visit: Visit, found: Ranked) -> None:
    """Every place, where there are no more of them than first places: no draw tells one from the others."""
    if found.places.empty:
        c.source("Aucun lieu n’a assez de données\u00a0: voir l’onglet «\u00a0Données insuffisantes\u00a0».")
        return
    c.section("Tous les lieux classés", f"{none_stands_out(found)}. Le score le plus haut est en tête.")
    told = reasons(visit, found, found.places)
    c.html(Markup("").join(told[key] for key in found.places["place_key"]))


def one(visit: Visit, found: Ranked, key: object) -> None:
    """The article of the place chosen on the map or in the table."""
    row = found.places[found.places["place_key"] == key]
    if len(row):
        c.html(reasons(visit, found, row)[key])


def reasons(visit: Visit, found: Ranked, rows: pd.DataFrame) -> dict[object, Markup]:
    """The article of each place of some rows, by key."""
    weights = shared(found.weights, found.drawn.criteria)
    parts = contributions(found.drawn.utilities, weights)
    leaves = leaves_top(found.drawn.utilities, weights, found.first_count)
    most = POINTS * float(parts.max(initial=0))
    proposed = answers(visit, found, rows)
    return {
        row.place_key: _article(
            found, row, parts[row.row], leaves[row.row], most=most, proposal=proposed[row.place_key]
        )
        for row in rows.itertuples()
    }


def _article(found: Ranked, row, parts: np.ndarray, leaves: np.ndarray, *, most: float, proposal: Markup) -> Markup:
    criteria = found.drawn.criteria
    out = leaving(
        [name for name, leaves_it in zip(criteria, leaves, strict=True) if leaves_it], found.first_count, found.unit
    )
    order = np.argsort(-np.abs(parts), kind="stable")[:BARS]
    points = whole_parts(POINTS * parts)
    drawn = {CRITERIA[criteria[at]]: int(points[at]) for at in sorted(order, key=lambda at: -parts[at])} | (
        {OTHERS: int(np.delete(points, order).sum())} if len(parts) > BARS else {}
    )
    name = c.link_cell(row.place_name, href("circonscriptions", **address(found.unit, row)))
    return Markup(
        '<article class="o-rank"><div><h3>{}</h3><p class="o-small">{}</p>{}</div>'
        '<div><p>{}</p><p class="o-small o-gap">Points au-dessus (+) ou au-dessous (−) de la médiane, sur 100</p>{}'
        '<p class="o-small">{}</p></div><div>{}</div></article>'
    ).format(
        name,
        where(row),
        _band(found, row),
        reason(row, parts, criteria, found.unit),
        bars(drawn, most=most),
        out,
        proposal,
    )


def _band(found: Ranked, row) -> Markup:
    if not found.stands_out:
        return Markup("")
    chance = chance_words(float(getattr(row, found.chance)), found.first_count, found.unit)
    return Markup('<p>{}</p><p class="o-small">{}</p>').format(band(row.band), chance)


def where(row) -> Markup:
    """Commune or force, dwellings, facts of the period and of the one before."""
    place = c.force(row.force) if isinstance(row.force, str) else row.commune_name
    words = [place] if isinstance(place, str) else []
    if not pd.isna(row.dwelling_count) and row.dwelling_count:
        words.append(plural(int(row.dwelling_count), "logement"))
    counts = f"{plural(int(row.incident_count), 'fait')} ({number(row.previous_incident_count)} auparavant)"
    return Markup("{}<br>{}").format(Markup(", ").join(words), counts)


def _none(found: Ranked, kind: Band) -> str:
    terms = UNITS[found.unit]
    none = "Aucune" if terms.is_feminine else "Aucun"
    if kind == Band.PRIORITY:
        firsts = "premières" if terms.is_feminine else "premiers"
        return f"{none} {terms.noun} n’est parmi les {firsts} dans {OFTEN}\u00a0: à discuter en comité."
    return f"{none} autre {terms.noun} n’approche des premiers rangs."
