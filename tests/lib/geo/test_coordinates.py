import numpy as np
import pandas as pd
import pytest

from lib.geo.coordinates import in_france, is_lambert_93_box, located

# Published meridian and standard point of Lambert-93: 3° E, 46.5° N is (700 000, 6 600 000).
ORIGIN_DEG, ORIGIN_M = (3.0, 46.5), (700_000.0, 6_600_000.0)


def place(x: float | None, y: float | None) -> pd.Series:
    return located(pd.Series([x], dtype=float), pd.Series([y], dtype=float)).iloc[0]


@pytest.mark.parametrize(("pair", "is_swapped"), [(ORIGIN_DEG, False), (ORIGIN_DEG[::-1], True)])
def test_degrees_are_recognised_in_either_order(pair, is_swapped):
    found = place(*pair)
    assert (found["longitude"], found["latitude"], found["is_swapped"]) == (3.0, 46.5, is_swapped)


@pytest.mark.parametrize(("pair", "is_swapped"), [(ORIGIN_M, False), (ORIGIN_M[::-1], True)])
def test_the_origin_of_lambert_93_is_3_degrees_east_and_46_degrees_30_north(pair, is_swapped):
    found = place(*pair)
    assert (found["longitude"], found["latitude"]) == pytest.approx(ORIGIN_DEG, abs=1e-9)
    assert found["is_swapped"] == is_swapped


def test_reunion_is_in_france():
    assert place(55.45, -20.88)["reason"] is None


@pytest.mark.parametrize("pair", [(-1.5, 53.8), (0.0, 0.0), (1e9, 12.0)])
def test_a_point_outside_france_has_a_reason_and_no_coordinates(pair):
    found = place(*pair)
    assert "hors de France" in found["reason"]
    assert np.isnan(found["longitude"])


def test_a_half_missing_pair_is_missing():
    assert place(2.3, None)["reason"] == "coordonnées absentes"


def test_rows_keep_their_index_and_order():
    found = located(pd.Series([2.3, None], index=[7, 3]), pd.Series([48.8, 48.8], index=[7, 3]))
    assert list(found.index) == [7, 3]
    assert found["reason"].isna().tolist() == [True, False]


def test_a_missing_coordinate_is_not_in_france():
    assert in_france(np.array([2.3, np.nan]), np.array([48.8, 48.8])).tolist() == [True, False]


def test_bounds_in_metres_are_told_from_bounds_in_degrees():
    assert is_lambert_93_box((600_000, 6_800_000, 700_000, 6_900_000))
    assert not is_lambert_93_box((2, 48, 3, 49))
