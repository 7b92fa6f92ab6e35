from datetime import date

import geopandas as gpd
import pytest
from shapely import box
from sqlalchemy import func, select

from lib.config import ROOT
from lib.errors import FileError, LayoutError
from lib.ingest.territories import ensure_reference, import_territory
from lib.store import districts, official_statistics, territories
from lib.store.revisions import current_revision
from lib.store.rows import Saved, frame_of
from lib.store.schema import IncidentType, IngestBatch, RejectedRow, RejectionReason

DAY = date(2026, 8, 1)
COMPETENCE = "code_commune;libelle_commune;institution;service\n"
FIGURES = "codeQPV,popMuniQPV,nombre_logements_sociaux\n"


def bring(engine, path, **more):
    return import_territory(engine, path, imported_by="essai", **more)


def written(tmp_path, name: str, text: str):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def qpv_layer(tmp_path, name="qpv.geojson", *, commune="95018"):
    columns = {"code_qp": ["QN09501I"], "lib_qp": ["Quartier d’essai"], "insee_com": [commune]}
    gpd.GeoDataFrame(columns, geometry=[box(2.2, 48.9, 2.21, 48.91)], crs="EPSG:4326").to_file(tmp_path / name)
    return tmp_path / name


def batches(engine) -> list[tuple]:
    columns = IngestBatch.__table__.c
    with engine.connect() as connection:
        found = connection.execute(
            select(columns.read_count, columns.accepted_count, columns.known_count, columns.rejected_count)
        )
        return [tuple(row) for row in found]


def test_the_reference_fills_an_empty_store_once(empty_store):
    assert ensure_reference(empty_store)
    assert not ensure_reference(empty_store)
    with empty_store.connect() as connection:
        communes = territories.communes(connection)
        links = districts.commune_districts(connection)
        assert len(communes) == 1286
        assert communes.geometry.notna().all()
        assert territories.commune_aliases(connection)["93059"] == "93066"
        assert set(links["commune_code"].str[:2]) == {"77", "91"}
        assert links["district_id"].notna().all()
        assert connection.scalar(select(func.count()).select_from(IncidentType)) == 40


def test_the_same_file_again_adds_nothing_not_even_a_revision(referenced, tmp_path):
    path = qpv_layer(tmp_path)
    assert bring(referenced, path).saved == Saved(1, 0, 0)
    with referenced.connect() as connection:
        before = current_revision(connection)
    again = bring(referenced, path)
    assert again.is_repeat
    assert again.saved == Saved(0, 0, 1)
    with referenced.connect() as connection:
        assert current_revision(connection) == before
    assert batches(referenced) == [(1, 1, 0, 0)]


def test_another_file_with_the_same_content_leaves_a_line_of_known_rows(referenced, tmp_path):
    bring(referenced, qpv_layer(tmp_path))
    bring(referenced, qpv_layer(tmp_path, "copie.gpkg"))
    assert batches(referenced)[1][:2] == (1, 0)


def test_a_commune_unknown_to_the_store_is_said(referenced, tmp_path):
    notes = " ".join(bring(referenced, qpv_layer(tmp_path, commune="01004")).notes)
    assert "Communes inconnues de la base, non reliées\u00a0: 01004." in notes


def test_figures_before_outlines_are_rejected_then_accepted(referenced, tmp_path):
    figures = written(tmp_path, "chiffres.csv", FIGURES + "QN09501I,1200,350\n")
    first = bring(referenced, figures)
    assert (first.read_count, first.rejected_count, first.saved.written_count) == (1, 1, 0)
    bring(referenced, qpv_layer(tmp_path))
    assert bring(referenced, figures).saved == Saved(0, 1, 0)
    with referenced.connect() as connection:
        assert territories.qpvs(connection)["social_dwelling_count"].tolist() == [350]


def test_rejected_rows_are_kept_with_their_reason(referenced, tmp_path):
    bring(referenced, written(tmp_path, "chiffres.csv", FIGURES + "QN09501I,1200,350\n"))
    statement = select(RejectedRow.line_number, RejectedRow.cells, RejectionReason.value, RejectionReason.reason).join(
        RejectionReason, RejectionReason.rejected_row_id == RejectedRow.rejected_row_id
    )
    with referenced.connect() as connection:
        row = frame_of(connection, statement).iloc[0]
    assert (row["line_number"], row["cells"], row["value"]) == (1, '{"qpv_code": "QN09501I"}', "QN09501I")
    assert "importez d’abord ses contours" in row["reason"]


