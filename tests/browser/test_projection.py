import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import carte_frame, ready

pytestmark = pytest.mark.browser
LARGE_PX = 26
TEXTS = "main .stHtml :is(p, td, th, dd, dt, li, h1, h2), .stPlotlyChart text"


def text_sizes(page: Page) -> list[float]:
    return page.locator(TEXTS).evaluate_all(
        "found => found.filter(e => e.textContent.trim() && e.checkVisibility())"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )


def test_a_page_is_projected_and_left_with_its_filters(page: Page, site: str):
    page.goto(f"{site}/tendances?familles=Trafics")
    ready(page).get_by_role("link", name="Projeter cette page").click()
    page.wait_for_url("**/tendances?familles=Trafics&projection=oui")
    expect(page.locator("[data-testid='stSidebar']")).to_be_hidden()
    expect(page.locator("[data-testid='stHeader']")).to_be_hidden()
    page.wait_for_selector(".stPlotlyChart text")
    assert min(text_sizes(ready(page))) >= 0.85 * LARGE_PX
    page.get_by_role("navigation", name="Pages projetées").get_by_role("link", name="Carte").click()
    page.wait_for_url("**/carte?familles=Trafics&projection=oui")
    carte_frame(ready(page))
    page.get_by_role("link", name="Quitter la projection").click()
    page.wait_for_url("**/carte?familles=Trafics")
    expect(page.locator("[data-testid='stSidebar']")).to_be_visible()


def test_a_phone_keeps_the_ordinary_page(new_page, site: str):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{site}/?projection=oui")
    ready(page)
    assert max(text_sizes(page)) < 2.5 * LARGE_PX
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("[data-testid='stHeader']")).to_be_visible()


def test_projected_map_holds_on_one_screen_beside_its_whole_table_in_large_letters(new_page, site: str):
    page = new_page(viewport={"width": 1920, "height": 1080})
    page.goto(f"{site}/carte?projection=oui")
    carte = carte_frame(ready(page))
    frame = page.locator("iframe[src*='streamlit_folium']").bounding_box()
    assert frame is not None
    assert frame["y"] + frame["height"] <= 1080
    name = carte.locator(".nom").first
    name.wait_for()
    assert float(name.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) >= LARGE_PX
    table = page.locator(".st-key-maptable table")
    assert table.evaluate("(one) => one.offsetWidth <= one.parentElement.clientWidth")


@pytest.mark.parametrize("path", ["carte", "priorites?partie=Carte et tableau"])
def test_table_beside_a_map_is_whole_on_a_laptop(new_page, site: str, path: str):
    page = new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{site}/{path}")
    table = ready(page).locator(".st-key-maptable table")
    assert table.evaluate("(one) => one.offsetWidth <= one.parentElement.clientWidth")
