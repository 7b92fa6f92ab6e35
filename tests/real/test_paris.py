"""The social housing financed in Paris as a list of residences: 66 landlords, three ways to say a point."""

import pandas as pd
import pytest

from lib.ingest.housing import Told, import_residences
from lib.ingest.territories import ensure_reference
from lib.store import housing
from lib.store.engine import open_store

pytestmark = pytest.mark.real

LIST = "logement/logements-sociaux-finances-a-paris.csv"
HEADINGS = {
    "reference": "id_livraison",
    "landlord": "bs",
    "address": "adresse_programme",
    "dwelling_count": "nb_logmt_total",
}
PLACES = {
    "lambert93": {"x": "coord_x_l93", "y": "coord_y_l93"},
    "latitude first": {"point": "geo_point_2d"},
    "longitude first": {"point": "geo_shape"},
}


def brought(real_data, folder, places):
    engine = open_store(f"sqlite:///{folder / 'store.db'}")
    ensure_reference(engine)
    told = Told(columns=HEADINGS | places, makes_landlords=True)
    return engine, import_residences(engine, real_data / LIST, told=told, imported_by="essai")


@pytest.fixture(scope="module")
def raw(real_data) -> pd.DataFrame:
    """The file, read beside our own code, and what is wrong with each row."""
    rows = pd.read_csv(real_data / LIST, sep=";", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    is_repeat, is_negative = rows.duplicated(["bs", "id_livraison"]), rows["nb_logmt_total"].astype(int) < 0
    return rows.assign(is_repeat=is_repeat, is_negative=is_negative, is_nobody=rows["bs"] == "(vide)")


@pytest.fixture(scope="module")
def loaded(real_data, tmp_path_factory):
    engine, report = brought(real_data, tmp_path_factory.mktemp("paris"), PLACES["lambert93"])
    with engine.connect() as connection:
        yield report, housing.residences(connection), housing.landlords(connection)
    engine.dispose()


def test_each_of_the_4174_rows_is_accepted_or_rejected_with_its_reason(loaded, raw):
    report, residences, landlords = loaded
    is_refused = raw["is_repeat"] | raw["is_negative"]  # before the landlord of the row is looked for
    said = report.rejections.groupby("reason")["line_number"].nunique().to_dict()
    assert said == {
        "bailleur manquant": int((raw["is_nobody"] & ~is_refused).sum()),
        "référence déjà présente plus haut": 33,
        "nombre de logements illisible": 1,
    }
    assert (int(raw["is_repeat"].sum()), int(raw["is_negative"].sum()), int(raw["is_nobody"].sum())) == (33, 1, 109)
    assert (report.read_count, len(landlords)) == (4174, 65)
    assert report.saved.new_count + report.rejected_count == report.read_count
    assert len(residences) == report.saved.new_count == int((~raw["is_nobody"] & ~is_refused).sum())


def test_dwellings_are_those_of_the_accepted_rows(loaded, raw):
    kept = raw[~raw["is_nobody"] & ~raw["is_repeat"] & ~raw["is_negative"]]
    assert int(loaded[1]["dwelling_count"].sum()) == int(kept["nb_logmt_total"].astype(int).sum())


def test_every_residence_is_in_its_arrondissement(loaded, raw):
    residences = loaded[1]
    told = raw.drop_duplicates("id_livraison").set_index("id_livraison")["arrdt"]
    said = "751" + residences["reference"].map(told).str.zfill(2)
    # For the others the source's own point and arrondissement disagree: the 12th at 2.3417, 48.8568, for one.
    assert (said == residences["commune_code"]).mean() > 0.98
    assert (~residences["commune_code"].str.startswith("751")).sum() == 3


@pytest.mark.parametrize("places", list(PLACES)[1:])
def test_the_three_orders_of_coordinates_give_the_same_points(loaded, real_data, tmp_path, places):
    engine, report = brought(real_data, tmp_path, PLACES[places])
    with engine.connect() as connection:
        found = housing.residences(connection)
    engine.dispose()
    assert report.saved == loaded[0].saved
    columns = ["landlord_code", "reference"]
    both = loaded[1].merge(found, on=columns, suffixes=("", "_other"))
    assert len(both) == len(found)
    for axis in ("longitude", "latitude"):
        assert (both[axis] - both[f"{axis}_other"]).abs().max() < 1e-4
