from collections.abc import Callable
from datetime import date

from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import with_nomenclature
from tests.factories import add, residence, small_store
from tests.screen import card, opened, told


def test_search_finds_a_place_and_choosing_it_shows_its_level(small: None):
    app = opened("map")
    app.text_input(key="cherche").set_value("vile b").run()
    found = [button for button in app.button if (button.key or "").startswith("lieu-")]
    assert found[0].label == "Ville-B, commune, Seine-et-Marne"
    found[0].click().run()
    assert card(app, "Ville-B, commune")["Faits"] == "1"
    assert app.selectbox(key="niveau").value == "Commune"
    assert app.text_input(key="cherche").value == ""


def test_search_in_months_of_2015_finds_a_quarter_of_then(filled: Callable):
    former = {"qpv_id": 2, "qpv_code": "QP091002", "generation": 2015, "qpv_name": "Anciens Essais"}
    unknown = dict.fromkeys(("population", "social_dwelling_count", "outline"))

    def long_ago(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Qpv, former | unknown | {"departement_code": "91"})
            add(made, s.QpvCommune, {"qpv_id": 2, "commune_code": "91001"})
            add(made, s.Residence, residence(9, 1, "91001", qpv_2015_id=2, qpv_2015_status="inside"))
            add(made, s.ReportingMonth, {"residence_id": 9, "month_on": date(2023, 1, 1), "status": "reported"})

    filled(long_ago)
    app = opened("map", mois="2023-12")
    app.text_input(key="cherche").set_value("anciens").run()
    found = [button for button in app.button if (button.key or "").startswith("lieu-")]
    assert [button.label for button in found] == ["Anciens Essais, QPV, génération 2015, Ville-A"]
    found[0].click().run()
    assert card(app, "Anciens Essais, Ville-A")["Logements"] == "100, 8 % déclarés"


def test_search_that_finds_nothing_says_so(small: None):
    app = opened("map")
    app.text_input(key="cherche").set_value("zzzzzz").run()
    assert "Aucun lieu ne répond à « zzzzzz » dans votre périmètre." in told(app)
