import geopandas as gpd
import pandas as pd
import pytest

from lib.config import REFERENCE
from lib.demo.frames import DEFAULT_SEED, DemoFrames, demo_frames


@pytest.fixture(scope="session")
def communes() -> gpd.GeoDataFrame:
    return gpd.read_parquet(REFERENCE / "communes.parquet")


@pytest.fixture(scope="session")
def competences() -> pd.DataFrame:
    table = pd.read_csv(REFERENCE / "competence-77-91.csv", sep=";", dtype=str, encoding="utf-8-sig")
    return table.rename(columns={"code_commune": "commune_code", "institution": "force"})


@pytest.fixture(scope="session")
def frames(communes: gpd.GeoDataFrame, competences: pd.DataFrame) -> DemoFrames:
    """The demonstration that people see; nothing may change it in place."""
    return demo_frames(DEFAULT_SEED, communes, competences)
