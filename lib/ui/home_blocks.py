"""Blocks of the home page."""

import pandas as pd
from markupsafe import Markup

from lib.analysis.overview import Overview
from lib.analysis.trends import Verdict
from lib.domain.labels import change_interval_label, date_label, interval_label, number, plural, shift, years_label
from lib.domain.terms import FAMILIES_SHORT
from lib.domain.vocabulary import SEVERITY_WEIGHTS
from lib.snapshot import directory
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.links import href
from lib.ui.session import Visit

MAX_SILENT_LANDLORDS = 5


def key_figures(told: Overview, month_count: int) -> None:
    """Facts, rate, severity, staff, complaints: each with its denominator and, where it is tested, its change."""
    whole = told.whole
    c.key_figures([_facts(whole, month_count), _rate(whole), _severity(whole), *_staff(told), _complaints(told)])


def _facts(whole: pd.Series, month_count: int) -> c.KeyFigure:
    dwellings = whole["reporting_dwelling_months"] / month_count
    basis = f"pour {number(dwellings)} logements déclarants en moyenne" if dwellings else "logements non renseignés"
    return c.KeyFigure("Faits recensés", number(whole["incident_count"]), basis, blocks.change_mark(whole))


def _rate(whole: pd.Series) -> c.KeyFigure:
    if pd.isna(whole["rate_per_1000_dwellings"]):
        return c.KeyFigure(blocks.RATE, c.NONE, "aucun logement déclarant connu")
    basis = f"de {interval_label(whole['rate_low'], whole['rate_high'])} (à 95\u00a0%)"
    return c.KeyFigure(blocks.RATE, number(whole["rate_per_1000_dwellings"]), basis, _rate_shift(whole))


def _severity(whole: pd.Series) -> c.KeyFigure:
    """The severity index is not tested: what it was is said, without colour."""
    before, weights = whole["previous_severity_per_1000_dwellings"], ", ".join(map(str, SEVERITY_WEIGHTS.values()))
    said = "sans comparaison" if pd.isna(before) else f"auparavant\u00a0: {number(before)}"
    value = number(whole["severity_per_1000_dwellings"])
    return c.KeyFigure(
        "Indice de gravité pour 1\u00a0000 logements et par an", value, f"poids {weights} selon la gravité", said
    )


def _rate_shift(whole: pd.Series) -> Markup:
    if pd.isna(whole["previous_rate_per_1000_dwellings"]):
        return c.verdict(Verdict.FEW, "sans comparaison")
    kind = Verdict.FEW if whole["verdict"] == Verdict.UNKNOWN else whole["verdict"]
    return c.verdict(kind, shift(whole["previous_rate_per_1000_dwellings"], whole["rate_per_1000_dwellings"]))


def _staff(told: Overview) -> list[c.KeyFigure]:
    """Facts against staff, unless the filter leaves them out."""
    staff = told.staff
    if staff is None:
        return []
    count, total = int(staff["incident_count"]), int(told.whole["incident_count"])
    basis = f"{blocks.part_words(count, total)} des faits recensés" if count else f"sur {plural(total, 'fait')}"
    return [c.KeyFigure("Faits envers le personnel", number(count), basis, blocks.change_mark(staff))]


def _complaints(told: Overview) -> c.KeyFigure:
    eligible = plural(int(told.whole["eligible_count"]), "fait susceptible", "faits susceptibles")
    count = number(told.whole["complaint_count"])
    return c.KeyFigure("Plaintes déposées", count, f"pour {eligible} de plainte", blocks.change_mark(told.complaints))


def changes(told: Overview, years_apart: int) -> None:
    """Types whose change was tested significant, then every family, each with its interval."""
    c.section(
        f"Ce qui a changé en {years_label(years_apart)}",
        "Seuil de 5\u00a0% après correction pour comparaisons multiples",
    )
    moved = told.types[told.types["verdict"].isin([Verdict.RISE, Verdict.FALL])]
    families = told.families.sort_values("incident_count", ascending=False)
    lines = [
        _line(row, row.type_label, href("tendances", detail=FAMILIES_SHORT[row.type_code[:3]]))
        for row in moved.itertuples()
    ]
    lines += [
        _line(row, row.family_label, href("tendances", familles=FAMILIES_SHORT[row.family_code]))
        for row in families.itertuples()
    ]
    heads = ["Type ou famille", "Faits", "Évolution", "Intervalle à 95\u00a0%"]
    c.table(heads, lines[: c.MAX_TABLE_ROWS], numeric=(1,))
    c.reading(
        "Les types dont l’évolution est significative viennent en tête, puis les familles. Le verdict tient compte du "
        "nombre de comparaisons et de l’irrégularité des mois\u00a0: exclure à peine zéro ne suffit pas."
    )


def _line(row, label: str, address: str) -> list[object]:
    return [
        c.link_cell(label, address),
        shift(row.previous_incident_count, row.incident_count),
        blocks.change_mark(row),
        change_interval_label(row.ratio_low, row.ratio_high),
    ]


def data_state(visit: Visit) -> None:
    """Last register, landlords without a silence in the period, and the silent ones by name."""
    c.section("État des données", "sur la période choisie")
    told = visit.ask_store(directory.landlord_reporting, visit.period, visit.scope)
    silent = told[told["silent_month_count"] > 0].sort_values("silent_month_count", ascending=False)
    imported = visit.ask_store(directory.last_import, visit.scope)
    items: dict[str, object] = {
        "Sans mois silencieux": f"{plural(len(told) - len(silent), 'bailleur')} sur {number(len(told))}"
    }
    for row in silent.head(MAX_SILENT_LANDLORDS).itertuples():
        months, dwellings = int(row.silent_month_count), int(row.dwelling_count)
        items[row.landlord_name] = f"{months} mois sans déclaration, {plural(dwellings, 'logement')}"
    if imported:
        items["Dernier registre"] = _register(imported)
    c.definition_card("", items)


def _register(imported: dict) -> Markup:
    """Whose it is and when it was imported, then what was taken and refused."""
    name = "plusieurs bailleurs" if pd.isna(imported["landlord_name"]) else imported["landlord_name"]
    counts = (
        f"{plural(int(imported['accepted_count']), 'fait accepté', 'faits acceptés')}, "
        f"{plural(int(imported['rejected_count']), 'ligne rejetée', 'lignes rejetées')}"
    )
    return c.two_lines(f"{name}, importé le {date_label(imported['imported_at'])}", counts)


def what_pages_answer() -> None:
    """One question per page."""
    answers = {
        "carte": ("Carte", "Quels quartiers, quelles résidences\u00a0?"),
        "tendances": ("Tendances", "Qu’est-ce qui augmente, qu’est-ce qui recule\u00a0?"),
        "circonscriptions": ("Circonscriptions", "Que voit chaque service de police ou de gendarmerie\u00a0?"),
        "priorites": ("Priorités", "Où intervenir ensemble d’abord, et pourquoi\u00a0?"),
        "interventions": ("Interventions conjointes", "Qu’a-t-on décidé ensemble, et où en est-on\u00a0?"),
    }
    c.section("Ce que répond chaque page")
    c.definition_card(
        "",
        {name: c.link_cell(question, href(path)) for path, (name, question) in answers.items()},
    )
