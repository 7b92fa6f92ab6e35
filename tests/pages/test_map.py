import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete, update
from streamlit.testing.v1 import AppTest

from lib.maps.values import FLAT, NO_DATA
from lib.store import schema as s
from lib.store.revisions import change
from lib.ui.carte import Click
from lib.ui.priority_view import PARTS
from tests.conftest import with_nomenclature
from tests.factories import add, residence, small_store
from tests.screen import card, links, opened, tables, title, told


def sent(app: AppTest, rank: int = 0) -> dict:
    """What the page sends to a map."""
    component = app.get("component_instance")[rank]
    assert component.proto.component_name == "streamlit_folium.st_folium"
    group = json.loads(component.proto.json_args)["feature_group"]
    found = re.search(r"carte\.update\((\{.*\})\);", group)
    assert found is not None
    return json.loads(found.group(1))


def test_title_gives_the_facts_of_each_place_when_there_are_very_few(small: None):
    assert title(opened("map")) == "Les Essais : 3 faits recensés"


def test_title_tells_the_facts_of_the_level(small: None):
    assert (
        title(opened("map", niveau="Département", mesure="Faits")) == "Essonne : 5 faits recensés, Seine-et-Marne : 1"
    )


def test_map_and_table_give_the_same_figures(small: None):
    # Residence 1, inside: a1, a2, a3 on 200 dwelling-months, 3 × 12,000 / 200 = 180; alone, it is its own mean.
    app = opened("map")
    values = sent(app)
    words = "Ville-A, 3\u00a0faits, 180 pour 1\u00a0000 logements et par an (37 à 526), lissé 180"
    assert values["values"]["QN091F1X"][1] == words
    assert values["labels"] == {"QN091F1X": "180"}
    assert tables(app)[0] == [
        ["Les Essais Ville-A, situer", "3 100 logements", "180 37 à 526 lissé 180", "1 → 3"],
    ]


@pytest.mark.parametrize(
    ("level", "layer", "codes"),
    [
        ("Département", "departements", {"77", "91"}),
        ("Circonscription", "districts", {"1", "2"}),
        ("Commune", "communes", {"77002", "91001", "91003"}),
        ("QPV", "qpv", {"QN091F1X"}),
        ("Résidence", None, set()),
    ],
)
def test_level_of_the_address_is_drawn(small: None, level: str, layer: str | None, codes: set[str]):
    values = sent(opened("map", niveau=level))
    assert values["level"] == layer
    assert set(values["values"]) == codes
    assert values["residences"]["facts"] == [3, 1, 1, 1]


def test_share_on_a_base_under_ten_is_drawn_without_class(small: None):
    # Of the three facts of the quarter, one gave a complaint: 3 is under 10.
    app = opened("map", mesure="Taux de plainte")
    state, words = sent(app)["values"]["QN091F1X"]
    assert (state, words.split(", ")[-1]) == (NO_DATA, "effectif insuffisant")
    assert "effectif insuffisant ou sans déclaration" in told(app)
    assert tables(app)[0][0][2] == "1 sur 3 effectif insuffisant"
    assert "1 QPV 2024, part des faits susceptibles de plainte" in told(app)


def test_change_that_cannot_be_tested_is_flat(small: None):
    values = sent(opened("map", mesure="Évolution"))
    assert values["scale"] == "diverging"
    assert values["values"]["QN091F1X"][0] == FLAT


def test_difference_draws_the_change_whatever_the_measure(small: None):
    assert sent(opened("map", comparer="Différence", mesure="Faits"))["scale"] == "diverging"


def test_side_by_side_shows_the_period_and_the_one_before(small: None):
    app = opened("map", comparer="Côte à côte")
    assert [sent(app, rank)["residences"]["facts"] for rank in (0, 1)] == [[1, 1, 1, 0], [3, 1, 1, 1]]


def test_year_of_the_address_that_does_not_exist_is_not_a_window(small: None):
    assert sent(opened("map", mois="1890-01")) is not None
    assert "jusqu’au 28 février 2026" in told(opened("map", mois="x"))


def test_month_of_the_address_moves_the_window(small: None):
    app = opened("map", mois="2026-01")
    assert title(app).endswith("12 mois jusqu’au 31 janvier 2026")
    # February 2025 to January 2026: a1 and a2 in residence 1, a7, b1 and b2, b3.
    assert sent(app)["residences"]["facts"] == [2, 1, 2, 1]


def test_facts_of_the_residences_stand_in_the_order_of_their_positions(small: None):
    assert sent(opened("map"))["residences"]["facts"] == [3, 1, 1, 1]


