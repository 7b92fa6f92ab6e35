"""Every place ranked, in a table that follows the map and can be taken away; those of which too little is known."""

import numpy as np
import pandas as pd
import streamlit as st
from markupsafe import Markup

from lib.analysis.criteria import MIN_DWELLINGS, MIN_REPORTED_SHARE, Unit
from lib.analysis.priorities import KS, shared
from lib.analysis.reasons import contributions
from lib.domain.labels import date_label, number, plural, share
from lib.domain.terms import FORCES
from lib.exports.tables import Cell, as_csv, as_xlsx
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.downloads import downloads
from lib.ui.filters import period_words
from lib.ui.links import href
from lib.ui.marks import BANDS, band
from lib.ui.priority import UNITS, Ranked, address
from lib.ui.priority_map import CHOSEN
from lib.ui.priority_responses import new_word
from lib.ui.priority_weights import in_force, is_trial
from lib.ui.priority_words import CRITERIA, none_stands_out, part_of, reason
from lib.ui.session import Visit

PAGE = "priorites"
SHORT, UNKNOWN = "Trop peu de données", "non renseigné"


def table(visit: Visit, found: Ranked, key: object | None) -> None:
    """Places of the most probable to the least, the one chosen first, forty at a time."""
    terms = UNITS[found.unit]
    c.section(
        plural(
            len(found.places),
            f"{terms.noun} classé" + ("e" if terms.is_feminine else ""),
            f"{terms.nouns} classé" + ("es" if terms.is_feminine else "s"),
        ),
        "part des tirages où le lieu est dans les premiers" if found.stands_out else none_stands_out(found),
    )
    is_chosen = found.places["place_key"] == key
    shown = pd.concat([found.places[is_chosen], found.places[~is_chosen]])
    ks = [k for k in KS if k < len(found.places)]  # where a place may be left out
    banded = ["Bande"] if found.stands_out else []
    heads = [
        terms.label.removesuffix("s") if found.unit != Unit.QPV else "QPV",
        *banded,
        *(f"Dans les {k}" for k in ks),
        "Faits",
    ]
    with st.container(key="maptable"), blocks.paged(len(shown), f"priorites-{found.unit}") as ranks:
        lines = [
            [
                _place(found.unit, row),
                *(band(row.band) for _ in banded),
                *(share(getattr(row, f"p_top_{k}")) for k in ks),
                int(row.incident_count),
            ]
            for row in shown.iloc[ranks].itertuples()
        ]
        c.table(heads, lines, numeric=range(len(banded) + 1, len(heads)))
    files(visit, found)


def _place(unit: Unit, row) -> Markup:
    name = c.link_cell(row.place_name, href("circonscriptions", **address(unit, row)))
    kept = {key: value for key, value in st.query_params.items() if key in {"unite", "premiers", "poids", "partie"}}
    find = Markup('<a href="{}" aria-label="Situer {} sur la carte">situer</a>').format(
        href(PAGE, **kept, **{CHOSEN: new_word(unit, row)}), row.place_name
    )
    propose = Markup('<a href="{}" aria-label="Proposer une intervention, {}">proposer</a>').format(
        href("interventions", nouvelle=new_word(unit, row)), row.place_name
    )
    detail = c.force(row.force) if isinstance(row.force, str) else row.commune_name
    return c.two_lines(name, Markup(", ").join([*([detail] if isinstance(detail, str) else []), find, propose]))


def short(found: Ranked) -> None:
    """Places listed apart, each with what it lacks."""
    terms = UNITS[found.unit]
    if found.short.empty:
        return
    c.section(
        "Trop peu de données pour classer",
        f"{plural(len(found.short), terms.noun, terms.nouns)}\u00a0: moins de {MIN_DWELLINGS} logements connus, ou "
        "moins de la moitié des mois déclarés",
    )
    most_first = found.short.sort_values("incident_count", ascending=False, kind="stable")
    with blocks.paged(len(found.short), "trop-peu") as ranks:
        lines = [
            [
                c.two_lines(
                    c.link_cell(row.place_name, href("circonscriptions", **address(found.unit, row))),
                    row.commune_name if isinstance(row.commune_name, str) else "",
                ),
                None if pd.isna(row.dwelling_count) else int(row.dwelling_count),
                int(row.incident_count),
                _lacking(row),
            ]
            for row in most_first.iloc[ranks].itertuples()
        ]
        c.table(
            [terms.noun.capitalize() if found.unit != Unit.QPV else "QPV", "Logements", "Faits", "Raison"],
            lines,
            numeric=(1, 2),
        )


