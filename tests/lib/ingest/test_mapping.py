import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.config import REFERENCE
from lib.errors import LayoutError, MappingError
from lib.ingest.cleaning import plain
from lib.ingest.columns import LISTS, OTHER_COLUMNS, ResidenceKey
from lib.ingest.dates import FORMATS
from lib.ingest.looks import is_of_a_person
from lib.ingest.mapping import as_declaration, bind, declaration_text, declare, load_mapping
from lib.ingest.privacy import is_forbidden_heading
from lib.ingest.reading import ReadingOptions

COLUMNS = {"residence_reference": "Résidence", "occurred_on": "Date", "type_code": "Nature"}


def declared(**differences):
    columns = COLUMNS | differences.pop("columns", {})
    return {"columns": columns} | differences


def test_the_smallest_declaration_is_three_columns():
    mapping = declare(declared())
    assert mapping.columns == COLUMNS
    assert mapping.date_formats is None
    assert mapping.options == ReadingOptions()
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
        ({"columns": {"type_code": "Type 0612345678 jean@x.fr"}}, "l’intitulé déclaré pour type_code"),
        ({"columns": {"hall_code": "Hall de Mme Martin"}}, "l’intitulé déclaré pour hall_code"),
        (
            {"values": {"type_code": {"Tag chez Mme Martin 06 12 34 56 78": "BIE-02"}}},
            r"libellé de \[values.type_code\]",
        ),
        ({"values": {"type_code": {"Agression de Mme DUPONT Jeanne": "BIE-02"}}}, r"libellé de \[values.type_code\]"),
        ({"values": {"outcome": {"jean.dupont@mail.fr": "dropped"}}}, r"libellé de \[values.outcome\]"),
        ({"reading": {"sheet": "Mme Martin"}}, "le nom de la feuille"),
        ({"columns": {"hall_code": "Victime"}}, "Colonne refusée"),
        ({"values": {"outcome": {"Classé": "closed"}}}, "Code inconnu pour outcome\u00a0: closed"),
        ({"values": {"type_code": {"*": "BIE-02"}}}, "n’est pas permis pour les types"),
        ({"values": {"outcome": "dropped"}}, "doit être une table"),
        ({"date_formats": ["JJ et MM"]}, "date_formats"),
        ({"period": ["2026-01"]}, "premier et dernier mois"),
        ({"period": ["2026-06", "2026-01"]}, "après le dernier"),
        ({"residence_key": "name"}, "residence_key"),
        ({"residence_key": "points"}, "latitude, longitude"),
        ({"columns": {"longitude": "X"}}, "latitude"),
        ({"values": {"type_code": {"Tag": "BIE-02", "TAG": "BIE-01"}}}, "deux codes au même libellé"),
        ({"reading": {"encodage": "utf-8"}}, r"\[reading\] ne comprend pas\u00a0: encodage"),
        ({"reading": {"heading_line": 0}}, "heading_line"),
        ({"reading": {"heading_rows": "2"}}, "heading_rows"),
        ({"reading": {"heading_line": True}}, "heading_line"),
        ({"reading": {"sheet": ""}}, "sheet"),
        ({"reading": "utf-8"}, r"\[reading\] doit être une table"),
        ({"colonnes": {}}, "Clé inconnue"),
        ({"columns": {"residence_name": "Nom de la résidence"}}, "residence_name"),
    ],
)
def test_a_declaration_that_cannot_hold_is_one_sentence(differences, sentence):
    with pytest.raises(MappingError, match=sentence):
        declare(declared(**differences))


def test_a_declaration_refused_for_a_person_does_not_say_their_name_again():
    with pytest.raises(MappingError) as refused:
        declare(declared(values={"type_code": {"Tag chez Mme Martin": "BIE-02"}}))
    assert "Martin" not in str(refused.value)


def test_a_heading_of_a_role_may_be_read_as_a_closed_list():
    assert declare(declared(columns={"victim_category": "Victime"})).columns["victim_category"] == "Victime"


def test_a_declaration_without_type_says_what_is_missing():
    with pytest.raises(MappingError, match="ne dit pas où lire\u00a0: type_code"):
        declare({"columns": {"residence_reference": "R", "occurred_on": "D"}})


