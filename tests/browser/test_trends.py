import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.answers import WITH, Ask
from tests.browser.serving import ready
from tests.browser.test_accessibility import findings

pytestmark = pytest.mark.browser
TABS = ("Évolutions", "Types", "Au-delà de l’attendu", "Heures", "Lieux")


@pytest.fixture
def trends(page: Page, site: str) -> Callable[..., Page]:
    def opened(query: str = "") -> Page:
        page.goto(f"{site}/tendances?{query}")
        page.wait_for_selector(".o-src")
        return ready(page)

    return opened


def test_type_of_a_headline_narrows_the_page(trends: Callable[..., Page], ask: Ask):
    page = trends()
    page.locator(".o-find a", has_text="Épave").click()
    page.wait_for_url(re.compile("types="))
    before, now = (
        ask(f"{WITH} SELECT count(*) FROM {years} WHERE type_code = 'CAD-03'")[0][0] for years in ("earlier", "recent")
    )
    whole = f"Ensemble des faits\u00a0: {before:,}\u00a0→\u00a0{now:,}".replace(",", "\u00a0")
    expect(page.locator(".o-find")).to_contain_text(whole)


def test_click_on_a_month_narrows_the_page_to_it(trends: Callable[..., Page], ask: Ask):
    page = trends("familles=Biens")
    area = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert area is not None
    middle = (area["x"] + 0.7 * area["width"], area["y"] + 0.5 * area["height"])
    page.mouse.move(*middle)
    named = page.locator(".js-plotly-plot .hovertext").first
    month, count = str(named.text_content()).split("\u00a0: ")
    page.mouse.click(*middle)
    page.wait_for_url(re.compile(f"periode={month.replace(' ', '[+]')}"))
    expect(page.locator("h1")).to_contain_text(f"{count} faits recensés en 1 mois")
    ready(page)
    page.go_back()
    expect(page.locator("h1")).to_contain_text("en 12 mois")


def test_alert_says_the_facts_of_the_last_three_months_and_leads_to_its_place(trends: Callable[..., Page], ask: Ask):
    page = trends("onglet=Au-delà de l’attendu")
    row = page.locator("tr", has_text="Résidences, tous faits").first
    name = row.get_by_role("link").inner_text()
    count = ask(
        f"{WITH} SELECT count(*) FROM facts JOIN residence USING (residence_id), bounds "
        "WHERE occurred_on >= date(stop, '-3 months') AND residence_name = ?",
        name,
    )[0][0]
    expect(row).to_contain_text(f"{count} faits en trois mois pour")
    row.get_by_role("link").click()
    page.wait_for_url(re.compile("/circonscriptions.*residence="))
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".o-crumbs")).to_contain_text(name)


def test_constant_panel_undoes_the_fall_of_a_landlord_that_fell_silent(trends: Callable[..., Page], ask: Ask):
    landlord = ask("SELECT landlord_name FROM landlord WHERE landlord_code = 'ORD'")[0][0]
    summer = f"bailleurs={landlord}&periode=Mois choisis&de=mai 2026&a=octobre 2026"
    page = trends(summer)
    expect(page.locator(".o-find")).to_contain_text("Ensemble des faits")
    page.get_by_text("Panel constant", exact=True).click()
    page.wait_for_url(re.compile("panel=true"))
    expect(page.get_by_text("Panel constant\u00a0: seuls comptent")).to_be_visible()
    ready(page)
    assert "baisse significative" not in page.locator(".o-find").inner_text()


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_is_an_address_without_a_serious_finding(trends: Callable[..., Page], tab: str):
    page = trends()
    page.get_by_role("tab", name=tab).click()
    if tab != TABS[0]:
        page.wait_for_function("(tab) => decodeURIComponent(location.search).includes(tab.split(' ')[0])", arg=tab)
    page.wait_for_timeout(500)
    ready(page)
    assert findings(page) == []


def test_method_opens_the_note_and_figures_open_their_table(trends: Callable[..., Page]):
    page = trends("onglet=Heures")
    page.get_by_role("button", name="Méthode").click()
    expect(page.get_by_role("dialog")).to_contain_text("Pour un directeur")
    page.keyboard.press("Escape")
    page.get_by_text("Voir les chiffres").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
