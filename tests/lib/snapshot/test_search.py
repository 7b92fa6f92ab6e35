from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from lib.domain.scope import Scope
from lib.snapshot.copies import build
from lib.snapshot.places import Level
from lib.snapshot.search import Found, Index, folded, index, search
from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import ENGINES, new_store, with_nomenclature
from tests.factories import add, incident, residence, small_store

DEPARTEMENT = {"departement_code": "91"}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, tmp_path_factory) -> Iterator:
    with new_store(request.param, request, tmp_path_factory.mktemp("search")) as opened:
        yield small_store(with_nomenclature(opened))


@pytest.fixture(scope="module")
def known(engine) -> Index:
    return index(build(engine), Scope.everything())


def of(*names: str, level: Level = Level.COMMUNE) -> Index:
    places = [Found(level, str(i), name, "") for i, name in enumerate(names)]
    return Index(places, [folded(name) for name in names], range(len(names)))


def names(found: list[Found]) -> list[str]:
    return [place.name for place in found]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("L’Haÿ-les-Roses", "l hay les roses"), ("  ÉVRY   ", "evry"), ("Cœur d'Îlot", "coeur d ilot"), ("-- !", "")],
)
def test_accents_capitals_and_signs_make_no_difference(written: str, expected: str):
    assert folded(written) == expected


def test_best_answers_come_first():
    known = of("Bois d’Essai", "Grand Essai", "Essai-sur-Orge", "Essai", "Messaix")
    assert names(search(known, "éssai")) == ["Essai", "Essai-sur-Orge", "Grand Essai", "Bois d’Essai", "Messaix"]


def test_a_slip_of_the_pen_is_forgiven_after_everything_else():
    assert names(search(of("Résidence des Tilleuls", "Résidence du Lac"), "residance des tileuls"))[0] == (
        "Résidence des Tilleuls"
    )


def test_nothing_alike_is_not_an_answer():
    assert search(of("Les Essais", "Ville-A"), "xyzq wk") == []
    assert search(of("Les Essais"), " -!") == []


def test_no_more_than_eight_are_given():
    assert len(search(of(*(f"Essai {i}" for i in range(30))), "essai")) == 8


def test_the_largest_place_of_a_name_comes_first():
    places = [Found(Level.RESIDENCE, "1", "Essai", ""), Found(Level.COMMUNE, "91001", "Essai", "")]
    assert search(Index(places, ["essai", "essai"], [0, 1]), "essai")[0].level == Level.COMMUNE


def test_each_kind_of_place_is_found_with_the_code_of_its_address(known: Index):
    found = {
        (place.level, place.code) for asked in ("Essonne", "Ville-A", "Les Essais") for place in search(known, asked)
    }
    assert {(Level.DEPARTEMENT, "91"), (Level.COMMUNE, "91001"), (Level.QPV, "QN091F1X")} <= found
    assert search(known, "brigade")[0][:2] == (Level.DISTRICT, "2")


def test_a_residence_is_found_by_its_name_or_by_the_reference_of_its_landlord(known: Index):
    assert search(known, "résidence 3")[0] == Found(Level.RESIDENCE, "3", "Résidence 3", "Ville-B, Beta Logis, R3")
    assert search(known, "r3")[0].code == "3"


def test_an_official_code_leads_to_its_place(known: Index):
    assert search(known, "qn091f1x")[0].level == Level.QPV
    assert search(known, "77002")[0].name == "Ville-B"


def test_a_visitor_of_another_scope_is_told_of_nothing_else(engine):
    scope = replace(Scope.everything(), landlord_ids=frozenset({2}))
    found = index(build(engine), scope).places
    assert {place.code for place in found if place.level == Level.RESIDENCE} == {"3", "4"}
    assert {place.code for place in found if place.level == Level.COMMUNE} == {"77002", "91003"}
    assert [place for place in found if place.level == Level.QPV] == []
    assert index(build(engine), Scope.nothing()).places == []


@pytest.mark.parametrize("kind", ENGINES)
def test_a_quarter_of_2015_is_found_in_a_period_of_2015_alone(kind, request, tmp_path):
    former = {"qpv_id": 2, "qpv_code": "QP091002", "generation": 2015, "qpv_name": "Anciens Essais"}
    with new_store(kind, request, tmp_path) as opened:
        small_store(with_nomenclature(opened))
        with change(opened, "essai") as made:
            add(made, s.Qpv, former | dict.fromkeys(("population", "social_dwelling_count", "outline")) | DEPARTEMENT)
            add(made, s.QpvCommune, {"qpv_id": 2, "commune_code": "91001"})
            add(made, s.Residence, residence(9, 1, "91001", qpv_2015_id=2, qpv_2015_status="inside"))
        then, now = (index(build(opened), Scope.everything(), generation) for generation in (2015, 2024))
    assert search(then, "essais")[0] == Found(Level.QPV, "QP091002", "Anciens Essais", "génération 2015, Ville-A")
    assert [place.code for place in then.places if place.level == Level.QPV] == ["QP091002"]
    assert [place[1:] for place in now.places if place.level == Level.QPV] == [("QN091F1X", "Les Essais", "Ville-A")]


@pytest.mark.parametrize("kind", ENGINES)
def test_a_residence_known_only_by_a_protected_fact_is_not_found(kind, request, tmp_path):
    with new_store(kind, request, tmp_path) as opened:
        small_store(with_nomenclature(opened))
        with change(opened, "essai") as made:
            add(made, s.Residence, residence(9, 1, "91001", dwelling_count=0, residence_name="Adresse tue"))
            add(made, s.Incident, incident("p1", 9, date(2026, 2, 3), "PEL-03"))
        assert search(index(build(opened), Scope.everything()), "adresse tue") == []
