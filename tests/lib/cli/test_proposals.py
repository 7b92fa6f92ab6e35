import tomllib
from pathlib import Path

import pytest

from lib.cli import proposals
from lib.cli.proposals import proposal_text
from lib.errors import FileError

HEADINGS = "Code résidence;Date du fait;Nature;Coût € TTC;Nom du locataire;Agence;Contact M. Durand"
NATURES = ("Tag", "Encombrants", "Squat de hall", "Rixe", "Machin truc", "Agression de Mme DUPONT Jeanne")
ROWS = [f"R-2;05/03/2026;{nature};120,50;Dupont;Sud;x" for nature in NATURES]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "registre.csv"
    path.write_text("\n".join((HEADINGS, *ROWS)), encoding="utf-8")
    return path


def test_sure_columns_and_labels_are_declared_in_the_order_of_the_file(register: Path):
    declared = tomllib.loads(proposal_text(register))
    assert list(declared["columns"].items()) == [
        ("residence_reference", "Code résidence"),
        ("occurred_on", "Date du fait"),
        ("type_code", "Nature"),
    ]
    assert declared["values"]["type_code"].items() >= {"Tag": "BIE-02", "Squat de hall": "OCC-02"}.items()


def test_what_is_doubtful_refused_or_left_out_is_said_in_comments_and_no_person_is(register: Path):
    text = proposal_text(register)
    columns, refused, left_out = text.split("[columns]")[1], *text.split("\n\n")[-2:]
    assert '# "repair_cost_estimated" = "Coût € TTC"' in columns.split("\n\n")[0]
    assert '# "Machin truc" = ""' in text
    assert (refused.startswith(f"# {proposals.REFUSED}"), "- Nom du locataire" in refused) == (True, True)
    assert (left_out.startswith(f"# {proposals.LEFT_OUT}"), "- Agence" in left_out) == (True, True)
    assert [name for name in ("Dupont", "DUPONT", "Durand") if name in text] == []


def test_comments_once_uncommented_are_a_declaration_too(tmp_path: Path):
    path = tmp_path / "registre.csv"
    path.write_text("Date du fait;Endroits vus;Signalé\n05/03/2026;Hall;x\n06/03/2026;Cave;x", encoding="utf-8")
    lines = [line.removeprefix("# ") for line in proposal_text(path).splitlines() if " = " in line or "[" in line]
    declared = tomllib.loads("\n".join(lines))
    assert declared["columns"]["place_type"] == "Endroits vus"
    assert declared["values"]["place_type"] == {"Hall": "hall", "Cave": "cellar"}


def test_only_the_first_labels_to_check_are_said(register: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(proposals, "MAX_COMMENTED", 1)
    with register.open("a", encoding="utf-8") as file:
        file.write("\nR-2;06/03/2026;Bidule;80;Dupont;Sud;x")
    assert "# … et 1 autres." in proposal_text(register)


def test_a_register_without_row_is_one_sentence(tmp_path: Path):
    path = tmp_path / "registre.csv"
    path.write_text("Date du fait;Nature;Lieu\n", encoding="utf-8")
    with pytest.raises(FileError):
        proposal_text(path)