def _lacking(row) -> str:
    if row.reported_share < MIN_REPORTED_SHARE:
        return part_of(row.reported_share, row.reporting_month_count, row.month_count, "mois déclaré", "mois déclarés")
    is_known = not pd.isna(row.dwelling_count) and row.dwelling_count
    return f"moins de {MIN_DWELLINGS} logements" if is_known else "logements non renseignés"


def files(visit: Visit, found: Ranked) -> None:
    """Every place, as files; the buttons stand under the list and under the table, of which one is drawn."""

    def lines() -> list[list[Cell]]:
        return rows(visit, found)

    downloads(
        f"priorites-{UNITS[found.unit].word}-{visit.period.last_day:%Y-%m}",
        {
            "csv": lambda: as_csv(lines()),
            "xlsx": lambda: as_xlsx(lines(), sheet="Priorités", headings=_headings(found)),
        },
    )


def rows(visit: Visit, found: Ranked) -> list[list[Cell]]:
    """Lines of the file: what it is, the weights, one line per place ranked, then those of too little data."""
    fictitious = "Données fictives. " if visit.is_synthetic else ""
    told = "\u00a0; ".join(f"{CRITERIA[one]} {number(found.weights[one])}" for one in found.drawn.criteria)
    whose = "à l’essai, non retenus par un comité" if is_trial(visit, found.weights) else in_force(visit)
    lines = [
        ["Sélection", visit.said],
        ["Période", period_words(visit.period)],
        [f"Poids ({whose})", told],
        [
            "Lecture",
            f"Part des tirages où le lieu est dans les premiers. {fictitious}On classe des lieux, pas des personnes.",
        ],
        ["Bande", _bands_said(found)],
        ["Non renseigné", "Dans le score, la médiane des lieux classés tient lieu d’un critère non renseigné."],
        ["Données", f"au {date_label(visit.data_on)}, révision {visit.snapshot.revision}"],
        [],
        _headings(found),
    ]
    parts = contributions(found.drawn.utilities, shared(found.weights, found.drawn.criteria))
    ranked = [_line(found, row, parts[row.row]) for row in found.places.itertuples()]
    return lines + ranked + [_short_line(found, row) for row in found.short.itertuples()]


def _bands_said(found: Ranked) -> str:
    if not found.stands_out:
        return f"{none_stands_out(found)}\u00a0: ni bande ni part des tirages."
    firsts = "premières" if UNITS[found.unit].is_feminine else "premiers"
    return (
        f"Parmi les {found.first_count} {firsts}\u00a0: 80\u00a0% des tirages ou plus (prioritaire), 20 à 80\u00a0% (à "
        "discuter), moins (non prioritaire)."
    )


def _headings(found: Ranked) -> list[Cell]:
    chances = [f"Dans les {k} (%)" for k in KS]
    values = [f"{CRITERIA[one]} (0 à 1)" for one in found.drawn.criteria]
    return [
        "Lieu",
        "Commune ou force",
        "Bande",
        *chances,
        "Score (0 à 1)",
        *values,
        "Faits",
        "Faits, période comparée",
        "Logements",
        "Indice de gravité",
        "Raison",
    ]


def _line(found: Ranked, row, parts: np.ndarray) -> list[Cell]:
    chances = [round(100 * float(getattr(row, f"p_top_{k}")), 1) if k < len(found.places) else "" for k in KS]
    drawn = found.drawn
    values = [
        UNKNOWN if is_missing else round(float(value), 3)
        for value, is_missing in zip(drawn.utilities[row.row], drawn.is_missing[row.row], strict=True)
    ]
    name, beside, *counts = _told(row)
    label = BANDS[row.band][1] if found.stands_out else ""
    why = reason(row, parts, drawn.criteria, found.unit)
    return [name, beside, label, *chances, round(float(row.score), 3), *values, *counts, why]


def _short_line(found: Ranked, row) -> list[Cell]:
    """A place that nothing is computed of: neither chance, nor score, nor criteria."""
    name, beside, *counts = _told(row)
    return [name, beside, SHORT, *("" for _ in (*KS, "score", *found.drawn.criteria)), *counts, ""]


def _told(row) -> list[Cell]:
    """Name, commune or force, then the counts that end a line."""
    force = FORCES[row.force] if isinstance(row.force, str) else ""
    beside = row.commune_name if isinstance(row.commune_name, str) else force
    dwellings = "" if pd.isna(row.dwelling_count) else int(row.dwelling_count)
    counts = [int(row.incident_count), int(row.previous_incident_count), dwellings, int(row.severity_index)]
    return [str(row.place_name), beside, *counts]
