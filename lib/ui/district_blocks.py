"""Blocks of the drill-down: the services, one service, one place, one residence and its facts."""

from dataclasses import replace

import pandas as pd
from markupsafe import Markup

from lib.analysis.sheet import Sheet
from lib.domain.filters import IncidentFilter
from lib.domain.labels import MISSING, date_label, month_label, number, plural, service_label, time_label
from lib.domain.terms import COMPLAINT_STATUSES, FORCES, PLACE_TYPES, REPORT_CHANNELS
from lib.domain.vocabulary import ComplaintStatus, TimePrecision
from lib.snapshot import queries
from lib.snapshot.places import Level
from lib.ui import blocks
from lib.ui import components as c
from lib.ui.drilldown import NO_SERVICE, PAGE, Place, Step
from lib.ui.findings import change_words
from lib.ui.links import href
from lib.ui.map_places import NAMELESS
from lib.ui.map_words import holding_half
from lib.ui.selection import places
from lib.ui.session import Visit


def place_title(place: Place, whole: pd.Series, month_count: int) -> str:
    """«Commissariat d’Étampes : 482 faits recensés en 12 mois, évolution non significative»."""
    if not whole.incident_count:
        return f"{place.title}\u00a0: aucun fait recensé en {month_count} mois"
    count = plural(int(whole.incident_count), "fait recensé", "faits recensés")
    words = change_words(whole)
    said = f"évolution {words}" if words == "non significatif" else words
    return (
        f"{place.title}\u00a0: {count} en {month_count} mois, {said.replace('non significatif', 'non significative')}"
    )


OF_SERVICES = frozenset({Step.ALL, Step.DEPARTEMENT, Step.FORCE})


def sheet_title(visit: Visit, place: Place, sheet: Sheet, services: pd.DataFrame | None) -> str:
    """What was found: how services share the facts where there are several, else the facts of the place."""
    if place.step == Step.ALL and services is not None:
        return services_title(services)
    return place_title(place, sheet.overview.whole, visit.period.month_count)


def below(visit: Visit, place: Place, services: pd.DataFrame | None) -> None:
    """The places one level down, each leading to its own sheet."""
    if place.step == Step.ALL:
        departements(visit, place)
    if place.step == Step.DEPARTEMENT:
        forces(visit, place)
    if services is not None and (place.step != Step.FORCE or place.force):
        table_of_services(visit, place, services)
    elif place.step in {Step.DISTRICT, Step.FORCE}:
        quarters(visit, place)
        communes(visit, place)
    elif place.step in {Step.QPV, Step.COMMUNE}:
        residences(visit, place)


def departements(visit: Visit, place: Place) -> None:
    """Départements of the selection, where there are several."""
    found = places(visit, Level.DEPARTEMENT, place.chosen)
    found = found[found["place_key"].notna()]
    if len(found) > 1:
        c.section("Départements", plural(len(found), "département"))
        blocks.places_table(found, "Département", link=lambda row: href(PAGE, departement=row.place_key))


def forces(visit: Visit, place: Place) -> None:
    """Police, gendarmerie, and communes without a service."""
    found = places(visit, Level.FORCE, place.chosen)
    c.section("Forces", "Selon le service qui répondait de la commune à la date du fait")
    names = found["place_key"].fillna("").map(FORCES)
    blocks.places_table(
        found.assign(place_name=names, force=None, commune_name=None),
        "Force",
        link=lambda row: href(PAGE, **place.words, force=NO_SERVICE if pd.isna(row.place_key) else row.place_key),
    )


def table_of_services(visit: Visit, place: Place, found: pd.DataFrame) -> None:
    """Every service with residences of the selection: facts, rate, change, share in QPV."""
    c.section(
        "Services de police et de gendarmerie", "Communes de compétence d’après la table en vigueur à la date du fait"
    )
    blocks.places_table(
        found,
        "Service",
        link=lambda row: _service_address(place, row),
        others=[("Part en QPV", _qpv_part)],
    )
    c.reading(
        "Le taux rapporte les faits aux logements déclarants sur un an, son intervalle à 95\u00a0% figure dessous. "
        "Deux services dont les intervalles se recouvrent ne se classent pas."
    )


def _service_address(place: Place, row) -> str:
    """A service has one sheet, wherever one comes from; communes without one belong to a département."""
    if pd.isna(row.place_key):
        return href(PAGE, **place.words, service=NO_SERVICE)
    return href(PAGE, service=int(row.place_key))


def named_services(visit: Visit, chosen: IncidentFilter | None = None) -> pd.DataFrame:
    """Services of the selection, most facts first; communes without one are a row of their own."""
    found = places(visit, Level.DISTRICT, chosen)
    names = found["place_name"].fillna(FORCES[""]).map(service_label)
    return found.assign(place_name=names)


