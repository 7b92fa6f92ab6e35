import pandas as pd

from lib.ingest.cleaning import Reason
from lib.ingest.readers import convert, point_reference, read_points


def test_each_distinct_text_is_read_once_and_a_blank_cell_stays_none():
    read = []

    def reader(text):
        read.append(text)
        return text.lower()

    column = pd.Series(["A", None, "A", "B"], index=[2, 3, 4, 5], dtype=object)
    assert convert(column, reader).to_dict() == {2: "a", 3: None, 4: "a", 5: "b"}
    assert read == ["A", "B"]


def test_a_masked_or_endless_cell_is_refused_without_being_read():
    found = convert(pd.Series(["(masqué)", "x" * 501], dtype=object), str)
    assert all(isinstance(value, Reason) for value in found)


def test_only_rows_with_both_coordinates_are_points():
    cells = pd.DataFrame(
        {"longitude": ["2.3", None, "2.3", "loin"], "latitude": ["48.8", "48.8", None, "48.8"]}, dtype=object
    )
    assert read_points(cells).to_dict("index") == {0: {"longitude": 2.3, "latitude": 48.8}}


def test_points_a_metre_apart_are_the_same_residence():
    assert point_reference(2.3000001, 48.8) == point_reference(2.3, 48.8) == "48.80000,2.30000"
    assert point_reference(2.30002, 48.8) != point_reference(2.3, 48.8)
