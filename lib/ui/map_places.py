"""Places of a level with all that the map, the card and the table say of them; kept for a revision."""

import pandas as pd

from lib.analysis.shrinkage import with_shrunk_rates
from lib.domain.filters import IncidentFilter
from lib.domain.labels import service_label
from lib.domain.scope import Scope
from lib.domain.terms import FORCES
from lib.snapshot.columnar import Snapshot
from lib.snapshot.places import Level
from lib.ui import data, selection
from lib.ui.session import Visit

NAMELESS = {Level.COMMUNE: "Commune non renseignée", Level.DEPARTEMENT: "Département non renseigné"}


def places(visit: Visit, level: Level, chosen: IncidentFilter) -> pd.DataFrame:
    """Places of a level with rates, smoothed rates and tested changes, most facts first.

    Returns:
        ``selection.places`` and ``with_shrunk_rates``, with ``map_code``: what the map and the address call the place,
        None for facts that belong to no place of the level.
    """
    return data.ask(_places, visit.snapshot, level, chosen=chosen, scope=visit.scope)


def _places(snapshot: Snapshot, level: Level, *, chosen: IncidentFilter, scope: Scope) -> pd.DataFrame:
    visit = Visit(snapshot, scope, is_synthetic=False, chosen=chosen)
    found = with_shrunk_rates(selection.places(visit, level))
    return found.assign(map_code=_codes(found, level), place_name=_names(found, level))


def _codes(found: pd.DataFrame, level: Level) -> list[str | None]:
    """The identifier of a service or a residence as text, the official code of any other place."""
    column = "place_key" if level in {Level.DISTRICT, Level.RESIDENCE} else "place_code"
    if column == "place_code":
        return [code if isinstance(code, str) else None for code in found[column]]
    return [None if pd.isna(key) else str(int(key)) for key in found[column]]


def _names(found: pd.DataFrame, level: Level) -> pd.Series:
    if level == Level.DISTRICT:
        return found["place_name"].fillna(FORCES[""]).map(service_label)
    return found["place_name"].fillna(NAMELESS[level]) if level in NAMELESS else found["place_name"]


def one(found: pd.DataFrame, code: str):
    """The row of a place, or None."""
    rows = found[found["map_code"] == code]
    return None if rows.empty else next(rows.itertuples())
