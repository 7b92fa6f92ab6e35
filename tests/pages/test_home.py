from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import with_nomenclature
from tests.factories import add, incident, residence, small_store
from tests.pages.conftest import begin_in_march_2024
from tests.screen import bodies, card, figures, links, opened, tables, title, told


def test_key_figures_are_those_counted_by_hand(small: None):
    # March 2025 to February 2026: a1, a2, a3, a4, b1, b3, and a5 is protected. 700 dwelling-months were told of:
    # 6 × 12,000 / 700 = 102.9; a year before a6, a7, b2 on 800: 3 × 12,000 / 800 = 45.
    # Weights 2 + 5 + 2 + 1 + 2 + 2 = 14, and 2 + 10 + 2 = 14: 14 × 12,000 / 700 = 240, then / 800 = 210.
    app = opened()
    assert title(app) == "6 faits recensés en 12 mois, sans comparaison possible avec la période précédente"
    assert figures(app) == {
        "Faits recensés": "6 3 → 6 pour 58 logements déclarants en moyenne",
        "Pour 1 000 logements et par an": "103 45 → 103 de 38 à 224 (à 95 %)",
        "Indice de gravité pour 1 000 logements et par an": "240 auparavant : 210 poids 1, 2, 5, 10 selon la gravité",
        "Faits envers le personnel": "1 0 → 1 1 sur 6 des faits recensés",
        "Plaintes déposées": "1 0 → 1 pour 5 faits susceptibles de plainte",
    }


def test_families_come_with_their_two_counts_most_facts_first(small: None):
    families = {row[0]: row[1] for row in tables(opened())[0]}
    assert families["Atteintes aux biens et au patrimoine"] == "2 → 3"
    assert families["Occupation des espaces communs"] == "1 → 1"
    assert families["Trafics et économie souterraine"] == "0 → 0"
    assert next(iter(families)) == "Atteintes aux biens et au patrimoine"


def test_protected_facts_are_in_no_figure(small: None):
    families = {row[0]: row[1] for row in tables(opened())[0]}
    assert families["Atteintes aux résidents et tiers"] == "0 → 0"
    assert "intrafamiliales" not in told(opened())


def test_state_of_the_data_counts_the_silent_months_of_each_landlord(small: None):
    assert card(opened(), "") == {
        "Sans mois silencieux": "0 bailleur sur 2",
        "Alpha Habitat": "10 mois sans déclaration, 200 logements",
        "Beta Logis": "10 mois sans déclaration, 200 logements",
        "Dernier registre": "plusieurs bailleurs, importé le 1er mars 2026 12 faits acceptés, 0 ligne rejetée",
    }


def test_last_register_is_told_by_its_landlord_and_its_day(filled: Callable):
    def read(engine) -> None:
        at = {"landlord_id": 2, "imported_by": "essai", "imported_at": datetime(2026, 3, 9, tzinfo=UTC)}
        file = {"batch_id": 2, "kind": "incidents", "file_name": "f", "file_sha256": "1" * 64, "known_count": 0}
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.IngestBatch, file | at | {"read_count": 3, "accepted_count": 1, "rejected_count": 2})

    filled(read)
    said = card(opened(), "")["Dernier registre"]
    assert said == "Beta Logis, importé le 9 mars 2026 1 fait accepté, 2 lignes rejetées"


def test_zeros_of_a_landlord_silent_a_year_before_are_not_told(filled: Callable):
    def newcomer(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Landlord, {"landlord_id": 3, "landlord_code": "c", "landlord_name": "Gamma"})
            add(made, s.Residence, residence(5, 3, "91001"))
            add(made, s.Incident, incident("g", 5, date(2026, 1, 1)) | {"landlord_id": 3})
            add(made, s.ReportingMonth, {"residence_id": 5, "month_on": date(2026, 1, 1), "status": "reported"})

    filled(newcomer, begin_in_march_2024)
    families = {row[0]: row[1:3] for row in tables(opened(bailleurs=["Gamma"]))[0]}
    assert families["Atteintes aux biens et au patrimoine"] == ["— → 1", "sans comparaison"]
    assert families["Trafics et économie souterraine"][0] == "— → 0"
    others = {row[0]: row[1] for row in tables(opened(bailleurs=["Alpha Habitat"]))[0]}
    assert others["Troubles de jouissance et de voisinage"] == "0 → 1"


@pytest.mark.parametrize("page", ["home", "trends"])
def test_months_before_the_first_of_the_store_have_no_count(filled: Callable, page: str):
    filled(with_nomenclature, small_store)
    assert {row[1].split(" → ")[0] for row in tables(opened(page))[0]} == {"—"}


def test_choice_of_a_family_changes_the_figures_and_its_reset_gives_them_back(small: None):
    app = opened()
    before = figures(app)
    app.multiselect(key="familles").set_value(["Biens"]).run()
    # a1, b1, b3 against a6, b2; the dwellings stay: 3 × 12,000 / 700 = 51.4.
    assert figures(app)["Faits recensés"] == "3 2 → 3 pour 58 logements déclarants en moyenne"
    assert figures(app)["Pour 1 000 logements et par an"].startswith("51 30 → 51")
    assert "Faits envers le personnel" not in figures(app)
    assert "famille Biens" in told(app)
    app.button[0].click().run()
    assert figures(app) == before


def test_reset_lifts_the_filters_of_the_address_too(small: None):
    app = opened(familles=["Biens"], forces=["Police"])
    app.button[0].click().run()
    assert title(app).startswith("6 faits")
    assert app.query_params == {}


def test_choice_of_a_place_changes_the_dwellings_too(small: None):
    # Residence 3 alone: b1 against b2, 200 dwelling-months each.
    app = opened(forces=["Gendarmerie"])
    assert figures(app)["Faits recensés"] == "1 1 → 1 pour 17 logements déclarants en moyenne"
    assert figures(app)["Pour 1 000 logements et par an"].startswith("60 60 → 60")


def test_links_keep_the_filters(small: None):
    found = links(opened(forces=["Police"]))
    address = urlsplit(found["Quels quartiers, quelles résidences ?"])
    assert (address.path, parse_qs(address.query)) == ("/carte", {"forces": ["Police"]})


def test_hostile_names_of_the_store_stay_words(filled: Callable):
    name = "<img src=x onerror=alert(1)> & Fils"

    def hostile(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Landlord, {"landlord_id": 3, "landlord_code": "c", "landlord_name": name})
            add(made, s.Residence, residence(5, 3, "91001"))
            add(made, s.Incident, incident("h", 5, date(2026, 1, 1)) | {"landlord_id": 3})

    filled(hostile)
    app = opened(bailleurs=[name])
    assert title(app).startswith("1 fait recensé")
    assert [body for body in bodies(app) if "<img" in body] == []


def test_new_facts_are_on_the_page_at_its_next_run(filled: Callable):
    engine = filled(with_nomenclature, small_store)
    app = opened()
    assert title(app).startswith("6 faits")
    with change(engine, "essai") as made:
        add(made, s.Incident, incident("n1", 1, date(2026, 2, 1)))
    assert title(app.run()).startswith("7 faits")
