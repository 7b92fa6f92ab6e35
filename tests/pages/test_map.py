import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import delete, update
from streamlit.testing.v1 import AppTest

from lib.maps.values import NO_DATA
from lib.store import schema as s
from lib.store.revisions import change
from lib.ui.carte import Choice
from tests.conftest import with_nomenclature
from tests.factories import add, residence, small_store
from tests.screen import card, links, opened, tables, title, told


def sent(app: AppTest) -> dict:
    """What the page sends to the map."""
    (component,) = app.get("component_instance")
    assert component.proto.component_name == "streamlit_folium.st_folium"
    group = json.loads(component.proto.json_args)["feature_group"]
    found = re.search(r"carte\.update\((\{.*\})\);", group)
    assert found is not None
    return json.loads(found.group(1))


def test_title_says_how_few_quarters_hold_half_of_the_facts(small: None):
    assert title(opened("map")) == "1 QPV sur 1 concentre la moitié des faits recensés en QPV"


def test_map_and_table_give_the_same_figures(small: None):
    # Residence 1, inside: a1, a2, a3 on 200 dwelling-months, 3 × 12,000 / 200 = 180, of the second class.
    app = opened("map")
    values = sent(app)
    assert values["values"] == {
        "QN091F1X": [1, "Les Essais (Ville-A)\u00a0: 3\u00a0faits, 180 pour 1\u00a0000 logements"]
    }
    assert values["labels"] == {"QN091F1X": "180"}
    assert tables(app)[0] == [["Les Essais Ville-A", "3 100 logements", "180 37 à 526", "1 → 3"]]


def test_facts_of_the_residences_stand_in_the_order_of_their_positions(small: None):
    assert sent(opened("map"))["residences"]["facts"] == [3, 1, 1, 1]


def test_filter_on_facts_changes_the_values_and_not_the_extent(small: None):
    app = opened("map")
    before = sent(app)
    app.multiselect(key="familles").set_value(["Biens"]).run()
    after = sent(app)
    assert after["residences"]["facts"] == [1, 0, 1, 1]
    assert after["values"]["QN091F1X"][0] == 0
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
    assert "Cliquez sur un quartier ou une résidence" in told(opened("map"))


def clicked(choice: Choice) -> AppTest:
    app = opened("map")
    app.session_state["carte.choisi"] = choice
    return app.run()


def test_click_on_a_quarter_gives_its_figures_and_its_sheet(small: None):
    app = clicked(Choice("qpv", "QN091F1X"))
    assert card(app, "Les Essais, Ville-A") == {
        "Faits": "3 1 → 3",
        "Pour 1 000 logements et par an": "180 37 à 526",
        "Logements": "100, 17 % déclarés",
        "Service": "Police, Commissariat d’essai",
    }
    assert links(app)["Ouvrir la fiche du quartier"] == "/circonscriptions?quartier=QN091F1X"
    assert sent(app)["selection"] == ["qpv", "QN091F1X"]


def test_click_on_a_residence_is_resolved_by_its_rank_in_the_positions(small: None):
    app = clicked(Choice("residence", 2))
    told_of = card(app, "Résidence 3, Ville-B")
    assert (told_of["Bailleur"], told_of["Faits"]) == ("Beta Logis", "1 1 → 1")
    assert told_of["Service"] == "Gendarmerie, Brigade d’essai"
    assert links(app)["Ouvrir la fiche de la résidence"] == "/circonscriptions?residence=3"


@pytest.mark.parametrize("choice", [Choice("qpv", "QN000"), Choice("residence", 99), Choice("residence", -1)])
def test_click_on_what_does_not_exist_breaks_nothing(small: None, choice: Choice):
    assert "Les quartiers de la carte" in told(clicked(choice))


@pytest.mark.parametrize("choice", [Choice("residence", "x"), Choice("communes", "91001"), Choice("residence", 1e30)])
def test_click_that_was_forged_breaks_nothing(small: None, choice: Choice):
    assert "Les quartiers de la carte" in told(clicked(choice))


def test_place_clicked_that_leaves_the_selection_says_so(small: None):
    app = clicked(Choice("qpv", "QN091F1X"))
    app.multiselect(key="forces").set_value(["Gendarmerie"]).run()
    assert "Ce quartier n’a pas de résidence dans la sélection." in told(app)


def test_quarter_without_outline_is_named_under_the_map(filled: Callable):
    def collapsed(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            made.connection.execute(update(s.Qpv).values(outline=None))

    filled(collapsed)
    assert "Sans contour officiel utilisable, donc absents de la carte : Les Essais." in told(opened("map"))


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
