"""Outlines and links of territories, for the layers of the map and the sheets of services."""

import geopandas as gpd
import pandas as pd
from sqlalchemy import and_, func, select

from lib.domain.scope import Scope
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import nameable_residences
from lib.snapshot.places import Level, names_of
from lib.store import schema as s

GENERATION_IN_FORCE = 2024
DEPARTEMENT_NAMES = select(s.Departement.departement_code, s.Departement.departement_name)


def communes(snapshot: Snapshot) -> gpd.GeoDataFrame:
    """Communes with their outline (EPSG:4326) and the service in force: the contract's columns and district_id."""
    in_force = and_(s.CommuneDistrict.commune_code == s.Commune.commune_code, s.CommuneDistrict.valid_to.is_(None))
    columns = ("commune_code", "commune_name", "departement_code", "parent_commune_code", "population", "outline")
    return _outlined(
        snapshot.frame(
            select(*(getattr(s.Commune, name) for name in columns), s.CommuneDistrict.district_id)
            .outerjoin(s.CommuneDistrict, in_force)
            .order_by(s.Commune.commune_code)
        )
    )


def districts(snapshot: Snapshot) -> pd.DataFrame:
    """Services: district_id, district_name, force."""
    return snapshot.frame(
        select(s.District.district_id, s.District.district_name, s.District.force).order_by(s.District.district_id)
    )


def qpvs(snapshot: Snapshot, generation: int = GENERATION_IN_FORCE) -> gpd.GeoDataFrame:
    """QPV of a generation: qpv_id, qpv_code, qpv_name, geometry (missing where «sans contour»)."""
    return _outlined(
        snapshot.frame(
            select(s.Qpv.qpv_id, s.Qpv.qpv_code, s.Qpv.qpv_name, s.Qpv.departement_code, s.Qpv.outline)
            .where(s.Qpv.generation == generation)
            .order_by(s.Qpv.qpv_code)
        )
    )


def qpv_count(snapshot: Snapshot, generation: int) -> int:
    """How many QPV of a generation the store knows."""
    return snapshot.rows(select(func.count()).select_from(s.Qpv).where(s.Qpv.generation == generation))[0][0]


def place_names(snapshot: Snapshot, level: Level, scope: Scope) -> pd.DataFrame:
    """What the places of a level are called: place_key, place_code, place_name, force, commune_name.

    Residences are those that the visitor may see; territories are everybody's.

    Raises:
        ValueError: If the places of the level have no name of their own.
    """
    names = names_of(level)
    if names is None:
        raise ValueError(f"no name at level {level}")
    return snapshot.frame(names.where(*nameable_residences(scope)) if level == Level.RESIDENCE else names)


def _outlined(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    outlines = [None if pd.isna(outline) else bytes(outline) for outline in frame["outline"]]
    geometry = gpd.GeoSeries.from_wkb(pd.Series(outlines, dtype=object), crs="EPSG:4326")
    return gpd.GeoDataFrame(frame.drop(columns="outline"), geometry=geometry.to_numpy(), crs="EPSG:4326")
