"""Two or three places side by side: each criterion, what it weighs, and the weight that would change their order."""

from itertools import combinations

import numpy as np
import streamlit as st
from markupsafe import Markup

from lib.analysis.priorities import rank_interval, shared
from lib.analysis.reasons import contributions, correlated, smallest_swap
from lib.domain.labels import number, percent, share
from lib.ui import components as c
from lib.ui.marks import band
from lib.ui.notes import under
from lib.ui.priority import SEED, UNITS, Ranked
from lib.ui.priority_words import CRITERIA, MEANINGS, POINTS, sensitivity, swap_words, value_words

MOST_COMPARED = 3
OFFERED = 200


def compare(found: Ranked) -> None:
    """The choice of places, their table, and the sentences on their order."""
    c.section("Comparer deux ou trois lieux")
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
    parts = POINTS * contributions(found.drawn.utilities, weights)
    ranks = rank_interval(
        found.drawn, found.weights, place_keys=[row.place_key for row in rows], rng=np.random.default_rng(SEED)
    )
    lines: list[list[object]] = [
        ["Bande", "", *(band(row.band) for row in rows)],
        ["Probabilité", f"dans les {found.first_count}", *(percent(100 * getattr(row, found.chance)) for row in rows)],
        [
            "Rang",
            "9 tirages sur 10",
            *(f"{number(one.rank_low)} à {number(one.rank_high)}" for one in ranks.itertuples()),
        ],
    ]
    for at, criterion in enumerate(found.drawn.criteria):
        cells = [
            c.two_lines(value_words(row, criterion, found.unit), f"{number(parts[row.row, at], sign=True)} points")
            for row in rows
        ]
        lines.append([c.two_lines(CRITERIA[criterion], MEANINGS[criterion]), share(weights[at]), *cells])
    lines.append(["Écart à la médiane", "", *(f"{number(parts[row.row].sum(), sign=True)} points" for row in rows)])
    c.table(["Critère", "Poids", *(str(row.place_name) for row in rows)], lines)


def held(found: Ranked) -> None:
    """What the list rests on: chance, weights, criteria that count one thing twice, values that are not known."""
    c.section("Ce qui dépend des poids et du hasard")
    said: list[object] = [sensitivity(found)]
    for pair in correlated(found.drawn.utilities):
        first, second = (CRITERIA[found.drawn.criteria[at]] for at in (pair.first, pair.second))
        said.append(
            f"«\u00a0{first}\u00a0» et «\u00a0{second}\u00a0» classent presque pareil (ρ\u00a0= {number(pair.rho, 2)})"
            "\u00a0: la même chose compte deux fois, mettez l’un des deux poids à zéro."
        )
    missing = found.drawn.is_missing.sum(axis=0) / max(1, len(found.places))
    said += [
        f"«\u00a0{CRITERIA[one]}\u00a0» n’est pas renseigné pour {share(part)} des {UNITS[found.unit].nouns}"
        "\u00a0: la médiane en tient lieu, sans avantage ni handicap."
        for one, part in zip(found.drawn.criteria, missing, strict=True)
        if part > 0
    ]
    c.html(Markup('<ul class="o-find">{}</ul>').format(Markup("").join(Markup("<li>{}</li>").format(x) for x in said)))
    c.reading(
        "Chaque tirage change les poids autour de ceux retenus et les taux dans leur incertitude\u00a0; la bande dit "
        "dans quelle part des 2\u00a0000 tirages le lieu reste parmi les premiers."
    )
    under("priorites", "priorites")
