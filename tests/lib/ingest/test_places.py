from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from lib.ingest.cleaning import Reason
from lib.ingest.columns import ResidenceKey
from lib.ingest.coordinates import CoordinateReading
from lib.ingest.distinct import Rows, gather
from lib.ingest.locating import UNKNOWN, residence_index
from lib.ingest.mapping import Mapping, declare
from lib.ingest.places import distinct_rows, has_points, locate_rows, make_residences, point_columns
from lib.ingest.reading import Sheet
from lib.store.housing import landlord_ids
from lib.store.incidents import residence_ids
from lib.store.revisions import change
from tests.factories import small_store

NAMES = ("residence_reference", "longitude", "latitude", "address", "residence_name")
COMMUNES = pd.DataFrame({"commune_code": ["77288"], "commune_name": ["Melun"]})
RESIDENCES = pd.DataFrame(
    [
        (1, "R-1", "Un", "1 rue Haute 77000 Melun", "77288", 2.60, 48.50),
        (2, "R-2", "Deux", "2 rue Haute 77000 Melun", "77288", 2.70, 48.60),
    ],
    columns=["residence_id", "reference", "residence_name", "address", "commune_code", "longitude", "latitude"],
)
INDEX = residence_index(RESIDENCES, COMMUNES)
WAY = CoordinateReading()


def rows(*cells: Sequence[str | None], names: Sequence[str] = NAMES) -> Rows:
    """Rows of these cells; each column is its own heading."""
    index = pd.RangeIndex(2, len(cells) + 2, name="line_number")
    frame = pd.DataFrame(list(cells), columns=list(names), index=index, dtype=object)
    return gather([Sheet(frame, "", "", "")], {name: name for name in names})


def rules(names: Sequence[str] = NAMES[:4], **more: object) -> Mapping:
    columns = {name: name for name in names} | {"occurred_on": "Date", "type_code": "Nature"}
    return declare({"columns": columns} | more)


def located(read: Rows, names: Sequence[str]) -> list:
    texts = {"residence_reference": read.columns["residence_reference"].texts} if "residence_reference" in names else {}
    return list(locate_rows(read, texts, rules(names), index=INDEX, reading=WAY))


def test_distinct_rows_and_their_places_give_each_row_back():
    cells = [("R-1", None), ("R-2", "x"), ("R-1", None), (None, None), ("R-1", "x")]
    read = rows(*cells, names=NAMES[:2])
    distinct, groups = distinct_rows(read, list(NAMES[:2]))
    assert len(distinct) == 4
    assert [tuple(distinct.iloc[place]) for place in groups] == cells


def test_points_are_told_by_both_coordinates_or_by_one_column_that_holds_both():
    assert has_points(rows(("2.6", "48.5"), names=("longitude", "latitude")))
    assert not has_points(rows(("2.6",), names=("longitude",)))
    pairs = pd.DataFrame({"longitude": ["48.5, 2.6"], "latitude": ["48.5, 2.6"]})
    columns = {"occurred_on": "Date", "type_code": "Nature", "longitude": "GPS", "latitude": "GPS"}
    assert point_columns(pairs, declare({"columns": columns}))[1] is None
    assert point_columns(pairs, rules(NAMES[1:3]))[1] is not None


CELLS = st.tuples(
    st.sampled_from(["R-1", "r-2", "R-9", None]),
    st.sampled_from(["2.60", "2.70", "x", None]),
    st.sampled_from(["48.50", "48.60", None]),
    st.sampled_from(["1 rue Haute 77000 Melun", "2 rue Haute 77000 Melun", "9 rue Basse", None]),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cells=st.lists(CELLS, min_size=1, max_size=8))
def test_a_row_is_placed_alone_as_it_is_among_others(cells):
    together = located(rows(*cells, names=NAMES[:4]), NAMES[:4])
    alone = [located(rows(one, names=NAMES[:4]), NAMES[:4])[0] for one in cells]
    assert together == alone
    assert len(together) == len(cells)


def test_reference_comes_before_the_point_and_the_point_before_the_address():
    cells = [
        ("R-1", "2.70", "48.60", "2 rue Haute 77000 Melun"),
        ("R-9", "2.70", "48.60", "1 rue Haute 77000 Melun"),
        ("R-9", None, None, "1 rue Haute 77000 Melun"),
        (None, None, None, None),
    ]
    found = located(rows(*cells, names=NAMES[:4]), NAMES[:4])
    assert found[:3] == [1, 2, 1]
    assert not isinstance(found[3], int)


def test_point_is_not_looked_at_where_nothing_decided_how_to_read_it():
    read = rows(("R-9", "2.70", "48.60"), names=NAMES[:3])
    texts = {"residence_reference": read.columns["residence_reference"].texts}
    found = locate_rows(read, texts, rules(NAMES[:3]), index=INDEX, reading=None)
    assert list(found) == [UNKNOWN]


def test_reference_refused_as_a_text_is_the_reason_of_its_row():
    read = rows(("R-1",), ("trop long",), names=NAMES[:1])
    texts = np.array(["R-1", Reason("texte trop long"), None], object)
    found = locate_rows(read, {"residence_reference": texts}, rules(NAMES[:1]), index=INDEX, reading=None)
    assert list(found) == [1, Reason("texte trop long")]


POINTS = ("longitude", "latitude", "residence_name")


@pytest.fixture
def filled(store: Engine) -> Engine:
    return small_store(store)


def made_of(engine: Engine, read: Rows, **more: object) -> list[int]:
    named = {"residence_key": ResidenceKey.POINTS, "landlord_name": "Points"} | more
    with change(engine, "essai") as made:
        return make_residences(made, read, rules(POINTS, **named), "points", WAY)


def test_residences_are_made_of_the_new_points_alone_and_once(filled: Engine):
    first = made_of(filled, rows(("2.1", "48.1", "Tour"), ("2.1", "48.1", "Tour"), ("2.2", "48.2", None), names=POINTS))
    assert len(first) == len(set(first)) == 2
    again = made_of(filled, rows(("2.2", "48.2", None), ("2.3", "48.3", None), ("x", "48.3", None), names=POINTS))
    assert len(again) == 1
    assert not set(again) & set(first)
    with filled.connect() as connection:
        assert set(residence_ids(connection, landlord_ids(connection)["points"]).values()) == {*first, *again}


def test_register_with_a_list_of_residences_makes_none(filled: Engine):
    with change(filled, "essai") as made:
        assert make_residences(made, rows(("R9",), names=NAMES[:1]), rules(NAMES[:1]), "neuf", None) == []
        assert "neuf" not in landlord_ids(made.connection)
