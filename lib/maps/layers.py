"""Outlines of the map: frames in EPSG:4326 in, light GeoJSON out.

Communes are simplified once, as a coverage, and everything larger is dissolved from the result: the levels then share
their edges, without slit or overlap (``simplify`` alone breaks the coverage at every tolerance).
"""

import json
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from lib.domain.vocabulary import NEAR_QPV_M
from lib.maps.values import Ring

METRES = 2154  # Lambert-93: tolerances are lengths
DEGREES = 4326
COVERAGE_TOLERANCE_M = 60
COVERAGE_DECIMALS = 4  # ≤ 6 m, and the coverage stays valid
QPV_TOLERANCE_M = 5
QPV_DECIMALS = 5  # at 4 a ring collapses


def simplified_communes(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The communes with light outlines on the grid of ``COVERAGE_DECIMALS``, still a valid coverage.

    Args:
        communes: ``commune_code``, ``geometry``; any other column is kept. A commune named as ``parent_commune_code``
            of another row (Paris beside its arrondissements) is left out, its parts cover it.

    Returns:
        A new frame, EPSG:4326, same order, without rows that have no outline.
    """
    kept = communes.loc[communes.geometry.notna()]
    if "parent_commune_code" in kept:
        kept = kept.loc[~kept["commune_code"].isin(kept["parent_commune_code"].dropna())]
    light = shapely.coverage_simplify(kept.geometry.to_crs(METRES).to_numpy(), COVERAGE_TOLERANCE_M)
    degrees = gpd.GeoSeries(light, crs=METRES).to_crs(DEGREES)
    return kept.set_geometry(_on_grid(degrees.to_numpy(), COVERAGE_DECIMALS), crs=DEGREES)


def commune_layer(light_communes: gpd.GeoDataFrame) -> bytes:
    """GeoJSON of the communes: ``code``, ``nom`` and, when known, ``population`` (the largest is named first)."""
    columns = {"code": "commune_code", "nom": "commune_name"}
    if "population" not in light_communes:
        return geojson(light_communes, columns)
    whole = light_communes.assign(population=light_communes["population"].astype("Int64"))
    return geojson(whole, {**columns, "population": "population"})


def district_shapes(light_communes: gpd.GeoDataFrame, districts: pd.DataFrame) -> gpd.GeoDataFrame:
    """One row per district that has communes: ``district_id``, ``district_name``, ``force``, ``geometry``.

    Args:
        light_communes: From ``simplified_communes``, with ``district_id``; a commune without one belongs to no polygon.
        districts: ``district_id``, ``district_name``, ``force``.
    """
    served = light_communes.loc[light_communes["district_id"].notna(), ["district_id", "geometry"]]
    merged = served.dissolve("district_id", method="coverage", as_index=False)
    return merged.merge(districts[["district_id", "district_name", "force"]], on="district_id", validate="one_to_one")


def district_layer(shapes: gpd.GeoDataFrame) -> bytes:
    """GeoJSON of the districts: ``code`` (the identifier as text), ``nom``, ``force``."""
    coded = shapes.assign(code=shapes["district_id"].astype("int64").astype(str))
    return geojson(coded, {"code": "code", "nom": "district_name", "force": "force"})


def departement_layer(light_communes: gpd.GeoDataFrame, departement_names: dict[str, str]) -> bytes:
    """GeoJSON of the départements dissolved from their communes: ``code``, ``nom`` (or the code)."""
    parts = light_communes[["departement_code", "geometry"]]
    merged = parts.dissolve("departement_code", method="coverage", as_index=False)
    names = merged["departement_code"].map(departement_names).fillna(merged["departement_code"])
    return geojson(merged.assign(name=names), {"code": "departement_code", "nom": "name"})


def district_edge_layer(shapes: gpd.GeoDataFrame) -> bytes:
    """GeoJSON of the limits of districts, each edge once, told apart by the forces on its two sides.

    A polygon's own stroke would draw a shared edge twice, and a solid line hides dashes.

    Returns:
        At most three features, ``force`` = «PN», «GN» or «PN-GN»; an outer edge takes the force of its one side.
    """
    segments, owner = _segments(shapes.geometry.to_numpy())
    edges, edge_of = np.unique(segments, axis=0, return_inverse=True)
    kinds = _edge_kinds(edge_of.ravel(), shapes["force"].to_numpy()[owner], len(edges))
    lines = np.asarray(shapely.linestrings(edges.reshape(-1, 2, 2) / 10**COVERAGE_DECIMALS))
    present = [kind for kind in ("PN", "GN", "PN-GN") if (kinds == kind).any()]
    merged = [shapely.line_merge(shapely.multilinestrings(lines[kinds == kind])) for kind in present]
    edges_by_kind = gpd.GeoDataFrame(
        {"force": present}, geometry=_on_grid(np.array(merged, object), COVERAGE_DECIMALS), crs=DEGREES
    )
    return geojson(edges_by_kind, {"force": "force"})


def _segments(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Segments of all rings (x1, y1, x2, y2 on the integer grid, smaller end first) and the index of their polygon."""
    rings, owner = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    grid = np.rint(points * 10**COVERAGE_DECIMALS).astype(int)
    joined = ring[:-1] == ring[1:]
    start, end = grid[:-1][joined], grid[1:][joined]
    swapped = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    first, second = np.where(swapped[:, None], end, start), np.where(swapped[:, None], start, end)
    return np.hstack([first, second]), owner[ring[:-1][joined]]


def _edge_kinds(edge_of: np.ndarray, forces: np.ndarray, edge_count: int) -> np.ndarray:
    """«PN», «GN» or «PN-GN» for each edge, from the force of each segment lying on it."""
    has_police, has_gendarmerie = np.zeros(edge_count, bool), np.zeros(edge_count, bool)
    has_police[edge_of[forces == "PN"]] = True
    has_gendarmerie[edge_of[forces == "GN"]] = True
    return np.select([has_police & has_gendarmerie, has_police, has_gendarmerie], ["PN-GN", "PN", "GN"], "")


def qpv_shapes(qpvs: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The QPV that have an outline, simplified, on the grid of ``QPV_DECIMALS`` and valid there.

    Args:
        qpvs: ``qpv_code``, ``qpv_name``, ``geometry`` (missing where the official outline collapsed).

    Returns:
        A new frame, EPSG:4326, same columns. The page lists the codes that are not in it («sans contour»).
    """
    drawn = qpvs.loc[qpvs.geometry.notna()]
    light = drawn.geometry.to_crs(METRES).make_valid().simplify(QPV_TOLERANCE_M)
    degrees = light.to_crs(DEGREES).make_valid().set_precision(10**-QPV_DECIMALS)
    shapes = drawn.set_geometry(_on_grid(_polygons_only(degrees), QPV_DECIMALS), crs=DEGREES)
    return shapes.loc[~shapes.geometry.is_empty]


def ring(outline: BaseGeometry, name: str) -> Ring:
    """What lies within ``NEAR_QPV_M`` of an outline, the outline included.

    Args:
        outline: EPSG:4326.
        name: How the map calls it.
    """
    near = (
        gpd.GeoSeries([outline], crs=DEGREES).to_crs(METRES).make_valid().buffer(NEAR_QPV_M).simplify(QPV_TOLERANCE_M)
    )
    degrees = _on_grid(near.to_crs(DEGREES).to_numpy(), QPV_DECIMALS)
    lines = [shapely.get_coordinates(line).tolist() for line in shapely.get_rings(degrees)]
    return Ring(name, tuple(tuple((latitude, longitude) for longitude, latitude in line) for line in lines))


def qpv_layer(shapes: gpd.GeoDataFrame) -> bytes:
    """GeoJSON of the QPV: ``code``, ``nom``."""
    return geojson(shapes, {"code": "qpv_code", "nom": "qpv_name"})


def geojson(frame: pd.DataFrame, properties: Mapping[str, str]) -> bytes:
    """A FeatureCollection, UTF-8, without spaces; coordinates are written as they stand, a missing property as null.

    Args:
        frame: ``geometry`` in EPSG:4326, every row with an outline.
        properties: By property of the features, the column it comes from.
    """
    columns = {name: _plain_values(frame[column].tolist()) for name, column in properties.items()}
    shapes = shapely.to_geojson(frame["geometry"].to_numpy())
    features = [
        f'{{"type":"Feature","properties":{_compact(dict(zip(columns, row, strict=True)))},"geometry":{shape}}}'
        for shape, row in zip(shapes, zip(*columns.values(), strict=True), strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def _plain_values(values: list[Any]) -> list[object]:
    return [None if pd.isna(value) else value for value in values]


def _compact(row: dict[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _on_grid(geometry: np.ndarray, decimals: int) -> np.ndarray:
    rounded = shapely.transform(geometry, lambda points: np.round(points, decimals))
    return np.asarray(shapely.remove_repeated_points(rounded))


def _polygons_only(geometry: gpd.GeoSeries) -> np.ndarray:
    """Repairs leave stray points and lines beside the polygons: they are dropped."""
    return np.array([_polygons_of(shape) for shape in geometry], dtype=object)


def _polygons_of(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.get_parts(shape))  # a collection may hold a multipolygon
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])
