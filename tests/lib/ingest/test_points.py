import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from lib.ingest.points import housing_from_points
from lib.store.housing import residences
from lib.store.revisions import change
from lib.store.territories import save_departements, save_qpvs
from tests.factories import fill_territory

CELLS = pd.DataFrame(
    [
        ["-1.706334", "53.549364", "Old Lane"],
        ["-1.706334", "53.549364", "Old Lane again"],
        ["-1,4095474", "53.598298", None],
        [None, None, "No Location"],
        ["12", "north", "Nowhere"],
    ],
    columns=["longitude", "latitude", "residence_name"],
    dtype=object,
)


def made(store, cells=CELLS):
    with change(store, "essai") as transaction:
        return housing_from_points(transaction, "ETR", "Registre étranger", cells)


def test_each_distinct_point_is_one_residence_without_dwellings_nor_commune(store):
    assert made(store) == 2
    with store.connect() as connection:
        found = residences(connection)
    assert found["reference"].tolist() == ["53.54936,-1.70633", "53.59830,-1.40955"]
    assert found["residence_name"].tolist() == ["Old Lane", "53.59830,-1.40955"]
    assert found["dwelling_count"].tolist() == [0, 0]
    assert found["commune_code"].isna().all()
    assert found["district_id"].isna().all()


def test_point_in_a_commune_of_the_store_has_it_and_its_service(store):
    with change(store, "essai") as territory:
        fill_territory(territory)
    assert made(store, pd.DataFrame([["2.05", "48.5", None]], columns=CELLS.columns, dtype=object)) == 1
    with store.connect() as connection:
        found = residences(connection)
    assert found[["commune_code", "district_id"]].to_numpy().tolist() == [["91001", 1]]


def test_the_same_points_again_make_nothing(store):
    made(store)
    assert made(store) == 0


def test_far_from_every_neighbourhood_a_point_is_outside_and_without_any_layer_it_is_unknown(store):
    made(store)
    with store.connect() as connection:
        assert set(residences(connection)["qpv_2024_status"]) == {"unknown"}
    far = {"qpv_code": "QN000001", "generation": 2024, "qpv_name": "Essai", "departement_code": "91"}
    qpvs = gpd.GeoDataFrame([far | {"commune_codes": []}], geometry=[box(2.4, 48.6, 2.41, 48.61)], crs="EPSG:4326")
    with change(store, "essai") as transaction:
        save_departements(transaction, pd.DataFrame({"departement_code": ["91"], "departement_name": ["Essonne"]}))
        save_qpvs(transaction, qpvs)
    more = pd.DataFrame({"longitude": ["-1.5"], "latitude": ["53.8"]}, dtype=object)
    assert made(store, more) == 1
    with store.connect() as connection:
        assert set(residences(connection)["qpv_2024_status"]) == {"outside"}


def test_points_of_france_may_be_in_metres_or_swapped(store):
    cells = pd.DataFrame({"longitude": ["652000", "0"], "latitude": ["6862000", "0"]}, dtype=object)
    assert made(store, cells) == 1
    with store.connect() as connection:
        assert residences(connection)["reference"].tolist() == ["48.85625,2.34581"]
    swapped = pd.DataFrame({"longitude": ["48.85625"], "latitude": ["2.34581"]}, dtype=object)
    assert made(store, swapped) == 0
