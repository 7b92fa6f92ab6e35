"""From the services to the facts of one residence: the place an address names, and the trail above it."""

from dataclasses import dataclass, field

import streamlit as st

from lib.domain.filters import IncidentFilter
from lib.domain.labels import service_label
from lib.domain.terms import FORCES, QPV_STATUSES
from lib.errors import AccessError
from lib.snapshot import directory
from lib.snapshot.places import Level
from lib.ui.links import href
from lib.ui.session import Visit

PAGE = "circonscriptions"
NO_SERVICE = "sans"
MAX_KEY_DIGITS = 18  # a key of the store is a 64-bit integer
Crumbs = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Place:
    """One level of the drill-down.

    Attributes:
        level: ALL (the list of services), DISTRICT, QPV, COMMUNE or RESIDENCE.
        name: What titles call it.
        force: ``PN``, ``GN``, or empty.
        chosen: The selection narrowed to the place.
        crumbs: Label and address of the levels above, then the place itself without address.
        context: Address words that the links below keep (the service one came through).
        identity: What is known of a residence besides its figures.
    """

    level: Level
    name: str
    chosen: IncidentFilter
    crumbs: Crumbs
    force: str = ""
    context: dict[str, object] = field(default_factory=dict)
    identity: dict[str, object] = field(default_factory=dict)


def place_of(visit: Visit) -> Place:
    """The place named by the address, checked against the store within the scope.

    Raises:
        AccessError: If the address names a place that does not exist or is outside the scope.
    """
    asked = st.query_params
    root = Place(Level.ALL, "Circonscriptions", visit.at(), ())
    place = _district(visit, asked["service"], root) if "service" in asked else root
    if "residence" in asked:
        return _residence(visit, asked["residence"])
    if "quartier" in asked:
        return _qpv(visit, asked["quartier"], place)
    return _commune(visit, asked["commune"], place) if "commune" in asked else place


def _unknown() -> AccessError:
    return AccessError("Ce lieu n’existe pas, ou n’a pas de résidence dans votre périmètre\u00a0: revenez à la liste.")


def _trail(above: Place, name: str) -> Crumbs:
    """The levels above, each with its address, then the place."""
    root = ("Circonscriptions", href(PAGE))
    known = [root] if above.level == Level.ALL else [root, (above.name, href(PAGE, **above.context))]
    return (*known, (name, None))


def _district(visit: Visit, key: str, above: Place) -> Place:
    if key == NO_SERVICE:
        name, chosen = FORCES[""], visit.at(forces=("",))
        return Place(Level.DISTRICT, name, chosen, _trail(above, name), context={"service": NO_SERVICE})
    services = visit.ask_store(directory.districts, visit.scope)
    found = services[services["district_id"].astype(str) == key]
    if found.empty:
        raise _unknown()
    row = found.iloc[0]
    name = service_label(row.district_name)
    chosen = visit.at(district_ids=(int(row.district_id),))
    return Place(Level.DISTRICT, name, chosen, _trail(above, name), force=row.force, context={"service": key})


def _qpv(visit: Visit, code: str, above: Place) -> Place:
    qpvs = visit.ask_store(directory.qpvs, visit.scope)
    found = qpvs[qpvs["qpv_code"] == code]
    if found.empty:
        raise _unknown()
    row = found.iloc[0]
    chosen = above.chosen.at(qpv_ids=(int(row.qpv_id),))
    return Place(
        Level.QPV, row.qpv_name, chosen, _trail(above, row.qpv_name), context={**above.context, "quartier": code}
    )


def _commune(visit: Visit, code: str, above: Place) -> Place:
    communes = visit.ask_store(directory.communes, visit.scope)
    found = communes[communes["commune_code"] == code]
    if found.empty:
        raise _unknown()
    name = found.iloc[0].commune_name
    chosen = above.chosen.at(commune_codes=(code,))
    return Place(Level.COMMUNE, name, chosen, _trail(above, name), context={**above.context, "commune": code})


def _residence(visit: Visit, key: str) -> Place:
    sheet = (
        visit.ask_store(directory.residence_sheet, int(key), visit.scope)
        if key.isascii() and key.isdecimal() and len(key) <= MAX_KEY_DIGITS
        else None
    )
    if sheet is None:
        raise _unknown()
    service = {"service": sheet["district_id"] or NO_SERVICE}
    trail = [("Circonscriptions", href(PAGE)), (_service_name(sheet), href(PAGE, **service))]
    if sheet["qpv_status"] == "inside":
        trail.append((str(sheet["qpv_name"]), href(PAGE, **service, quartier=sheet["qpv_code"])))
    elif sheet["commune_code"]:
        trail.append((str(sheet["commune_name"]), href(PAGE, **service, commune=sheet["commune_code"])))
    name = str(sheet["residence_name"])
    chosen = visit.at(residence_ids=(int(key),))
    identity = {
        "Bailleur": sheet["landlord_name"],
        "Référence": sheet["reference"],
        "Adresse": sheet["address"],
        "Commune": sheet["commune_name"],
        "Quartier": sheet["qpv_name"] if sheet["qpv_status"] == "inside" else QPV_STATUSES[sheet["qpv_status"]],
        "Logements": sheet["dwelling_count"],
    }
    crumbs = (*trail, (name, None))
    return Place(Level.RESIDENCE, name, chosen, crumbs, force=str(sheet["force"] or ""), identity=identity)


def _service_name(sheet: dict) -> str:
    return service_label(sheet["district_name"]) if sheet["district_name"] else FORCES[""]
