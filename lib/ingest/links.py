"""Residences tied to the neighbourhoods and services the store holds."""

import geopandas as gpd
import pandas as pd

from lib.domain.vocabulary import QpvStatus
from lib.geo.joins import locate_in_qpv
from lib.ingest.official.residences import as_points
from lib.store import districts, housing, territories
from lib.store.revisions import Change

GENERATIONS = (2015, 2024)


def relocate_residences(change: Change) -> int:
    """Recomputes the neighbourhoods and the service of every residence; returns how many changed.

    To be called after a layer, a competence table or residences were written. A generation without any outline in the
    store leaves «unknown»: nobody can say «outside» of what is not there.
    """
    residences = housing.residences(change.connection)
    if residences.empty:
        return 0
    points = as_points(residences)
    links = residences[["residence_id"]].copy()
    for generation in GENERATIONS:
        found = _neighbourhoods(change, points, generation)
        links[[f"qpv_{generation}_id", f"qpv_{generation}_status"]] = found
    services = districts.commune_districts(change.connection).set_index("commune_code")["district_id"]
    links["district_id"] = residences["commune_code"].map(services).astype("Int64")
    return housing.save_links(change, links)


def _neighbourhoods(change: Change, points: gpd.GeoDataFrame, generation: int) -> pd.DataFrame:
    """``qpv_id`` (inside or near) and status of each residence, same index."""
    qpvs = territories.qpvs(change.connection, generation)
    if qpvs.geometry.notna().sum() == 0:
        unknown = {"qpv_id": pd.array([pd.NA] * len(points), dtype="Int64"), "qpv_status": QpvStatus.UNKNOWN.value}
        return pd.DataFrame(unknown, index=points.index)
    found = locate_in_qpv(points, qpvs)
    ids = found["qpv_code"].map(qpvs.set_index("qpv_code")["qpv_id"]).astype("Int64")
    return pd.DataFrame({"qpv_id": ids, "qpv_status": found["qpv_status"]})
