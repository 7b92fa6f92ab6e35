import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.answers import WITH, Ask, number, one, rates
from tests.browser.serving import carte_frame, ready

pytestmark = pytest.mark.browser
VIEW = "() => [carte.map.getZoom(), carte.map.getCenter().lat, carte.map.getCenter().lng]"
LOOK_AT = "([lat, lng, zoom]) => void carte.map.setView([lat, lng], zoom, { animate: false })"
ON_SCREEN = """() => ["facts", "count", "homes"].map((name) => [...document.querySelectorAll(".symbole")]
  .reduce((total, symbol) => total + Number(symbol.dataset[name]), 0))"""
EVERY_LEVEL = """() => carte.clusters.levels.map((level) => ["facts", "count", "homes"]
  .map((name) => level[name].reduce((a, b) => a + b, 0))).filter(Boolean)"""
CENTRE_OF = """(code) => { let at; carte.group.eachLayer((layer) => {
  if (layer.feature.properties.code === code) at = layer.getBounds().getCenter(); }); return [at.lat, at.lng]; }"""
# Where a pointer meets the dot of a quarter itself, not a symbol that lies over it: its code and its place.
FREE_DOT = """() => { let free = null; carte.group.eachLayer((layer) => {
  const { x, y } = carte.map.latLngToContainerPoint(layer.getBounds().getCenter());
  const met = document.elementFromPoint(x, y);
  if (!free && met && met.matches("path[aria-hidden]")) free = [layer.feature.properties.code, x, y]; });
  return free; }"""
SAID = "p.o-said"
TAB_LIMIT = 150


@pytest.fixture
def carte(page: Page, site: str) -> Frame:
    page.goto(f"{site}/carte")
    page.wait_for_selector("h1")
    ready(page)
    return carte_frame(page)


def sums(ask: Ask, condition: str = "1") -> tuple[float, ...]:
    """Facts of the period, residences let at its end and their dwellings, by plain SQL."""
    return (
        one(ask, f"SELECT count(*) FROM recent WHERE {condition}"),
        one(ask, "SELECT count(*) FROM let_now WHERE latitude IS NOT NULL"),
        one(ask, "SELECT sum(dwelling_count) FROM let_now WHERE latitude IS NOT NULL"),
    )


def choose_family(page: Page, carte: Frame, family: str) -> None:
    before = carte.evaluate("document.body.dataset.version")
    box = page.get_by_role("combobox", name="Famille de faits")
    box.fill(family)
    box.press("Enter")
    box.press("Escape")
    carte.wait_for_function("(before) => document.body.dataset.version !== before", arg=before)
    expect(page.locator(SAID)).to_contain_text(f"famille {family}")


def test_symbols_add_up_to_the_facts_of_the_store(carte: Frame, ask: Ask):
    expected = sums(ask)
    assert tuple(carte.evaluate(ON_SCREEN)) == expected
    assert {tuple(level) for level in carte.evaluate(EVERY_LEVEL)} == {expected}


def test_a_filter_redraws_the_numbers_and_keeps_the_view(page: Page, carte: Frame, ask: Ask):
    everything = carte.evaluate(VIEW)
    carte.evaluate(LOOK_AT, [48.63, 2.44, 12])
    view = carte.evaluate(VIEW)
    choose_family(page, carte, "Biens")
    assert carte.evaluate(VIEW) == view
    expected = sums(ask, "family_code = 'BIE'")
    assert expected[0] < sums(ask)[0]
    assert {tuple(level) for level in carte.evaluate(EVERY_LEVEL)} == {expected}
    carte.evaluate(LOOK_AT, [*everything[1:], everything[0]])
    assert tuple(carte.evaluate(ON_SCREEN)) == expected


def test_the_table_beside_the_map_follows_the_filter(page: Page, carte: Frame, ask: Ask):
    choose_family(page, carte, "Biens")
    counted = dict(
        ask(f"{WITH} SELECT qpv_name, count(*) FROM recent WHERE family_code = 'BIE' AND qpv_code <> '' GROUP BY 1")
    )
    first = max(counted, key=lambda name: counted[name])
    row = page.locator(".st-key-maptable tbody tr").first
    expect(row.locator("th")).to_contain_text(first)
    # The count, then the dwellings behind it.
    expect(row.locator("td").first).to_have_text(re.compile(rf"^{number(counted[first])}\d"))


