from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import Engine, select

from lib.errors import FileError, LayoutError
from lib.ingest.halls import import_halls
from lib.store import schema as s
from lib.store.halls import COLUMNS
from lib.store.revisions import change
from lib.store.rows import Saved
from tests.factories import add, residence, small_store

HEAD = "bailleur;residence;batiment;hall;mois;etat"
TODAY = date(2026, 3, 15)
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
GOOD = "alpha;R1;A;A1;01/2026;libre"


@pytest.fixture
def places(store: Engine) -> Engine:
    return small_store(store)


def file(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    path = tmp_path / "halls.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return path


def brought(engine: Engine, path: Path) -> Saved:
    return import_halls(engine, path, today=TODAY)


def held(engine: Engine) -> list[tuple]:
    columns = [getattr(s.HallMonth, name) for name in COLUMNS]
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]


def refusal(engine: Engine, path: Path) -> str:
    with pytest.raises(FileError) as refused:
        brought(engine, path)
    assert held(engine) == []
    return str(refused.value)


def test_lines_are_written_whoever_names_the_landlord_and_however_the_month_is_written(places: Engine, tmp_path: Path):
    lines = [
        "Alpha Habitat;R1;A;A1;01/2026;Libre",
        "ALPHA;r1;A;A1;2026-02-17;Occupation quotidienne",
        "beta;R3;;Entrée  nord;février 2026;occasionnel",
        "beta;R4;NC;2;2026-01;daily",
    ]
    assert brought(places, file(tmp_path, *lines)) == (4, 0, 0)
    assert held(places) == [
        (1, "A", "A1", JANUARY, "free"),
        (1, "A", "A1", FEBRUARY, "daily"),
        (3, "", "Entrée nord", FEBRUARY, "occasional"),
        (4, "", "2", JANUARY, "daily"),
    ]


def test_file_again_changes_nothing_and_a_line_said_otherwise_is_brought_up_to_date(places: Engine, tmp_path: Path):
    assert brought(places, file(tmp_path, GOOD)) == (1, 0, 0)
    assert brought(places, file(tmp_path, GOOD)) == (0, 0, 1)
    assert brought(places, file(tmp_path, "alpha;R1;A;A1;01/2026;quotidienne", GOOD.replace("A1", "A2"))) == (1, 1, 0)
    assert [row[2:] for row in held(places)] == [("A1", JANUARY, "daily"), ("A2", JANUARY, "free")]


def test_hall_written_otherwise_is_the_hall_that_was_first_written(places: Engine, tmp_path: Path):
    brought(places, file(tmp_path, "alpha;R1;Bât. b;01;01/2026;libre"))
    lines = ["alpha;R1;BAT B;1;02/2026;libre", "alpha;R1;BAT B;1 bis;02/2026;libre", "alpha;R2;BAT B;1;02/2026;libre"]
    assert brought(places, file(tmp_path, *lines)) == (3, 0, 0)
    assert {row[:4] for row in held(places)} == {
        (1, "Bât. b", "01", JANUARY),
        (1, "Bât. b", "01", FEBRUARY),
        (1, "BAT B", "1 bis", FEBRUARY),
        (2, "BAT B", "1", FEBRUARY),
    }


def test_halls_whose_numbers_differ_are_not_taken_for_one_another(places: Engine, tmp_path: Path):
    codes = ["1-1", "11", "1", "10", "01 A", "A", "*", "/"]
    assert brought(places, file(tmp_path, *(f"alpha;R1;;{code};01/2026;libre" for code in codes))) == (len(codes), 0, 0)


def test_register_without_buildings_needs_no_such_column(places: Engine, tmp_path: Path):
    path = file(tmp_path, "alpha;R1;3;01/2026;libre", head="bailleur;residence;hall;mois;etat")
    assert brought(places, path) == (1, 0, 0)
    assert held(places) == [(1, "", "3", JANUARY, "free")]


