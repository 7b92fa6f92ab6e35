"""Points against polygons: one row out per row in, whatever the polygons."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lib.domain.vocabulary import NEAR_QPV_M, QpvStatus
from lib.geo.coordinates import LAMBERT_93

# A point on a border is inside. Projecting moves a point against an edge by millimetres: this much is still the border.
BORDER_TOLERANCE_M = 0.01


def locate_in_qpv(points: gpd.GeoDataFrame, qpvs: gpd.GeoDataFrame) -> pd.DataFrame:
    """Priority neighbourhood of each point, and whether it is inside, near or outside.

    A point on a border is inside. In several neighbourhoods, or at the same distance of several, it goes to the
    smallest code. Distances are computed in EPSG:2154 (metropolitan France).

    Args:
        points: Points in any declared system; missing or empty where the place is unknown.
        qpvs: ``qpv_code`` and outlines of ONE generation; those without outline attract nothing.

    Returns:
        ``qpv_code`` (of the neighbourhood that holds the point, or of the nearest one within 300 m; else missing),
        ``qpv_status`` and ``distance_m`` (0 inside, missing beyond 300 m); index and order of ``points``.
    """
    nearest = _nearest(points, qpvs.rename(columns={"qpv_code": "code"}), NEAR_QPV_M)
    is_known = _has_place(points)
    is_inside = nearest["distance_m"] == 0
    status = np.select(
        [~is_known, is_inside, nearest["code"].notna()],
        [QpvStatus.UNKNOWN.value, QpvStatus.INSIDE.value, QpvStatus.NEAR.value],
        QpvStatus.OUTSIDE.value,
    )
    found = {"qpv_code": nearest["code"], "qpv_status": status, "distance_m": nearest["distance_m"]}
    return pd.DataFrame(found, index=points.index)


def locate_in_commune(points: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    """Commune code of each point, missing outside every outline; index and order of ``points``.

    The arrondissements of a commune stand for it where both are given; a point on a border goes to the smallest code.
    """
    parents = set(communes["parent_commune_code"].dropna()) if "parent_commune_code" in communes else set()
    smallest = communes[~communes["commune_code"].isin(parents)]
    return _nearest(points, smallest.rename(columns={"commune_code": "code"}), 0.0)["code"].rename("commune_code")


def _nearest(points: gpd.GeoDataFrame, polygons: gpd.GeoDataFrame, reach_m: float) -> pd.DataFrame:
    """Nearest polygon of each point within reach: ``code``, ``distance_m`` (0 inside or on the border)."""
    drawn = polygons[polygons.geometry.notna() & ~polygons.geometry.is_empty]
    spots = points.geometry.to_crs(LAMBERT_93).to_numpy()
    outlines = drawn.geometry.to_crs(LAMBERT_93).to_numpy()
    reach = max(reach_m, BORDER_TOLERANCE_M)
    point_at, polygon_at = shapely.STRtree(outlines).query(spots, predicate="dwithin", distance=reach)
    distance = shapely.distance(spots[point_at], outlines[polygon_at])
    pairs = pd.DataFrame(
        {
            "row": point_at,
            "code": drawn["code"].to_numpy(object)[polygon_at],
            "distance_m": np.where(distance <= BORDER_TOLERANCE_M, 0.0, distance),
        }
    )
    first = pairs.sort_values(["row", "distance_m", "code"]).drop_duplicates("row").set_index("row")
    nearest = first.reindex(range(len(points))).set_axis(points.index)
    assert len(nearest) == len(points), "one row out per row in"
    return nearest


def _has_place(points: gpd.GeoDataFrame) -> pd.Series:
    return points.geometry.notna() & ~points.geometry.is_empty
