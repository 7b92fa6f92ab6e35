from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from lib.errors import FileError, LayoutError
from lib.ingest.schemes import import_schemes
from lib.store import schema as s
from lib.store.revisions import change
from tests.factories import add, small_store

HEAD = "libelle;nature;debut;fin;qpv;bailleur;circonscription;departement"


@pytest.fixture
def places(store: Engine) -> Engine:
    return small_store(store)


def file(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    path = tmp_path / "dispositifs.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return path


def held(engine: Engine) -> list[tuple]:
    columns = [column for column in s.Scheme.__table__.c if column.name not in {"scheme_id", "revision"}]
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(s.Scheme.label))]


def refusal(engine: Engine, path: Path) -> str:
    with pytest.raises(FileError) as refused:
        import_schemes(engine, path)
    assert held(engine) == []
    return str(refused.value)


def test_lines_are_written_with_the_places_they_name(places: Engine, tmp_path: Path):
    lines = [
        "Correspondants de nuit;correspondants de nuit;01/03/2025;28/02/2026;qn091f1x;Alpha Habitat;;",
        "Équipe mobile;EMTR;2025-06-01;;;beta;Brigade d'essai;91",
        "Partout;Autre dispositif;1/1/2025;;;;;",
    ]
    assert import_schemes(places, file(tmp_path, *lines)) == (3, 0, 0)
    assert held(places) == [
        ("Correspondants de nuit", "night_wardens", date(2025, 3, 1), date(2026, 3, 1), 1, 1, None, None),
        ("Partout", "other", date(2025, 1, 1), None, None, None, None, None),
        ("Équipe mobile", "mobile_team", date(2025, 6, 1), None, None, 2, 2, "91"),
    ]


def test_file_again_changes_nothing_and_a_line_said_otherwise_is_brought_up_to_date(places: Engine, tmp_path: Path):
    short = "libelle;nature;debut;fin"
    assert import_schemes(places, file(tmp_path, "Ronde;Patrouille;01/03/2025;", head=short)) == (1, 0, 0)
    assert import_schemes(places, file(tmp_path, "Ronde;Patrouille;01/03/2025;", head=short)) == (0, 0, 1)
    assert import_schemes(places, file(tmp_path, "Ronde;GPIS;01/03/2025;01/03/2025", head=short)) == (0, 1, 0)
    assert held(places) == [("Ronde", "GPIS", date(2025, 3, 1), date(2025, 3, 2), None, None, None, None)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (";GPIS;01/03/2025;;;;;", "Ligne 3, colonne «\u00a0libelle\u00a0»\u00a0: libellé absent"),
        (f"{'x' * 81};GPIS;01/03/2025;;;;;", "80 caractères au plus"),
        ("Ronde 06 12 34 56 78;GPIS;01/03/2025;;;;;", "donnée personnelle probable"),
        ("R;magie;01/03/2025;;;;;", "choisissez entre Correspondants de nuit, GPIS"),
        ("R;;01/03/2025;;;;;", "nature inconnue"),
        ("R;GPIS;;;;;;", "colonne «\u00a0debut\u00a0»\u00a0: date illisible\u00a0: écrivez JJ/MM/AAAA."),
        ("R;GPIS;31/02/2025;;;;;", "date illisible"),
        ("R;GPIS;2025;;;;;", "date illisible"),
        ("R;GPIS;01/03/2025;31/12/9999;;;;", "laissez vide si le dispositif continue"),
        ("R;GPIS;01/03/2025;28/02/2025;;;;", "Ligne 3\u00a0: la fin précède le début"),
        ("R;GPIS;01/03/2025;;QN1;;;", "importez d’abord les contours"),
        ("R;GPIS;01/03/2025;;;Gamma;;", "bailleur inconnu"),
        ("R;GPIS;01/03/2025;;;;Autre;", "service inconnu"),
        ("R;GPIS;01/03/2025;;;;;75", "département inconnu"),
        ("Juste;GPIS;01/03/2025;;;;;", "Ligne 3\u00a0: ce libellé et ce début sont déjà plus haut"),
    ],
    ids=lambda text: text[:30],
)
def test_line_that_is_wrong_says_what_to_do_and_nothing_is_written(
    places: Engine, tmp_path: Path, line: str, said: str
):
    told = refusal(places, file(tmp_path, "Juste;GPIS;01/03/2025;;;;;", line))
    assert told.startswith("«\u00a0dispositifs.csv\u00a0»\u00a0: rien n’a été écrit, 1\u00a0correction à faire.\n")
    assert said in told
    assert "06 12" not in told


def test_every_line_is_said_in_its_order_and_the_first_ten_in_full(places: Engine, tmp_path: Path):
    told = refusal(places, file(tmp_path, *[f"R{i};GPIS;hier;;;;;" for i in range(11)], ";GPIS;01/03/2025;;;;;"))
    lines = told.splitlines()
    assert "12\u00a0corrections" in lines[0]
    assert [line.split(",")[0] for line in lines[1:11]] == [f"Ligne {number}" for number in range(2, 12)]
    assert lines[11:] == ["… et 2\u00a0autres."]


def test_service_whose_name_two_forces_share_is_not_guessed(places: Engine, tmp_path: Path):
    with change(places, "essai") as made:
        twin = {"force": "GN", "district_name": "Commissariat d’essai", "district_kind": "x", "valid_to": None}
        add(made, s.District, twin | {"district_id": 3, "valid_from": date(2020, 1, 1)})
    assert "plusieurs services" in refusal(places, file(tmp_path, "R;GPIS;01/03/2025;;;;Commissariat d’essai;"))


def test_table_without_a_first_day_is_refused(places: Engine, tmp_path: Path):
    with pytest.raises(LayoutError, match="debut"):
        import_schemes(places, file(tmp_path, "R;GPIS", head="libelle;nature"))


def test_absent_file_is_said(places: Engine, tmp_path: Path):
    with pytest.raises(FileError, match="introuvable"):
        import_schemes(places, tmp_path / "absent.csv")
