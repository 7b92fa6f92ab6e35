"""From the département to the facts of one hall: the place an address names, and the trail above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import pandas as pd
import streamlit as st

from lib.domain.filters import IncidentFilter
from lib.domain.labels import service_label
from lib.domain.terms import FORCES, QPV_STATUSES
from lib.errors import AccessError
from lib.snapshot import directory, sheets
from lib.snapshot.places import Level
from lib.ui.links import href
from lib.ui.session import Visit

PAGE = "circonscriptions"
NO_SERVICE = "sans"
MAX_KEY_DIGITS = 18  # a key of the store is a 64-bit integer
Crumbs = tuple[tuple[str, str | None], ...]


class Step(StrEnum):
    """A level of the drill-down, from the whole selection to one hall."""

    ALL = "all"
    DEPARTEMENT = "departement"
    FORCE = "force"
    DISTRICT = "district"
    QPV = "qpv"
    COMMUNE = "commune"
    RESIDENCE = "residence"
    HALL = "hall"


@dataclass(frozen=True)
class Place:
    """One place of the drill-down.

    Attributes:
        step: Its level.
        name: What titles call it.
        chosen: The selection narrowed to the place.
        key: Its ``place_key`` among the places of its level; None for the whole and for a hall.
        force: ``PN``, ``GN``, or empty.
        above: Label and address words of each level above, from the first.
        words: Address words of the place itself; links to the levels below keep them.
        identity: What is known of a residence besides its figures.
        around: The selection narrowed to the whole quarter, or the commune, of a residence; None for any other place.
    """

    step: Step
    name: str
    chosen: IncidentFilter
    key: int | str | None = None
    force: str = ""
    above: tuple[tuple[str, dict[str, object]], ...] = ()
    words: dict[str, object] = field(default_factory=dict)
    identity: dict[str, object] = field(default_factory=dict)
    around: IncidentFilter | None = None

    @property
    def level(self) -> Level:
        """Level of ``place_figures`` at which the place has a row; a hall has none, and is of its residence."""
        return Level.RESIDENCE if self.step == Step.HALL else Level(self.step)

    @property
    def title(self) -> str:
        """Its name, after that of its residence where it is a part of one."""
        if self.step != Step.HALL:
            return self.name
        residence = next(name for name, words in self.above if words.keys() == {"residence"})
        return f"{residence}, {self.name[0].lower()}{self.name[1:]}"

    @property
    def crumbs(self) -> Crumbs:
        """Label and address of the levels above, then the place itself without address."""
        if self.step == Step.ALL:
            return ()
        return (*((label, href(PAGE, **words)) for label, words in self.above), (self.name, None))

    def below(self, step: Step, name: str, chosen: IncidentFilter, words: Mapping[str, object], **known) -> Place:
        """A place one level down."""
        trail = (*self.above, (self.name, self.words))
        return Place(step, name, chosen, above=trail, words={**self.words, **words}, **known)


def place_of(visit: Visit) -> Place:
    """The place named by the address, checked against the store within the scope.

    Raises:
        AccessError: If the address names a place that does not exist or is outside the scope.
    """
    asked = st.query_params
    place = Place(Step.ALL, "Circonscriptions", visit.at())
    for word, step in STEPS.items():
        if word in asked:
            place = step(visit, asked[word], place)
    if place.step == Step.RESIDENCE and ("batiment" in asked or "hall" in asked):
        return _hall(place, asked.get("batiment", ""), asked.get("hall", ""))
    return place


def named(visit: Visit, place: Place) -> Visit:
    """The visit whose sentence leaves to the title the département that it would call «tous»."""
    return visit if place.step == Step.ALL else replace(visit, said=visit.said.replace(", tous départements", ""))


def _unknown() -> AccessError:
    return AccessError("Ce lieu n’existe pas, ou n’a pas de résidence dans votre périmètre\u00a0: revenez à la liste.")


def _found(rows: pd.DataFrame, column: str, key: str) -> pd.Series:
    """The row of a key written in an address.

    Raises:
        AccessError: If there is none.
    """
    found = rows[rows[column].astype(str) == key]
    if found.empty:
        raise _unknown()
    return found.iloc[0]


def _departement(visit: Visit, code: str, above: Place) -> Place:
    row = _found(visit.ask_store(directory.departements, visit.scope), "departement_code", code)
    chosen = above.chosen.at(departement_codes=(code,))
    return above.below(Step.DEPARTEMENT, row["departement_name"], chosen, {"departement": code}, key=code)


def _force(_visit: Visit, key: str, above: Place) -> Place:
    force = "" if key == NO_SERVICE else key
    if force not in FORCES:
        raise _unknown()
    name = FORCES[force] if above.step == Step.ALL else f"{FORCES[force]}, {above.name}"
    chosen = above.chosen.at(forces=(force,))
    return above.below(Step.FORCE, name, chosen, {"force": key}, key=force or None, force=force)


def _district(visit: Visit, key: str, above: Place) -> Place:
    if key == NO_SERVICE:
        chosen = above.chosen.at(forces=("",))
        return above.below(Step.DISTRICT, FORCES[""], chosen, {"service": key})
    row = _found(visit.ask_store(directory.districts, visit.scope), "district_id", key)
    root = Place(Step.ALL, "Circonscriptions", visit.at())
    return _service(root, row, _departement(visit, row["departement_code"], root))


def _service(root: Place, row: pd.Series, departement: Place) -> Place:
    """A service under its département and its force, whatever the address says of these."""
    key = int(row["district_id"])
    words = {"departement": departement.key, "force": row["force"]}
    trail = ((root.name, {}), (departement.name, departement.words), (FORCES[row["force"]], words))
    chosen = root.chosen.at(district_ids=(key,))
    name, own = service_label(row["district_name"]), {"service": str(key)}
    return Place(Step.DISTRICT, name, chosen, key, row["force"], trail, own)


def _qpv(visit: Visit, code: str, above: Place) -> Place:
    found = visit.ask_store(sheets.qpv_of, code, visit.scope)
    if found is None:
        raise _unknown()
    key, name = found
    chosen = above.chosen.at(qpv_ids=(key,))
    return above.below(Step.QPV, name, chosen, {"quartier": code}, key=key, force=above.force)


def _commune(visit: Visit, code: str, above: Place) -> Place:
    row = _found(visit.ask_store(directory.communes, visit.scope), "commune_code", code)
    chosen = above.chosen.at(commune_codes=(code,))
    return above.below(Step.COMMUNE, row["commune_name"], chosen, {"commune": code}, key=code, force=above.force)


def _residence(visit: Visit, key: str, _above: Place) -> Place:
    """Under the service that answered for it in the period, then its QPV or its commune."""
    is_key = key.isascii() and key.isdecimal() and len(key) <= MAX_KEY_DIGITS
    generation = visit.at().qpv_generation
    sheet = visit.ask_store(directory.residence_sheet, int(key), visit.scope, generation) if is_key else None
    if sheet is None:
        raise _unknown()
    service = visit.ask_store(sheets.service_of_residence, int(key), visit.period, visit.scope)
    root = Place(Step.ALL, "Circonscriptions", visit.at())
    above = _district(visit, NO_SERVICE if service is None else str(service), root)
    is_inside = sheet["qpv_status"] == "inside"
    around = None
    if is_inside:
        above = _qpv(visit, str(sheet["qpv_code"]), above)
        around = visit.at(qpv_ids=(above.key,))
    elif sheet["commune_code"]:
        above = _commune(visit, str(sheet["commune_code"]), above)
        around = visit.at(commune_codes=(above.key,))
    identity = {
        "Bailleur": sheet["landlord_name"],
        "Référence": sheet["reference"],
        "Adresse": sheet["address"],
        "Commune": sheet["commune_name"],
        "Quartier": sheet["qpv_name"] if is_inside else QPV_STATUSES[sheet["qpv_status"]],
        "Logements": sheet["dwelling_count"],
    }
    name, chosen = str(sheet["residence_name"]), visit.at(residence_ids=(int(key),))
    place = above.below(Step.RESIDENCE, name, chosen, {}, key=int(key), force=above.force, identity=identity)
    return replace(place, words={"residence": key}, around=around)


def _hall(residence: Place, building: str, hall: str) -> Place:
    """A hall under its building, or the whole building where no hall is named; without a fact the sheet is empty."""
    above = residence
    if building:
        chosen = residence.chosen.at(building_codes=(building,))
        named = residence.below(
            Step.HALL, hall_name(building, ""), chosen, {"batiment": building}, force=residence.force
        )
        if not hall:
            return named
        above = named
    chosen = residence.chosen.at(building_codes=(building,), hall_codes=(hall,))
    return above.below(Step.HALL, hall_name(building, hall), chosen, {"hall": hall}, force=residence.force)


def hall_name(building: str, hall: str) -> str:
    """«Bâtiment A, hall 2», «Hall 2», «Bâtiment A»."""
    if not building:
        return f"Hall {hall}"
    return f"Bâtiment {building}, hall {hall}" if hall else f"Bâtiment {building}"


# Words of the address, from the widest place to the narrowest.
STEPS = {
    "departement": _departement,
    "force": _force,
    "service": _district,
    "quartier": _qpv,
    "commune": _commune,
    "residence": _residence,
}
