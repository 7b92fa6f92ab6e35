"""The card of the place chosen on the map, by the search or in the table."""

import pandas as pd
import streamlit as st
from markupsafe import Markup

from lib.analysis.rates import proportion_interval
from lib.analysis.trends import MIN_BASE_COUNT
from lib.domain.filters import IncidentFilter
from lib.domain.labels import MISSING, change_interval_label, interval_label, number, plural, service_label, years_label
from lib.domain.terms import FORCES
from lib.domain.vocabulary import NEAR_QPV_M
from lib.maps.scene import SHARES, Measure, words
from lib.snapshot import directory, queries
from lib.snapshot.places import Level
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.links import href
from lib.ui.map_blocks import chosen_row
from lib.ui.map_state import LEVELS, RING, Choice, MapState, choice, here
from lib.ui.marks import Text
from lib.ui.priority import MAPPED, UNITS
from lib.ui.projection import is_projected
from lib.ui.session import Visit

SHEETS = {
    Level.DEPARTEMENT: ("departement", "Ouvrir la fiche du département"),
    Level.DISTRICT: ("service", "Ouvrir la fiche du service"),
    Level.COMMUNE: ("commune", "Ouvrir la fiche de la commune"),
    Level.QPV: ("quartier", "Ouvrir la fiche du quartier"),
    Level.RESIDENCE: ("residence", "Ouvrir la fiche de la résidence"),
}
PLACES = {
    Level.DEPARTEMENT: "departement_codes",
    Level.DISTRICT: "district_ids",
    Level.COMMUNE: "commune_codes",
    Level.QPV: "qpv_ids",
    Level.RESIDENCE: "residence_ids",
}
HOW_TO_CHOOSE = (
    "Cliquez sur un lieu de la carte, cherchez-le, ou situez-le depuis le tableau, pour en voir les chiffres."
)
MAIN_TYPES = 3
FEW_SERVICES = 3  # beyond, a list of contacts is no help


def card(visit: Visit, state: MapState) -> None:
    """Figures of the place of the address, resolved within the scope; a sentence in their place, not projected."""
    asked = choice()
    if asked is None:
        if not is_projected():
            c.source(HOW_TO_CHOOSE)
        return
    row = chosen_row(visit, asked, state.shown)
    if row is None:
        c.source("Le lieu choisi n’existe pas, ou n’a pas de résidence dans la sélection.")
    else:
        _known(visit, state, asked, row)
    c.html(c.link_cell("Ne plus choisir de lieu", here(choix=None, perimetre=None)))


def _known(visit: Visit, state: MapState, asked: Choice, row) -> None:
    inside = narrowed(state.shown, asked, row)
    services = _services(visit, inside)
    c.definition_card(
        _title(asked, row),
        {
            **_landlord(visit, asked),
            **_figures(state, row),
            "Principaux types": _main_types(visit, inside),
            "Service": _services_words(services),
            **_referents(visit, services),
        },
    )
    for link in (_sheet(asked), *_next_steps(asked)):
        c.html(link)
    if asked.level == Level.QPV:
        st.toggle(f"Afficher le périmètre de {NEAR_QPV_M}\u00a0m", key=RING, bind="query-params")


def narrowed(shown: IncidentFilter, asked: Choice, row) -> IncidentFilter:
    """The selection inside the place."""
    key = row.place_key if isinstance(row.place_key, str) else int(row.place_key)
    return shown.at(**{PLACES[asked.level]: (key,)})


def _title(asked: Choice, row) -> str:
    label = LEVELS[asked.level].label
    named = f"{row.place_name}, {row.commune_name}" if isinstance(row.commune_name, str) else str(row.place_name)
    return named if asked.level in {Level.QPV, Level.RESIDENCE, Level.DISTRICT} else f"{named}, {label.lower()}"


def _landlord(visit: Visit, asked: Choice) -> dict[str, object]:
    if asked.level != Level.RESIDENCE:
        return {}
    sheet = visit.ask_store(directory.residence_sheet, int(asked.code), visit.scope)
    return {} if sheet is None else {"Bailleur": f"{sheet['landlord_name']}, référence {sheet['reference']}"}


