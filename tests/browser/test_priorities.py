"""The ranked list as a visitor handles it: its map, its weights, its projection."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import carte_frame, ready

pytestmark = pytest.mark.browser
MAPPED = "partie=Carte et tableau"


@pytest.fixture
def mapped(page: Page, site: str) -> Page:
    page.goto(f"{site}/priorites?{MAPPED}")
    page.wait_for_selector("h1")
    return ready(page)


def test_residence_clicked_on_the_map_comes_first_in_the_table_and_is_explained(mapped: Page):
    carte = carte_frame(mapped)
    symbol = carte.locator(".symbole.fort.seul").first
    spoken = str(symbol.get_attribute("aria-label"))
    name, facts = spoken.split(", ", maxsplit=1)[0], re.search(r"([\d\u00a0\u202f]+)\u00a0faits? recensé", spoken)
    assert facts is not None
    symbol.click()
    mapped.wait_for_url(re.compile(r"lieu=residence%3A\d+|lieu=residence:\d+"))
    first = mapped.locator(".st-key-maptable tbody tr").first
    expect(first.get_by_role("link").first).to_have_text(name)
    expect(first.locator("td").last).to_have_text(facts[1].strip())
    expect(first).to_contain_text("Prioritaire")
    expect(mapped.locator("article.o-rank h3")).to_have_text(name)


def test_place_situated_from_the_table_is_lit_on_the_map(mapped: Page):
    link = mapped.get_by_role("link", name=re.compile("^Situer .* sur la carte$")).first
    name = str(link.get_attribute("aria-label")).removeprefix("Situer ").removesuffix(" sur la carte")
    link.click()
    mapped.wait_for_url(re.compile("lieu=residence"))
    lit = carte_frame(mapped).locator(".symbole.choisi")
    expect(lit).to_have_attribute("aria-label", re.compile(f"^({re.escape(name)},|[0-9]+\u00a0résidences)"))


def test_weight_moved_with_the_keyboard_is_sent_in_the_address_and_taken_back(page: Page, site: str):
    page.goto(f"{site}/priorites")
    page.wait_for_selector("article.o-rank")
    ready(page)
    listed = page.locator("article.o-rank h3").all_inner_texts()
    page.locator(".st-key-poids-tiroir summary").click()
    slider = page.get_by_role("slider").first
    for _ in range(4):
        slider.press("ArrowLeft")
    page.wait_for_url(re.compile("poids=10-"))
    ready(page)
    page.get_by_role("button", name="Revenir à la proposition de l’observatoire").click()
    page.wait_for_url(lambda url: "poids=" not in url)
    ready(page)
    assert page.locator("article.o-rank h3").all_inner_texts() == listed


def test_weights_on_trial_are_there_when_one_comes_back_by_the_menu(page: Page, site: str):
    page.goto(f"{site}/priorites?poids=60-20-15-15-5-10-5")
    page.wait_for_selector("article.o-rank")
    ready(page)
    for name, address in (("Tendances", "/tendances"), ("Priorités", "/priorites")):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_url(re.compile(address))
        ready(page)
    expect(page.get_by_text("Poids à l’essai")).to_be_visible()
    page.wait_for_url(re.compile("poids=60-"))


def test_projected_list_keeps_its_title_its_reasons_and_its_reminder(page: Page, site: str):
    page.goto(f"{site}/priorites?projection=oui")
    page.wait_for_selector("article.o-rank")
    ready(page)
    expect(page.get_by_text("On classe des lieux, jamais des personnes")).to_be_visible()
    expect(page.locator("article.o-rank").first).to_contain_text("points au-dessus de la médiane")
    size = page.locator("article.o-rank p").first.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 20
