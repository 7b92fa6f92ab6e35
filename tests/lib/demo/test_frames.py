import hashlib

import geopandas as gpd
import pandas as pd
import pytest

from lib.demo.frames import DEFAULT_SEED, DemoFrames, demo_frames


def fingerprint(frames: DemoFrames) -> str:
    stock = frames.housing
    tables = [stock.landlords, stock.residences, stock.qpv_figures]
    tables += [frames.incidents, frames.reporting_months, frames.situations, frames.hall_months]
    tables.append(
        pd.DataFrame(stock.qpvs.drop(columns="geometry")).astype(str).assign(wkb=stock.qpvs.geometry.to_wkb(hex=True))
    )
    digest = hashlib.sha256()
    for table in tables:
        digest.update(pd.util.hash_pandas_object(table, index=True).to_numpy().tobytes())
    return digest.hexdigest()


@pytest.fixture
def small(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return communes[communes["departement_code"].isin(["77", "91"])]


def test_the_same_seed_gives_the_same_frames_whatever_the_order_of_reference_rows(frames, small, competences):
    again = demo_frames(DEFAULT_SEED, small.iloc[::-1], competences.iloc[::-1])
    assert fingerprint(again) == fingerprint(frames)


def test_another_seed_gives_another_demonstration_with_the_same_stories(frames, small, competences):
    other = demo_frames(DEFAULT_SEED + 1, small, competences)
    assert fingerprint(other) != fingerprint(frames)
    assert len(other.housing.residences) == len(frames.housing.residences)
    assert 108_000 <= len(other.incidents) <= 132_000
    inside = other.housing.residences.iloc[other.cast.split].query("qpv_status_2024 == 'inside'")
    assert set(inside["force"]) == {"PN", "GN"}
