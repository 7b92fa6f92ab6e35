"""Blocks of the trends page on where and when: hours of the week, concentration, funnel of places by size."""

import numpy as np
import pandas as pd
import streamlit as st

from lib.analysis.concentration import concentration
from lib.analysis.funnel import Funnel, Position, funnel
from lib.analysis.hours import HourTable, hour_table
from lib.domain.labels import interval_label, number, plural
from lib.figures.concentration import concentration_alt, concentration_figure, concentration_sentence
from lib.figures.funnel import funnel_alt, funnel_figure, funnel_note, funnel_title
from lib.figures.hours import DAYS, HOUR_UNIT, hour_alt, hour_figure, hour_title
from lib.figures.template import CONFIG
from lib.figures.tokens import tokens
from lib.snapshot import queries
from lib.snapshot.places import Level
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.drilldown import PAGE
from lib.ui.links import href
from lib.ui.notes import under
from lib.ui.projection import text_px
from lib.ui.session import Visit

CHANCE_SEED = 2024  # the same deals at each run: a figure does not move by itself
FUNNEL_LEVELS = {"Résidences": Level.RESIDENCE, "QPV": Level.QPV}
MAX_LISTED = 20  # places outside the limits that are listed under the funnel


def hours(visit: Visit) -> None:
    """When facts happen, and how many have no known hour."""
    table = hour_table(visit.ask(queries.facts_by_hour))
    c.section(hour_title(table), HOUR_UNIT)
    chart = hour_figure(table, tokens(st.context.theme.type), size=text_px())
    st.plotly_chart(chart, theme=None, config=CONFIG, alt=hour_alt(table), key="heures")
    c.reading(
        "Une case foncée concentre plus de faits que la moyenne des cases. Un fait connu par une tranche "
        "(«\u00a0entre 22 h et 6 h\u00a0») est réparti également sur ses heures."
    )
    under("heures", "heures", _hour_rows(table))


def _hour_rows(table: HourTable) -> pd.DataFrame:
    """Facts by hour, one column per day, and the unknown ones."""
    rows = table.counts.T.round(1)
    rows.columns = [day.capitalize() for day in DAYS]
    rows.index = [f"{hour} h" for hour in rows.index]
    return rows


def concentrated(visit: Visit) -> None:
    """How few residences hold most of the facts, against chance."""
    residences = visit.ask(queries.place_figures, Level.RESIDENCE)
    found = concentration(residences, rng=np.random.default_rng(CHANCE_SEED))
    c.section(concentration_sentence(found).removesuffix("."), "Concentration, sur la période")
    chart = concentration_figure(found, tokens(st.context.theme.type), size=text_px())
    st.plotly_chart(chart, theme=None, config=CONFIG, alt=concentration_alt(found), key="concentration")
    c.reading(
        "Les résidences vont de la plus à la moins touchée\u00a0: plus la courbe monte vite, moins il en faut pour "
        "réunir les faits. Seul compte l’écart avec le hasard seul, en pointillé."
    )
    rows = found.curve.iloc[::10].mul(100).round(0)
    heads = {
        "place_share": "Résidences (%)",
        "incident_share": "Faits recensés (%)",
        "chance_share": "Hasard seul (%)",
    }
    under("concentration", "concentration", rows.rename(columns=heads).set_index("Résidences (%)"))


def by_size(visit: Visit) -> None:
    """Places whose rate is above or under what their size explains."""
    head = st.container()
    chosen = st.segmented_control(
        "Lieux", list(FUNNEL_LEVELS), default="Résidences", key="lieux", bind="query-params", required=True
    )
    level = FUNNEL_LEVELS[chosen]
    found = funnel(visit.ask(queries.place_figures, level), visit.period.month_count)
    with head:
        c.section(
            funnel_title(found), "Taux selon la taille\u00a0: faits pour 1\u00a0000 logements déclarants et par an"
        )
    chart = funnel_figure(found, tokens(st.context.theme.type), size=text_px())
    st.plotly_chart(chart, theme=None, config=CONFIG, alt=funnel_alt(found), key="entonnoir")
    note = funnel_note(found)
    c.reading(
        "Entre les courbes, l’écart à la moyenne peut tenir au hasard, d’autant plus que le lieu est petit. Hors de la "
        "courbe pleine (99,8\u00a0%), il demande une explication\u00a0: un lieu à regarder, ou une façon de déclarer."
    )
    if note:
        c.source(note)
    _outside(found, level)
    under("entonnoir", "entonnoir", _sizes(found))


def _sizes(found: Funnel) -> pd.DataFrame:
    """Every place with its limits, the largest first."""
    heads = {
        "place_name": "Lieu",
        "mean_dwelling_count": "Logements déclarants",
        "incident_count": "Faits",
        "rate_per_1000_dwellings": "Taux",
        "limit_998_low": "Limite basse à 99,8\u00a0%",
        "limit_998_high": "Limite haute à 99,8\u00a0%",
    }
    rows = found.places.sort_values("mean_dwelling_count", ascending=False)
    return rows[list(heads)].round(0).rename(columns=heads).set_index("Lieu")


def _outside(found: Funnel, level: Level) -> None:
    """The places above the upper limit, then those under the lower one, as a table that leads to each."""
    rows = found.places[found.places["position"].isin([Position.ABOVE, Position.BELOW])]
    if rows.empty:
        c.source("Aucun lieu n’est hors des limites à 99,8\u00a0%.")
        return
    rows = rows.sort_values("expected_ratio", ascending=False)
    listed = pd.concat([rows.head(MAX_LISTED // 2), rows.iloc[MAX_LISTED // 2 :].tail(MAX_LISTED // 2)])
    lines = [
        [
            blocks.place_cell(row, _address(row, level)),
            int(row.incident_count),
            number(row.expected_count),
            plural(round(row.mean_dwelling_count), "logement"),
            number(row.rate_per_1000_dwellings),
            interval_label(row.limit_998_low, row.limit_998_high),
        ]
        for row in listed.itertuples()
    ]
    heads = ["Lieu", "Faits", "Attendus à sa taille", "Taille moyenne", "Taux", "Limites à 99,8\u00a0%"]
    shown = f"{number(len(lines))} des {number(len(rows))}" if len(lines) < len(rows) else "Les"
    c.table(heads, lines, numeric=(1, 2, 4), caption=f"{shown} lieux hors des limites, du plus au moins élevé")


def _address(row, level: Level) -> str:
    place = {"residence": int(row.place_key)} if level == Level.RESIDENCE else {"quartier": row.place_code}
    return href(PAGE, **place)
