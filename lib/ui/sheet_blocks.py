"""Blocks of a place's sheet: the same at every level, from the département to the hall."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import streamlit as st
from markupsafe import Markup

from lib.analysis.overview import Overview
from lib.analysis.sheet import Sheet
from lib.analysis.trends import MIN_BASE_COUNT
from lib.domain.actions import JointAction
from lib.domain.labels import MISSING, date_label, month_label, number, plural, service_label, share
from lib.domain.terms import (
    ACTION_STATUSES,
    FAMILIES_SHORT,
    FORCES,
    HALL_OCCUPANCIES,
    NO_COMPLAINT_REASONS,
    PARTNERS,
)
from lib.domain.vocabulary import NoComplaintReason
from lib.figures.hours import HOUR_UNIT, hour_alt, hour_figure, hour_title
from lib.figures.template import CONFIG
from lib.figures.tokens import tokens
from lib.snapshot import sheets
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.action_state import today
from lib.ui.action_words import due_words
from lib.ui.drilldown import PAGE, Place, Step, hall_name
from lib.ui.links import href
from lib.ui.marks import Text, late
from lib.ui.projection import text_px
from lib.ui.recorded_blocks import recorded_crime
from lib.ui.session import Visit

TYPES_LISTED = 6
CONTEXT_TAB = "Criminalité enregistrée"
CONTEXT_KEYS = {
    Step.DEPARTEMENT: "departement_code",
    Step.DISTRICT: "district_id",
    Step.COMMUNE: "commune_code",
}


def notices(visit: Visit, place: Place) -> None:
    """What must be known before the figures: a service of the past, communes without a service."""
    if place.step == Step.DISTRICT and isinstance(place.key, int):
        _past_service(visit, place)
    elif not place.force and place.step in {Step.DISTRICT, Step.FORCE}:
        c.source(
            "Aucun service de police ou de gendarmerie n’est renseigné pour ces communes dans la table de compétence "
            "en vigueur\u00a0: leurs faits comptent dans les totaux, sous aucun service."
        )


def _past_service(visit: Visit, place: Place) -> None:
    found = visit.ask_store(sheets.successors, place.key, visit.period, visit.scope)
    if found.empty:
        return
    names = [
        c.link_cell(f"{service_label(row.district_name)} ({FORCES[row.force].lower()})", _service_address(row))
        for row in found.itertuples()
    ]
    since = date_label(pd.to_datetime(found["ended_on"]).max())
    c.source(
        Markup("Ce service ne répond plus de ces communes depuis le {}. À la fin de la période\u00a0: {}.").format(
            since, Markup(", ").join(names)
        )
    )


def _service_address(row) -> str:
    return href(PAGE, service=int(row.district_id))


def hall_figures(visit: Visit, sheet: Sheet) -> None:
    """Band of a hall: counts alone, since nobody knows its dwellings."""
    whole, months = sheet.overview.whole, visit.period.month_count
    last_on = sheet.halls["last_on"].max()
    eligible = plural(int(whole["eligible_count"]), "fait susceptible", "faits susceptibles")
    c.key_figures(
        [
            ("Faits recensés", number(whole["incident_count"]), f"en {months} mois", blocks.change_mark(whole)),
            ("Mois touchés", f"{sheet.month_count} sur {months}", f"dernier fait le {date_label(last_on)}", ""),
            ("Faits envers le personnel", number(whole["staff_count"]), "gardiens et prestataires", ""),
            ("Plaintes déposées", number(whole["complaint_count"]), f"pour {eligible} de plainte", ""),
        ]
    )


def situations(visit: Visit, place: Place, sheet: Sheet) -> None:
    """The five situations that weigh most: place, type, recurrence."""
    if sheet.situations.empty:
        c.section("Aucun fait recensé", f"sur {visit.period.month_count} mois")
        told, known = (int(sheet.figures[name].sum()) for name in ("reporting_residence_count", "residence_count"))
        c.source(
            f"Résidences déclarantes sur la période\u00a0: {number(told)} sur {number(known)}, sans fait de la nature "
            "demandée."
        )
        return
    months, total = visit.period.month_count, float(sheet.overview.whole["severity_index"])
    is_told = sheet.overview.whole["incident_count"] >= MIN_BASE_COUNT
    c.section("Les situations qui pèsent le plus", f"Lieu, type, récurrence sur {months} mois")
    lines = [
        [
            c.two_lines(row.type_label, _where(row, place)),
            int(row.incident_count),
            f"{row.month_count} sur {months}",
            c.bar(row.severity_index / total, share(row.severity_index / total, 1)) if is_told else c.NONE,
        ]
        for row in sheet.situations.itertuples()
    ]
    c.table(["Situation", "Faits", "Mois touchés", "Part de l’indice de gravité"], lines, numeric=(1, 2))


def _where(row, place: Place) -> Text:
    """The hall of a residence, or the residence and its commune, each leading there."""
    if place.step in {Step.RESIDENCE, Step.HALL}:
        return _hall_cell(row, place)
    name = c.link_cell(row.residence_name, href(PAGE, residence=int(row.residence_id)))
    return Markup("{}, {}").format(name, row.commune_name) if isinstance(row.commune_name, str) else name


def _hall_cell(row, place: Place) -> Text:
    """A hall and its address; a building whose hall is not told has its words alone."""
    building = {"batiment": row.building_code} if row.building_code else {}
    if row.hall_code:
        words = {"residence": place.words["residence"], **building, "hall": row.hall_code}
        return c.link_cell(hall_name(row.building_code, row.hall_code), href(PAGE, **words))
    return f"{hall_name(row.building_code, '')}, hall non renseigné" if building else "Hall non renseigné"


def halls(visit: Visit, place: Place, sheet: Sheet) -> None:
    """Buildings and halls of a residence with a fact, most facts first; facts that name none come last."""
    if sheet.halls.empty or set(sheet.halls["hall_code"]) == {""} or place.words.get("hall"):
        return
    months, most = visit.period.month_count, sheet.halls["incident_count"].max()
    rows = sheet.halls[sheet.halls["incident_count"] > 0]
    if rows.empty:
        return
    rows = rows.sort_values("hall_code", key=lambda codes: codes == "", kind="stable")
    unknown = int(rows.loc[rows["hall_code"] == "", "incident_count"].sum())
    total = int(rows["incident_count"].sum())
    c.section("Halls", f"Faits sans hall renseigné\u00a0: {blocks.part_words(unknown, total)}")
    with blocks.paged(len(rows), "Halls") as shown:
        lines = [
            [
                _hall_cell(row, place),
                int(row.incident_count),
                int(row.previous_incident_count),
                f"{row.month_count} sur {months}",
                c.bar(row.incident_count / most, blocks.part_words(int(row.incident_count), total)),
            ]
            for row in rows.iloc[shown].itertuples()
        ]
        c.table(["Hall", "Faits", "Auparavant", "Mois touchés", "Part des faits"], lines, numeric=(1, 2, 3))


def families(told: Overview) -> None:
    """Families of the place, most facts first, then its main types, each with its change."""
    if not told.families[["incident_count", "previous_incident_count"]].to_numpy().any():
        return
    c.section("Familles et types")
    _kinds("Famille", told.families, lambda row: FAMILIES_SHORT[row.family_code], len(FAMILIES_SHORT))
    _kinds("Principaux types", told.types, lambda row: row.type_label, TYPES_LISTED)


def _kinds(heading: str, rows: pd.DataFrame, name: Callable, count: int) -> None:
    known = rows[["incident_count", "previous_incident_count"]].sum(axis="columns") > 0
    listed = rows[known].sort_values("incident_count", ascending=False, kind="stable").head(count)
    lines = [[name(row), int(row.incident_count), blocks.change_mark(row)] for row in listed.itertuples()]
    c.table([heading, "Faits", "Évolution"], lines, numeric=(1,))


def hours(sheet: Sheet) -> None:
    """When facts happen, and how many have no known hour; nothing without a fact."""
    if not sheet.hours.known_count + sheet.hours.unknown_count:
        return
    c.section(hour_title(sheet.hours), HOUR_UNIT)
    chart = hour_figure(sheet.hours, tokens(st.context.theme.type), size=text_px())
    st.plotly_chart(chart, theme=None, config=CONFIG, alt=hour_alt(sheet.hours), key="heures")


def complaints(sheet: Sheet) -> None:
    """Complaints among the facts that could give one, and why the others gave none; nothing without such a fact."""
    whole = sheet.overview.whole
    filed, eligible = int(whole["complaint_count"]), int(whole["eligible_count"])
    if not eligible:
        return
    c.section("Plaintes", f"{plural(eligible, 'fait susceptible', 'faits susceptibles')} de plainte")
    unfiled = int(sheet.reasons["incident_count"].sum())
    unknown = _part(eligible - filed - unfiled, eligible)
    c.definition_card("", {"Plaintes déposées": _part(filed, eligible), "Suite inconnue ou à décider": unknown})
    if not unfiled:
        return
    is_known = sheet.reasons["no_complaint_reason"] != NoComplaintReason.UNKNOWN
    rows = pd.concat([sheet.reasons[is_known], sheet.reasons[~is_known]])
    c.definition_card(
        f"Pourquoi {plural(unfiled, 'fait est resté', 'faits sont restés')} sans plainte",
        {
            NO_COMPLAINT_REASONS[row.no_complaint_reason]: _part(row.incident_count, unfiled)
            for row in rows.itertuples()
        },
    )


def _part(count: int, total: int) -> str:
    return f"{number(count)} ({blocks.part_words(int(count), total)})"


def contacts(sheet: Sheet) -> None:
    """Function and service mailbox of each partner; never a person."""
    if sheet.contacts.empty:
        return
    c.section("Référents")
    c.table(
        ["Partenaire", "Fonction et boîte de service"],
        [
            [row.partner, c.two_lines(row.function, row.mailbox if isinstance(row.mailbox, str) else MISSING)]
            for row in sheet.contacts.itertuples()
        ],
    )


def occupancy(sheet: Sheet) -> None:
    """Halls by level of occupation, where a register is kept."""
    total = int(sheet.hall_states.sum())
    if not total:
        return
    c.section(
        "Occupation des halls", f"{plural(total, 'hall relevé', 'halls relevés')}, dernier état connu de la période"
    )
    lines = []
    for status, label in HALL_OCCUPANCIES.items():
        count = int(sheet.hall_states.get(status, 0))
        lines.append([label, count, c.bar(count / total, blocks.part_words(count, total))])
    c.table(["Niveau", "Halls", "Part"], lines, numeric=(1,))


def running(visit: Visit, place: Place, sheet: Sheet) -> None:
    """Joint actions still to be done and schemes at the end of the period, and the way to propose an action."""
    on = today(visit)
    c.section("Interventions et dispositifs en cours")
    lines = [
        [
            c.two_lines(
                c.link_cell(action.title, href("interventions", intervention=action.action_id)),
                PARTNERS[action.pilot] if action.pilot else "pilote à désigner",
            ),
            _awaited(action, on),
        ]
        for action in sheet.actions
    ]
    lines += [
        [c.two_lines(row.label, row.kind_label), f"depuis {month_label(pd.Timestamp(row.starts_on))}"]
        for row in sheet.schemes.itertuples()
    ]
    if lines:
        c.table(["Intervention ou dispositif", "Où il en est"], lines[: c.MAX_TABLE_ROWS])
    else:
        c.source("Rien n’est en cours sur ce lieu à la fin de la période.")
    new = _new_word(place)
    if new:
        c.html(c.link_cell("Proposer une intervention", href("interventions", nouvelle=new)))


def _awaited(action: JointAction, on: date) -> Text:
    """Its state and its next day, its own or that of a legal delay."""
    status = ACTION_STATUSES[action.status]
    if action.next_on() is None:
        return status
    said = f"{status}, pour le {due_words(action, on)}"
    return late(said) if action.is_overdue(on) else said


def _new_word(place: Place) -> str:
    """What the address of a new action says of this place; blank where it is too large to act in."""
    if place.step == Step.HALL:
        building, hall = place.words.get("batiment", ""), place.words.get("hall", "")
        return f"hall:{place.words['residence']}|{building}|{hall}" if hall else f"residence:{place.words['residence']}"
    codes = {
        Step.RESIDENCE: ("residence", place.key),
        Step.QPV: ("quartier", place.words.get("quartier")),
        Step.COMMUNE: ("commune", place.key),
        Step.DISTRICT: ("service", place.key),
    }
    word, code = codes.get(place.step, ("", None))
    return f"{word}:{code}" if code is not None else ""


def context(visit: Visit, place: Place) -> None:
    """Crime recorded by police and gendarmerie, apart from the facts."""
    recorded_crime(visit, place.name, **{CONTEXT_KEYS[place.step]: place.key})
