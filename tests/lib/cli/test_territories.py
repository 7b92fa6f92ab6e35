import geopandas as gpd
import pytest
import typer
from shapely import box
from typer.testing import CliRunner

from lib.cli import checks, housing, territories
from lib.cli.console import console
from lib.store.engine import open_store
from lib.store.revisions import change
from lib.store.settings import IS_SYNTHETIC, save_setting

main = typer.Typer()
main.add_typer(territories.app, name="territoires")
main.add_typer(housing.app, name="residences")
main.add_typer(checks.app)


@pytest.fixture
def run(own_url: str, monkeypatch):
    """The command line on a store of its own."""
    monkeypatch.setattr(console, "width", 300)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def layer(tmp_path):
    columns = {"code_qp": ["QN07701M"], "lib_qp": ["Quartier d’essai"], "insee_com": ["77288"]}
    gpd.GeoDataFrame(columns, geometry=[box(2.65, 48.54, 2.66, 48.55)], crs="EPSG:4326").to_file(tmp_path / "q.geojson")
    return tmp_path / "q.geojson"


def test_a_layer_is_imported_and_accounted_for(run, tmp_path):
    done = run("territoires", "importer", layer(tmp_path))
    assert done.exit_code == 0
    assert "1 lus, 1 ajoutés, 0 modifiés, 0 déjà connus, 0 rejetés" in done.output
    assert "rien n’a été ajouté" in run("territoires", "importer", layer(tmp_path)).output


def test_reports_are_told_after_the_bar_even_when_a_later_file_is_refused(run, tmp_path):
    (tmp_path / "x.csv").write_text("a;b\n")
    done = run("territoires", "importer", layer(tmp_path), tmp_path / "x.csv")
    assert done.exit_code == 1
    assert done.output.index("1/2") < done.output.index("1 lus, 1 ajoutés")


def test_an_unknown_file_ends_in_one_french_sentence_without_traceback(run, tmp_path):
    (tmp_path / "x.csv").write_text("a;b\n")
    done = run("territoires", "importer", tmp_path / "x.csv")
    assert done.exit_code == 1
    assert "n’est pas un fichier officiel connu" in done.output
    assert "Traceback" not in done.output


def test_the_nature_may_be_forced(run, tmp_path):
    (tmp_path / "x.csv").write_text("a;b\n1;2\n")
    done = run("territoires", "importer", "--nature", "chiffres-qpv", tmp_path / "x.csv")
    assert (done.exit_code, "codeQPV" in done.output) == (1, True)


def test_a_competence_table_takes_effect_on_the_day_given(run, tmp_path):
    (tmp_path / "c.csv").write_text("code_commune;libelle_commune;institution;service\n95018;Argenteuil;PN;Service\n")
    assert run("territoires", "importer", tmp_path / "c.csv").exit_code == 1
    assert run("territoires", "importer", "--valable-depuis", "2026-08-01", tmp_path / "c.csv").exit_code == 0


def test_residences_are_imported_for_a_landlord(run, tmp_path):
    (tmp_path / "l.csv").write_text("reference;nom;code_commune;logements\nR1;A;77288;40\nR2;B;;3\n")
    refused = run("residences", "importer", tmp_path / "l.csv", "--bailleur", "ESSAI")
    assert (refused.exit_code, "--nom" in refused.output) == (1, True)
    done = run("residences", "importer", tmp_path / "l.csv", "--bailleur", "ESSAI", "--nom", "Bailleur d’essai")
    assert done.exit_code == 0
    assert "1 ajoutés" in done.output
    assert done.output.index("1/1") < done.output.index("1 ajoutés")  # the bar ends before the report
    assert "ni commune ni coordonnées" in done.output


def test_the_store_is_verified_with_what_to_do(run, tmp_path):
    run("territoires", "importer", layer(tmp_path))
    done = run("verifier")
    assert done.exit_code == 0
    assert "Communes sans service" in done.output
    assert "complétez le tableau de compétence" in done.output


def test_the_reference_can_be_loaded_again(run):
    assert "Référentiel chargé" in run("territoires", "referentiel").output


def test_a_demonstration_takes_no_real_file(run, tmp_path):
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with change(engine, "essai") as made:
        save_setting(made, IS_SYNTHETIC, "true")
    done = run("territoires", "importer", layer(tmp_path))
    assert done.exit_code == 1
    assert "Cette base est la démonstration" in done.output + done.stderr


def test_list_of_several_landlords_is_brought_with_its_own_headings(run, tmp_path):
    (tmp_path / "l.csv").write_text("id;bs;nb;code_commune\n1;Alpha;4;77288\n2;(vide);4;77288\n")
    asked = ["residences", "importer", tmp_path / "l.csv", "--colonne", "reference=id", "--colonne", "landlord=bs"]
    done = run(*asked, "--colonne", "dwelling_count=nb", "--creer-bailleurs")
    assert done.exit_code == 0, done.output
    assert "1 ajoutés" in done.output
    assert "bailleur manquant" in done.output
    refused = run(*asked[:3], "--colonne", "reference")
    assert (refused.exit_code, "NOTRE=LEUR" in refused.output) == (1, True)