def test_filter_on_facts_changes_the_values_and_not_the_extent(small: None):
    app = opened("map")
    before = sent(app)
    app.multiselect(key="familles").set_value(["Biens"]).run()
    after = sent(app)
    assert after["residences"]["facts"] == [1, 0, 1, 1]
    assert after["labels"] == {"QN091F1X": "60"}
    assert after["bounds"] == before["bounds"] == [[48.5, 2.01], [48.5, 2.04]]
    assert after["version"] != before["version"]


def test_filter_on_places_leaves_the_others_without_symbol_and_moves_the_extent(small: None):
    values = sent(opened("map", forces=["Gendarmerie"]))
    assert values["residences"]["facts"] == [None, None, 1, None]
    assert values["bounds"] == [[48.5, 2.03], [48.5, 2.03]]


def test_selection_without_a_quarter_says_that_the_map_shows_residences_alone(small: None):
    app = opened("map", forces=["Gendarmerie"])
    assert title(app) == "1 fait recensé dans 1 résidence, aucune en quartier prioritaire"
    assert "la carte montre les résidences seules" in told(app)


def test_silent_residence_is_told_from_a_quiet_one(filled: Callable):
    def silent(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Residence, residence(5, 1, "91001"))

    filled(silent)
    assert sent(opened("map"))["residences"]["facts"][4] == NO_DATA


def test_card_asks_for_a_click_until_there_is_one(small: None):
    assert "Cliquez sur un lieu de la carte" in told(opened("map"))


def clicked(choice: Click) -> AppTest:
    app = opened("map")
    app.session_state["carte.choisi"] = choice
    return app.run()


def test_click_on_a_quarter_gives_its_figures_and_its_sheet(small: None):
    app = clicked(Click("qpv", "QN091F1X"))
    assert card(app, "Les Essais, Ville-A") == {
        "Faits": "3",
        "Taux": "180 pour 1 000 logements et par an 37 à 526 lissé : 180, 37 à 526",
        "Évolution sur un an": "1 → 3",
        "Logements": "100, 17 % déclarés",
        "Principaux types": "Incivilité verbale ou injure envers un personnel, 1 fait Dégradation de parties communes, "
        "1 fait Occupation abusive de hall ou de parties communes, 1 fait",
        "Service": "Police , Commissariat d’essai",
    }
    assert links(app)["Ouvrir la fiche du quartier"] == "/circonscriptions?quartier=QN091F1X"
    assert sent(app)["selection"] == ["qpv", "QN091F1X"]
    assert app.query_params["choix"] == "qpv:QN091F1X"


def test_contact_without_a_mailbox_says_so(filled: Callable):
    def contacts(engine) -> None:
        nowhere = dict.fromkeys(("departement_code", "qpv_id", "landlord_id")) | {"partner": "Police", "district_id": 1}
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(
                made,
                s.Referent,
                nowhere | {"referent_id": 1, "function": "Référent", "mailbox": "ici@exemple.fr"},
                nowhere | {"referent_id": 2, "function": "Délégué", "mailbox": None},
            )

    filled(contacts)
    said = card(opened("map", choix="qpv:QN091F1X"), "Les Essais, Ville-A")["Référents"]
    assert "Référent, Police ici@exemple.fr" in said
    assert "Délégué, Police —" in said


def test_click_does_not_move_the_view_and_an_address_does(small: None):
    assert sent(clicked(Click("qpv", "QN091F1X")))["focus"] is None
    south, west = sent(opened("map", choix="qpv:QN091F1X"))["focus"][0]
    assert (south, west) == pytest.approx((48.446, 1.999), abs=1e-3)


def test_click_on_a_residence_is_resolved_by_its_rank_in_the_positions(small: None):
    app = clicked(Click("residence", 2))
    told_of = card(app, "Résidence 3, Ville-B")
    assert (told_of["Bailleur"], told_of["Faits"]) == ("Beta Logis, référence R3", "1")
    assert told_of["Service"] == "Gendarmerie , Brigade d’essai"
    assert links(app)["Ouvrir la fiche de la résidence"] == "/circonscriptions?residence=3"
    assert links(app)["Proposer une intervention"] == "/interventions?nouvelle=residence%3A3"
    ranked = parse_qs(urlsplit(links(app)["Voir sa priorité"]).query)
    assert (ranked["lieu"], ranked["unite"], ranked["partie"]) == (["residence:3"], ["Résidences"], [PARTS[1]])
    assert app.query_params["choix"] == "residence:3"


