import json

import geopandas as gpd
import pytest
from shapely import Point, box
from sqlalchemy import select

from lib.errors import FileError, StoreError
from lib.ingest.housing import import_residences
from lib.ingest.territories import ensure_reference, import_territory
from lib.store import housing
from lib.store.rows import Saved
from lib.store.schema import IngestBatch, RejectedRow

HEAD = "reference;nom;code_commune;logements;longitude;latitude\n"
# A point in the middle of Melun, one in the 1st arrondissement of Paris, one in the sea.
MELUN, PARIS_1, SEA = "2,6554;48,5421", "2,3364;48,8626", "-5,2;47,5"


def listed(tmp_path, *rows: str):
    (tmp_path / "liste.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path / "liste.csv"


def bring(engine, path, **more):
    told = {"landlord_code": "ESSAI", "landlord_name": "Bailleur d’essai"} | more
    return import_residences(engine, path, imported_by="essai", **told)


def stored(engine):
    with engine.connect() as connection:
        return housing.residences(connection).set_index("reference")


def test_the_commune_comes_from_the_point_when_the_list_is_silent(referenced, tmp_path):
    bring(referenced, listed(tmp_path, f"R1;A;;40;{MELUN}"))
    assert stored(referenced).loc["R1", "commune_code"] == "77288"


def test_the_commune_of_the_list_wins_over_that_of_the_point(referenced, tmp_path):
    bring(referenced, listed(tmp_path, f"R1;A;77285;40;{MELUN}"))
    assert stored(referenced).loc["R1", "commune_code"] == "77285"


def test_paris_gives_way_to_the_arrondissement_of_the_point(referenced, tmp_path):
    bring(referenced, listed(tmp_path, f"R1;A;75056;40;{PARIS_1}", "R2;A;75056;40;;"))
    assert stored(referenced)["commune_code"].to_dict() == {"R1": "75101", "R2": "75056"}


def test_a_code_no_longer_in_force_becomes_the_one_that_is(referenced, tmp_path):
    bring(referenced, listed(tmp_path, "R1;A;93059;40;;"))
    assert stored(referenced).loc["R1", "commune_code"] == "93066"


def test_the_service_is_that_of_the_commune(referenced, tmp_path):
    bring(referenced, listed(tmp_path, "R1;A;77288;40;;", "R2;A;95018;40;;"))
    assert stored(referenced)["district_id"].notna().to_dict() == {"R1": True, "R2": False}


def test_every_row_is_located_or_rejected_with_a_reason(empty_store, tmp_path):
    ensure_reference(empty_store)
    rows = [f"R1;A;;40;{MELUN}", "R2;A;;40;;", f"R3;A;;40;{SEA}", "R4;A;01004;40;;", f"R5;A;77288;x;{MELUN}"]
    report = bring(empty_store, listed(tmp_path, *rows))
    reasons = dict(zip(report.rejections["line_number"], report.rejections["reason"], strict=True))
    assert {line: reason.split("\u00a0")[0] for line, reason in reasons.items()} == {
        3: "ni commune ni coordonnées",
        4: "coordonnées dans aucune commune connue de la base",
        5: "commune inconnue de la base",
        6: "nombre de logements illisible",
    }
    assert report.saved.new_count + report.rejected_count == report.read_count == 5


def test_rejected_rows_keep_their_mapped_cells(referenced, tmp_path):
    bring(referenced, listed(tmp_path, "R2;A;;40;;"))
    with referenced.connect() as connection:
        line, cells = connection.execute(select(RejectedRow.line_number, RejectedRow.cells)).one()
    assert (line, json.loads(cells)["reference"]) == (2, "R2")


def test_the_same_list_again_adds_nothing(referenced, tmp_path):
    path = listed(tmp_path, f"R1;A;;40;{MELUN}", "R2;A;;40;;")
    bring(referenced, path)
    again = bring(referenced, path)
    assert (again.is_repeat, again.saved) == (True, Saved(0, 0, 1))
    with referenced.connect() as connection:
        assert len(connection.execute(select(IngestBatch.batch_id)).all()) == 1


def test_a_landlord_nobody_named_is_asked_for(referenced, tmp_path):
    with pytest.raises(StoreError, match="donnez son nom avec --nom"):
        bring(referenced, listed(tmp_path, f"R1;A;;40;{MELUN}"), landlord_name=None)
    assert stored(referenced).empty


def test_points_of_the_rpls_are_recognised(referenced, tmp_path):
    columns = {"n": [3], "c": ["77288"], "a": ["1 RUE A"]}
    gpd.GeoDataFrame(columns, geometry=[Point(2.6554, 48.5421)], crs="EPSG:4326").to_file(tmp_path / "p.geojson")
    report = bring(referenced, tmp_path / "p.geojson")
    assert (report.nature, report.saved) == ("rpls", Saved(1, 0, 0))


def test_a_file_that_is_not_there_is_said_so(referenced, tmp_path):
    with pytest.raises(FileError, match="introuvable"):
        bring(referenced, tmp_path / "absent.csv")


def test_neighbourhoods_imported_after_the_residences_find_them(referenced, tmp_path):
    far = "R2;A;77288;40;2,7;48,6"
    bring(referenced, listed(tmp_path, f"R1;A;;40;{MELUN}", far, "R3;A;77288;40;;"))
    assert set(stored(referenced)["qpv_2024_status"]) == {"unknown"}
    columns = {"code_qp": ["QN07701M"], "lib_qp": ["Quartier d’essai"], "insee_com": ["77288"]}
    outline = box(2.65, 48.54, 2.66, 48.55)
    gpd.GeoDataFrame(columns, geometry=[outline], crs="EPSG:4326").to_file(tmp_path / "q.geojson")
    import_territory(referenced, tmp_path / "q.geojson", imported_by="essai")
    found = stored(referenced)
    assert found["qpv_2024_status"].to_dict() == {"R1": "inside", "R2": "outside", "R3": "unknown"}
    assert found.loc["R1", "qpv_2024_code"] == "QN07701M"
    assert set(found["qpv_2015_status"]) == {"unknown"}
