"""Places ranked for a selection: what each rests on, its draws, its rank; kept for a revision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from lib.analysis.criteria import Criterion, Unit, hall_key, place_criteria
from lib.analysis.priorities import Drawn, drawn, ranking
from lib.config import settings
from lib.domain.filters import IncidentFilter
from lib.domain.labels import alphabetical, service_label
from lib.domain.scope import Scope
from lib.snapshot import signals, territories
from lib.snapshot.columnar import Snapshot
from lib.snapshot.places import Level
from lib.ui.drilldown import hall_name
from lib.ui.session import Visit

SEED = 2024  # the same draws at each run: a probability does not move by itself


class UnitTerms(NamedTuple):
    """How a unit is named: in the list of units, in a sentence, one or several, and in an address."""

    label: str
    noun: str
    nouns: str
    word: str
    is_feminine: bool = False


UNITS = {
    Unit.RESIDENCE: UnitTerms("Résidences", "résidence", "résidences", "residence", True),
    Unit.HALL: UnitTerms("Halls", "hall", "halls", "hall"),
    Unit.QPV: UnitTerms("QPV", "QPV", "QPV", "quartier"),
    Unit.DISTRICT: UnitTerms("Circonscriptions", "circonscription", "circonscriptions", "service", True),
}
MAPPED = "Carte et tableau"  # part of the page, in the address
LEVELS = {Unit.QPV: Level.QPV, Unit.DISTRICT: Level.DISTRICT}
LABELLED = {terms.label: unit for unit, terms in UNITS.items()}


@dataclass(frozen=True)
class Ranked:
    """The places of a selection in their order.

    Attributes:
        unit: What is ranked.
        first_count: The «first places» of which the bands tell the probability.
        weights: By criterion, those that were used.
        places: One row per place ranked, the most probable first: columns of ``named_criteria`` and ``ranking``,
            and ``row``, its position in ``drawn``.
        short: Places of which too little is known, with the columns of ``named_criteria``.
        drawn: Utilities, one row per place ranked.
    """

    unit: Unit
    first_count: int
    weights: Mapping[Criterion, float]
    places: pd.DataFrame
    short: pd.DataFrame
    drawn: Drawn

    @property
    def chance(self) -> str:
        """Column of the probability that makes the bands."""
        return f"p_top_{self.first_count}"

    @property
    def stands_out(self) -> bool:
        """Whether a place may stand out: there are more of them than first places, so that bands say something."""
        return len(self.places) > self.first_count


def ranked(visit: Visit, unit: Unit, weights: Mapping[Criterion, float], first_count: int) -> Ranked:
    """The places of the selection ranked with these weights."""
    criteria = visit.ask(named_criteria, unit)
    places = _drawn(settings().database_url, visit.snapshot.revision, visit.at(), visit.scope, unit, criteria)
    found = ranking(places, weights, rng=np.random.default_rng(SEED), k=first_count)
    found = found.assign(row=np.arange(len(found))).merge(criteria, on="place_key", how="left")
    order = [f"p_top_{first_count}", "score"]
    return Ranked(
        unit=unit,
        first_count=first_count,
        weights=weights,
        places=found.sort_values(order, ascending=False, kind="stable", ignore_index=True),
        short=criteria[criteria["is_short"]].sort_values("place_name", key=lambda names: names.map(alphabetical)),
        drawn=places,
    )


def named_criteria(snapshot: Snapshot, unit: Unit, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    """Criteria of each place of a unit, and what it is called.

    Returns:
        ``place_criteria`` with place_name, commune_name, force (missing but for services), map_code (what the map and
        addresses call the place, or its residence), residence_id (missing for QPV and services), answering (force that
        answers there; missing where both do, in a QPV, or where it is not known), main_residence_name (of QPV and
        services) and, of residences, the qpv_id and the district_id that they are counted in.
    """
    question = signals.hall_signals if unit == Unit.HALL else signals.residence_signals
    rows = question(snapshot, chosen=chosen, scope=scope)
    names = _territories(snapshot, rows, unit, scope) if unit in LEVELS else _residences(snapshot, rows, unit)
    found = place_criteria(rows, unit).merge(names, on="place_key", how="left")
    if unit not in LEVELS:
        return found
    residences = rows.set_index("residence_id")["residence_name"]  # of the scope alone
    return found.assign(main_residence_name=found["main_residence_id"].map(residences))


def _territories(snapshot: Snapshot, rows: pd.DataFrame, unit: Unit, scope: Scope) -> pd.DataFrame:
    found = territories.place_names(snapshot, LEVELS[unit], scope)
    is_service = unit == Unit.DISTRICT
    names = found["place_name"].map(service_label) if is_service else found["place_name"]
    codes = found["place_key"].astype(str) if is_service else found["place_code"]
    answering = found["force"] if is_service else found["place_key"].map(_forces(snapshot, rows))
    named = found.assign(place_name=names, map_code=codes, residence_id=None, answering=answering)
    return named.drop(columns="place_code")


def _forces(snapshot: Snapshot, rows: pd.DataFrame) -> dict[int, str]:
    """The one force that answers for the residences of each QPV; no key where both do, or where none is known."""
    known = territories.districts(snapshot).set_index("district_id")["force"]
    held = pd.DataFrame({"qpv_id": rows["qpv_id"], "force": rows["district_id"].map(known)}).dropna().drop_duplicates()
    alone = held[~held.duplicated("qpv_id", keep=False)]
    return dict(zip(alone["qpv_id"].astype(int), alone["force"], strict=True))


def _residences(snapshot: Snapshot, rows: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """Residences by their name; a hall by its own, then that of its residence, which its criteria hold."""
    forces = territories.districts(snapshot).set_index("district_id")["force"]
    named = pd.DataFrame(
        {
            "place_key": rows["residence_id"],
            "place_name": rows["residence_name"],
            "commune_name": rows["commune_name"],
            "force": None,
            "map_code": rows["residence_id"].astype(str),
            "answering": rows["district_id"].map(forces),
        }
    )
    if unit == Unit.RESIDENCE:
        return named.assign(**rows[["residence_id", "qpv_id", "district_id"]])
    halls = zip(rows["building_code"], rows["hall_code"], rows["residence_name"], strict=True)
    names = [f"{hall_name(building, hall)}, {residence}" for building, hall, residence in halls]
    return named.assign(place_key=hall_key(rows), place_name=pd.Series(names, rows.index, dtype=object))


@st.cache_resource(max_entries=6, show_spinner=False)
def _drawn(
    database_url: str, revision: int, chosen: IncidentFilter, scope: Scope, unit: Unit, _criteria: pd.DataFrame
) -> Drawn:
    """Draws for a store, a revision, a selection and a scope: 96 MB at 12,000 places, shared by all sessions."""
    return drawn(_criteria, unit, rng=np.random.default_rng(SEED))


def address(unit: Unit, row) -> dict[str, object]:
    """Words of the address of the sheet of a place."""
    if unit == Unit.HALL:
        return {"residence": int(row.residence_id), "batiment": row.building_code or None, "hall": row.hall_code}
    return {UNITS[unit].word: row.map_code}