def test_a_competence_table_needs_its_date(referenced, tmp_path):
    path = written(tmp_path, "c.csv", COMPETENCE + "95018;Argenteuil;PN;Commissariat de police d'Argenteuil\n")
    with pytest.raises(FileError, match="--valable-depuis"):
        bring(referenced, path)
    assert bring(referenced, path, valid_from=DAY).saved == Saved(1, 0, 0)


def test_the_commune_in_force_wins_over_the_one_it_absorbed(referenced, tmp_path):
    rows = "93059;Pierrefitte;PN;Ancien\n93066;Saint-Denis;PN;Nouveau\n"
    report = bring(referenced, written(tmp_path, "c.csv", COMPETENCE + rows), valid_from=DAY)
    assert report.rejections[["line_number", "value"]].to_numpy().tolist() == [[2, "93059"]]
    with referenced.connect() as connection:
        assert "Ancien" not in set(districts.districts(connection)["district_name"])


def test_a_commune_the_store_does_not_know_is_added_without_outline(referenced, tmp_path):
    rows = "01004;Ambérieu-en-Bugey;GN;Gendarmerie - Brigade d'Ambérieu\n"
    bring(referenced, written(tmp_path, "c.csv", COMPETENCE + rows), valid_from=DAY)
    with referenced.connect() as connection:
        row = territories.communes(connection).set_index("commune_code").loc["01004"]
    assert (row["commune_name"], row["departement_code"], row["geometry"]) == ("Ambérieu-en-Bugey", "01", None)


def test_communes_no_longer_in_force_are_rejected(referenced, tmp_path):
    path = written(tmp_path, "communes.csv", "code;nom\n93059;Pierrefitte-sur-Seine\n95018;Argenteuil\n")
    report = bring(referenced, path)
    assert report.rejections["value"].tolist() == ["93059"]
    assert report.read_count == report.saved.written_count + report.saved.known_count + report.rejected_count == 2


def test_statistics_are_stored(referenced, tmp_path):
    text = "classe;annee;Code.département;unité.de.compte;faits;POP;LOG;tauxpourmille\nX;16;95;victime;1;2;3;0,5\n"
    assert bring(referenced, written(tmp_path, "s.csv", text)).saved == Saved(1, 0, 0)


def test_a_file_that_is_refused_leaves_no_trace(referenced, tmp_path):
    with pytest.raises(LayoutError):
        bring(referenced, written(tmp_path, "x.csv", "a;b\n1;2\n"))
    assert batches(referenced) == []


def test_the_base_communale_is_told_by_its_headings_and_kept_with_its_hidden_cells(referenced):
    path = ROOT / "tests" / "data" / "ssmsi-communes-inventees.csv"
    report = bring(referenced, path)
    assert (report.nature, report.read_count, report.saved) == ("ssmsi-communes", 5, Saved(5, 0, 0))
    assert [note.replace("\u00a0", " ") for note in report.notes] == [
        "Communes d’autres départements, laissées de côté : 1 ligne.",
        "Non diffusé, gardé comme tel, sans valeur : 2 cellules sur 5.",
    ]
    with referenced.connect() as connection:
        told = official_statistics.ssmsi_commune(connection, "95901")
        named = official_statistics.latest_file(connection, "ssmsi_commune")
    assert named is not None
    assert named[0] == path.name
    assert told["is_published"].tolist() == [True, True, False, True]
    assert bring(referenced, path).is_repeat


def test_a_cell_repeated_in_the_base_communale_is_rejected_with_its_line(referenced, tmp_path):
    head = "CODGEO_2099;annee;indicateur;unite_de_compte;nombre;taux_pour_mille;est_diffuse;insee_pop;insee_log\n"
    cell = "95901;2016;Indicateur inventé;Infraction;{};1,5;diff;999;500\n"
    report = bring(referenced, written(tmp_path, "a.csv", head + cell.format(12) + cell.format(13)))
    assert (report.read_count, report.saved, report.rejected_count) == (2, Saved(1, 0, 0), 1)
    assert report.rejections["line_number"].tolist() == [3]
