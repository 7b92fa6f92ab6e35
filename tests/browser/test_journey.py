import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Heard
from tests.browser.serving import carte_frame, ready

pytestmark = pytest.mark.browser
PAGES = {"Accueil": "/", "Carte": "/carte", "Tendances": "/tendances", "Circonscriptions": "/circonscriptions"}
# Texts that take room on the page, as a reader sees them, and hints inside fields.
SEEN = """() => { const seen = [...document.querySelectorAll(":placeholder-shown")].map((field) => field.placeholder);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) { const text = walker.currentNode, holder = text.parentElement, range = new Range();
    if (!text.data.trim() || holder.closest("script, style")) continue;
    if (!holder.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    range.selectNodeContents(text);
    const boxes = [range.getBoundingClientRect(), holder.getBoundingClientRect()];
    if (boxes.every((box) => box.width > 1 && box.bottom > 0 && box.right > 0)) seen.push(text.data.trim()); }
  return seen; }"""
ENGLISH = re.compile(
    r"\b(the|to|of|and|your|not found|running|loading|please|error|warning|choose|select|selected|results?|deploy|rerun"
    r"|clear|connect\w*|failed|press|close|settings|print|show|hide|view|skip|content|open|remove|search|download)\b",
    re.IGNORECASE,
)
MOVES = ([48.63, 2.44, 12], [48.53, 2.66, 14], [48.70, 2.50, 17], [48.60, 2.50, 9])
MOVE = """([lat, lng, zoom]) => new Promise((done) => {
  carte.map.once("moveend", () => requestAnimationFrame(() => done())); carte.map.setView([lat, lng], zoom); })"""
PAN = "() => new Promise((done) => { carte.map.once('moveend', () => done()); carte.map.panBy([240, 120]); })"


def english(page: Page | Frame) -> list[str]:
    return [text for text in page.evaluate(SEEN) if ENGLISH.search(text)]


def travel(page: Page, site: str) -> list[str]:
    """The four pages by the menu, the map moved and clicked; returns what was read in English on the way."""
    page.goto(site)
    found = []
    for name, path in PAGES.items():
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_url(f"{site}{path}")
        expect(page.locator("a[aria-current='page']")).to_have_text(name)
        page.wait_for_selector(".o-src")
        ready(page)
        if name == "Carte":
            found += wander(carte_frame(page))
        found += english(page)
    return found


def wander(carte: Frame) -> list[str]:
    for view in MOVES:
        carte.evaluate(MOVE, view)
    carte.evaluate(PAN)
    carte.locator(".symbole").first.dispatch_event("click")
    return english(carte)


def test_a_journey_asks_nothing_of_another_host_and_raises_nothing(page: Page, heard: Heard, site: str):
    in_english = travel(page, site)
    ours = (f"{site}/", site.replace("http", "ws", 1), "data:", "blob:")
    assert [url for url in heard.requests if not url.startswith(ours)] == []
    assert any("/positions/" in url for url in heard.requests)
    assert heard.errors == []
    assert in_english == []


def test_an_open_filter_speaks_french(page: Page, site: str):
    page.goto(site)
    page.wait_for_selector("h1")
    ready(page)
    box = page.get_by_role("combobox", name="Famille de faits")
    box.click()
    page.get_by_role("option", name="Biens").wait_for()
    offered = english(page)
    box.fill("zzz")
    page.get_by_role("option", name="Biens").wait_for(state="hidden")
    assert offered + english(page) == []


def test_the_first_stop_of_the_keyboard_speaks_french(page: Page, site: str):
    page.goto(site)
    page.wait_for_selector("h1")
    ready(page)
    page.keyboard.press("Tab")
    assert not ENGLISH.search(page.evaluate("document.activeElement.innerText"))


def test_the_language_of_each_page_and_of_the_map_is_french(page: Page, site: str):
    for path in PAGES.values():
        page.goto(site + path)
        page.wait_for_selector("h1")
        ready(page)
        assert page.evaluate("document.documentElement.lang") == "fr", path
        if path == "/carte":
            assert carte_frame(page).evaluate("document.documentElement.lang") == "fr"


@pytest.mark.parametrize("path", PAGES.values())
def test_nothing_scrolls_sideways_on_a_phone(new_page: Callable[..., Page], site: str, path: str):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(site + path)
    page.wait_for_selector(".o-src")
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("[data-testid='stMain']").evaluate("(main) => main.scrollWidth <= main.clientWidth")


@pytest.mark.parametrize("path", PAGES.values())
def test_the_dark_theme_writes_light_on_dark(new_page: Callable[..., Page], site: str, path: str):
    page = new_page(color_scheme="dark")
    page.goto(site + path)
    page.wait_for_selector("h1")
    ready(page)
    ground = luminance(page.locator("[data-testid='stApp']").evaluate("(e) => getComputedStyle(e).backgroundColor"))
    for part in ("h1", ".o-sub", "p.o-said", ".o-src"):
        text = luminance(page.locator(part).first.evaluate("(e) => getComputedStyle(e).color"))
        assert (text + 0.05) / (ground + 0.05) >= 4.5, part


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_value_chosen_in_a_filter_is_read(new_page: Callable[..., Page], site: str, scheme: str):
    page = new_page(color_scheme=scheme)
    page.goto(f"{site}/tendances?familles=Trafics")
    chosen = ready(page).locator("[data-tag]").first
    expect(chosen).to_have_text("Trafics")
    text, ground = (
        luminance(chosen.evaluate(f"(e) => getComputedStyle(e).{name}")) for name in ("color", "backgroundColor")
    )
    assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2) of «rgb(r, g, b)»."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
