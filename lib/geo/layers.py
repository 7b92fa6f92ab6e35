"""Reading of geographic layers into EPSG:4326, whatever their format and system."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
from pyogrio.errors import DataLayerError, DataSourceError

from lib.errors import FileError
from lib.geo.coordinates import LAMBERT_93, WGS84, is_lambert_93_box

LAYER_SUFFIXES = frozenset({".geojson", ".json", ".shp", ".gpkg", ".zip", ".parquet"})
GUESSED = "Système de coordonnées non déclaré : {name} reconnu d’après les valeurs."


@dataclass(frozen=True)
class Layer:
    """A layer as read.

    Attributes:
        features: Every feature and attribute of the file, EPSG:4326.
        note: French sentence where the system had to be guessed, else None.
    """

    features: gpd.GeoDataFrame
    note: str | None


def read_layer(path: Path) -> Layer:
    """A GeoJSON, Shapefile (zipped or not), GeoPackage or GeoParquet layer in EPSG:4326.

    Raises:
        FileError: If the file holds no readable layer, or coordinates of no system known here.
    """
    try:
        features = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path, engine="pyogrio")
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise FileError(f"«\u00a0{path.name}\u00a0» n’est pas une couche géographique lisible.") from error
    if not isinstance(features, gpd.GeoDataFrame) or features.empty:
        raise FileError(f"«\u00a0{path.name}\u00a0» ne contient aucun objet géographique.")
    return _in_degrees(features, path.name)


def _in_degrees(features: gpd.GeoDataFrame, name: str) -> Layer:
    bounds = tuple(features.total_bounds)
    west, south, east, north = bounds
    is_degrees = west >= -180 and east <= 180 and south >= -90 and north <= 90
    if features.crs is not None and (is_degrees or not features.crs.is_geographic):
        return Layer(features.to_crs(WGS84), None)
    if is_degrees:
        return Layer(features.set_crs(WGS84), GUESSED.format(name="WGS84"))
    if is_lambert_93_box(bounds):
        return Layer(features.set_crs(LAMBERT_93, allow_override=True).to_crs(WGS84), GUESSED.format(name="Lambert-93"))
    raise FileError(f"«\u00a0{name}\u00a0»\u00a0: les coordonnées ne sont ni en WGS84 ni en Lambert-93.")
