import geopandas as gpd
import pandas as pd
from shapely import box

from lib.geo.districts import dissolve_districts


def communes(district_ids: list[int | None], **more) -> gpd.GeoDataFrame:
    codes = [f"9500{i}" for i in range(len(district_ids))]
    outlines = [box(i, 0, i + 1, 1) for i in range(len(district_ids))]
    columns = {"commune_code": codes, "district_id": pd.array(district_ids, dtype="Int64")} | more
    return gpd.GeoDataFrame(columns, geometry=outlines, crs="EPSG:4326")


def test_communes_of_a_service_become_one_outline():
    found = dissolve_districts(communes([1, 1, 2]))
    assert found["district_id"].tolist() == [1, 2]
    assert found["commune_count"].tolist() == [2, 1]
    assert found.geometry[0].equals(box(0, 0, 2, 1))


def test_communes_without_service_are_shown_last_and_not_dropped():
    found = dissolve_districts(communes([2, None, 1]))
    assert found["district_id"].isna().tolist() == [False, False, True]
    assert found.geometry[2].equals(box(1, 0, 2, 1))


def test_a_commune_cut_into_arrondissements_is_not_drawn_twice():
    found = dissolve_districts(communes([None, 7], parent_commune_code=[None, "95000"]))
    assert found["district_id"].tolist() == [7]


def test_a_commune_without_outline_draws_nothing():
    missing = communes([1, 1])
    missing.loc[1, "geometry"] = None
    assert dissolve_districts(missing)["commune_count"].tolist() == [1]
