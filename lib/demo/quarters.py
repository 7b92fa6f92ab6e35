"""Invented priority neighbourhoods: where their residences stand, and an outline for each generation."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lib.demo.names import QUARTER_NAMES, quarter_code
from lib.geo.coordinates import LAMBERT_93, WGS84

# The neighbourhood that lies under a police service (first commune) and a gendarmerie brigade (second): stories.py.
SPLIT_QUARTER, SPLIT_COMMUNES = 4, ("77215", "77470")
QUARTERS_OF_2015 = 30
SMALLEST_COMMUNE = 6_000
RADIUS_M, BORDER_MARGIN_M, LOT_HALF_M, STREET_M = 260.0, 450.0, (40.0, 75.0), 60.0
SQUARE = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def quarter_centres(rng: np.random.Generator, ground: gpd.GeoDataFrame) -> pd.DataFrame:
    """One commune drawn at random per neighbourhood, whatever its reputation, and a centre well inside it.

    Args:
        rng: Source of chance.
        ground: ``commune_code``, ``population`` and outlines in EPSG:2154.

    Returns:
        ``quarter`` (0 to 39), ``commune_code``, ``easting``, ``northing`` (EPSG:2154); the split one is on a border.
    """
    core = ground.geometry.buffer(-BORDER_MARGIN_M)
    can_hold = (ground["population"] >= SMALLEST_COMMUNE) & ~core.is_empty
    can_hold &= ~ground["commune_code"].isin(SPLIT_COMMUNES)
    chosen = rng.permutation(np.flatnonzero(can_hold))[: len(QUARTER_NAMES)]
    points = points_inside(rng, core.iloc[chosen].to_numpy(), spread=0.22)
    centres = pd.DataFrame(
        {
            "quarter": range(len(chosen)),
            "commune_code": ground["commune_code"].to_numpy()[chosen],
            "easting": points[:, 0],
            "northing": points[:, 1],
        }
    )
    split = _split_centre(ground)
    is_split = centres["quarter"] == SPLIT_QUARTER
    centres.loc[is_split, ["commune_code", "easting", "northing"]] = [SPLIT_COMMUNES[0], split.x, split.y]
    return centres


def points_inside(rng: np.random.Generator, polygons: np.ndarray, spread: float) -> np.ndarray:
    """One point inside each polygon, scattered about its middle.

    Args:
        rng: Source of chance.
        polygons: Outlines in metres, one per point wanted.
        spread: Standard deviation, as a part of the side of a square of the same area.

    Returns:
        Array (n, 2) of eastings and northings.
    """
    middle = shapely.get_coordinates(shapely.point_on_surface(polygons))
    scale = spread * np.sqrt(shapely.area(polygons))
    found, waiting = middle.copy(), np.ones(len(polygons), dtype=bool)
    while waiting.any():
        tried = middle + rng.normal(size=middle.shape) * scale[:, None]
        is_good = waiting & shapely.contains_xy(polygons, tried[:, 0], tried[:, 1])
        found[is_good] = tried[is_good]
        waiting &= ~is_good
        scale = scale * 0.97
    return found


def cluster_points(rng: np.random.Generator, centres: pd.DataFrame, sizes: np.ndarray) -> pd.DataFrame:
    """Residences spread about the centre of their neighbourhood, on a spiral stretched and turned at random.

    Returns:
        ``quarter``, ``easting``, ``northing``; ``sizes[i]`` rows for the i-th neighbourhood, at least 30 m apart.
    """
    rows = np.repeat(np.arange(len(centres)), sizes)
    rank = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    turn, stretch = rng.uniform(0, 2 * np.pi, len(sizes)), rng.uniform(0.6, 1.0, len(sizes))
    radius = RADIUS_M * np.sqrt((rank + 0.6) / sizes[rows])
    angle = rank * GOLDEN_ANGLE
    along, across = radius * np.cos(angle), radius * np.sin(angle) * stretch[rows]
    noise = rng.uniform(-18, 18, (len(rows), 2))
    cos, sin = np.cos(turn[rows]), np.sin(turn[rows])
    return pd.DataFrame(
        {
            "quarter": centres["quarter"].to_numpy()[rows],
            "easting": centres["easting"].to_numpy()[rows] + along * cos - across * sin + noise[:, 0],
            "northing": centres["northing"].to_numpy()[rows] + along * sin + across * cos + noise[:, 1],
        }
    )


def quarter_outlines(rng: np.random.Generator, residences: pd.DataFrame, ground: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Outlines of both generations, drawn around residences that are not all the same in 2015 and in 2024.

    Args:
        rng: Source of chance.
        residences: ``quarter`` (-1 outside), ``commune_code``, ``easting``, ``northing``.
        ground: ``commune_code``, ``departement_code``, outlines in EPSG:2154.

    Returns:
        ``qpv_code``, ``generation``, ``qpv_name``, ``departement_code``, ``commune_codes``, outlines in EPSG:4326.
    """
    land = ground.set_index("commune_code")
    numbers: dict[tuple[str, int], int] = {}
    rows = []
    for quarter, name in enumerate(QUARTER_NAMES):
        members = residences[residences["quarter"] == quarter]
        codes = sorted(members["commune_code"].unique())
        departement = str(land.loc[codes[0], "departement_code"])
        for generation in (2015, 2024) if quarter < QUARTERS_OF_2015 else (2024,):
            number = numbers[departement, generation] = numbers.get((departement, generation), 0) + 1
            area = shapely.union_all(land.loc[codes].geometry.to_numpy())
            outline = _outline(rng, members[["easting", "northing"]].to_numpy(), area)
            code = quarter_code(departement, number, generation)
            rows.append((code, generation, name, departement, codes, outline))
    columns = ["qpv_code", "generation", "qpv_name", "departement_code", "commune_codes", "geometry"]
    outlines = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=LAMBERT_93)
    return outlines.to_crs(WGS84)


