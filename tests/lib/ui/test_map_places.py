from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from lib.analysis.comparison import places_compared
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot.places import Level
from lib.ui.map_places import _compared, one, places
from lib.ui.session import Visit

CHOSEN = IncidentFilter(Period(date(2026, 1, 1), date(2026, 3, 1)))


def rows(*counts: tuple[int, float]) -> pd.DataFrame:
    """Places of 100 dwellings in the order given, with their facts and those of the year before."""
    frame = {
        "place_key": range(len(counts)),
        "incident_count": [count for count, _ in counts],
        "previous_incident_count": [previous for _, previous in counts],
        "reporting_dwelling_months": 200,
        "previous_reporting_dwelling_months": 200,
    }
    return pd.DataFrame(frame, index=range(5, 5 + len(counts)))


@pytest.mark.parametrize(
    "counts",
    [
        [(80, 20), (3, 9), (12, 12), (0, 30), (5, float("nan")), (0, 0)],
        [(3, 9), (1, 2)],
        [(80, 20)],
        [],
    ],
)
def test_places_too_small_to_be_tested_change_no_verdict(counts: list):
    rated = rows(*counts)
    months = [date(year, month, 1) for year in (2025, 2026) for month in (1, 2)]
    drawn = [(month, key, 4 + key * month.month) for key in rated["place_key"] for month in months]
    monthly = pd.DataFrame(drawn, columns=["month_on", "place_key", "incident_count"])
    expected = places_compared(rated, monthly, CHOSEN.period, CHOSEN.before)
    pd.testing.assert_frame_equal(_compared(rated, monthly, CHOSEN), expected, check_dtype=False)


@pytest.mark.parametrize(
    ("level", "codes"),
    [
        (Level.DISTRICT, {"1", "2", None}),
        (Level.RESIDENCE, {"1", "2", "3", "4"}),
        (Level.QPV, {"QN091F1X"}),
        (Level.DEPARTEMENT, {"91", "77"}),
    ],
)
def test_places_are_called_as_the_address_calls_them(visit: Callable[..., Visit], level: Level, codes: set):
    told = visit()
    found = places(told, level, CHOSEN)
    assert {code if isinstance(code, str) else None for code in found["map_code"]} == codes


def test_communes_without_service_keep_a_name(visit: Callable[..., Visit]):
    found = places(visit(), Level.DISTRICT, CHOSEN)
    assert found.loc[found["map_code"].isna(), "place_name"].tolist() == ["Service non renseigné"]


def test_place_outside_the_scope_is_not_found(visit: Callable[..., Visit]):
    assert one(places(visit(), Level.RESIDENCE, CHOSEN), "1") is not None
    assert one(places(visit(Scope(landlord_ids=frozenset({2}))), Level.RESIDENCE, CHOSEN), "1") is None
