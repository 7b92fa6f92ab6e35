"""Coordinates recognised, WGS84 or Lambert-93, in either order, inside France or not; degrees brought to metres."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

WGS84, LAMBERT_93 = "EPSG:4326", "EPSG:2154"
# Longitude and latitude boxes (west, south, east, north): hexagone and Corsica, Antilles, Guyane, Réunion, Mayotte.
FRANCE_BOXES_DEG = (
    (-5.6, 41.2, 9.8, 51.3),
    (-63.3, 14.3, -60.7, 18.2),
    (-54.7, 2.0, -51.5, 6.0),
    (55.1, -21.5, 55.9, -20.8),
    (44.9, -13.1, 45.4, -12.5),
)
# Easting and northing of the hexagone and Corsica in EPSG:2154.
LAMBERT_93_BOX_M = (90_000.0, 6_030_000.0, 1_260_000.0, 7_130_000.0)
MISSING = "coordonnées absentes"
OUTSIDE_FRANCE = "coordonnées hors de France, ou dans un système qui n’est ni WGS84 ni Lambert-93"


def located(x: pd.Series, y: pd.Series) -> pd.DataFrame:
    """Longitude and latitude of each pair, whichever the system (WGS84, Lambert-93) and the order it came in.

    Args:
        x: First coordinate of each row, missing where the source has none.
        y: Second coordinate, same index.

    Returns:
        ``longitude``, ``latitude`` (degrees, EPSG:4326, missing where unreadable), ``is_swapped`` and ``reason``
        (French, missing where the point is good); same index, same order.
    """
    first, second = x.to_numpy(float, na_value=np.nan), y.to_numpy(float, na_value=np.nan)
    pairs = {False: (first, second), True: (second, first)}
    longitude, latitude = np.full(len(x), np.nan), np.full(len(x), np.nan)
    is_swapped = np.zeros(len(x), dtype=bool)
    for swapped, (east, north) in pairs.items():
        degrees = in_france(east, north) & np.isnan(longitude)
        metres = _in_box(east, north, LAMBERT_93_BOX_M) & np.isnan(longitude)
        longitude[degrees], latitude[degrees] = east[degrees], north[degrees]
        longitude[metres], latitude[metres] = _to_degrees(east[metres], north[metres])
        is_swapped |= swapped & (degrees | metres)
    is_missing = np.isnan(first) | np.isnan(second)
    reason = np.select([~np.isnan(longitude), is_missing], ["", MISSING], OUTSIDE_FRANCE)
    found = {"longitude": longitude, "latitude": latitude, "is_swapped": is_swapped, "reason": reason}
    return pd.DataFrame(found, index=x.index).replace({"reason": {"": None}})


def in_france(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Whether each point (degrees) lies in one of the boxes of France; False where a coordinate is missing."""
    return np.logical_or.reduce([_in_box(longitude, latitude, box) for box in FRANCE_BOXES_DEG])


def is_lambert_93_box(bounds: tuple[float, float, float, float]) -> bool:
    """Whether these bounds (west, south, east, north) can only be metres of Lambert-93."""
    west, south, east, north = bounds
    corners = np.array([west, east]), np.array([south, north])
    return bool(_in_box(*corners, LAMBERT_93_BOX_M).all())


def _in_box(x: np.ndarray, y: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    west, south, east, north = box
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def _to_degrees(east: np.ndarray, north: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return Transformer.from_crs(LAMBERT_93, WGS84, always_xy=True).transform(east, north)


def to_lambert_93(longitude: ArrayLike, latitude: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Easting and northing in metres (EPSG:2154) of points in degrees; missing where either is."""
    degrees = np.column_stack([longitude, latitude]).astype(float)
    east, north = Transformer.from_crs(WGS84, LAMBERT_93, always_xy=True).transform(*degrees.T)
    is_known = np.isfinite(degrees).all(axis=1)
    return np.where(is_known, east, np.nan), np.where(is_known, north, np.nan)
