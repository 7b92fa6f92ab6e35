"""No word of Streamlit's own English is read or heard, wherever one goes and whatever one opens."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Heard
from tests.browser.serving import ready

pytestmark = pytest.mark.browser
# Texts that one sees or hears, names, hints, titles and values, hidden ones too; icons are written by ligatures.
TOLD = """() => { const told = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const unread = "script, noscript, style, .js-plotly-plot, [data-testid='stIconMaterial']";
  while (walker.nextNode()) { const { data, parentElement: holder } = walker.currentNode;
    if (!holder.closest(unread)) told.add(data.trim()); }
  for (const name of ["aria-label", "aria-valuetext", "placeholder", "title"])
    for (const one of document.querySelectorAll(`[${name}]`)) told.add(one.getAttribute(name).trim());
  return [...told]; }"""
WORDS = (
    "the|to|of|and|for|your|you|not|found|running|loading|please|choose|select|selected|results?|options?|available|row"
    "|rerun|clear|connect|failed|press|enter|apply|close|dismiss|settings|print|show|hide|view|skip|open|remove|delete"
    "|search|download|upload|fullscreen|increment|decrement|empty|help|scroll|next|previous|add|browse|files?|error"
    "|day|month|year|hour|dd|yyyy|streamlit|must|allowed|ascending|descending|columns?|january|march|april|june|october|december"
)
ENGLISH = re.compile(rf"\b({WORDS})\b", re.IGNORECASE)
PATHS = (
    "/",
    "/carte",
    "/tendances",
    "/circonscriptions",
    "/priorites",
    "/priorites?partie=Carte et tableau",
    "/priorites?partie=Comparer",
    "/priorites?partie=Données insuffisantes",
    "/priorites?partie=Règles de réponse",
    "/interventions",
    "/interventions?registre=Réunions",
    "/interventions?nouvelle=sans-lieu",
    "/interventions?intervention=1",
    "/interventions?reunion=1",
    "/interventions?nouvelle-reunion=copil",
    "/donnees",
)
FORM = "/interventions?nouvelle=sans-lieu"
CHOSEN = "[data-testid='stMultiSelect']"


def english(page: Page) -> list[str]:
    return [text for text in page.evaluate(TOLD) if ENGLISH.search(text)]


def drawn(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector(".o-src")
    return ready(page)


@pytest.mark.parametrize("path", PATHS)
def test_no_word_of_a_page_is_english(page: Page, heard: Heard, site: str, path: str):
    assert english(drawn(page, site + path)) == []
    assert heard.errors == []


@pytest.mark.parametrize("path", PATHS[:5])
def test_no_word_of_a_page_is_english_on_a_phone(new_page: Callable[..., Page], site: str, path: str):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert english(drawn(page, site + path)) == []


def test_page_that_does_not_exist_is_said_in_french(page: Page, site: str):
    drawn(page, f"{site}/nulle-part")
    expect(page.get_by_role("dialog")).to_contain_text("Cette adresse ne mène à aucune page")
    assert english(page) == []


def test_a_date_is_asked_for_and_read_in_french(page: Page, site: str):
    drawn(page, site + FORM)
    field = page.locator("[data-testid='stDateInput']").first
    expect(field.get_by_role("spinbutton")).to_have_text(["jj", "mm", "aaaa"])
    field.get_by_role("button", name="Choisir la date").click()
    page.get_by_role("dialog").wait_for()
    assert english(page) == []
    page.get_by_role("gridcell").get_by_role("button", name=re.compile(" 15 ")).click()
    ready(page)
    expect(field.get_by_role("button", name="Effacer la date")).to_be_attached()
    assert english(page) == []
    field.get_by_role("button", name="Effacer la date").click()
    expect(field.get_by_role("spinbutton")).to_have_text(["jj", "mm", "aaaa"])
    assert english(page) == []


def test_an_hour_and_a_number_are_asked_for_in_french(page: Page, site: str):
    drawn(page, site + FORM)
    hours = page.locator("[data-testid='stTimeInput']").first.get_by_role("spinbutton")
    expect(hours).to_have_text(["hh", "mm"])
    share = page.get_by_label("Part imputée à l’abattement de TFPB (%)", exact=True)
    share.fill("150")
    expect(page.get_by_text("Entrée pour valider")).to_be_visible()
    share.press("Tab")
    ready(page)
    assert english(page) == []


def test_a_text_that_is_typed_is_told_how_to_be_kept(page: Page, site: str):
    drawn(page, site + FORM)
    page.get_by_label("Problème", exact=True).fill("Halls occupés.")
    expect(page.get_by_text("Ctrl+Entrée pour valider")).to_be_visible()
    page.get_by_label("Titre", exact=True).fill("Rondes")
    expect(page.get_by_text("Entrée pour valider", exact=True).first).to_be_visible()
    assert english(page) == []


def test_values_that_are_chosen_are_taken_back_in_french(page: Page, site: str):
    drawn(page, f"{site}/priorites?partie=Comparer")
    box = page.locator(CHOSEN).filter(has=page.get_by_text("Lieux à comparer"))
    box.get_by_role("combobox").click()
    page.get_by_role("option").first.click()
    assert english(page) == []  # three at most: the list says so
    page.keyboard.press("Escape")
    expect(box.get_by_role("button", name=re.compile("^Retirer ")).first).to_be_attached()
    box.get_by_role("button", name="Tout effacer").click()
    ready(page)
    assert english(page) == []


def test_one_choice_of_several_is_made_in_french(page: Page, site: str):
    drawn(page, site)
    for box in page.get_by_test_id("stSidebar").get_by_role("combobox").all()[:4]:
        box.click()
        page.get_by_role("option").first.wait_for()
        assert english(page) == []
        page.keyboard.press("Escape")


def test_a_method_is_opened_and_closed_in_french(page: Page, site: str):
    drawn(page, f"{site}/priorites")
    page.get_by_role("button", name="Méthode").first.click()
    page.get_by_role("dialog").wait_for()
    assert english(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Fermer", exact=True).first.click()
    page.get_by_role("dialog").wait_for(state="detached")


def test_words_are_put_in_french_once_and_no_change_answers_another(page: Page, site: str):
    drawn(page, site + FORM)
    page.evaluate(
        "() => { window.seen = 0; new MutationObserver((all) => { window.seen += all.length; }).observe(document.body,"
        " { subtree: true, childList: true, characterData: true, attributes: true }); }"
    )
    for _ in range(10):  # a slow machine still draws for a while; changes that answer one another never end
        page.wait_for_timeout(1000)
        if (seen := page.evaluate("() => { const seen = window.seen; window.seen = 0; return seen; }")) < 20:
            break
    assert seen < 20


def test_words_that_a_person_wrote_stay_and_those_of_a_menu_are_put_in_french(page: Page, site: str):
    drawn(page, site)
    page.evaluate(
        """() => document.body.insertAdjacentHTML("beforeend", `<div id="essai">
        <div role="listbox"><div role="option" title="Search">Distance</div></div>
        <button><span data-testid="stMarkdownContainer">Open</span></button><p>Calendar</p>
        <div class="stHtml"><a title="No results">Statistics</a></div>
        <div role="menu"><div role="menuitem">Distance</div></div><button aria-label="Close">Stop</button>
        <p>1 result available</p></div>`)"""
    )
    essay = page.locator("#essai")
    expect(essay.get_by_role("menuitem")).to_have_text("Écart à aujourd’hui")
    expect(essay.get_by_role("button", name="Fermer")).to_have_text("Arrêter")
    expect(essay.get_by_role("option")).to_have_text("Distance")
    expect(essay.get_by_role("option")).to_have_attribute("title", "Search")
    expect(essay.get_by_role("button").first).to_have_text("Open")
    expect(essay.locator("p")).to_have_text(["Calendar", "1 choix possible"])
    expect(essay.locator("a")).to_have_text("Statistics")
    expect(essay.locator("a")).to_have_attribute("title", "No results")


def test_page_is_french_even_without_the_script_of_its_words(page: Page, site: str):
    page.route("**/*setup*.js", lambda route: route.abort())
    drawn(page, site)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.evaluate("window.observatoireIsSetUp") is None