def test_workbook_gives_its_dates_and_its_numbers(places: Engine, tmp_path: Path):
    with change(places, "essai") as made:
        add(made, s.Residence, residence(5, 1, "91001", reference="0042"))
    path = tmp_path / "halls.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Bailleur", "Référence", "Bâtiment", "Hall", "Mois", "État"])
        sheet.write_row(1, 0, ["alpha", 42, "", 7])
        sheet.write_datetime(1, 4, date(2026, 2, 1), book.add_format({"num_format": "mm/yyyy"}))
        sheet.write(1, 5, "Quotidienne")
    assert brought(places, path) == (1, 0, 0)
    assert held(places) == [(5, "", "7", FEBRUARY, "daily")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("gamma;R1;A;A1;01/2026;libre", "colonne «\u00a0bailleur\u00a0»\u00a0: bailleur inconnu de la base"),
        (";R1;A;A1;01/2026;libre", "bailleur inconnu"),
        ("alpha;R9;A;A1;01/2026;libre", "colonne «\u00a0residence\u00a0»\u00a0: résidence inconnue de ce bailleur"),
        ("beta;R1;A;A1;01/2026;libre", "résidence inconnue de ce bailleur"),
        ("alpha;;A;A1;01/2026;libre", "référence absente"),
        ("alpha;?;A;A1;01/2026;libre", "référence absente"),
        ("alpha;R1;A;;01/2026;libre", "colonne «\u00a0hall\u00a0»\u00a0: hall absent"),
        (f"alpha;R1;{'x' * 41};A1;01/2026;libre", "colonne «\u00a0batiment\u00a0»\u00a0: code trop long"),
        ("alpha;R1;A;06 12 34 56 78;01/2026;libre", "donnée personnelle probable"),
        ("alpha;R1;A;A1;;libre", "colonne «\u00a0mois\u00a0»\u00a0: date illisible\u00a0: MM/AAAA"),
        ("alpha;R1;A;A1;13/2026;libre", "colonne «\u00a0mois\u00a0»"),
        ("alpha;R1;A;A1;2026;libre", "date illisible"),
        ("alpha;R1;A;A1;04/2026;libre", "date future"),
        ("alpha;R1;A;A1;01/2026;", "colonne «\u00a0etat\u00a0»\u00a0: état inconnu"),
        ("alpha;R1;A;A1;01/2026;rouge", "choisissez entre libre, occasionnelle, quotidienne."),
        ("alpha;R1;A;A1;15/01/2026;quotidienne", "ce hall et ce mois sont déjà à la ligne 2"),
        ("alpha;r1;a;a 01;01/2026;libre", "ce hall et ce mois sont déjà à la ligne 2"),
    ],
    ids=lambda text: text[:40],
)
def test_line_that_is_wrong_says_what_to_do_and_nothing_is_written(
    places: Engine, tmp_path: Path, line: str, said: str
):
    told = refusal(places, file(tmp_path, GOOD.replace("A1", "A01"), line)).splitlines()
    assert told[0] == "«\u00a0halls.csv\u00a0»\u00a0: rien n’a été écrit, 1\u00a0ligne à corriger."
    assert len(told) == 2
    assert told[1].startswith("Ligne 3\u00a0: ")
    assert told[1].endswith(".")
    assert said in told[1]
    assert "06 12" not in told[1]


def test_reference_of_several_residences_names_them(places: Engine, tmp_path: Path):
    with change(places, "essai") as made:
        add(made, s.Residence, residence(5, 1, "91001", reference="0042"), residence(6, 1, "91001", reference="042"))
    told = refusal(places, file(tmp_path, GOOD.replace("R1", "42")))
    assert "référence ambiguë\u00a0: Résidence 5 (0042) ou Résidence 6 (042)" in told


def test_lines_that_are_wrong_alike_are_said_together_and_every_one_is_counted(places: Engine, tmp_path: Path):
    lines = [GOOD, *[f"alpha;R9;A;A{hall};01/2026;libre" for hall in range(8)], "alpha;R8;A;A1;01/2026;libre"]
    told = refusal(places, file(tmp_path, *lines, "alpha;R9;A;A9;hier;libre")).splitlines()
    assert told[0].endswith("10\u00a0lignes à corriger.")
    assert [line.split("\u00a0: ")[0] for line in told[1:]] == [
        "Lignes 3, 4, 5, 6, 7 et 4 autres",
        "Ligne 11",
        "Ligne 12",
    ]


def test_same_reference_at_two_landlords_is_said_of_each(places: Engine, tmp_path: Path):
    told = refusal(places, file(tmp_path, "alpha;R9;A;1;01/2026;libre", "beta;R9;A;1;01/2026;libre")).splitlines()
    assert [line.split("\u00a0: ")[0] for line in told[1:]] == ["Ligne 2", "Ligne 3"]


def test_faults_come_in_the_order_of_their_lines_and_the_first_ten_in_full(places: Engine, tmp_path: Path):
    lines = [f"alpha;R1;A;{hall};hier {hall};libre" for hall in range(1, 13)]
    told = refusal(places, file(tmp_path, *lines)).splitlines()
    assert told[0].endswith("12\u00a0lignes à corriger.")
    assert [line.split("\u00a0: ")[0] for line in told[1:11]] == [f"Ligne {line}" for line in range(2, 12)]
    assert told[11:] == ["… et 2\u00a0autres motifs."]


def test_table_without_the_state_is_refused(places: Engine, tmp_path: Path):
    with pytest.raises(LayoutError, match="etat"):
        brought(places, file(tmp_path, "alpha;R1;A1;01/2026", head="bailleur;residence;hall;mois"))


def test_absent_file_is_said(places: Engine, tmp_path: Path):
    with pytest.raises(FileError, match="introuvable"):
        brought(places, tmp_path / "absent.csv")


def test_table_without_a_line_changes_nothing(places: Engine, tmp_path: Path):
    assert brought(places, file(tmp_path)) == (0, 0, 0)
