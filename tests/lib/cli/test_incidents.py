from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from lib.cli.incidents import app
from lib.cli.reports import inert
from lib.store.engine import open_store
from lib.store.housing import save_landlords, save_residences
from lib.store.revisions import change

DATA = Path(__file__).parents[2] / "data"
DECLARATION = """
[columns]
external_reference = "N° de fiche"
residence_reference = "Code résidence"
occurred_on = "Date du fait"
type_code = "Nature"
[values.type_code]
"Tag" = "BIE-02"
"""


@pytest.fixture
def base(tmp_path):
    address = f"sqlite:///{tmp_path / 'store.db'}"
    residence = {
        "landlord_code": "B", "reference": "R-2", "residence_name": "Les Essais", "address": None, "commune_code": None,
        "longitude": None, "latitude": None, "dwelling_count": 40, "active_from": None, "active_to": None,
    }  # fmt: skip
    engine = open_store(address)
    with change(engine, "essai") as made:
        save_landlords(made, pd.DataFrame({"landlord_code": ["B"], "landlord_name": ["Bailleur d’essai"]}))
        save_residences(made, pd.DataFrame([residence]))
    engine.dispose()
    (tmp_path / "declaration.toml").write_text(DECLARATION, encoding="utf-8")
    return address


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def import_file(base, tmp_path, name="registre-lignes-inegales.csv", landlord="B"):
    declaration = tmp_path / "declaration.toml"
    return run("importer", DATA / name, "--bailleur", landlord, "--declaration", declaration, "--base", base)


def test_an_import_says_its_accounting_and_its_reasons(base, tmp_path):
    said = import_file(base, tmp_path)
    assert said.exit_code == 0
    assert (
        "Lignes lues\u00a0: 4 = acceptées 2 + déjà connues 0 + mises à jour 0 + à qualifier 0 + rejetées 2."
        in said.output
    )
    assert "type manquant" in said.output
    assert "Mois couverts\u00a0: 03/2026." in said.output


def test_columns_left_out_are_named(base, tmp_path):
    assert (
        "Colonnes non reprises (3)\u00a0: Heure, Lieu, Coût estimé."
        in import_file(base, tmp_path, "registre-utf8.csv").output
    )


def test_a_fault_is_one_sentence_and_exit_code_one(base, tmp_path):
    said = import_file(base, tmp_path, landlord="X")
    assert said.exit_code == 1
    assert said.stderr.strip() == "Bailleur «\u00a0X\u00a0» inconnu\u00a0: importez d’abord ses résidences."


def test_rows_that_wait_are_listed_and_written_with_their_cells(base, tmp_path):
    import_file(base, tmp_path)
    said = run("rejets", "--base", base)
    assert said.exit_code == 0
    assert "Lignes en attente\u00a0: 2, dont à qualifier 0." in said.output
    output = tmp_path / "rejets.csv"
    assert run("rejets", "--bailleur", "B", "--csv", output, "--base", base).exit_code == 0
    rows = pd.read_csv(output, sep=";", dtype=str, encoding="utf-8-sig")
    assert rows["rejet\u00a0: ligne"].tolist() == ["3", "4"]
    assert rows["N° de fiche"].tolist() == ["F-2", "F-3"]
    assert rows.loc[0, "rejet\u00a0: motifs"] == "Nature\u00a0: type manquant"


def test_nothing_waits_in_a_new_store(base, tmp_path):
    assert "attente\u00a0: 0," in run("rejets", "--base", base).output
    said = run("rejets", "--csv", tmp_path / "absent" / "rejets.csv", "--base", base)
    assert (said.exit_code, "ne peut pas être écrit" in said.stderr) == (1, True)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "@SUM(A1)", "-1+cmd", "\t=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(cell):
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12,50", "Tag", "", 3])
def test_an_ordinary_cell_is_written_as_it_is(cell):
    assert inert(cell) == cell


def test_the_declaration_that_served_serves_again_and_a_trial_keeps_nothing(base, tmp_path):
    assert "--declaration" in run("importer", DATA / "registre-utf8.csv", "--bailleur", "B", "--base", base).stderr
    import_file(base, tmp_path)
    tried = run("importer", DATA / "registre-lignes-inegales.csv", "--bailleur", "B", "--essai", "--base", base)
    assert (tried.exit_code, "déjà connues 2" in tried.output, "Import n°" in tried.output) == (0, True, False)


def test_corrected_rows_are_replayed_from_the_file_written(base, tmp_path):
    import_file(base, tmp_path)
    output = tmp_path / "rejets.csv"
    run("rejets", "--csv", output, "--base", base)
    rows = pd.read_csv(output, sep=";", dtype=str, encoding="utf-8-sig").iloc[[1]]
    rows.assign(Nature="Tag").to_csv(output, sep=";", index=False)
    said = run("rejouer", "--bailleur", "B", "--corrections", output, "--base", base)
    assert (said.stderr, said.exit_code, "Lignes lues\u00a0: 1 = " in said.output) == ("", 0, True)


def test_an_import_is_undone_and_the_history_says_it(base, tmp_path):
    import_file(base, tmp_path)
    assert "faits retirés 2" in run("annuler", 1, "--base", base).output
    assert "Annulé." in run("historique", "--base", base).output
    assert "déjà annulé" in run("annuler", 1, "--base", base).stderr


def test_a_declaration_is_proposed(base):
    said = run("proposer", DATA / "registre-utf8.csv")
    assert (said.exit_code, "[columns]" in said.output) == (0, True)
