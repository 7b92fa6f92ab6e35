import pandas as pd
import pytest

from lib.analysis.funnel import Position, funnel
from lib.analysis.peers import Peers, peers_of


def told(key: int, *places: tuple[int, int], count: int = 6) -> Peers | None:
    """Peers of a place among places given as facts and dwellings, over twelve months."""
    facts, dwellings = zip(*places, strict=True)
    rows = pd.DataFrame({"place_key": range(len(places)), "incident_count": facts})
    rows = rows.assign(reporting_dwelling_months=[12 * number for number in dwellings])
    return peers_of(funnel(rows, 12), key, 12, count=count)


def keys(found: Peers | None) -> list[int]:
    assert found is not None
    return found.rows["place_key"].tolist()


def test_peers_have_half_to_twice_the_dwellings():
    found = told(0, (50, 100), (40, 50), (30, 200), (9, 49), (99, 201))
    assert sorted(keys(found)) == [0, 1, 2]
    assert found is not None
    assert found.similar_count == 2


def test_place_and_its_peers_are_in_the_order_of_their_rate():
    found = told(0, (50, 100), (40, 50), (30, 200))
    assert keys(found) == [1, 0, 2]
    assert found is not None
    assert found.rows["is_self"].tolist() == [False, True, False]


def test_nearest_in_size_are_kept_and_the_quietest_with_them():
    places = [(50, 100), *((50, 100 + rank) for rank in range(1, 6)), (1, 190)]
    found = told(0, *places, count=3)
    assert sorted(keys(found)) == [0, 1, 2, 6]
    assert found is not None
    assert found.rows.set_index("place_key")["is_quietest"].loc[6]


def test_place_of_no_comparable_size_has_the_three_nearest():
    found = told(0, (900, 1000), (10, 10), (10, 40), (10, 20), (10, 30))
    assert sorted(keys(found)) == [0, 2, 3, 4]
    assert found is not None
    assert found.similar_count == 0


def test_place_alone_has_only_itself():
    assert keys(told(0, (50, 100))) == [0]


def test_place_that_did_not_report_is_not_compared():
    assert told(0, (0, 0), (10, 100)) is None
    assert told(7, (10, 100)) is None


def test_quiet_places_are_counted_among_all():
    found = told(0, (50, 100), (12, 100), (13, 100), (0, 5000), (0, 0))
    assert found is not None
    assert (found.quiet_count, found.place_count) == (2, 4)


@pytest.mark.parametrize(("facts", "position"), [(200, Position.ABOVE), (50, Position.INSIDE), (2, Position.BELOW)])
def test_position_is_that_among_all_places_for_their_size(facts: int, position: Position):
    found = told(0, (facts, 100), *((50 + rank % 3, 100) for rank in range(40)))
    assert found is not None
    assert found.position == position
