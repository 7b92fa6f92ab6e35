"""Block of the trends page that watches: places and facts whose last three months go beyond what is expected."""

import pandas as pd
import streamlit as st

from lib.analysis.alerts import FALSE_ALARM_SHARE, MIN_ALERT_COUNT, MONTHS
from lib.analysis.trends import Verdict
from lib.domain.labels import month_ranges, number, percent, plural, service_label
from lib.domain.period import add_months
from lib.domain.terms import FAMILIES_SHORT, FORCES
from lib.snapshot import directory, queries
from lib.snapshot.places import Level
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.links import href
from lib.ui.marks import Text
from lib.ui.notes import under
from lib.ui.session import Visit
from lib.ui.watch import WATCHES, watched

TAB = "Au-delà de l’attendu"
EVERYTHING = "Tous"
ALL_FACTS = "Tous faits"


def headline(visit: Visit) -> list[Text]:
    """How many alerts there are, for the head of the page; nothing without one."""
    count = int(visit.ask(watched)["is_alert"].sum())
    if not count:
        return []
    text = f"{plural(count, 'alerte')} au-delà de l’attendu ({_months(visit)})"
    return [c.verdict(str(Verdict.RISE), c.link_cell(text, href("tendances", onglet=TAB)))]


def watch(visit: Visit) -> None:
    """The alerts, each leading to the page narrowed to it, and how many series were watched."""
    c.section(TAB, f"Faits recensés, {_months(visit)}, et ce que laissaient attendre les années passées")
    labels = {EVERYTHING: range(len(WATCHES)), **{one.label: [rank] for rank, one in enumerate(WATCHES)}}
    name = st.selectbox("Lieux surveillés", list(labels), key="surveillance", bind="query-params", width=400)
    rows = visit.ask(watched)
    rows = rows[rows["watch"].isin(labels[name])]
    raised = rows[rows["is_alert"].astype(bool)].sort_values(["watch", "p_value"])
    tested = int(rows["p_value"].notna().sum())
    if raised.empty:
        c.empty(
            "Aucune alerte",
            f"{plural(tested, 'série surveillée', 'séries surveillées')}\u00a0: aucune ne dépasse ce que le hasard et "
            "la saison expliquent.",
            "La veille porte sur les trois derniers mois de la période\u00a0: regardez aussi les évolutions sur un an.",
        )
    else:
        _alert_table(visit, raised)
    share, series = percent(100 * FALSE_ALARM_SHARE), plural(tested, "série")
    c.reading(
        "Une alerte dit que trois mois dépassent nettement les mêmes mois des années passées, à résidences déclarantes "
        f"égales, avec au moins {MIN_ALERT_COUNT} faits\u00a0; elle ne dit pas pourquoi. Sur {series}, {share} au plus "
        "des alertes de chaque niveau sont attendues fausses."
    )
    under("surveillance", "surveillance")


def _months(visit: Visit) -> str:
    end = visit.period.end
    return month_ranges(add_months(end, -rank) for rank in range(1, MONTHS + 1))


def _alert_table(visit: Visit, raised: pd.DataFrame) -> None:
    names = {level: _names(visit, level) for level in {WATCHES[rank].level for rank in raised["watch"]}}
    types = visit.ask_store(directory.incident_types).set_index("type_code")["type_label"]
    kinds = {**types, **FAMILIES_SHORT, "": ALL_FACTS}
    with blocks.paged(len(raised), "alertes") as shown:
        lines = []
        for row in raised.iloc[shown].itertuples():
            level, place = WATCHES[row.watch].level, names[WATCHES[row.watch].level][row.place_key]
            lines.append(
                [
                    c.two_lines(c.link_cell(place, _address(level, row, place, kinds)), WATCHES[row.watch].label),
                    kinds[row.kind],
                    f"{number(row.observed)} faits en trois mois pour {number(row.expected)} attendus",
                    f"jusqu’à {number(row.upper_limit)}",
                ]
            )
        c.table(["Lieu", "Nature des faits", "Recensés et attendus", "Attendu à 95\u00a0%"], lines, numeric=(3,))


def _names(visit: Visit, level: Level) -> dict[int, str]:
    """Name of each place, as the filter bar writes it where it can choose it."""
    if level == Level.ALL:
        return {1: "Ensemble de la sélection"}
    rows = visit.ask(queries.place_figures, level)
    rows = rows[rows["place_key"].notna()]
    if level == Level.DISTRICT:
        labels = [f"{FORCES[row.force]}, {service_label(row.place_name)}" for row in rows.itertuples()]
    elif level == Level.QPV:
        labels = [f"{row.place_name} ({row.place_code})" for row in rows.itertuples()]
    else:
        labels = [str(row.place_name) for row in rows.itertuples()]
    return dict(zip(rows["place_key"].astype(int), labels, strict=True))


def _address(level: Level, row, place: str, kinds: dict[str, str]) -> str:
    """The page narrowed to the place and the facts; a residence has its own page."""
    narrowed = {}
    if row.kind:
        narrowed["familles" if row.kind in FAMILIES_SHORT else "types"] = kinds[row.kind]
    if level == Level.RESIDENCE:
        return href("circonscriptions", residence=int(row.place_key), **narrowed)
    if level != Level.ALL:
        narrowed["circonscriptions" if level == Level.DISTRICT else "qpv"] = place
    return href("tendances", **narrowed)
