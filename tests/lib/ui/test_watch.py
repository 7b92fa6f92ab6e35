from datetime import date

import pandas as pd
import pytest

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot.copies import build
from lib.snapshot.places import Level
from lib.ui.watch import WATCHES, watched
from tests.factories import small_store

CHOSEN = IncidentFilter(Period(date(2026, 1, 1), date(2026, 3, 1)))


@pytest.fixture
def rows(store) -> pd.DataFrame:
    return watched(build(small_store(store)), chosen=CHOSEN, scope=Scope.everything())


def observed(rows: pd.DataFrame, level: Level, by: str) -> dict[tuple, int]:
    """Facts of the last three months by place and kind, those that have any."""
    rank = next(rank for rank, watch in enumerate(WATCHES) if (watch.level, watch.by) == (level, by))
    own = rows[(rows["watch"] == rank) & (rows["observed"] > 0)]
    return {(row.place_key, row.kind): int(row.observed) for row in own.itertuples()}


def test_each_place_has_the_facts_of_each_kind(rows: pd.DataFrame):
    assert observed(rows, Level.DISTRICT, "family_code") == {
        (1, "BIE"): 1,
        (1, "JOU"): 1,
        (1, "OCC"): 1,
        (1, "PER"): 1,
        (2, "BIE"): 1,
    }
    assert observed(rows, Level.QPV, "family_code") == {(1, "BIE"): 1, (1, "OCC"): 1, (1, "PER"): 1}
    assert observed(rows, Level.ALL, "type_code")[(1, "BIE-01")] == 3


def test_residences_are_watched_all_facts_together(rows: pd.DataFrame):
    assert observed(rows, Level.RESIDENCE, "") == {(1, ""): 3, (2, ""): 1, (3, ""): 1, (4, ""): 1}


def test_store_of_less_than_three_months_is_not_watched(store):
    early = IncidentFilter(Period(date(2025, 1, 1), date(2025, 3, 1)))
    assert watched(build(small_store(store)), chosen=early, scope=Scope.everything()).empty
