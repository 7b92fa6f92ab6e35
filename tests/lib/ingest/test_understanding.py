from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lib.errors import FileError
from lib.ingest import desk
from lib.ingest.understanding import held, label_proposals, understand
from lib.store.mappings import save_mapping
from lib.store.revisions import change
from tests.factories import small_store
from tests.model import FILLED, filled

REGISTER = "Fiche;Code résidence;Date du fait;Nature;Téléphone\nF-1;R1;05/02/2026;Tag;0612345678\n".encode()
CONFIRMED = {
    "columns": {"occurred_on": "Date du fait", "residence_reference": "Code résidence", "type_code": "Nature"},
    "values": {"type_code": {"Tag": "BIE-03"}},
}


@pytest.fixture
def landlord(store: Engine) -> Engine:
    return small_store(store)


def test_bytes_are_held_under_a_name_of_ours_and_gone_after():
    with held(b"x") as path:
        assert (path.name, path.read_bytes()) == ("registre", b"x")
    assert not path.exists()
    assert not path.parent.exists()


def test_bytes_are_gone_after_a_fault_too():
    seen: list[Path] = []
    with suppress(FileError), held(b"") as path:
        seen.append(path)
        raise FileError("vide")
    assert not seen[0].exists()


def test_columns_proposed_with_confidence_are_chosen_and_a_person_never(landlord: Engine):
    with held(REGISTER) as path:
        found = understand(landlord, path, 1, {})
    assert found.chosen["occurred_on"] == "Date du fait"
    assert found.chosen["residence_reference"] == "Code résidence"
    assert "Téléphone" not in found.chosen.values()
    assert (found.row_count, found.base, found.base_name) == (1, {}, "")


def test_declaration_confirmed_before_is_the_base_and_its_labels_are_sure(landlord: Engine):
    with change(landlord, "essai") as made:
        save_mapping(made, 1, CONFIRMED, "essai")
    with held(REGISTER) as path:
        found = understand(landlord, path, 1, {})
        labels = label_proposals(landlord, path, found, found.chosen)
    assert found.base_name == "correspondance n°\u00a01 de ce bailleur"
    assert [(one.code, one.confidence) for one in labels["type_code"]] == [("BIE-03", 1.0)]


def test_labels_of_a_person_are_neither_shown_nor_proposed(landlord: Engine):
    lines = (
        "F-1;R1;05/02/2026;Tag chez Mme Martin 06 12 34 56 78",
        "F-2;R1;05/02/2026;jean.dupont@mail.fr a insulté",
        "F-3;R1;05/02/2026;Agression de Mme DUPONT Jeanne",
        "F-4;R1;05/02/2026;Tag",
    )
    content = "\n".join(("Fiche;Code résidence;Date du fait;Nature", *lines)).encode()
    with held(content) as path:
        found = understand(landlord, path, 1, {})
        labels = label_proposals(landlord, path, found, {"type_code": "Nature"})
    assert [(one.label, one.row_count) for one in labels["type_code"]] == [("Tag", 1)]


def test_model_brings_its_own_declaration(landlord: Engine, tmp_path: Path):
    found = understand(landlord, filled(tmp_path / "modele.xlsx", FILLED), 1, {})
    assert found.base_name == "modèle de l’observatoire"
    assert found.chosen["type_code"] == "Type de fait"


def test_reading_declared_before_that_does_not_fit_gives_way_to_what_is_detected(landlord: Engine):
    with change(landlord, "essai") as made:
        save_mapping(made, 1, CONFIRMED | {"reading": {"heading_line": 40}}, "essai")
    with held(REGISTER) as path:
        assert understand(landlord, path, 1, {}).row_count == 1
        with pytest.raises(FileError):
            understand(landlord, path, 1, {"heading_line": 40})


def test_declaration_keeps_former_labels_and_replaces_those_said_again():
    made = desk.declaration(
        {"values": {"type_code": {"tag": "BIE-02", "squat": "OCC-05"}, "cause": {"x": "technical"}}},
        {"type_code": "Nature"},
        {"type_code": {"Tag": "BIE-01", "Autre": ""}},
        reading={"sheet": None, "heading_line": 2},
    )
    assert made["values"] == {"type_code": {"squat": "OCC-05", "Tag": "BIE-01"}}
    assert made["reading"] == {"heading_line": 2}
