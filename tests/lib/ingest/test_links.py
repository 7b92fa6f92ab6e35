import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from lib.ingest.links import relocate_residences
from lib.store import housing, territories
from lib.store.revisions import change


def residence(reference: str, **more) -> dict:
    told = dict.fromkeys(housing.RESIDENCE_COLUMNS)
    return told | {"landlord_code": "ESSAI", "reference": reference, "residence_name": "A", "dwelling_count": 1} | more


def qpvs(*codes: str, outline) -> gpd.GeoDataFrame:
    columns = {"qpv_code": list(codes), "qpv_name": "A", "departement_code": "95", "commune_codes": [[] for _ in codes]}
    generations = [2024 if code.startswith("QN") else 2015 for code in codes]
    return gpd.GeoDataFrame(columns | {"generation": generations}, geometry=[outline] * len(codes), crs="EPSG:4326")


@pytest.fixture
def peopled(empty_store):
    """One residence at 2° E, 49° N, one without coordinates."""
    rows = [residence("R1", longitude=2.0, latitude=49.0), residence("R2")]
    with change(empty_store, "essai") as made:
        housing.save_landlords(made, pd.DataFrame({"landlord_code": ["ESSAI"], "landlord_name": ["A"]}))
        housing.save_residences(made, pd.DataFrame(rows))
    return empty_store


def test_generations_are_placed_apart(peopled):
    around, beside = box(1.99, 48.99, 2.01, 49.01), box(2.001, 48.99, 2.01, 49.01)
    with change(peopled, "essai") as made:
        territories.save_qpvs(made, qpvs("QP095001", outline=around))
        territories.save_qpvs(made, qpvs("QN09501I", outline=beside))
        assert relocate_residences(made) == 1
        row = housing.residences(made.connection).set_index("reference").loc["R1"]
    assert (row["qpv_2015_code"], row["qpv_2015_status"]) == ("QP095001", "inside")
    # 0.001° of longitude is 73 m at this latitude: within 300 m.
    assert (row["qpv_2024_code"], row["qpv_2024_status"]) == ("QN09501I", "near")


def test_nothing_changes_the_second_time(peopled):
    with change(peopled, "essai") as made:
        territories.save_qpvs(made, qpvs("QN09501I", outline=box(1.99, 48.99, 2.01, 49.01)))
        relocate_residences(made)
        assert relocate_residences(made) == 0


def test_a_generation_without_any_outline_leaves_unknown_and_not_outside(peopled):
    with change(peopled, "essai") as made:
        territories.save_qpvs(made, qpvs("QN09501I", outline=None))
        relocate_residences(made)
        assert set(housing.residences(made.connection)["qpv_2024_status"]) == {"unknown"}


def test_an_empty_store_has_nothing_to_place(empty_store):
    with change(empty_store, "essai") as made:
        assert relocate_residences(made) == 0
