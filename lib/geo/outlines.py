"""Repair of polygons: valid, polygonal, or none at all."""

from typing import NamedTuple

import geopandas as gpd
import shapely


class Repaired(NamedTuple):
    """Outlines after repair.

    Attributes:
        outlines: Same index as given; polygons and multipolygons only, None where nothing polygonal is left.
        repaired: Index of the rows that were invalid and kept an outline.
        collapsed: Index of the rows left without outline («sans contour»).
    """

    outlines: gpd.GeoSeries
    repaired: list
    collapsed: list


def repair(outlines: gpd.GeoSeries) -> Repaired:
    """Valid outlines by ``make_valid``, the polygonal part alone kept."""
    were_valid = outlines.is_valid | outlines.isna()
    fixed = gpd.GeoSeries([_polygonal(outline) for outline in outlines], index=outlines.index, crs=outlines.crs)
    is_lost = fixed.isna()
    return Repaired(
        outlines=fixed,
        repaired=list(outlines.index[~were_valid & ~is_lost]),
        collapsed=list(outlines.index[is_lost]),
    )


def _polygonal(outline: shapely.Geometry | None) -> shapely.Geometry | None:
    if outline is None or outline.is_empty:
        return None
    if outline.is_valid and outline.geom_type in {"Polygon", "MultiPolygon"}:
        return outline
    parts = _flattened(shapely.make_valid(outline))
    polygons = [part for part in parts if part.geom_type == "Polygon" and part.area > 0]
    return shapely.union_all(polygons) if polygons else None


def _flattened(geometry: shapely.Geometry) -> list[shapely.Geometry]:
    """Simple parts, collections inside collections opened."""
    parts = shapely.get_parts(geometry)
    while any(hasattr(part, "geoms") for part in parts):
        parts = shapely.get_parts(parts)
    return list(parts)
