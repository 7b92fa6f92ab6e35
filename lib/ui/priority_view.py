"""The page of priorities, in order: title, unit and weights, then the list, the map and its table, comparisons."""

from typing import Any

import streamlit as st

from lib.analysis.criteria import GOALPOSTS, KEYS, Unit, quiet_places
from lib.domain.labels import number, plural
from lib.snapshot import queries
from lib.snapshot.places import Level
from lib.ui import blocks, priority_compare, priority_list, priority_map, priority_rules, priority_table
from lib.ui import components as c
from lib.ui.filters import period_words
from lib.ui.priority import LABELLED, MAPPED, UNITS, Ranked, named_criteria, ranked
from lib.ui.priority_weights import weights, whose_weights
from lib.ui.priority_words import quiet_words, title
from lib.ui.projection import is_projected
from lib.ui.session import Visit

FIRSTS = (10, 5, 20)
UNRANKED = "Le lieu demandé n’est pas classé\u00a0: il est parmi les données insuffisantes, ou hors de la sélection."
PARTS = ("Liste", MAPPED, "Comparer", "Données insuffisantes", "Règles de réponse")


def show(visit: Visit, steps: Any) -> None:
    """The whole view of the address, drawn anew at each move of a weight; projected, the list before its controls."""
    head = st.container()
    first, second = st.container(), st.container()
    asked, body = (second, first) if is_projected() else (first, second)
    with asked:
        unit, first_count = _choices()
        tried = weights(visit, unit, steps)
    figures = visit.ask(queries.place_figures, Level.ALL)
    if not any(tried[criterion] for criterion in GOALPOSTS[unit]):
        with head:
            blocks.head(visit, "Aucun critère ne classe plus les lieux", figures)
        c.empty("Tous les poids sont à zéro", "Un lieu n’est classé que par un critère.", "Relevez au moins un poids.")
        return
    found = ranked(visit, unit, tried, first_count)
    with head:
        blocks.head(visit, title(found), figures)
        c.source(reminder(visit, found))
        whose_weights(visit, tried, unit)
    with body:
        _parts(visit, found, steps)


def _choices() -> tuple[Unit, int]:
    """What is ranked, and how many places are the first ones."""
    left, right, _ = st.columns([1, 1, 2], gap="small")
    with left:
        unit = LABELLED[st.selectbox("Ce qu’on classe", list(LABELLED), key="unite", bind="query-params")]
    with right:
        return unit, st.selectbox("Premiers rangs", FIRSTS, key="premiers", bind="query-params")


def _parts(visit: Visit, found: Ranked, steps: Any) -> None:
    listed, mapped, compared, short, rules = st.tabs(list(PARTS), key="partie", bind="query-params")
    with listed:
        if listed.open:
            priority_list.lists(visit, found)
            priority_table.files(visit, found)
            priority_compare.held(found)
    with mapped:
        if mapped.open:
            _map_and_table(visit, found)
    with compared:
        if compared.open:
            priority_compare.compare(found, period_words(visit.period))
    with short:
        if short.open:
            priority_table.short(found)
    with rules:
        if rules.open:
            priority_rules.rules(visit, steps)


def _map_and_table(visit: Visit, found: Ranked) -> None:
    key = priority_map.chosen_place(visit, found)
    if key is None and priority_map.is_asked(found.unit):
        c.source(UNRANKED)
    left, right = st.columns([1, 1.1], gap="medium")
    with left:
        priority_map.shown(visit, found, key)
    with right:
        priority_table.table(visit, found, key)
    if key is not None:
        priority_list.one(visit, found, key)


def reminder(visit: Visit, found: Ranked) -> str:
    """Places, never persons; and how many of them, or of the residences inside them, are quiet."""
    places = visit.ask(named_criteria, Unit.HALL if found.unit == Unit.HALL else Unit.RESIDENCE)
    if found.unit in KEYS:
        places = places[places[KEYS[found.unit]].notna()]
    said = quiet_words(*quiet_places(places), found.unit)
    return f"On classe des lieux, jamais des personnes. {said} {_ranked_on(found)}"


def _ranked_on(found: Ranked) -> str:
    terms = UNITS[found.unit]
    said = f"Classement sur {plural(len(found.places), terms.noun, terms.nouns)}"
    apart = len(found.short)
    return f"{said}\u00a0; {number(apart)} à part, faute de données suffisantes." if apart else f"{said}."
