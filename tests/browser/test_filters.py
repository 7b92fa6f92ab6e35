import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.answers import Ask, number, one
from tests.browser.conftest import Heard
from tests.browser.serving import ready

pytestmark = pytest.mark.browser
SAID = "p.o-said"
FILTERED = "periode=24+derniers+mois&forces=Gendarmerie&familles=Biens&familles=Trafics&quartiers=Hors+QPV"


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("h1")
    return ready(page)


@pytest.mark.parametrize("path", ["", "carte", "tendances", "circonscriptions"])
def test_resetting_empties_the_address_and_the_sentence(page: Page, site: str, path: str):
    opened(page, f"{site}/{path}")
    unfiltered = page.locator(SAID).inner_text()
    opened(page, f"{site}/{path}?{FILTERED}")
    expect(page.locator(SAID)).to_contain_text("familles Biens et Trafics")
    expect(page.locator(SAID)).to_contain_text("24 mois")
    page.get_by_role("button", name="Réinitialiser les filtres").click()
    expect(page.locator(SAID)).to_have_text(unfiltered)
    page.wait_for_url(f"{site}/{path}")
    expect(page.locator(".o-sub")).to_contain_text(unfiltered.rstrip("."))


def test_filters_follow_from_page_to_page_and_through_a_reload(page: Page, site: str):
    opened(page, f"{site}/?{FILTERED}")
    said = page.locator(SAID).inner_text()
    for name, path in (("Carte", "carte"), ("Circonscriptions", "circonscriptions"), ("Tendances", "tendances")):
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page.locator("a[aria-current='page']")).to_have_text(name)
        page.wait_for_url(re.compile(rf"/{path}\?.*familles=Trafics"))
        expect(page.locator(SAID)).to_have_text(said)
    page.reload()
    expect(page.locator(SAID)).to_have_text(said)


def test_page_without_filters_shows_none_and_keeps_them_for_the_others(page: Page, site: str):
    opened(page, f"{site}/?{FILTERED}")
    said = page.locator(SAID).inner_text()
    page.get_by_role("link", name="Données", exact=True).first.click()
    expect(page.locator("a[aria-current='page']")).to_have_text("Données")
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_contain_text("votre choix est gardé pour les autres")
    expect(sidebar.get_by_text("Famille de faits")).to_be_hidden()
    expect(sidebar.get_by_role("combobox")).to_have_count(0)
    page.reload()
    ready(page)
    page.get_by_role("link", name="Carte", exact=True).first.click()
    page.wait_for_url(re.compile(r"/carte\?.*familles=Trafics"))
    expect(page.locator(SAID)).to_have_text(said)
    expect(sidebar.get_by_text("Famille de faits")).to_be_visible()


def test_an_unknown_value_in_the_address_is_left_out(page: Page, site: str):
    opened(page, f"{site}/?familles=Inconnue&forces=Police")
    expect(page.locator(SAID)).to_contain_text("toutes familles, tous départements, police.")


def test_a_filter_that_matches_nothing_says_which_nothing_and_the_way_out(page: Page, site: str, ask: Ask):
    landlord = ask(
        """SELECT landlord_name FROM landlord WHERE landlord_id NOT IN
        (SELECT landlord_id FROM residence JOIN commune_district USING (commune_code)
         JOIN district ON district.district_id = commune_district.district_id WHERE force = 'GN'
         AND qpv_2024_status = 'inside') LIMIT 1"""
    )
    assert landlord, "every landlord has residences in a QPV under the gendarmerie: choose another empty selection"
    query = f"bailleurs={landlord[0][0].replace(' ', '+')}&forces=Gendarmerie&quartiers=En+QPV"
    for path in ("", "carte", "tendances", "circonscriptions"):
        opened(page, f"{site}/{path}?{query}")
        expect(page.locator("h1")).to_have_text("Aucun fait recensé pour ces filtres")
        expect(page.locator(".o-empty")).to_contain_text("Aucune résidence ne correspond à ces lieux")
        expect(page.locator(".o-empty")).to_contain_text("réinitialisez les filtres")
    page.get_by_role("button", name="Réinitialiser les filtres").click()
    expect(page.locator("h1")).not_to_have_text("Aucun fait recensé pour ces filtres")
    expect(page.locator(".o-empty")).to_have_count(0)


@pytest.mark.parametrize(
    "query",
    [
        "residence=999999",
        "residence=-1",
        "residence=1%20OR%201=1",
        "residence=99999999999999999999999999",
        "service=%3Cscript%3Ealert(1)%3C/script%3E",
        "service=999999",
        "quartier=QN00000M",
        "commune=99999",
    ],
)
def test_a_place_that_does_not_exist_is_refused_in_french(page: Page, heard: Heard, site: str, query: str):
    page.on("dialog", lambda dialog: heard.errors.append(dialog.message))
    page.goto(f"{site}/circonscriptions?{query}")
    refusal = page.locator(".o-empty")
    expect(refusal).to_contain_text("Cette demande ne peut pas aboutir")
    expect(refusal).to_contain_text("Ce lieu n’existe pas")
    said = page.locator("[data-testid='stApp']").inner_text()
    assert not [word for word in ("Traceback", "Error", "<script>", "alert(1)", "File ") if word in said]
    assert heard.errors == []
    expect(page.locator(SAID)).to_contain_text("toutes familles")


def test_a_family_chosen_in_the_bar_is_counted_written_and_kept_in_the_address(page: Page, site: str, ask: Ask):
    opened(page, site)
    box = page.get_by_role("combobox", name="Famille de faits")
    box.fill("Trafics")
    box.press("Enter")
    page.wait_for_url(f"{site}/?familles=Trafics")
    expect(page.locator(SAID)).to_contain_text("famille Trafics")
    count = number(one(ask, "SELECT count(*) FROM recent WHERE family_code = 'TRA'"))
    expect(page.locator("dl.o-figs strong").first).to_have_text(count)