def quarter_card(page: Page, ask: Ask, code: str) -> None:
    """The card shows the numbers that the table gives, and both those of the store."""
    name = ask("SELECT qpv_name FROM qpv WHERE qpv_code = ?", code)[0][0]
    figures = rates(ask, "qpv_code")[code]
    card = page.locator(".o-card", has=page.locator(f"h3:has-text('{name}')"))
    card.wait_for()
    row = page.locator(f".st-key-maptable tr:has(a[href*='quartier={code}'])")
    for cell, value in enumerate(figures):
        assert row.locator("td").nth(cell).inner_text().split("\n")[0] == value
        assert card.locator("dd").nth(cell).inner_text().split("\n")[0] == value


def follow_to_sheet(page: Page, link: str, query: str) -> None:
    title = page.locator("h1").inner_text()
    name = page.locator(".o-card h3").first.inner_text().split(",")[0]
    page.get_by_role("link", name=link).click()
    page.wait_for_url(re.compile(rf"/circonscriptions\?{query}$"))
    expect(page.locator("h1")).not_to_have_text(title)
    expect(page.locator("h1")).to_contain_text(name)


def test_a_quarter_clicked_shows_the_numbers_of_the_table(page: Page, carte: Frame, ask: Ask):
    code = ask(f"{WITH} SELECT qpv_code FROM recent WHERE qpv_code <> '' GROUP BY 1 ORDER BY count(*) DESC")[2][0]
    carte.evaluate(LOOK_AT, [*carte.evaluate(CENTRE_OF, code), 15])
    carte.locator(f"path[data-code='{code}']").dispatch_event("click")
    quarter_card(page, ask, code)
    follow_to_sheet(page, "Ouvrir la fiche du quartier", f"quartier={code}")


def test_the_dot_of_a_quarter_answers_as_its_outline_does(page: Page, carte: Frame, ask: Ask):
    carte.evaluate("document.documentElement.scrollIntoView()")
    code, x, y = carte.evaluate(FREE_DOT)
    carte.locator(".leaflet-container").click(position={"x": x, "y": y})
    quarter_card(page, ask, code)


def test_a_first_click_does_not_move_the_page_under_the_pointer(page: Page, carte: Frame):
    main = page.locator("[data-testid='stMain']")
    before = main.evaluate("(main) => main.scrollTop")
    carte.locator(".leaflet-container").click(position={"x": 20, "y": 300})
    assert main.evaluate("(main) => main.scrollTop") == before


def test_a_residence_clicked_shows_its_numbers_and_its_sheet(page: Page, carte: Frame, ask: Ask):
    key, name, latitude, longitude, count = ask(
        f"""{WITH} SELECT residence_id, residence_name, latitude, longitude, n FROM let_now
        JOIN (SELECT residence_id, count(*) AS n FROM recent GROUP BY 1) USING (residence_id)
        WHERE n > 20 AND qpv_2024_status = 'outside' ORDER BY n DESC, residence_id LIMIT 1"""
    )[0]
    carte.evaluate(LOOK_AT, [latitude, longitude, 18])
    carte.get_by_role("button", name=f"{name}, {number(count)}\u00a0faits recensés").click()
    card = page.locator(".o-card", has=page.locator("h3", has_text=name))
    card.wait_for()
    assert card.locator("dt").all_inner_texts()[:2] == ["Bailleur", "Faits"]
    assert card.locator("dd").nth(1).inner_text().split("\n")[0] == number(count)
    follow_to_sheet(page, "Ouvrir la fiche de la résidence", f"residence={key}")
    expect(page.locator("h1")).to_contain_text(f"{number(count)}\u00a0faits recensés")


def test_the_table_is_reached_and_opened_with_the_keyboard_alone(page: Page, carte: Frame):
    assert carte.evaluate("carte.now.version")
    title = page.locator("h1").inner_text()
    inside = "Boolean(document.activeElement.closest('.st-key-maptable'))"
    reached = next((True for _ in range(TAB_LIMIT) if page.keyboard.press("Tab") or page.evaluate(inside)), False)
    assert reached
    name = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    page.wait_for_url("**/circonscriptions?quartier=*")
    expect(page.locator("h1")).not_to_have_text(title)
    expect(page.locator("h1")).to_contain_text(name)


@pytest.fixture
def opened_with(page: Page, site: str) -> Callable[[str], Frame]:
    def at(query: str) -> Frame:
        page.goto(f"{site}/carte?{query}")
        return carte_frame(page)

    return at


def test_a_filter_in_the_address_is_drawn_at_once(opened_with: Callable, ask: Ask):
    carte = opened_with("forces=Gendarmerie")
    expected = one(ask, "SELECT count(*) FROM recent WHERE force = 'GN'")
    assert carte.evaluate(ON_SCREEN)[0] == expected
