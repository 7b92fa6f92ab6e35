from datetime import date
from pathlib import Path

import pytest

from lib.config import REFERENCE
from lib.errors import LayoutError, MappingError
from lib.ingest.mapping import ResidenceKey, bind, declare, load_mapping

COLUMNS = {"residence_reference": "Résidence", "occurred_on": "Date", "type_code": "Nature"}


def declared(**differences):
    columns = COLUMNS | differences.pop("columns", {})
    return {"columns": columns} | differences


def test_the_smallest_declaration_is_three_columns():
    mapping = declare(declared())
    assert mapping.columns == COLUMNS
    assert mapping.date_formats == ("JJ/MM/AAAA", "AAAA-MM-JJ", "AAAA-MM")
    assert mapping.residence_key is ResidenceKey.REFERENCE
    assert mapping.period is None


def test_the_example_that_the_guide_shows_is_valid():
    mapping = load_mapping(REFERENCE / "mapping-exemple.toml")
    assert mapping.labels["type_code"]["degradationhall"] == "BIE-01"
    assert mapping.period == (date(2026, 1, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("differences", "sentence"),
    [
        ({"columns": {"building_code": "Nom du locataire"}}, "Colonne refusée"),
        ({"columns": {"hall_code": "Commentaires"}}, "Colonne refusée"),
        ({"columns": {"tenant": "X"}}, "Colonne inconnue de l’observatoire\u00a0: tenant"),
        ({"constants": {"type_code": "BIE-02"}}, "à la fois comme colonne et comme constante"),
        ({"constants": {"place_type": "porch"}}, "Code inconnu pour place_type\u00a0: porch"),
        ({"constants": {"hall_code": "A"}}, "ne portent que sur"),
        ({"values": {"outcome": {"Classé": "closed"}}}, "Code inconnu pour outcome\u00a0: closed"),
        ({"values": {"type_code": {"*": "BIE-02"}}}, "n’est pas permis pour les types"),
        ({"values": {"outcome": "dropped"}}, "doit être une table"),
        ({"date_formats": ["JJ/MM/AA"]}, "date_formats"),
        ({"period": ["2026-01"]}, "premier et dernier mois"),
        ({"period": ["2026-06", "2026-01"]}, "après le dernier"),
        ({"residence_key": "name"}, "residence_key"),
        ({"residence_key": "points"}, "latitude, longitude"),
        ({"colonnes": {}}, "Clé inconnue"),
        ({"columns": {"residence_name": "Nom de la résidence"}}, "residence_name"),
    ],
)
def test_a_declaration_that_cannot_hold_is_one_sentence(differences, sentence):
    with pytest.raises(MappingError, match=sentence):
        declare(declared(**differences))


def test_a_declaration_without_type_says_what_is_missing():
    with pytest.raises(MappingError, match="ne dit pas où lire\u00a0: type_code"):
        declare({"columns": {"residence_reference": "R", "occurred_on": "D"}})


def test_residences_made_from_points_need_a_name_for_their_landlord():
    points = {
        "columns": {"occurred_on": "D", "type_code": "T", "longitude": "X", "latitude": "Y"},
        "residence_key": "points",
    }
    with pytest.raises(MappingError, match="landlord_name"):
        declare(points)
    assert declare(points | {"landlord_name": "Essai"}).residence_key is ResidenceKey.POINTS


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(None, "introuvable"), ("columns = [", "TOML valable"), ("a = 1\nb = }", r"TOML valable \(ligne 2\)")],
)
def test_a_declaration_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, text, sentence):
    path = tmp_path / "declaration.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match=sentence):
        load_mapping(path)


def test_headings_are_found_without_case_accent_nor_space():
    found = bind(declare(declared()), ["NATURE", "date ", "residence", "Autre"])
    assert found == {"residence_reference": "residence", "occurred_on": "date ", "type_code": "NATURE"}


def test_one_heading_may_give_two_columns():
    assert (
        bind(declare(declared(columns={"start_minute": "Date"})), ["Nature", "Date", "Résidence"])["start_minute"]
        == "Date"
    )


def test_absent_headings_are_named_with_those_of_the_file():
    with pytest.raises(
        LayoutError,
        match=r"«\u00a0Nature\u00a0».*Colonnes du fichier\u00a0: «\u00a0Date\u00a0», «\u00a0Résidence\u00a0»",
    ):
        bind(declare(declared()), ["Date", "Résidence"])


@pytest.mark.parametrize("headings", [["Date", "Date (2)"], ["Date", "DATE"]])
def test_a_heading_that_stands_twice_is_refused(headings):
    with pytest.raises(LayoutError, match="deux fois la colonne «\u00a0Date\u00a0»"):
        bind(declare(declared()), ["Nature", "Résidence", *headings])
