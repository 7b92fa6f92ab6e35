"""Blocks of the home page."""

import pandas as pd
from markupsafe import Markup

from lib.analysis.overview import Overview
from lib.analysis.trends import Verdict
from lib.domain.labels import (
    MISSING,
    change_interval_label,
    interval_label,
    month_label,
    number,
    percent,
    plural,
    shift,
)
from lib.domain.terms import FAMILIES_SHORT
from lib.snapshot import directory
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.links import href
from lib.ui.session import Visit

MONTHS_PER_YEAR = 12


def key_figures(told: Overview, month_count: int) -> None:
    """Facts, rate, staff, complaints and severity: each with its denominator and its change."""
    whole = told.whole
    dwellings = number(whole.reporting_dwelling_months / month_count)
    has_rate = pd.notna(whole.rate_per_1000_dwellings)
    c.key_figures(
        [
            c.KeyFigure(
                "Faits recensés",
                number(whole.incident_count),
                f"pour {dwellings} logements déclarants en moyenne",
                blocks.change_mark(whole),
            ),
            c.KeyFigure(
                blocks.RATE,
                number(whole.rate_per_1000_dwellings) if has_rate else c.NONE,
                f"de {interval_label(whole.rate_low, whole.rate_high)} (à 95\u00a0%)"
                if has_rate
                else "sans déclaration",
                _rate_shift(whole),
            ),
            c.KeyFigure(
                "Faits envers le personnel",
                number(told.staff.incident_count),
                f"{_part(told.staff.incident_count, whole.incident_count)} des faits recensés",
                blocks.change_mark(staff),
            ),
            c.KeyFigure(
                "Plaintes déposées",
                number(whole.complaint_count),
                f"pour {plural(int(whole.eligible_count), 'fait')} susceptibles de plainte",
                _complaint_shift(told),
            ),
        ]
    )


def _rate_shift(whole: pd.Series) -> Markup:
    if pd.isna(whole.previous_rate_per_1000_dwellings):
        return c.verdict(Verdict.FEW, "sans comparaison")
    kind = Verdict.FEW if whole.verdict == Verdict.UNKNOWN else whole.verdict
    return c.verdict(kind, shift(whole.previous_rate_per_1000_dwellings, whole.rate_per_1000_dwellings))


def _complaint_shift(told: Overview) -> Markup:
    return blocks.change_mark(told.complaints)


def _part(count: float, total: float) -> str:
    return percent(100 * count / total, 1) if total else MISSING


def changes(told: Overview) -> None:
    """Families whose change was tested, significant ones first, each with its interval."""
    c.section("Ce qui a changé en un an", "Par famille, seuil de 5\u00a0% après correction pour comparaisons multiples")
    order = {Verdict.RISE: 0, Verdict.FALL: 0, Verdict.FLAT: 1, Verdict.FEW: 2, Verdict.UNKNOWN: 2}
    families = sorted(told.families.itertuples(), key=lambda row: (order[row.verdict], -row.incident_count))
    c.table(
        ["Famille", "Faits", "Évolution", "Intervalle à 95\u00a0%"],
        [
            [
                c.link_cell(row.family_label, href("tendances", familles=FAMILIES_SHORT[row.family_code])),
                shift(row.previous_incident_count, row.incident_count),
                blocks.change_mark(row),
                change_interval_label(row.ratio_low, row.ratio_high),
            ]
            for row in families
        ],
        numeric=(1,),
    )
    c.reading(
        "Le verdict tient compte du nombre de familles comparées et de l’irrégularité des mois. Une évolution dont "
        "l’intervalle exclut à peine zéro peut donc rester non significative."
    )


def data_state(visit: Visit) -> None:
    """Last import, landlords up to date, and those who are silent, by name."""
    c.section("État des données")
    told = visit.ask_store(directory.landlord_reporting, visit.scope)
    last_month = visit.ask_store(directory.months)[-1]
    is_late = told["last_reported_on"].isna() | (pd.to_datetime(told["last_reported_on"]) < pd.Timestamp(last_month))
    imported = visit.ask_store(directory.last_import)
    items: dict[str, object] = {"Bailleurs à jour": f"{number(int((~is_late).sum()))} sur {number(len(told))}"}
    if imported:
        items["Dernier registre importé"] = (
            f"{plural(int(imported['accepted_count']), 'fait accepté', 'faits acceptés')}, "
            f"{plural(int(imported['rejected_count']), 'ligne rejetée', 'lignes rejetées')}"
        )
    for row in told[is_late].itertuples():
        since = (
            "n’a encore rien déclaré"
            if pd.isna(row.last_reported_on)
            else f"silencieux depuis {month_label(row.last_reported_on)}"
        )
        items[row.landlord_name] = f"{since}, {plural(int(row.dwelling_count), 'logement')}"
    c.definition_card("Déclarations", items)


def what_pages_answer() -> None:
    """One question per page."""
    answers = {
        "carte": ("Carte", "Quels quartiers, quelles résidences\u00a0?"),
        "tendances": ("Tendances", "Qu’est-ce qui augmente, qu’est-ce qui recule\u00a0?"),
        "circonscriptions": ("Circonscriptions", "Que voit chaque service de police ou de gendarmerie\u00a0?"),
    }
    c.section("Ce que répond chaque page")
    c.definition_card(
        "",
        {name: c.link_cell(question, href(path)) for path, (name, question) in answers.items()},
    )
