import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

from lib.geo.joins import locate_in_commune, locate_in_qpv

EAST, NORTH = 650_000.0, 6_860_000.0


def points(*offsets: tuple[float, float] | None) -> gpd.GeoDataFrame:
    spots = [None if o is None else Point(EAST + o[0], NORTH + o[1]) for o in offsets]
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(spots, crs="EPSG:2154"))


def squares(column: str, **boxes: tuple[float, float, float, float] | None) -> gpd.GeoDataFrame:
    outlines = [
        None if b is None else box(EAST + b[0], NORTH + b[1], EAST + b[2], NORTH + b[3]) for b in boxes.values()
    ]
    return gpd.GeoDataFrame({column: list(boxes)}, geometry=gpd.GeoSeries(outlines, crs="EPSG:2154"))


def qpvs(**boxes) -> gpd.GeoDataFrame:
    return squares("qpv_code", **boxes)


def answer(spots: gpd.GeoDataFrame, polygons: gpd.GeoDataFrame) -> list[tuple]:
    found = locate_in_qpv(spots, polygons)
    return list(zip(plain(found["qpv_code"]), found["qpv_status"], strict=True))


def plain(codes: pd.Series) -> list[str | None]:
    return [None if pd.isna(code) else code for code in codes]


def test_point_inside_is_inside():
    assert answer(points((50, 50)), qpvs(A=(0, 0, 100, 100))) == [("A", "inside")]


def test_point_on_a_border_is_inside():
    assert answer(points((100, 50)), qpvs(A=(0, 0, 100, 100))) == [("A", "inside")]


def test_point_on_a_border_is_still_inside_when_layers_come_in_degrees():
    spots, polygons = points((100, 50), (100, 100)).to_crs(4326), qpvs(A=(0, 0, 100, 100)).to_crs(4326)
    assert answer(spots, polygons) == [("A", "inside")] * 2


def test_point_on_the_border_of_two_goes_to_the_smallest_code():
    assert answer(points((100, 50)), qpvs(B=(0, 0, 100, 100), A=(100, 0, 200, 100))) == [("A", "inside")]


def test_point_in_two_overlapping_outlines_goes_to_the_smallest_code():
    assert answer(points((50, 50)), qpvs(B=(0, 0, 100, 100), A=(40, 40, 60, 60))) == [("A", "inside")]


@pytest.mark.parametrize(("east", "expected"), [(400, ("A", "near")), (401, (None, "outside"))])
def test_near_stops_at_300_metres(east, expected):
    assert answer(points((east, 50)), qpvs(A=(0, 0, 100, 100))) == [expected]


def test_near_takes_the_nearest_outline():
    assert answer(points((160, 50)), qpvs(A=(0, 0, 100, 100), B=(200, 0, 300, 100))) == [("B", "near")]


def test_inside_one_wins_over_near_another_of_smaller_code():
    assert answer(points((150, 50)), qpvs(A=(0, 0, 100, 100), B=(110, 0, 200, 100))) == [("B", "inside")]


def test_point_without_place_is_unknown():
    assert answer(points(None, (50, 50)), qpvs(A=(0, 0, 100, 100))) == [(None, "unknown"), ("A", "inside")]


def test_outline_that_collapsed_attracts_nothing():
    assert answer(points((50, 50)), qpvs(A=None)) == [(None, "outside")]


def test_one_row_out_per_row_in_with_the_same_index():
    spots = points((50, 50), (150, 50), None).set_index([[9, 4, 4]])
    assert list(locate_in_qpv(spots, qpvs(A=(0, 0, 200, 200), B=(0, 0, 200, 200))).index) == [9, 4, 4]


def test_point_outside_every_commune_is_kept_without_code():
    communes = squares("commune_code", **{"95001": (0, 0, 100, 100)})
    assert plain(locate_in_commune(points((50, 50), (150, 50)), communes)) == ["95001", None]


def test_arrondissements_stand_for_their_commune():
    communes = squares("commune_code", **{"75056": (0, 0, 100, 100), "75101": (0, 0, 100, 100)})
    assert locate_in_commune(points((50, 50)), communes.assign(parent_commune_code=[None, "75056"])).tolist() == [
        "75101"
    ]
