"""Layers of the map made from the snapshot, published once per revision of the territories."""

import threading

from lib.maps import layers
from lib.maps.files import PUBLIC_FILES
from lib.snapshot import territories
from lib.snapshot.columnar import Snapshot

_published: dict[str, dict[str, str]] = {}
_publishing = threading.Lock()


def addresses(snapshot: Snapshot) -> dict[str, str]:
    """Address of each layer, made again only when an outline or a service changed."""
    key = snapshot.state.framework
    with _publishing:
        if key not in _published:
            _published[key] = _publish(snapshot)
        return _published[key]


def _publish(snapshot: Snapshot) -> dict[str, str]:
    communes, qpvs = territories.communes(snapshot), territories.qpvs(snapshot)
    if communes.empty:
        return {}
    light = layers.simplified_communes(communes)
    shapes = layers.district_shapes(light, territories.districts(snapshot))
    names = dict(snapshot.rows(territories.DEPARTEMENT_NAMES))
    made = {"communes": layers.commune_layer(light), "departements": layers.departement_layer(light, names)}
    if not shapes.empty:
        made |= {"districts": layers.district_layer(shapes), "limits": layers.district_edge_layer(shapes)}
    if not qpvs.empty:
        made["qpv"] = layers.qpv_layer(layers.qpv_shapes(qpvs))
    return {name: PUBLIC_FILES.add(f"{name}.json", content) for name, content in made.items()}
