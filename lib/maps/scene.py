"""What the map shows of a selection: the state of each QPV, the facts of each residence, the extent of both."""

from collections.abc import Sequence

import pandas as pd

from lib.domain.labels import number, plural
from lib.maps.values import NO_DATA, Bounds, State, class_of

# Facts per 1,000 dwellings and year; fixed across periods and filters (docs/decisions/0007).
RATE_BREAKS = (150, 250, 350, 500)


def rate_class(row) -> State:
    """Class of a place by its rate as shown, rounded to the unit; without a reporting dwelling, no data."""
    if pd.isna(row.rate_per_1000_dwellings):
        return NO_DATA
    if row.incident_count == 0:
        return class_of(0, RATE_BREAKS)
    return class_of(max(1, round(row.rate_per_1000_dwellings)), RATE_BREAKS)


def qpv_shapes(qpvs: pd.DataFrame) -> dict[str, tuple[State, str]]:
    """By QPV code: its class and the phrase of its tooltip, count first, then the rate.

    Args:
        qpvs: Rows of ``analysis.rates.with_rates`` at level QPV.
    """
    return {row.place_code: (rate_class(row), _phrase(row)) for row in qpvs.itertuples()}


def qpv_labels(qpvs: pd.DataFrame) -> dict[str, str]:
    """By QPV code: what is written after its name on the map."""
    return {row.place_code: _short(row) for row in qpvs.itertuples()}


def residence_facts(positions: pd.DataFrame, residences: pd.DataFrame) -> list[int | None]:
    """Facts of each residence in the order of the positions.

    Args:
        positions: ``snapshot.directory.residences``.
        residences: ``place_figures`` at level RESIDENCE.

    Returns:
        A count, ``NO_DATA`` where the landlord told nothing of the period, None outside the selection.
    """
    told = {
        row.place_key: int(row.incident_count) if row.reporting_dwelling_months or row.incident_count else NO_DATA
        for row in _with_declaration(residences).itertuples()
    }
    return [told.get(key) for key in positions["residence_id"]]


def _with_declaration(residences: pd.DataFrame) -> pd.DataFrame:
    """A residence without a known number of dwellings is told of all the same when it has reported."""
    reported = residences["reporting_dwelling_months"].where(
        residences["dwelling_months"] > 0, residences["reporting_residence_count"]
    )
    return residences.assign(reporting_dwelling_months=reported)


def extent(positions: pd.DataFrame, facts: Sequence[int | None]) -> Bounds | None:
    """South-west and north-east (latitude, longitude) of the residences of the selection; None without any."""
    shown = positions.loc[[fact is not None for fact in facts]]
    if shown.empty:
        return None
    south, west = shown["latitude"].min(), shown["longitude"].min()
    return (float(south), float(west)), (float(shown["latitude"].max()), float(shown["longitude"].max()))


def _phrase(row) -> str:
    # A missing commune is NaN, which is true.
    name = f"{row.place_name} ({row.commune_name})" if isinstance(row.commune_name, str) else row.place_name
    if pd.isna(row.rate_per_1000_dwellings):
        return f"{name}\u00a0: aucune déclaration sur la période"
    rate = number(row.rate_per_1000_dwellings)
    return f"{name}\u00a0: {plural(int(row.incident_count), 'fait')}, {rate} pour 1\u00a0000 logements"


def _short(row) -> str:
    return "—" if pd.isna(row.rate_per_1000_dwellings) else number(row.rate_per_1000_dwellings)
