from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.browser.serving import ROOT, carte_frame, serve

pytestmark = pytest.mark.browser
APP = ROOT / "tests" / "browser" / "apps" / "carte_app.py"
LEVELS = """() => carte.clusters.levels.map((level) => ["facts", "homes", "count", "hidden", "missing"]
  .map((name) => level[name].reduce((a, b) => a + b, 0))).filter(Boolean)"""
VIEW = "() => [carte.map.getZoom(), carte.map.getCenter().lat, carte.map.getCenter().lng]"
LOOK_AT = "([lat, lng, zoom]) => void carte.map.setView([lat, lng], zoom, { animate: false })"
FILL = "() => document.querySelector('path[data-code]').getAttribute('fill')"


@pytest.fixture(scope="module")
def address(browser: Browser) -> Iterator[str]:
    """The small application of tests/browser/apps, on a server of its own."""
    with serve(APP, {}) as site:
        yield site


def drawn(page: Page, address: str) -> Frame:
    """The frame of the map, once its values are on screen."""
    page.goto(address)
    return carte_frame(page)


def change(page: Page, carte: Frame, choice: str) -> None:
    before = carte.evaluate("document.body.dataset.version")
    page.get_by_text(choice, exact=True).click()
    carte.wait_for_function("(before) => document.body.dataset.version !== before", arg=before)


def test_every_zoom_level_carries_the_exact_sums(page: Page, address: str):
    carte = drawn(page, address)
    # 3 + 0 + 12 + 5 + 20 facts; all dwellings but the 70 outside the filter; one hidden, one not reported.
    assert {tuple(sums) for sums in carte.evaluate(LEVELS)} == {(40, 290, 7, 1, 1)}
    change(page, carte, "Biens")
    assert {tuple(sums) for sums in carte.evaluate(LEVELS)} == {(7, 290, 7, 0, 0)}


def test_other_values_leave_the_view_where_it_is_and_recolour_the_polygon(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate(LOOK_AT, [48.5, 2.1, 12])
    view, fill = carte.evaluate(VIEW), carte.evaluate(FILL)
    change(page, carte, "Biens")
    assert carte.evaluate(VIEW) == view
    assert (fill, carte.evaluate(FILL)) == ("#ffffff", "#387d8b")


def test_a_residence_clicked_comes_back_to_the_page_by_its_index(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate(LOOK_AT, [48.61, 2.30, 15])
    carte.locator(".symbole.seul").click()
    page.get_by_text("Choisi : residence 5").wait_for()
    carte.locator(".symbole.choisi").wait_for()


def test_a_polygon_is_chosen_with_the_keyboard(page: Page, address: str):
    carte = drawn(page, address)
    carte.locator("path[tabindex='0']").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Choisi : qpv QN07701M").wait_for()


def test_residences_at_one_spot_open_a_list_that_names_them(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate(LOOK_AT, [48.52, 2.15, 18])
    carte.locator(".symbole[data-count='2']").click()
    assert carte.locator(".liste button").all_inner_texts() == [
        "Résidence inventée C\u00a0: 12\u00a0faits recensés, 30\u00a0logements",
        "Résidence inventée D\u00a0: 5\u00a0faits recensés, 40\u00a0logements",
    ]


def test_the_states_of_a_residence_are_drawn_differently(page: Page, address: str):
    carte = drawn(page, address)
    seen = {}
    for index, place in {1: [48.51, 2.11], 4: [48.60, 2.20], 5: [48.61, 2.30]}.items():
        carte.evaluate(LOOK_AT, [*place, 18])
        symbol = carte.locator(".symbole.seul").first
        classes = set(symbol.get_attribute("class").split()) & {"zero", "nd", "sd"}
        seen[index] = (symbol.inner_text(), *classes)
    assert seen == {1: ("0", "zero"), 4: ("nd", "nd"), 5: ("—", "sd")}


def test_a_hostile_name_is_shown_as_text(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate(LOOK_AT, [48.50, 2.10, 18])
    carte.locator(".symbole.seul").first.hover()
    shown = carte.locator(".bulle").inner_text()
    assert "<img src=x onerror='window.hostile=1'> {{ 'abc' }} </script>" in shown
    assert carte.evaluate("window.hostile") is None


def test_the_map_asks_nothing_of_any_other_host(page: Page, address: str):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    drawn(page, address)
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert any("/positions/" in url for url in asked)


def test_positions_out_of_reach_are_said_on_the_map(page: Page, address: str):
    page.route("**/positions/**", lambda route: route.fulfill(status=404))
    page.goto(address)
    notice = page.frame_locator("iframe[src*='streamlit_folium']").get_by_role("alert")
    assert notice.inner_text() == "Carte incomplète\u00a0: rechargez la page"


def test_moving_the_map_chooses_nothing(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate("Streamlit.setComponentValue = (value) => { window.said = value; }")
    carte.evaluate("() => new Promise((done) => { carte.map.once('moveend', done); carte.map.panBy([80, 40]); })")
    assert carte.evaluate("window.said") is None
