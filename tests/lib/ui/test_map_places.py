from collections.abc import Callable
from datetime import date

import pytest

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot.places import Level
from lib.ui.map_places import one, places
from lib.ui.session import Visit

CHOSEN = IncidentFilter(Period(date(2026, 1, 1), date(2026, 3, 1)))


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
