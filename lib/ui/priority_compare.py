"""Two or three places side by side: each criterion, what it weighs, and the weight that would change their order."""

from itertools import combinations

import numpy as np
import streamlit as st
from markupsafe import Markup

from lib.analysis.criteria import POOLED
from lib.analysis.priorities import rank_interval, shared
from lib.analysis.reasons import contributions, correlated, smallest_swap, whole_parts
from lib.domain.labels import number, quoted, share
from lib.ui import components as c
from lib.ui.marks import band
from lib.ui.notes import under
from lib.ui.priority import SEED, UNITS, Ranked
from lib.ui.priority_words import (
    CRITERIA,
    MEANINGS,
    POINTS,
    none_stands_out,
    part_of,
    sensitivity,
    swap_words,
    value_words,
)

MOST_COMPARED = 3
OFFERED = 200


def compare(found: Ranked, period: str) -> None:
    """The choice of places, their table, and the sentences on their order.

    ``period``: its months in words, those of every value of the table.
    """
    c.section("Comparer deux ou trois lieux", period)
    offered = found.places.head(OFFERED)
    names = dict(zip(offered["place_key"], _names(offered), strict=True))
    chosen = st.multiselect(
        "Lieux à comparer",
        list(names),
        default=list(names)[:2],
        format_func=names.__getitem__,
        max_selections=MOST_COMPARED,
        key=f"comparer-{found.unit}",
        placeholder="Choisissez deux ou trois lieux",
    )
    if len(chosen) < 2:
        c.source("Choisissez au moins deux lieux, parmi les premiers de la liste.")
        return
    rows = [next(found.places[found.places["place_key"] == key].itertuples()) for key in chosen]
    _table(found, rows)
    weights = shared(found.weights, found.drawn.criteria)
    utilities = found.drawn.utilities
    said = []
    for one, other in combinations(sorted(rows, key=lambda row: -row.score), 2):
        swap = smallest_swap(utilities[one.row], utilities[other.row], weights)
        said.append(swap_words(str(one.place_name), str(other.place_name), swap, found.drawn.criteria))
    c.findings(said)


def _names(rows) -> list[str]:
    return [
        f"{row.place_name}, {row.commune_name}" if isinstance(row.commune_name, str) else str(row.place_name)
        for row in rows.itertuples()
    ]


def _table(found: Ranked, rows: list) -> None:
    weights = shared(found.weights, found.drawn.criteria)
    of_all = contributions(found.drawn.utilities, weights)
    points = {row.row: whole_parts(POINTS * of_all[row.row]) for row in rows}
    ranks = rank_interval(
        found.drawn, found.weights, place_keys=[row.place_key for row in rows], rng=np.random.default_rng(SEED)
    )
    lines: list[list[object]] = [
        [
            c.two_lines("Rang", "le plus souvent, dans 9 tirages sur 10"),
            "",
            *(f"{number(one.rank_low)} à {number(one.rank_high)}" for one in ranks.itertuples()),
        ],
    ]
    if found.stands_out:
        firsts = f"les {found.first_count} {'premières' if UNITS[found.unit].is_feminine else 'premiers'}"
        chance = c.two_lines("Probabilité", f"part des tirages où le lieu est dans {firsts}")
        lines = [
            ["Bande", "", *(band(row.band) for row in rows)],
            [chance, "", *(share(getattr(row, found.chance)) for row in rows)],
            *lines,
        ]
    for at, criterion in enumerate(found.drawn.criteria):
        cells = [
            c.two_lines(value_words(row, criterion, found.unit), f"{number(points[row.row][at], sign=True)} points")
            for row in rows
        ]
        lines.append([c.two_lines(CRITERIA[criterion], MEANINGS[criterion]), share(weights[at]), *cells])
    total = c.two_lines("Écart à la médiane", "somme des points des critères, sur 100")
    lines.append([total, share(1.0), *(f"{number(points[row.row].sum(), sign=True)} points" for row in rows)])
    c.table(["Critère et ce qu’il mesure", "Poids du critère", *(str(row.place_name) for row in rows)], lines)
    c.reading(
        "Sous chaque valeur, les points qu’elle ajoute (+) ou retire (−) au score du lieu, par rapport à la médiane "
        "des lieux classés."
    )


def held(found: Ranked) -> None:
    """What the list rests on: chance, weights, criteria that count one thing twice, values that are not known."""
    c.section("Ce qui dépend des poids et du hasard")
    said = [sensitivity(found) if found.stands_out else f"{none_stands_out(found)}."] if len(found.places) else []
    said += [*_twice(found), *_alike(found), *_unknown(found)]
    c.html(Markup('<ul class="o-find">{}</ul>').format(Markup("").join(Markup("<li>{}</li>").format(x) for x in said)))
    if found.stands_out:
        c.reading(
            "Chaque tirage change les poids autour de ceux retenus et les taux dans leur incertitude\u00a0; la bande "
            "dit dans quelle part des 2\u00a0000 tirages le lieu reste parmi les premiers."
        )
    under("priorites", "priorites")


def _twice(found: Ranked) -> list[str]:
    """Criteria in force that rank the places alike, or the other way round; unknown values left out."""
    drawn = found.drawn
    known = np.where(drawn.is_missing, np.nan, drawn.utilities)
    said = []
    for pair in correlated(known, weights=shared(found.weights, drawn.criteria)):
        first, second = (quoted(CRITERIA[drawn.criteria[at]]) for at in (pair.first, pair.second))
        rho = f"(ρ\u00a0= {number(pair.rho, 2)})"
        said.append(
            f"{first} et {second} classent presque pareil {rho}\u00a0: la même chose compte deux fois\u00a0; le comité "
            "peut mettre l’un des deux poids à zéro."
            if pair.rho > 0
            else f"{first} et {second} classent presque à l’inverse l’un de l’autre {rho}\u00a0: leurs poids se "
            "neutralisent, vérifiez que le comité veut les deux."
        )
    return said


def _alike(found: Ranked) -> list[str]:
    """Criteria in force by which nothing shows that the places differ."""
    terms = UNITS[found.unit]
    told = "toutes y ont la même valeur" if terms.is_feminine else "tous y ont la même valeur"
    return [
        f"Rien ne montre que les {terms.nouns} diffèrent sur {quoted(CRITERIA[one])}\u00a0: {told}, ce critère ne les "
        "départage pas."
        for one, column in POOLED.items()
        if len(found.places) > 1 and found.places[column].all() and found.weights.get(one, 0)
    ]


def _unknown(found: Ranked) -> list[str]:
    """Criteria that some of the places lack."""
    terms, total = UNITS[found.unit], len(found.places)
    counts = dict(zip(found.drawn.criteria, found.drawn.is_missing.sum(axis=0).tolist(), strict=True))
    parts = {
        one: part_of(count / total, count, total, terms.noun, terms.nouns) for one, count in counts.items() if count
    }
    return [
        f"{quoted(CRITERIA[one])} n’est pas renseigné pour {part}\u00a0: la médiane en tient lieu, sans avantage ni "
        "handicap."
        for one, part in parts.items()
    ]
