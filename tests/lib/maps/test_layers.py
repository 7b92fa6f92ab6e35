import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from lib.maps.layers import (
    commune_layer,
    departement_layer,
    district_edge_layer,
    district_layer,
    district_shapes,
    qpv_layer,
    qpv_shapes,
    ring,
    simplified_communes,
)

WEST, SOUTH, SIDE = 2.0, 48.0, 0.1


def square(column: int, row: int = 0) -> Polygon:
    """A commune-like square with many points on its sides, so that there is something to simplify."""
    corner = box(WEST + column * SIDE, SOUTH + row * SIDE, WEST + (column + 1) * SIDE, SOUTH + (row + 1) * SIDE)
    return shapely.segmentize(corner, SIDE / 10)


def communes(*rows: tuple[str, Polygon | None, float | None], **columns: list) -> gpd.GeoDataFrame:
    codes, shapes, district_ids = zip(*rows, strict=True)
    frame = {
        "commune_code": list(codes),
        "commune_name": [f"Commune {code}" for code in codes],
        "departement_code": [code[:2] for code in codes],
        "district_id": pd.array(district_ids, dtype="Int64"),
    }
    return gpd.GeoDataFrame({**frame, **columns}, geometry=list(shapes), crs=4326)


def districts(*rows: tuple[int, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [(number, f"Service {number}", force) for number, force in rows],
        columns=["district_id", "district_name", "force"],
    )


def features(layer: bytes) -> list[dict]:
    return json.loads(layer)["features"]


def shapes_of(layer: bytes) -> list[shapely.Geometry]:
    return [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features(layer)]


def lengths(layer: bytes) -> dict[str, float]:
    forces = [feature["properties"]["force"] for feature in features(layer)]
    return {force: round(shape.length, 3) for force, shape in zip(forces, shapes_of(layer), strict=True)}


def test_communes_stay_a_valid_coverage_once_simplified_and_rounded():
    ragged = [square(column, row) for column in range(3) for row in range(3)]
    light = simplified_communes(communes(*((f"7700{i}", shape, None) for i, shape in enumerate(ragged))))
    drawn = shapes_of(commune_layer(light))
    assert shapely.coverage_is_valid(drawn)
    assert shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates(ragged).sum() / 2


def test_coordinates_of_communes_have_four_decimals_at_most():
    light = simplified_communes(communes(("77001", shapely.transform(square(0), lambda points: points + 1 / 3), None)))
    points = shapely.get_coordinates(shapes_of(commune_layer(light)))
    assert (points == points.round(4)).all()


def test_a_commune_keeps_its_code_name_and_population():
    light = simplified_communes(communes(("01004", square(0), None), population=[14_000]))
    assert features(commune_layer(light))[0]["properties"] == {
        "code": "01004",
        "nom": "Commune 01004",
        "population": 14_000,
    }


def test_an_unknown_population_is_null():
    light = simplified_communes(communes(("77001", square(0), None), population=[None]))
    assert features(commune_layer(light))[0]["properties"]["population"] is None


def test_a_commune_gives_way_to_its_arrondissements():
    whole = square(0).union(square(1))
    rows = communes(("75056", whole, None), ("75101", square(0), None), ("75102", square(1), None))
    rows["parent_commune_code"] = [None, "75056", "75056"]
    assert simplified_communes(rows)["commune_code"].tolist() == ["75101", "75102"]


def test_a_commune_without_outline_is_not_drawn():
    light = simplified_communes(communes(("77001", square(0), None), ("77002", None, None)))
    assert light["commune_code"].tolist() == ["77001"]


def test_simplified_communes_leave_the_frame_they_are_given_unchanged():
    rows = communes(("77001", square(0), None))
    before = rows.geometry.iloc[0].wkb
    simplified_communes(rows)
    assert rows.geometry.iloc[0].wkb == before


def test_a_district_is_its_communes_dissolved():
    light = simplified_communes(communes(("77001", square(0), 7), ("77002", square(1), 7), ("77003", square(2), 8)))
    layer = district_layer(district_shapes(light, districts((7, "PN"), (8, "GN"))))
    assert [feature["properties"] for feature in features(layer)] == [
        {"code": "7", "nom": "Service 7", "force": "PN"},
        {"code": "8", "nom": "Service 8", "force": "GN"},
    ]
    assert shapes_of(layer)[0].area == pytest.approx(2 * SIDE**2, rel=0.01)


def test_a_commune_without_district_belongs_to_no_polygon():
    light = simplified_communes(communes(("77001", square(0), 7), ("77002", square(1), None)))
    shapes = district_shapes(light, districts((7, "PN"), (8, "GN")))
    assert shapes["district_id"].tolist() == [7]
    assert shapes.geometry.iloc[0].area == pytest.approx(SIDE**2, rel=0.01)


def test_districts_share_the_edges_of_their_communes():
    rows = communes(("77001", square(0), 7), ("77002", square(1), 8), ("77003", square(0, 1), 9))
    light = simplified_communes(rows)
    layer = district_layer(district_shapes(light, districts((7, "PN"), (8, "GN"), (9, "PN"))))
    assert shapely.coverage_is_valid(shapes_of(layer))


def test_an_edge_takes_the_forces_of_its_two_sides():
    light = simplified_communes(communes(("77001", square(0), 1), ("77002", square(1), 2), ("77003", square(2), 3)))
    edges = district_edge_layer(district_shapes(light, districts((1, "PN"), (2, "PN"), (3, "GN"))))
    # Three squares in a row, sides of 0.1: police has 5 outer sides and one inner one, gendarmerie 3 outer ones.
    assert lengths(edges) == {"PN": 0.6, "GN": 0.3, "PN-GN": 0.1}


def test_a_shared_edge_is_drawn_once():
    light = simplified_communes(communes(("77001", square(0), 1), ("77002", square(1), 2)))
    lines = shapes_of(district_edge_layer(district_shapes(light, districts((1, "PN"), (2, "GN")))))
    assert shapely.union_all(lines).length == pytest.approx(sum(line.length for line in lines))
    assert sum(line.length for line in lines) == pytest.approx(7 * SIDE)


def test_the_edge_beside_communes_without_district_takes_the_only_force_there_is():
    light = simplified_communes(communes(("77001", square(0), 1), ("77002", square(1), None)))
    assert lengths(district_edge_layer(district_shapes(light, districts((1, "GN"))))) == {"GN": 0.4}


def test_departements_are_their_communes_dissolved():
    light = simplified_communes(communes(("77001", square(0), None), ("91001", square(1), None)))
    names = [feature["properties"] for feature in features(departement_layer(light, {"91": "Essonne"}))]
    assert names == [{"code": "77", "nom": "77"}, {"code": "91", "nom": "Essonne"}]


def qpvs(*shapes: shapely.Geometry | None) -> gpd.GeoDataFrame:
    codes = [f"QN0770{i}M" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"qpv_code": codes, "qpv_name": [f"Quartier {code}" for code in codes]}, geometry=list(shapes), crs=4326
    )