@pytest.mark.parametrize(
    ("address", "name", "sheet"),
    [
        ("departement:77", "Seine-et-Marne, département", "Ouvrir la fiche du département"),
        ("service:1", "Commissariat d’essai", "Ouvrir la fiche du service"),
        ("commune:91003", "Ville-C, commune", "Ouvrir la fiche de la commune"),
        ("residence:2", "Résidence 2, Ville-A", "Ouvrir la fiche de la résidence"),
    ],
)
def test_place_of_the_address_has_its_card_at_any_level(small: None, address: str, name: str, sheet: str):
    app = opened("map", choix=address)
    assert card(app, name)["Faits"]
    assert sheet in links(app)


@pytest.mark.parametrize("address", ["qpv:QN000", "residence:99", "residence:x", "service:", "commune:", "x:1", "qpv"])
def test_place_that_does_not_exist_is_one_clear_sentence_at_most(small: None, address: str):
    app = opened("map", choix=address)
    has_place = address in {"qpv:QN000", "residence:99", "residence:x"}
    assert ("Le lieu choisi n’existe pas, ou n’a pas de résidence dans la sélection." in told(app)) == has_place


@pytest.mark.parametrize(
    "choice", [Click("residence", 99), Click("residence", -1), Click("residence", "x"), Click("x", "91001")]
)
def test_click_that_was_forged_chooses_nothing(small: None, choice: Click):
    assert "Cliquez sur un lieu de la carte" in told(clicked(choice))


def test_place_chosen_that_leaves_the_selection_says_so(small: None):
    app = clicked(Click("qpv", "QN091F1X"))
    app.multiselect(key="forces").set_value(["Gendarmerie"]).run()
    assert "Le lieu choisi n’existe pas, ou n’a pas de résidence dans la sélection." in told(app)


def test_ring_is_drawn_when_it_is_asked_for(small: None):
    app = opened("map", choix="qpv:QN091F1X")
    assert sent(app)["ring"] is None
    app.toggle(key="perimetre").set_value(True).run()
    assert (
        sent(opened("map", choix="qpv:QN091F1X", perimetre="true"))["ring"]["name"]
        == "À moins de 300\u00a0m du QPV Les Essais"
    )


def test_quarter_without_outline_is_named_under_the_map(filled: Callable):
    def collapsed(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            made.connection.execute(update(s.Qpv).values(outline=None))

    filled(collapsed)
    assert "Sans contour utilisable, donc absents de la carte : Les Essais." in told(opened("map"))


def test_store_without_outlines_shows_its_residences_all_the_same(filled: Callable):
    def bare(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            made.connection.execute(update(s.Commune).values(outline=None))
            made.connection.execute(update(s.Qpv).values(outline=None))

    filled(bare)
    assert sent(opened("map"))["residences"]["facts"] == [3, 1, 1, 1]


def test_positions_are_at_an_address_of_this_session_alone(small: None):
    addresses = {sent(opened("map"))["residences"]["url"] for _ in range(2)}
    assert len(addresses) == 2
    assert all(re.fullmatch(r"/positions/[0-9a-f]{48}", address) for address in addresses)


def test_store_without_quarters_says_that_they_are_missing(filled: Callable):
    def bare(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            made.connection.execute(update(s.Residence).values(qpv_2024_id=None, qpv_2024_status="unknown"))
            made.connection.execute(delete(s.QpvCommune))
            made.connection.execute(delete(s.Qpv))

    filled(bare)
    assert title(opened("map")) == "6 faits recensés dans 4 résidences, quartiers prioritaires non importés"


def test_view_of_the_address_comes_before_the_place_chosen(small: None):
    app = opened("map", choix="qpv:QN091F1X", suivre="true", vue="48.4,2.0,48.6,2.2")
    assert sent(app)["focus"] == [
        [pytest.approx(48.41), pytest.approx(2.01)],
        [pytest.approx(48.59), pytest.approx(2.19)],
    ]
    app.session_state["carte.vue"] = ((48.4, 2.0), (48.6, 2.2))
    assert sent(app.run())["focus"] is None


@pytest.mark.parametrize("view", ["", "x", "1,2,3", "1,2,3,nan", "1,2,3,4,5", "1,2,3,1e9", "1,2,3,inf"])
def test_view_that_cannot_be_read_is_passed_over(small: None, view: str):
    assert sent(opened("map", suivre="true", vue=view))["focus"] is None


def test_departements_of_the_filter_are_lit_and_without_one_all_that_have_residences(small: None):
    assert sent(opened("map"))["lit"] == ["77", "91"]
    assert sent(opened("map", departements=["Essonne (91)"]))["lit"] == ["91"]