def _figures(state: MapState, row) -> dict[str, object]:
    told = blocks.has_told(row)
    figures: dict[str, object] = {
        "Faits": c.cell(int(row.incident_count)) if told else c.NONE,
        "Taux": _rate_words(row),
        f"Évolution sur {years_label(state.shown.years_apart)}": evolution(row),
        "Logements": blocks.dwellings_words(row),
    }
    if told and (state.measure in SHARES or state.measure == Measure.SEVERITY):
        figures[state.measure.value] = measure_words(row, state.measure)
    return figures


def measure_words(row, measure: Measure) -> Text:
    """The measure of the place; beneath a share, its interval where the base allows one."""
    if measure not in SHARES:
        return words(row, measure)
    part, base = (int(getattr(row, name)) for name in SHARES[measure])
    if base < MIN_BASE_COUNT:
        return words(row, measure)
    low, high = (100 * float(bound) for bound in proportion_interval(part, base))
    return c.two_lines(words(row, measure), f"{interval_label(low, high)}\u00a0%")


def _rate_words(row) -> Text:
    """«703 pour 1 000 logements et par an», its interval, then the smoothed rate and its own."""
    if pd.isna(row.rate_per_1000_dwellings):
        return c.NONE
    rate = f"{number(row.rate_per_1000_dwellings)} pour 1\u00a0000 logements et par an"
    smoothed = (number(row.shrunk_rate_per_1000_dwellings), interval_label(row.shrunk_rate_low, row.shrunk_rate_high))
    return c.two_lines(
        rate,
        Markup("{}<br>lissé\u00a0: {}, {}").format(interval_label(row.rate_low, row.rate_high), *smoothed),
    )


def evolution(row) -> Text:
    """The tested change, and its interval beneath where the base allows one."""
    mark = blocks.change_mark(row)
    bounds = change_interval_label(row.ratio_low, row.ratio_high)
    return mark if bounds == MISSING else c.two_lines(mark, bounds)


def _main_types(visit: Visit, inside: IncidentFilter) -> Text:
    types = visit.ask(queries.type_figures, chosen=inside)
    most = types[types["incident_count"] > 0].nlargest(MAIN_TYPES, "incident_count")
    if most.empty:
        return "aucun fait"
    lines = [f"{row.type_label}, {plural(int(row.incident_count), 'fait')}" for row in most.itertuples()]
    return Markup("<br>").join(lines)


def _services(visit: Visit, inside: IncidentFilter) -> list:
    found = visit.ask(queries.place_figures, Level.DISTRICT, chosen=inside)
    return list(found[found["place_key"].notna() & (found["dwelling_count"] > 0)].itertuples())


def _services_words(services: list) -> Text:
    if not services:
        return FORCES[""]
    if len(services) > FEW_SERVICES:
        return plural(len(services), "service")
    marks = [Markup("{}, {}").format(c.force(row.force), service_label(row.place_name)) for row in services]
    return Markup("<br>").join(marks)


def _referents(visit: Visit, services: list) -> dict[str, object]:
    """Function, partner and mailbox; never a name."""
    if not 0 < len(services) <= FEW_SERVICES:
        return {}
    lines = [
        c.two_lines(f"{row.function}, {row.partner}", row.mailbox if isinstance(row.mailbox, str) else MISSING)
        for service in services
        for row in visit.ask_store(directory.referents, int(service.place_key), visit.scope).itertuples()
    ]
    return {"Référents": Markup("").join(lines)} if lines else {}


def _next_steps(asked: Choice) -> list[Markup]:
    """From a place to its priority, and to an action there; nothing of a département, too large for either."""
    if asked.level == Level.DEPARTEMENT:
        return []
    word, _ = SHEETS[asked.level]
    place = f"{word}:{asked.code}"
    ranked = [terms.label for terms in UNITS.values() if terms.word == word]
    return [
        *(c.link_cell("Voir sa priorité", href("priorites", partie=MAPPED, unite=one, lieu=place)) for one in ranked),
        c.link_cell("Proposer une intervention", href("interventions", nouvelle=place)),
    ]


def _sheet(asked: Choice) -> Markup:
    word, label = SHEETS[asked.level]
    return c.link_cell(label, href("circonscriptions", **{word: asked.code}))