def services_title(found: pd.DataFrame) -> str:
    """«7 services sur 54 concentrent la moitié des faits recensés»; facts without a service are part of the whole."""
    is_named = found["place_key"].notna()
    if is_named.sum() <= 1:
        first = found[is_named] if is_named.any() else found
        count = plural(int(first.iloc[0]["incident_count"]), "fait recensé", "faits recensés")
        return f"{first.iloc[0]['place_name']}\u00a0: {count}"
    holding = holding_half(found["incident_count"], is_named)
    if not holding and found["incident_count"].any():
        return "Plus de la moitié des faits recensés sans service renseigné"
    verb = "concentrent" if holding > 1 else "concentre"
    return f"{plural(holding, 'service')} sur {number(int(is_named.sum()))} {verb} la moitié des faits recensés"


def _qpv_part(row) -> str | Markup:
    return (
        c.NONE if not blocks.has_told(row) else blocks.part_words(int(row.qpv_incident_count), int(row.incident_count))
    )


def quarters(visit: Visit, place: Place) -> None:
    """QPV of a service: its part, and the total where another service shares the quarter."""
    parts = places(visit, Level.QPV, place.chosen)
    if parts.empty:
        return
    everywhere = replace(visit.at(), district_ids=(), forces=())
    totals = places(visit, Level.QPV, everywhere).set_index("place_key")[["incident_count", "dwelling_count"]]
    c.section("Quartiers prioritaires", plural(len(parts), "QPV", "QPV"))

    def shared(row) -> str:
        """Judged on the dwellings of the quarter, not on its facts: the other part may be quiet."""
        whole = totals.loc[row.place_key]
        if row.dwelling_count == whole["dwelling_count"]:
            return "entier"
        part = plural(int(row.incident_count), "fait") if blocks.has_told(row) else MISSING
        return f"partagé\u00a0: {part} sur {number(whole['incident_count'])}"

    blocks.places_table(
        parts,
        "Quartier",
        link=lambda row: href(PAGE, **place.words, quartier=row.place_code),
        others=[("Ressort", shared)],
    )


def communes(visit: Visit, place: Place) -> None:
    """Communes of a service with residences of the selection."""
    found = places(visit, Level.COMMUNE, place.chosen)
    found = found.assign(place_name=found["place_name"].fillna(NAMELESS[Level.COMMUNE]))
    c.section("Communes", plural(len(found), "commune avec des résidences", "communes avec des résidences"))
    blocks.places_table(found, "Commune", link=lambda row: _commune_address(place, row))


def _commune_address(place: Place, row) -> str | None:
    return href(PAGE, **place.words, commune=row.place_code) if isinstance(row.place_code, str) else None


def residences(visit: Visit, place: Place) -> None:
    """Residences of a quarter or a commune; the quiet ones are shown too."""
    found = places(visit, Level.RESIDENCE, place.chosen)
    told = found[found["reporting_residence_count"] > 0]
    quiet = int((told["incident_count"] <= visit.period.month_count).sum())
    reporting = plural(len(told), "résidence déclarante", "résidences déclarantes")
    c.section("Résidences", f"{reporting}, dont {number(quiet)} avec au plus un fait par mois")
    blocks.places_table(
        found,
        "Résidence",
        link=lambda row: href(PAGE, residence=int(row.place_key)),
    )


def facts(visit: Visit, place: Place, total: int) -> None:
    """The facts of a residence, newest first, as recorded; nothing where there is none."""
    if not total:
        return
    c.section("Faits recensés", plural(total, "fait"))
    with blocks.paged(total, "Faits") as shown:
        listed = visit.ask(queries.incidents, chosen=place.chosen, ranks=shown)
        c.table(
            ["Date", "Heure", "Type", "Gravité", "Lieu", "Signalé par", "Plainte"],
            [
                [
                    month_label(row.occurred_on)
                    if row.time_precision == TimePrecision.MONTH
                    else date_label(row.occurred_on),
                    _moment(row),
                    row.type_label,
                    int(row.severity),
                    _where(row),
                    REPORT_CHANNELS[row.report_channel],
                    _complaint(row),
                ]
                for row in listed.itertuples()
            ],
            numeric=(3,),
        )


def _complaint(row) -> str:
    """A fact that could not give a complaint, and gave none, is «Sans objet»."""
    has_none = row.complaint_status in {ComplaintStatus.UNKNOWN, ComplaintStatus.NOT_CONSIDERED}
    return "Sans objet" if has_none and not row.is_complaint_eligible else COMPLAINT_STATUSES[row.complaint_status]


def _moment(row) -> str | Markup:
    if pd.isna(row.start_minute):
        return c.NONE
    start = time_label(int(row.start_minute))
    return start if pd.isna(row.end_minute) else f"{start} à {time_label(int(row.end_minute))}"


def _where(row) -> str:
    parts = [PLACE_TYPES[row.place_type]]
    parts += [f"bâtiment {row.building_code}"] if isinstance(row.building_code, str) else []
    parts += [f"hall {row.hall_code}"] if isinstance(row.hall_code, str) else []
    return ", ".join(parts)
