from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from lib.config import ROOT
from lib.store import schema as s
from lib.store.revisions import change
from lib.store.settings import IS_SYNTHETIC, save_setting
from tests.conftest import with_nomenclature
from tests.factories import add, fill_housing, fill_territory, incident, small_store
from tests.screen import bodies, links, opened, told

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
FILTERED = [page for page in PAGES if page != "imports"]  # «Données» bears on every register, whatever the filters
COUNTING = [page for page in FILTERED if page != "actions"]  # the register of actions is read even where it is quiet
WITHOUT_FACTS = "La base ne contient aucun fait"


@pytest.mark.parametrize("page", PAGES)
def test_page_run_without_its_frame_is_refused_and_shows_nothing(small: None, page: str):
    app = AppTest.from_file(ROOT / "pages" / f"{page}.py", default_timeout=60).run()
    assert [error.proto.type for error in app.exception] == ["lib.errors.AccessError"]
    assert bodies(app) == []


@pytest.mark.parametrize("page", FILTERED)
def test_each_page_of_the_frame_opens_with_its_source_and_data_date(small: None, page: str):
    said = told(opened(page))
    assert "données au 28 février 2026" in said
    assert "Un fait recensé n’est pas une infraction établie." in said
    assert "Données au 28 février 2026" in said
    assert "Couverture déclarative 15 % des logements, incomplète" in said


@pytest.mark.parametrize("page", FILTERED)
def test_store_without_anything_says_so_and_gives_the_way_out(filled: Callable, page: str):
    filled()
    app = opened(page)
    said = told(app)
    assert WITHOUT_FACTS in said
    assert "make demo" in said
    assert links(app)["Données"] == "/donnees"
    assert "Aucune donnée importée" in said


@pytest.mark.parametrize("page", FILTERED)
def test_store_of_territories_without_facts_says_so(filled: Callable, page: str):
    def places(engine) -> None:
        with change(with_nomenclature(engine), "essai") as made:
            fill_territory(made)
            fill_housing(made)

    filled(places)
    assert WITHOUT_FACTS in told(opened(page))


def test_empty_store_has_no_filter(filled: Callable):
    filled()
    app = opened()
    assert (len(app.multiselect), len(app.selectbox), len(app.button)) == (0, 0, 0)


@pytest.mark.parametrize("page", PAGES)
def test_invented_facts_are_stamped_on_every_page(filled: Callable, page: str):
    def invented(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            save_setting(made, IS_SYNTHETIC, "true")

    filled(invented)
    said = told(opened(page))
    assert said.count("Données fictives") == 1
    assert "(données fictives)" in said


@pytest.mark.parametrize("page", PAGES)
def test_real_facts_bear_no_stamp(small: None, page: str):
    assert "fictives" not in told(opened(page))


NOTHING = "Aucun fait recensé pour ces filtres"


@pytest.mark.parametrize("page", COUNTING)
@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"familles": ["Trafics"]}, "ont déclaré, et aucune n’a recensé"),
        ({"quartiers": "Non localisée"}, "Aucune résidence ne correspond à ces lieux"),
        (
            {"periode": "Mois choisis", "de": "mars 2025", "a": "décembre 2025"},
            "Aucun bailleur n’a déclaré sur cette période",
        ),
    ],
    ids=["true zero", "no residence", "silence"],
)
def test_selection_without_a_fact_says_which_nothing_it_is(small: None, page: str, query: dict, why: str):
    said = told(opened(page, **query))
    assert NOTHING in said
    assert why in said
    assert "réinitialisez les filtres" in said


def test_comparison_that_falls_in_an_exceptional_period_is_said(filled: Callable):
    def older(engine) -> None:
        with change(small_store(with_nomenclature(engine)), "essai") as made:
            add(made, s.Incident, incident("old", 1, date(2020, 4, 1)), incident("then", 1, date(2021, 6, 15)))

    filled(older)
    said = told(opened(periode="Année 2021"))
    assert "comprend : premier confinement, deuxième confinement" in said
    assert "sa comparaison comprend" not in told(opened())


def test_page_opened_before_the_widgets_were_drawn_gets_its_filters_back(small: None):
    """Streamlit leaves them out of the address of the new page; the session still has them."""
    app = opened("home", familles="Biens")
    app.query_params.clear()
    app.switch_page(str(ROOT / "pages" / "map.py")).run()
    assert "famille Biens" in told(app)
    assert app.query_params.get("familles") == "Biens"