def test_a_bow_tie_is_repaired_and_stays_valid_after_rounding():
    bow_tie = Polygon([(2.0, 48.0), (2.01, 48.01), (2.01, 48.0), (2.0, 48.01)])
    drawn = shapes_of(qpv_layer(qpv_shapes(qpvs(bow_tie))))
    assert not bow_tie.is_valid
    assert drawn[0].is_valid
    assert isinstance(drawn[0], MultiPolygon)


def test_a_bow_tie_with_a_spike_keeps_both_its_lobes():
    # Repaired, it is a collection of a multipolygon and a line. Each lobe: 0.01° wide at its base, 0.005° high.
    bow_tie = Polygon([(2.0, 48.0), (2.01, 48.01), (2.01, 48.0), (2.0, 48.01), (2.0, 48.03), (2.0, 48.01)])
    (drawn,) = shapes_of(qpv_layer(qpv_shapes(qpvs(bow_tie))))
    assert drawn.area == pytest.approx(2 * 0.01 * 0.005 / 2, rel=0.01)


def test_a_spike_that_rounding_would_cross_is_valid_once_written():
    spike = Polygon([(2.0, 48.0), (2.004, 48.000004), (2.01, 48.0), (2.01, 48.01), (2.005, 48.000006), (2.0, 48.01)])
    assert shapes_of(qpv_layer(qpv_shapes(qpvs(spike))))[0].is_valid


