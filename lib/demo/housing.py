"""Invented residences on real communes: where they stand, whose they are, how many dwellings."""

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from lib.demo.names import landlords, residence_names
from lib.demo.quarters import SPLIT_QUARTER, cluster_points, points_inside, quarter_centres, quarter_outlines
from lib.geo.coordinates import LAMBERT_93, WGS84
from lib.geo.joins import locate_in_qpv

RESIDENCES, DWELLINGS = 700, 45_000
# Neighbourhoods of the stories are all of this size, away from the silent landlord (stories.py).
STORY_QUARTERS, STORY_SIZE = 7, 7
SMALLEST_SPREAD_COMMUNE = 2_000
LATE, DEMOLISHED = 6, 5
SECTORS = ("est", "nord-est", "nord", "nord-ouest", "ouest", "sud-ouest", "sud", "sud-est")


@dataclass(frozen=True)
class Housing:
    """The invented stock.

    Attributes:
        landlords: ``landlord_code``, ``landlord_name``, ``share``.
        residences: Columns of the store, plus ``quarter`` (-1 outside the groups), ``force``, ``qpv_code_2024`` and
            ``qpv_status_2024``; one row per residence, numbered from 0.
        qpvs: Neighbourhoods of both generations, EPSG:4326.
        qpv_figures: ``qpv_code``, ``population``, ``social_dwelling_count``.
    """

    landlords: pd.DataFrame
    residences: pd.DataFrame
    qpvs: gpd.GeoDataFrame
    qpv_figures: pd.DataFrame


def invent_housing(rng: np.random.Generator, communes: gpd.GeoDataFrame, competences: pd.DataFrame) -> Housing:
    """Landlords, residences and priority neighbourhoods in the communes that have a service.

    Args:
        rng: Source of chance.
        communes: ``commune_code``, ``commune_name``, ``departement_code``, ``population``, outlines in EPSG:4326.
        competences: ``commune_code``, ``force``; the communes named here are the ground of the demonstration.
    """
    ground = _ground(communes, competences)
    places = pd.concat([_grouped_places(rng, ground), _spread_places(rng, ground)], ignore_index=True)
    places = places.iloc[:RESIDENCES].copy()
    qpvs = quarter_outlines(rng, places, ground)
    owners = landlords()
    residences = _described(rng, places, ground)
    residences["landlord_code"] = _owners(rng, places, owners)
    residences["reference"] = residences["landlord_code"] + "-" + _numbers_within(residences["landlord_code"])
    residences = _located(residences, qpvs)
    return Housing(owners, residences, qpvs, _figures(rng, residences, qpvs))


def _ground(communes: gpd.GeoDataFrame, competences: pd.DataFrame) -> gpd.GeoDataFrame:
    served = competences.loc[competences["force"].notna(), ["commune_code", "force"]]
    ground = communes.merge(served, on="commune_code", how="inner", validate="one_to_one")
    return ground.sort_values("commune_code", ignore_index=True).to_crs(LAMBERT_93)


def _grouped_places(rng: np.random.Generator, ground: gpd.GeoDataFrame) -> pd.DataFrame:
    centres = quarter_centres(rng, ground)
    sizes = rng.integers(5, 10, len(centres))
    sizes[:STORY_QUARTERS] = STORY_SIZE
    places = cluster_points(rng, centres, sizes)
    places["commune_code"] = places["quarter"].map(centres.set_index("quarter")["commune_code"])
    split = places["quarter"] == SPLIT_QUARTER
    points = gpd.GeoSeries.from_xy(places.loc[split, "easting"], places.loc[split, "northing"], crs=LAMBERT_93)
    nearest = ground.sindex.nearest(points, return_all=False)[1]
    places.loc[split, "commune_code"] = ground["commune_code"].to_numpy()[nearest]
    return places


def _spread_places(rng: np.random.Generator, ground: gpd.GeoDataFrame) -> pd.DataFrame:
    can_hold = ground["population"] >= SMALLEST_SPREAD_COMMUNE
    weights = (ground["population"] * can_hold).to_numpy(float) ** 0.8
    chosen = rng.choice(len(ground), RESIDENCES, p=weights / weights.sum())
    points = points_inside(rng, ground.geometry.buffer(-25).iloc[chosen].to_numpy(), spread=0.20)
    return pd.DataFrame(
        {
            "quarter": -1,
            "easting": points[:, 0],
            "northing": points[:, 1],
            "commune_code": ground["commune_code"].to_numpy()[chosen],
        }
    )