@pytest.mark.parametrize("place", [{"longitude": "X", "latitude": "Y"}, {"address": "Adresse"}])
def test_a_register_may_find_its_residences_by_coordinates_or_by_address(place):
    found = declare({"columns": {"occurred_on": "D", "type_code": "T"} | place})
    assert found.residence_key is ResidenceKey.REFERENCE


def test_a_declaration_without_any_place_says_which_columns_would_do():
    with pytest.raises(MappingError, match=r"residence_reference \(ou longitude et latitude, ou address\)"):
        declare({"columns": {"occurred_on": "D", "type_code": "T", "commune_name": "Ville"}})


def test_how_the_file_is_read_may_be_declared():
    given_options = {"encoding": "cp1252", "delimiter": "|", "sheet": "Faits", "heading_line": 3, "heading_rows": 2}
    assert declare(declared(reading=given_options)).options == ReadingOptions(**given_options)


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


def columns_of_ours(needed: frozenset[str] = frozenset({"residence_reference"})):
    headings = st.text(min_size=1, max_size=20).filter(
        lambda text: not is_forbidden_heading(text, is_list=False) and not is_of_a_person(text)
    )
    named = {"occurred_on", "type_code"} | needed
    others = sorted(OTHER_COLUMNS - named - {"residence_name", "longitude", "latitude"})
    return st.tuples(
        st.fixed_dictionaries(dict.fromkeys(sorted(named), headings)),
        st.dictionaries(st.sampled_from(others), headings),
    ).map(lambda both: both[0] | both[1])


def tables_of_labels():
    codes = {ours: [code.value for code in kind] for ours, kind in LISTS.items()} | {"type_code": ["BIE-01", "CAD-03"]}
    labels = st.text(min_size=1, max_size=15).filter(lambda text: plain(text) != "*" and not is_of_a_person(text))
    tables = {
        ours: st.lists(
            st.tuples(labels, st.sampled_from(found)), max_size=4, unique_by=lambda pair: plain(pair[0])
        ).map(dict)
        for ours, found in codes.items()
    }
    return st.fixed_dictionaries({}, optional=tables)


MONTHS = st.dates(date(1990, 1, 1), date(2030, 1, 1)).map(lambda day: f"{day:%Y-%m}")
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "encoding": st.sampled_from(["utf-8", "cp1252"]),
        "delimiter": st.sampled_from([";", "\t", "|"]),
        "sheet": st.text(min_size=1, max_size=12),
        "heading_line": st.integers(1, 50),
        "heading_rows": st.integers(1, 2),
    },
)
DECLARATIONS = st.fixed_dictionaries(
    {"columns": columns_of_ours()},
    optional={
        "residence_key": st.just("reference"),
        "date_formats": st.lists(st.sampled_from(sorted(FORMATS)), min_size=1, max_size=3),
        "period": st.lists(MONTHS, min_size=2, max_size=2).map(sorted),
        "reading": OPTIONS,
        "values": tables_of_labels(),
    },
)


@given(DECLARATIONS)
def test_a_mapping_is_what_its_declaration_says_through_json_and_through_toml(declaration):
    mapping = declare(declaration)
    told = as_declaration(mapping)
    assert declare(told) == mapping
    assert declare(json.loads(json.dumps(told))) == mapping
    assert declare(tomllib.loads(declaration_text(told))) == mapping


@given(columns_of_ours(frozenset({"longitude", "latitude"})), st.text(min_size=1, max_size=20))
def test_a_mapping_of_points_keeps_the_name_of_its_landlord(columns, name):
    mapping = declare({"columns": columns, "residence_key": "points", "landlord_name": name})
    assert declare(as_declaration(mapping)) == mapping
    assert declare(tomllib.loads(declaration_text(as_declaration(mapping)))) == mapping


def test_the_example_is_the_same_once_told_again():
    mapping = load_mapping(REFERENCE / "mapping-exemple.toml")
    assert declare(as_declaration(mapping)) == mapping


def test_any_other_label_keeps_its_star():
    mapping = declare(declared(values={"outcome": {"*": "unknown"}}))
    assert as_declaration(mapping)["values"] == {"outcome": {"*": "unknown"}}


def test_an_unfinished_declaration_can_be_written_too():
    assert declaration_text({"columns": {"occurred_on": 'Date "A"'}}) == '[columns]\n"occurred_on" = "Date \\"A\\""\n'