def test_a_qpv_without_outline_is_left_for_the_page_to_list():
    shapes = qpv_shapes(qpvs(None, box(2.0, 48.0, 2.01, 48.01)))
    assert shapes["qpv_code"].tolist() == ["QN07701M"]


def test_a_name_with_quotes_and_accents_comes_back_unchanged():
    shapes = qpv_shapes(qpvs(box(2.0, 48.0, 2.01, 48.01)).assign(qpv_name=['L’Épi "d’Or" </script>']))
    assert features(qpv_layer(shapes))[0]["properties"]["nom"] == 'L’Épi "d’Or" </script>'


def test_the_official_quarters_are_all_drawn_and_valid_once_written(real_data: Path):
    file = gpd.read_file(real_data / "qpv" / "QP2024_IDF_WGS84.geojson")
    known = file.rename(columns={"code_qp": "qpv_code", "lib_qp": "qpv_name"})
    layer = qpv_layer(qpv_shapes(known))
    drawn = dict(zip((feature["properties"]["code"] for feature in features(layer)), shapes_of(layer), strict=True))
    assert [code for code, shape in drawn.items() if not shape.is_valid or shape.is_empty] == []
    without_area = known["geometry"].isna() | (known.to_crs(2154).area < 1)
    assert (len(known), len(drawn)) == (298, 295)
    assert set(known["qpv_code"]) - set(drawn) == set(known.loc[without_area, "qpv_code"])


def test_paris_is_drawn_by_its_arrondissements(real_data: Path):
    file = gpd.read_file(real_data / "communes" / "paris_arrondissements_et_limitrophes_L93.gpkg").to_crs(4326)
    file = file.rename(columns={"INSEE_COM": "commune_code", "NOM_COM": "commune_name"})
    parts = file["commune_code"].str.startswith("751")
    paris = file[parts].dissolve().assign(commune_code="75056", commune_name="Paris")
    rows = pd.concat([file.assign(parent_commune_code=parts.map({True: "75056", False: None})), paris])
    light = simplified_communes(gpd.GeoDataFrame(rows, crs=4326).reset_index(drop=True))
    codes = {feature["properties"]["code"] for feature in features(commune_layer(light))}
    assert "75056" not in codes
    assert {f"751{number:02d}" for number in range(1, 21)} <= codes
    assert shapely.coverage_is_valid(light.geometry.to_numpy())


def test_a_ring_lies_three_hundred_metres_away():
    square_m = gpd.GeoSeries([box(650_000, 6_860_000, 651_000, 6_861_000)], crs=2154).to_crs(4326).iloc[0]
    near = ring(square_m, "À moins de 300 m des Essais")
    (line,) = near.outline
    points = gpd.GeoSeries(gpd.points_from_xy([lon for _, lon in line], [lat for lat, _ in line]), crs=4326)
    distances = points.to_crs(2154).distance(box(650_000, 6_860_000, 651_000, 6_861_000))
    assert distances.between(290, 306).all()
    assert near.name == "À moins de 300 m des Essais"


def test_a_ring_around_a_bow_tie_is_drawn_all_the_same():
    bow_tie = Polygon([(2.0, 48.0), (2.01, 48.01), (2.01, 48.0), (2.0, 48.01)])
    assert len(ring(bow_tie, "Essai").outline[0]) > 10
