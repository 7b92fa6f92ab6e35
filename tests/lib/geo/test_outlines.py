import geopandas as gpd
import pytest
from shapely import GeometryCollection, LineString, Point, Polygon, box

from lib.geo.outlines import repair

BOW_TIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
SPIKE = Polygon([(0, 0), (1, 1), (0, 0), (0, 0)])


def repaired(*outlines):
    return repair(gpd.GeoSeries(outlines, index=list("abcdefgh")[: len(outlines)], crs="EPSG:4326"))


def test_a_valid_outline_is_left_as_it_is():
    found = repaired(box(0, 0, 1, 1))
    assert found.outlines["a"].equals(box(0, 0, 1, 1))
    assert (found.repaired, found.collapsed) == ([], [])


def test_a_bow_tie_becomes_its_two_triangles():
    found = repaired(BOW_TIE)
    assert found.outlines["a"].geom_type == "MultiPolygon"
    assert found.outlines["a"].area == pytest.approx(2.0)
    assert found.repaired == ["a"]


def test_an_outline_flattened_to_a_line_is_listed_without_outline():
    found = repaired(box(0, 0, 1, 1), SPIKE)
    assert found.outlines["b"] is None
    assert (found.repaired, found.collapsed) == ([], ["b"])


def test_only_the_polygons_of_a_collection_are_kept():
    mixed = GeometryCollection([box(0, 0, 1, 1), LineString([(0, 0), (5, 5)]), Point(9, 9)])
    assert repaired(mixed).outlines["a"].equals(box(0, 0, 1, 1))


def test_a_missing_outline_stays_missing_and_is_listed():
    assert repaired(None, box(0, 0, 1, 1)).collapsed == ["a"]


def test_the_system_is_kept():
    assert repaired(BOW_TIE).outlines.crs.to_epsg() == 4326
