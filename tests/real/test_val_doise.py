from datetime import date

import pandas as pd
import pytest

from lib.geo.joins import locate_in_commune
from lib.ingest.housing import import_residences
from lib.ingest.official.competence import read_competence
from lib.ingest.official.qpv_figures import read_qpv_figures
from lib.ingest.official.residences import as_points
from lib.ingest.territories import import_territory, load_reference
from lib.store import districts, housing, official_statistics, territories
from lib.store.engine import open_store
from lib.store.rows import Saved

pytestmark = pytest.mark.real

QPVS = "qpv/QP2024_IDF_WGS84.geojson"
FIGURES = "qpv/donnees_qpv2024_IDF.csv"
COMPETENCE = "securite/competence-police-gendarmerie-idf.csv"
SSMSI = "securite/donnee-dep-data.gouv-2022-geographie2022-produit-le2023-02-09.csv"
RECORDED_CRIME = "securite/crimes-et-delits-enregistres-par-les-services-de-gendarmerie-et-de-police-depuis-2012.xlsx"
RPLS = "logement/rpls2025_95_points_batiments.geojson"
EDITION = date(2026, 8, 1)


@pytest.fixture(scope="module")
def loaded(real_data, tmp_path_factory):
    """The reports of each file, and the store they were brought into."""
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('real') / 'store.db'}")
    load_reference(engine)
    reports = {
        name: import_territory(engine, real_data / name, valid_from=EDITION, imported_by="essai")
        for name in (QPVS, FIGURES, COMPETENCE, SSMSI)
    }
    told = {"landlord_code": "RPLS95", "landlord_name": "RPLS du Val-d'Oise"}
    reports[RPLS] = import_residences(engine, real_data / RPLS, imported_by="essai", **told)
    yield engine, reports
    engine.dispose()


@pytest.fixture(scope="module")
def residences(loaded):
    with loaded[0].connect() as connection:
        return housing.residences(connection)


@pytest.fixture(scope="module")
def qpvs(loaded):
    with loaded[0].connect() as connection:
        return territories.qpvs(connection)


def test_nothing_is_lost_on_the_way(loaded):
    for name, report in loaded[1].items():
        assert report.saved.written_count + report.saved.known_count + report.rejected_count == report.read_count, name
        assert report.rejected_count == 0, name


def test_298_neighbourhoods_are_read_of_which_42_in_the_departement(qpvs):
    assert len(qpvs) == 298
    assert (qpvs["generation"] == 2024).all()
    assert (qpvs["departement_code"] == "95").sum() == 42
    assert qpvs.loc[qpvs.geometry.isna(), "qpv_code"].tolist() == ["QN09105I", "QN09113I", "QN09503I"]


def test_neighbourhoods_lie_in_communes_in_force(qpvs):
    communes = qpvs["commune_codes"].explode()
    assert communes.notna().all()
    assert "93059" not in set(communes)
    # 38 in the file; one of them lay in Pierrefitte-sur-Seine and Saint-Denis, a single commune since 2025.
    assert (qpvs["commune_codes"].map(len) > 1).sum() == 37


def test_totals_repeated_over_348_rows_are_counted_once(real_data, qpvs):
    read = read_qpv_figures(real_data / FIGURES)
    assert (read.row_count, len(read.figures), read.disagreeing_codes) == (348, 298, [])
    assert qpvs.loc[qpvs["departement_code"] == "95", "social_dwelling_count"].sum() == 57_650
    assert qpvs["social_dwelling_count"].isna().sum() == read.figures["social_dwelling_count"].isna().sum() == 4


def test_1285_communes_have_461_police_815_gendarmerie_and_9_blank_services(real_data, loaded):
    forces = read_competence(real_data / COMPETENCE)["force"]
    assert (len(forces), (forces == "PN").sum(), (forces == "GN").sum(), forces.isna().sum()) == (1285, 461, 815, 9)
    with loaded[0].connect() as connection:
        links = districts.commune_districts(connection)
        served = links.merge(districts.districts(connection), on="district_id", how="left")["force"]
    assert (len(served), (served == "PN").sum(), (served == "GN").sum(), served.isna().sum()) == (1285, 461, 815, 9)


def test_13776_points_and_132028_dwellings_are_located_with_none_lost(residences):
    assert len(residences) == 13_776
    assert residences["dwelling_count"].sum() == 132_028
    assert residences["commune_code"].notna().all()
    assert set(residences["qpv_2024_status"]) == {"inside", "near", "outside"}


def test_11888_points_are_police_and_1888_gendarmerie_over_21_services(loaded, residences):
    with loaded[0].connect() as connection:
        services = districts.districts(connection)
    force = residences.merge(services, on="district_id", how="left")["force"]
    assert force.value_counts(dropna=False).to_dict() == {"PN": 11_888, "GN": 1_888}
    assert residences["district_id"].nunique() == 21


def test_points_fall_in_the_commune_their_file_names(loaded, residences):
    with loaded[0].connect() as connection:
        found = locate_in_commune(as_points(residences), territories.communes(connection))
    agreement = (found == residences["commune_code"]).mean()
    # The carried outlines are simplified to about a hundred metres: points beside a limit may fall on the other side.
    assert agreement > 0.97


def test_dwellings_inside_each_neighbourhood_agree_with_insee(residences, qpvs):
    inside = residences[residences["qpv_2024_status"] == "inside"].groupby("qpv_2024_code")["dwelling_count"].sum()
    published = qpvs[qpvs["departement_code"] == "95"].set_index("qpv_code")["social_dwelling_count"]
    both = pd.DataFrame({"counted": inside, "published": published}).dropna().astype(float)
    # 42 neighbourhoods less QN09503I, whose outline collapses.
    assert len(both) == 41
    assert both["counted"].corr(both["published"]) > 0.999
    assert both["published"].sum() == 57_151
    assert both["counted"].sum() == pytest.approx(57_151, rel=0.005)


def test_8484_rows_of_the_ssmsi_are_stored(loaded):
    with loaded[0].connect() as connection:
        rows = official_statistics.ssmsi_departement(connection)
    assert len(rows) == 8_484
    assert rows["year"].between(2016, 2022).all()


def test_every_file_again_adds_nothing(real_data, loaded):
    engine, _ = loaded
    again = import_territory(engine, real_data / QPVS, imported_by="essai")
    assert (again.is_repeat, again.saved) == (True, Saved(0, 0, 298))
    told = {"landlord_code": "RPLS95", "imported_by": "essai"}
    assert import_residences(engine, real_data / RPLS, **told).saved == Saved(0, 0, 13_776)


def test_the_18_sheets_of_the_etat_4001_are_stored(real_data, tmp_path):
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    report = import_territory(engine, real_data / RECORDED_CRIME, imported_by="essai")
    assert report.read_count == report.saved.new_count == 1_010_615
    with engine.connect() as connection:
        police = official_statistics.recorded_crimes(connection, force="PN", year=2020)
        gendarmerie = official_statistics.recorded_crimes(connection, force="GN", year=2012)
    engine.dispose()
    # 107 index rows in each sheet; 381 companies in the gendarmerie sheet of 2012.
    assert gendarmerie["service_name"].nunique() == 381
    assert len(gendarmerie) == 381 * 107
    assert police.groupby("service_name").size().eq(107).all()
    assert not police["service_name"].str.contains("DCPAF|DRPJ|CIE SECURISATION").any()