def _described(rng: np.random.Generator, places: pd.DataFrame, ground: gpd.GeoDataFrame) -> pd.DataFrame:
    land = ground.set_index("commune_code")
    points = gpd.GeoSeries.from_xy(places["easting"], places["northing"], crs=LAMBERT_93).to_crs(WGS84)
    middles = land.geometry.centroid.loc[places["commune_code"]]
    bearing = np.arctan2(places["northing"].to_numpy() - middles.y, places["easting"].to_numpy() - middles.x)
    sector = np.array(SECTORS, dtype=object)[np.round(bearing / (np.pi / 4)).astype(int).to_numpy() % 8]
    lots = pd.Series(rng.integers(1, 90, len(places)).astype(str))
    return pd.DataFrame(
        {
            "residence_name": residence_names(rng, len(places)),
            # No street: an invented address must not be somebody's.
            "address": "Îlot " + lots + ", secteur " + sector,
            "commune_code": places["commune_code"].to_numpy(),
            "longitude": points.x.round(6).to_numpy(),
            "latitude": points.y.round(6).to_numpy(),
            "dwelling_count": _dwelling_counts(rng, (places["quarter"] >= 0).to_numpy()),
            "quarter": places["quarter"].to_numpy(),
            "force": land["force"].loc[places["commune_code"]].to_numpy(),
            **_active_dates(rng, (places["quarter"] < 0).to_numpy()),
        }
    )


def _dwelling_counts(rng: np.random.Generator, is_grouped: np.ndarray) -> np.ndarray:
    """Log-normal sizes, larger in the groups, that add up to about the wanted total."""
    sizes = np.where(is_grouped, 1.45, 1.0) * rng.lognormal(0.0, 0.65, len(is_grouped))
    return np.clip(np.round(sizes * DWELLINGS / sizes.sum()), 8, 340).astype(int)


def _active_dates(rng: np.random.Generator, can_change: np.ndarray) -> dict[str, list[date | None]]:
    """A few residences delivered or emptied during the six years; the others were there before and still are."""
    chosen = rng.permutation(np.flatnonzero(can_change))[: LATE + DEMOLISHED]
    years, months = rng.integers(2021, 2025, len(chosen)), rng.integers(1, 13, len(chosen))
    starts: list[date | None] = [None] * len(can_change)
    ends: list[date | None] = [None] * len(can_change)
    for rank, row in enumerate(chosen):
        (starts if rank < LATE else ends)[row] = date(int(years[rank]), int(months[rank]), 1)
    return {"active_from": starts, "active_to": ends}


def _owners(rng: np.random.Generator, places: pd.DataFrame, owners: pd.DataFrame) -> np.ndarray:
    """Up to three landlords per group or commune, one of them dominant."""
    codes, shares = owners["landlord_code"].to_numpy(object), owners["share"].to_numpy()
    where = places["commune_code"].where(places["quarter"] < 0, places["quarter"].astype(str))
    found = np.empty(len(places), dtype=object)
    for _, rows in places.groupby(where, sort=True).indices.items():
        # The silent landlord stays out of the stories told at places.
        is_story = places["quarter"].to_numpy()[rows[0]] in range(STORY_QUARTERS)
        odds = np.append(shares[:-1], 0.0 if is_story else shares[-1])
        present = rng.choice(codes, 3, replace=False, p=odds / odds.sum())
        found[rows] = rng.choice(present, len(rows), p=[0.6, 0.3, 0.1])
    return found


def _numbers_within(codes: pd.Series) -> pd.Series:
    return (codes.groupby(codes).cumcount() + 1).astype(str).str.zfill(4)


def _located(residences: pd.DataFrame, qpvs: gpd.GeoDataFrame) -> pd.DataFrame:
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(residences["longitude"], residences["latitude"], crs=WGS84))
    found = locate_in_qpv(points, qpvs[qpvs["generation"] == 2024])
    return residences.assign(qpv_code_2024=found["qpv_code"].to_numpy(), qpv_status_2024=found["qpv_status"].to_numpy())


def _figures(rng: np.random.Generator, residences: pd.DataFrame, qpvs: gpd.GeoDataFrame) -> pd.DataFrame:
    """Residents and social dwellings of each neighbourhood; a household of about 2.4, a fifth of other dwellings."""
    points = gpd.GeoDataFrame(
        residences[["dwelling_count"]],
        geometry=gpd.points_from_xy(residences["longitude"], residences["latitude"], crs=WGS84),
    )
    inside = gpd.sjoin(points, qpvs[["qpv_code", "geometry"]], predicate="within")
    dwellings = inside.groupby("qpv_code")["dwelling_count"].sum().reindex(qpvs["qpv_code"], fill_value=0)
    population = (dwellings * rng.normal(2.4, 0.15, len(dwellings)) * 1.2).round(-1).astype(int)
    return pd.DataFrame(
        {
            "qpv_code": dwellings.index,
            "population": population.to_numpy(),
            "social_dwelling_count": dwellings.to_numpy(),
        }
    )
