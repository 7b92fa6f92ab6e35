from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.scope import Scope
from lib.snapshot import queries
from lib.snapshot.places import Level
from lib.ui.drilldown import Place, Step
from lib.ui.session import Visit

POLICE = ["Circonscriptions", "Essonne", "Police", "Commissariat d’essai"]
BRIGADE = ["Circonscriptions", "Seine-et-Marne", "Gendarmerie", "Brigade d’essai"]


def at_address(visit: Visit, query: dict[str, str]) -> AppTest:
    def draw(visit):
        import streamlit as st  # noqa: PLC0415 - the body is a script of its own

        from lib.errors import AccessError  # noqa: PLC0415 - the body is a script of its own
        from lib.ui.drilldown import place_of  # noqa: PLC0415 - the body is a script of its own

        try:
            st.session_state["place"] = place_of(visit)
        except AccessError as error:
            st.session_state["refused"] = str(error)

    app = AppTest.from_function(draw, args=(visit,), default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert [(error.proto.type, error.value) for error in app.exception] == []
    return app


def place_at(visit: Visit, **query: str) -> Place:
    app = at_address(visit, query)
    assert "refused" not in app.session_state
    return app.session_state["place"]


def is_refused(visit: Visit, **query: str) -> bool:
    app = at_address(visit, query)
    return "place" not in app.session_state and "revenez à la liste" in app.session_state["refused"]


def labels(place: Place) -> list[str]:
    return [label for label, _ in place.crumbs]


def asked(place: Place, rank: int) -> dict[str, str]:
    """The query of the address of a level above."""
    return {key: value[0] for key, value in parse_qs(urlsplit(place.crumbs[rank][1] or "").query).items()}


def test_address_without_a_place_is_the_list_of_services(visit: Callable[..., Visit]):
    made = visit()
    place = place_at(made)
    assert (place.level, place.crumbs, place.chosen) == (Level.ALL, (), made.chosen)


def test_service_narrows_the_selection_to_itself(visit: Callable[..., Visit]):
    place = place_at(visit(), service="1")
    assert (place.level, place.name, place.force) == (Level.DISTRICT, "Commissariat d’essai", "PN")
    assert place.chosen == visit(district_ids=(1,)).chosen
    assert labels(place) == ["Circonscriptions", "Essonne", "Police", "Commissariat d’essai"]
    assert place.crumbs[-1][1] is None
    assert (asked(place, 1), asked(place, 2)) == ({"departement": "91"}, {"departement": "91", "force": "PN"})
    assert place.words == {"service": "1"}


def test_departement_then_its_police(visit: Callable[..., Visit]):
    whole, police = place_at(visit(), departement="91"), place_at(visit(), departement="91", force="PN")
    assert (whole.step, whole.name, labels(whole)) == (Step.DEPARTEMENT, "Essonne", ["Circonscriptions", "Essonne"])
    assert police.chosen == visit(departement_codes=("91",), forces=("PN",)).chosen
    assert (police.step, police.name) == (Step.FORCE, "Police, Essonne")
    assert asked(police, 1) == {"departement": "91"}


def test_communes_of_a_departement_without_service_keep_it(visit: Callable[..., Visit]):
    place = place_at(visit(), departement="77", force="sans")
    assert place.chosen == visit(departement_codes=("77",), forces=("",)).chosen
    assert place.name == "Service non renseigné, Seine-et-Marne"


def test_hall_stands_under_its_building_and_its_residence(visit: Callable[..., Visit]):
    place = place_at(visit(), residence="1", batiment="A", hall="2")
    assert place.chosen == visit(residence_ids=(1,), building_codes=("A",), hall_codes=("2",)).chosen
    assert labels(place)[-3:] == ["Résidence 1", "Bâtiment A", "Bâtiment A, hall 2"]
    assert asked(place, len(place.crumbs) - 2) == {"residence": "1", "batiment": "A"}
    assert place.title == "Résidence 1, bâtiment A, hall 2"


def test_building_alone_holds_all_its_halls(visit: Callable[..., Visit]):
    place = place_at(visit(), residence="1", batiment="A")
    assert (place.step, place.name) == (Step.HALL, "Bâtiment A")
    assert place.chosen == visit(residence_ids=(1,), building_codes=("A",)).chosen


def test_hall_without_building_is_that_of_no_building(visit: Callable[..., Visit]):
    place = place_at(visit(), residence="1", hall="2")
    assert place.name == "Hall 2"
    assert place.chosen == visit(residence_ids=(1,), building_codes=("",), hall_codes=("2",)).chosen


def test_gendarmerie_is_named_without_its_force(visit: Callable[..., Visit]):
    place = place_at(visit(), service="2")
    assert (place.name, place.force) == ("Brigade d’essai", "GN")


def test_communes_without_service_are_a_place_of_their_own(visit: Callable[..., Visit]):
    place = place_at(visit(), service="sans")
    assert (place.level, place.name, place.force) == (Level.DISTRICT, "Service non renseigné", "")
    assert place.chosen == visit(forces=("",)).chosen


def test_quarter_keeps_the_service_one_came_through(visit: Callable[..., Visit]):
    place = place_at(visit(), service="1", quartier="QN091F1X")
    assert (place.level, place.name) == (Level.QPV, "Les Essais")
    assert place.chosen == visit(district_ids=(1,), qpv_ids=(1,)).chosen
    assert labels(place) == [*POLICE, "Les Essais"]
    assert asked(place, 3) == {"service": "1"}


def test_quarter_alone_stands_under_the_list(visit: Callable[..., Visit]):
    place = place_at(visit(), quartier="QN091F1X")
    assert place.chosen == visit(qpv_ids=(1,)).chosen
    assert labels(place) == ["Circonscriptions", "Les Essais"]


def test_commune_keeps_the_service_one_came_through(visit: Callable[..., Visit]):
    place = place_at(visit(), service="2", commune="77002")
    assert (place.level, place.name) == (Level.COMMUNE, "Ville-B")
    assert place.chosen == visit(district_ids=(2,), commune_codes=("77002",)).chosen
    assert labels(place) == [*BRIGADE, "Ville-B"]


def test_residence_of_a_quarter_has_its_service_and_its_quarter_above(visit: Callable[..., Visit]):
    place = place_at(visit(), residence="1")
    assert (place.level, place.name, place.force) == (Level.RESIDENCE, "Résidence 1", "PN")
    assert place.chosen == visit(residence_ids=(1,)).chosen
    assert labels(place) == [*POLICE, "Les Essais", "Résidence 1"]
    assert asked(place, 4) == {"service": "1", "quartier": "QN091F1X"}


def test_residence_outside_every_quarter_has_its_commune_above(visit: Callable[..., Visit]):
    place = place_at(visit(), residence="3")
    assert labels(place) == [*BRIGADE, "Ville-B", "Résidence 3"]
    assert asked(place, 4) == {"service": "2", "commune": "77002"}


def test_residence_without_service_says_so(visit: Callable[..., Visit]):
    place = place_at(visit(), residence="4")
    assert (place.force, labels(place)[1]) == ("", "Service non renseigné")
    assert asked(place, 1) == {"service": "sans"}


def test_identity_of_a_residence_names_its_landlord_and_its_dwellings(visit: Callable[..., Visit]):
    assert place_at(visit(), residence="1").identity == {
        "Bailleur": "Alpha Habitat",
        "Référence": "R1",
        "Adresse": None,
        "Commune": "Ville-A",
        "Quartier": "Les Essais",
        "Logements": 100,
    }
    assert place_at(visit(), residence="2").identity["Quartier"] == "Hors QPV"


def test_residence_comes_before_any_other_place_of_the_address(visit: Callable[..., Visit]):
    assert place_at(visit(), service="2", quartier="QN091F1X", residence="3").level == Level.RESIDENCE


@pytest.mark.parametrize(
    "query",
    [
        {"departement": "2A"},
        {"departement": ""},
        {"force": "FBI"},
        {"service": "9"},
        {"service": ""},
        {"service": "1 OR 1=1"},
        {"quartier": "QN000000"},
        {"quartier": ""},
        {"commune": "99999"},
        {"residence": "99"},
        {"residence": "-1"},
        {"residence": "1.0"},
        {"residence": "²"},
        {"residence": ""},
        {"service": "9", "quartier": "QN091F1X"},
    ],
    ids=lambda query: "&".join(f"{key}={value}" for key, value in query.items()),
)
def test_place_that_does_not_exist_is_refused(visit: Callable[..., Visit], query: dict[str, str]):
    assert is_refused(visit(), **query)


@pytest.mark.parametrize("length", [20, 26, 60])
def test_number_too_long_for_a_residence_is_refused_like_any_other(visit: Callable[..., Visit], length: int):
    assert is_refused(visit(), residence="9" * length)


@pytest.mark.parametrize(
    "query", [{"service": "1"}, {"quartier": "QN091F1X"}, {"commune": "91001"}, {"residence": "1"}]
)
def test_place_of_another_scope_is_refused(visit: Callable[..., Visit], query: dict[str, str]):
    assert is_refused(visit(Scope(landlord_ids=frozenset({2}))), **query)
    assert not is_refused(visit(Scope(landlord_ids=frozenset({1}))), **query)


@pytest.mark.parametrize(
    ("restriction", "query"),
    [({"district_ids": (2,)}, {"service": "1"}), ({"forces": ("PN",)}, {"service": "sans"})],
    ids=["service", "communes without service"],
)
def test_place_never_widens_what_the_filters_ask_for(visit: Callable[..., Visit], restriction: dict, query: dict):
    made = visit(**restriction)
    figures = made.ask(queries.place_figures, Level.ALL, chosen=place_at(made, **query).chosen)
    assert figures["incident_count"].sum() == 0
