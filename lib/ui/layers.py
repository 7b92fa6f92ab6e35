"""Layers of the map made from the snapshot, published once per revision of the territories."""

import json
import threading
from typing import NamedTuple

import geopandas as gpd

from lib.maps import layers
from lib.maps.files import PUBLIC_FILES
from lib.maps.values import Bounds, Level
from lib.snapshot import territories
from lib.snapshot.columnar import Snapshot

QPV_LAYERS: dict[int, Level] = {2024: "qpv", 2015: "qpv2015"}
Extents = dict[str, dict[str, Bounds]]


class Published(NamedTuple):
    """Address of each layer; by layer and code the south-west and north-east of each place; kinds of limits drawn."""

    addresses: dict[str, str]
    extents: Extents
    limits: frozenset[str]


_published: dict[str, Published] = {}
_publishing = threading.Lock()


def addresses(snapshot: Snapshot) -> dict[str, str]:
    """Address of each layer, made again only when an outline or a service changed."""
    return _layers(snapshot).addresses


def extents(snapshot: Snapshot) -> Extents:
    """By layer and code, the south-west and north-east (latitude, longitude) of each place that has an outline."""
    return _layers(snapshot).extents


def limits(snapshot: Snapshot) -> frozenset[str]:
    """Which limits of services are drawn: «PN», «GN», and «PN-GN» where the two forces meet."""
    return _layers(snapshot).limits


def _layers(snapshot: Snapshot) -> Published:
    key = snapshot.state.framework
    with _publishing:
        if key not in _published:
            _published[key] = _publish(snapshot)
        return _published[key]


def _publish(snapshot: Snapshot) -> Published:
    communes = territories.communes(snapshot)
    if communes.empty:
        return Published({}, {}, frozenset())
    light = layers.simplified_communes(communes)
    shapes = layers.district_shapes(light, territories.districts(snapshot))
    names = dict(snapshot.rows(territories.DEPARTEMENT_NAMES))
    made = {"communes": layers.commune_layer(light), "departements": layers.departement_layer(light, names)}
    known = {"communes": _extents(light, "commune_code"), "departements": _extents(light, "departement_code")}
    if not shapes.empty:
        made |= {"districts": layers.district_layer(shapes), "limits": layers.district_edge_layer(shapes)}
        known["districts"] = _extents(shapes.assign(code=shapes["district_id"].astype(int).astype(str)), "code")
    for generation, name in QPV_LAYERS.items():
        qpvs = territories.qpvs(snapshot, generation)
        if not qpvs.empty:
            drawn = layers.qpv_shapes(qpvs)
            made[name], known[name] = layers.qpv_layer(drawn), _extents(drawn, "qpv_code")
    published = {name: PUBLIC_FILES.add(f"{name}.json", content) for name, content in made.items()}
    return Published(published, known, _kinds(made["limits"]) if "limits" in made else frozenset())


def _kinds(limits: bytes) -> frozenset[str]:
    return frozenset(feature["properties"]["force"] for feature in json.loads(limits)["features"])


def _extents(shapes: gpd.GeoDataFrame, code: str) -> dict[str, Bounds]:
    """Several rows of one code make one place."""
    edges = shapes.geometry.bounds.groupby(shapes[code].to_numpy())
    both = edges[["miny", "minx"]].min().join(edges[["maxy", "maxx"]].max())
    return {str(row[0]): ((row[1], row[2]), (row[3], row[4])) for row in both.itertuples(name=None)}
