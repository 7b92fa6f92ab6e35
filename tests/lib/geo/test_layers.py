import geopandas as gpd
import pytest
from shapely import Point

from lib.errors import FileError
from lib.geo.layers import read_layer

ORIGIN_DEG, ORIGIN_M = Point(3.0, 46.5), Point(700_000, 6_600_000)


def layer(point: Point, crs: str | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": ["x"]}, geometry=gpd.GeoSeries([point], crs=crs))


def assert_origin(features: gpd.GeoDataFrame) -> None:
    assert features.crs.to_epsg() == 4326
    assert (features.geometry.x[0], features.geometry.y[0]) == pytest.approx((3.0, 46.5), abs=1e-6)


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp"])
def test_a_layer_in_degrees_is_read_from_each_format(tmp_path, name):
    layer(ORIGIN_DEG, "EPSG:4326").to_file(tmp_path / name)
    found = read_layer(tmp_path / name)
    assert_origin(found.features)
    assert found.note is None


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_a_layer_in_lambert_93_is_converted(tmp_path, name):
    layer(ORIGIN_M, "EPSG:2154").to_file(tmp_path / name)
    found = read_layer(tmp_path / name)
    assert_origin(found.features)
    assert found.note is None


@pytest.mark.parametrize(("point", "name"), [(ORIGIN_DEG, "WGS84"), (ORIGIN_M, "Lambert-93")])
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_system_that_is_not_declared_is_guessed_and_said(tmp_path, point, name):
    layer(point, None).to_file(tmp_path / "a.shp")
    found = read_layer(tmp_path / "a.shp")
    assert_origin(found.features)
    assert name in found.note


def test_metres_written_in_a_geojson_are_recognised(tmp_path):
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
    text += '{"type":"Point","coordinates":[700000,6600000]}}]}'
    (tmp_path / "a.geojson").write_text(text)
    assert_origin(read_layer(tmp_path / "a.geojson").features)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_coordinates_of_no_known_system_are_refused(tmp_path):
    layer(Point(5_000_000, 12), None).to_file(tmp_path / "a.shp")
    with pytest.raises(FileError, match="ni en WGS84 ni en Lambert-93"):
        read_layer(tmp_path / "a.shp")


def test_a_file_that_is_no_layer_is_refused_in_french(tmp_path):
    (tmp_path / "a.geojson").write_text("bonjour")
    with pytest.raises(FileError, match="n’est pas une couche géographique lisible"):
        read_layer(tmp_path / "a.geojson")


def test_an_empty_layer_is_refused(tmp_path):
    (tmp_path / "a.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    with pytest.raises(FileError, match="aucun objet"):
        read_layer(tmp_path / "a.geojson")
