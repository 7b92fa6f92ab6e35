import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from lib.cli.incidents import app
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
    assert "Mois couverts\u00a0: mars 2026." in said.output


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


def test_headings_written_inert_are_known_again_when_replayed(base, tmp_path):
    declaration = (tmp_path / "declaration.toml").read_text(encoding="utf-8").replace("Nature", "=Nature")
    (tmp_path / "declaration.toml").write_text(declaration, encoding="utf-8")
    register = (DATA / "registre-lignes-inegales.csv").read_text(encoding="utf-8").replace("Nature", "=Nature")
    (tmp_path / "registre.csv").write_text(register, encoding="utf-8")
    import_file(base, tmp_path, tmp_path / "registre.csv")
    output = tmp_path / "rejets.csv"
    for _ in range(2):
        run("rejets", "--csv", output, "--base", base)
        rows = pd.read_csv(output, sep=";", dtype=str, encoding="utf-8-sig")
        assert [name for name in rows if "Nature" in name] == ["'=Nature"]
        still_wrong = rows.assign(**{"'=Nature": "'=1"})
        still_wrong.to_csv(output, sep=";", index=False)
        said = run("rejouer", "--bailleur", "B", "--corrections", output, "--base", base)
        assert (said.stderr, "à qualifier 2" in said.output) == ("", True)


def test_corrections_whose_headings_become_one_are_refused(base, tmp_path):
    corrections = tmp_path / "corrections.csv"
    corrections.write_text("rejet\u00a0: identifiant;=A;'=A\n1;x;y\n", encoding="utf-8")
    import_file(base, tmp_path)
    said = run("rejouer", "--bailleur", "B", "--corrections", corrections, "--base", base)
    assert (said.exit_code, "Deux intitulés" in said.stderr) == (1, True)


@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648", "0"])
def test_an_import_whose_number_nothing_can_bear_is_one_sentence(base, number):
    said = run("annuler", number, "--base", base)
    assert (said.exit_code, said.stderr.strip()) == (1, f"Aucun import de registre ne porte le numéro {number}.")


def test_a_watched_folder_is_told_file_by_file_with_an_exit_code(base, tmp_path):
    folder = tmp_path / "dépôt"
    (folder / "B").mkdir(parents=True)
    assert "Aucun fichier à importer." in run("surveiller", folder, "--base", base).output
    import_file(base, tmp_path)
    shutil.copy(DATA / "registre-utf8.csv", folder / "B" / "mars.csv")
    said = run("surveiller", folder, "--repos", 0, "--base", base)
    assert (said.exit_code, "B/mars.csv\u00a0: traités." in said.output) == (0, True)
    (folder / "racine.csv").write_text("a;b\n", encoding="utf-8")
    said = run("surveiller", folder, "--repos", 0, "--base", base)
    assert (said.exit_code, "racine.csv\u00a0: laissé en place." in said.output) == (1, True)


def test_an_import_is_undone_and_the_history_says_it(base, tmp_path):
    import_file(base, tmp_path)
    assert "faits retirés 2" in run("annuler", 1, "--base", base).output
    assert "Annulé." in run("historique", "--base", base).output
    assert "déjà annulé" in run("annuler", 1, "--base", base).stderr


def test_a_declaration_that_is_no_ordinary_file_is_refused_without_waiting(base, tmp_path):
    os.mkfifo(tmp_path / "tube")
    file = DATA / "registre-utf8.csv"
    for name in ("tube", "."):
        said = run("importer", file, "--bailleur", "B", "--declaration", tmp_path / name, "--base", base)
        assert (said.exit_code, said.stderr.count("\n"), "pas un fichier ordinaire" in said.stderr) == (1, 1, True)


def test_a_declaration_proposed_needs_no_store_and_reads_the_register_as_the_page_does(base, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://absente.invalid/x")
    register = tmp_path / "registre.csv"
    lines = ("N° de fiche;Code résidence;Date du fait;Nature;Lieu;Plainte", "F-1;R-2;05/03/2026;Tag;Hall;Oui",
             "F-2;R-2;06/03/2026;Squat de hall;Cave;non")  # fmt: skip
    register.write_text("\n".join(lines), encoding="utf-8")
    said = run("proposer", register)
    assert (said.exit_code, said.stderr) == (0, "")
    (tmp_path / "declaration.toml").write_text(said.output, encoding="utf-8")
    assert "acceptées 2 + " in import_file(base, tmp_path, register).output