def _outline(rng: np.random.Generator, points: np.ndarray, area: shapely.Geometry) -> shapely.Geometry:
    """Blocks set square along one direction, joined over the streets; a residence of a large group is left out."""
    kept = points[rng.permutation(len(points))[: max(4, round(0.88 * len(points)))]]
    turn = rng.uniform(0, np.pi / 2)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    halves = rng.uniform(*LOT_HALF_M, (len(kept), 2))
    corners = [point + SQUARE * half @ axes for point, half in zip(kept, halves, strict=True)]
    blocks = shapely.union_all(shapely.polygons(np.array(corners)))
    return shapely.intersection(_joined(blocks), area)


def _joined(blocks: shapely.Geometry) -> shapely.Geometry:
    """One polygon without holes: gaps are closed, wider and wider, until the blocks hold together."""
    reach = STREET_M
    joined = _closed(blocks, reach)
    while joined.geom_type != "Polygon":
        reach *= 1.4
        joined = _closed(blocks, reach)
    return shapely.simplify(shapely.Polygon(joined.exterior), 4)


def _closed(blocks: shapely.Geometry, reach: float) -> shapely.Geometry:
    return blocks.buffer(reach, join_style="mitre").buffer(-reach, join_style="mitre")


def _split_centre(ground: gpd.GeoDataFrame) -> shapely.Point:
    """A place on the border of the two communes where as much ground lies on each side."""
    first, second = (
        ground.loc[ground["commune_code"] == code].geometry.iloc[0]  # each commune has one row
        for code in SPLIT_COMMUNES
    )
    border = shapely.line_merge(shapely.intersection(first.boundary, second.boundary))
    longest = max(shapely.get_parts(border), key=lambda part: part.length)
    stops = [longest.interpolate(share, normalized=True) for share in np.linspace(0.1, 0.9, 17)]
    return min(stops, key=lambda stop: _imbalance(stop.buffer(RADIUS_M), first, second))


def _imbalance(disc: shapely.Geometry, first: shapely.Geometry, second: shapely.Geometry) -> float:
    one, other = disc.intersection(first).area, disc.intersection(second).area
    return abs(one - other) + 3 * (disc.area - one - other)
