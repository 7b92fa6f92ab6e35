import json
import re
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from lib.figures.tokens import LIGHT
from lib.maps.values import NO_DATA
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
FILLS = "() => [...document.querySelectorAll('path[data-code]')].map((path) => path.getAttribute('fill'))"
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


def test_commune_without_residence_is_not_drawn_as_one_without_fact(page: Page, site: str, ask: Ask):
    page.goto(f"{site}/carte?niveau=Commune")
    drawn = Counter(carte_frame(ready(page)).evaluate(FILLS))
    told = one(ask, "SELECT count(DISTINCT commune_code) FROM let_now")
    assert drawn[LIGHT["sea"]] == drawn.total() - told > told
    assert 0 < drawn["#ffffff"] < told
    expect(page.locator(".o-leg").first).to_contain_text("aucune résidence dans la sélection")


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
        assert card.locator("dd").nth(cell).inner_text().split("\n")[0].split(" pour")[0] == value


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
    carte.get_by_role("button", name=re.compile(rf"^{name}, .*{count} faits recensés")).click()
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


def pick(page: Page, name: str, value: str) -> None:
    """Chooses in a select box with the keyboard; its list closes when the page scrolls, so that it scrolls before."""
    box = page.get_by_role("combobox", name=name, exact=True)
    ready(page)
    box.evaluate("(box) => box.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box.fill(value)
    page.get_by_role("option", name=value, exact=True).wait_for()
    box.press("Enter")


def updated(carte: Frame, condition: str) -> None:
    carte.wait_for_function(f"() => {condition}")


LEVELS = {
    "QPV": ("qpv", "qpv_code"),
    "Commune": ("communes", "commune_code"),
    "Circonscription": ("districts", "service_id"),
    "Département": ("departements", "substr(commune_code, 1, 2)"),
}


@pytest.mark.parametrize("level", LEVELS)
def test_facts_written_on_the_map_are_those_of_the_store(opened_with: Callable, ask: Ask, level: str):
    layer, key = LEVELS[level]
    carte = opened_with(f"niveau={level}&mesure=Faits&familles=Trafics")
    counted = ask(f"{WITH} SELECT {key}, count(*) FROM recent WHERE family_code = 'TRA' GROUP BY 1")
    expected = {str(code): number(count) for code, count in counted if code}
    drawn = carte.evaluate("carte.now.labels")
    assert carte.evaluate("carte.now.level") == layer
    assert {code: text for code, text in drawn.items() if text not in {"0", "—"}} == expected


def test_complaint_rate_on_the_map_is_that_of_the_store(opened_with: Callable, ask: Ask):
    carte = opened_with("niveau=Circonscription&mesure=Taux+de+plainte")
    counted = ask(
        f"{WITH} SELECT service_id, sum(is_eligible AND is_filed), sum(is_eligible) FROM recent "
        "WHERE service_id IS NOT NULL GROUP BY 1"
    )
    drawn = carte.evaluate("carte.now.values")
    for service, filed, eligible in counted:
        state, words = drawn[str(service)]
        assert f"sur {number(eligible)}\u00a0fait" in words
        assert (state == NO_DATA) == (eligible < 10)
        assert (state == "zero") == (eligible >= 10 and filed == 0)


def test_level_and_measure_are_chosen_and_kept_in_the_address(page: Page, carte: Frame):
    pick(page, "Niveau", "Commune")
    updated(carte, "carte.now.level === 'communes'")
    pick(page, "Mesure", "Évolution")
    updated(carte, "carte.now.scale === 'diverging'")
    page.wait_for_url(
        re.compile(r"/carte\?.*mesure=%C3%89volution.*niveau=Commune|niveau=Commune.*mesure=%C3%89volution")
    )
    expect(page.locator("h1")).to_contain_text("significative")


def test_address_opened_by_somebody_else_gives_the_same_view(page: Page, carte: Frame, new_page: Callable):
    pick(page, "Niveau", "Circonscription")
    updated(carte, "carte.now.level === 'districts'")
    page.locator(".st-key-maptable a", has_text="situer").first.click()
    updated(carte, "carte.now.selection")
    page.get_by_role("slider").press("ArrowLeft")
    page.wait_for_url(re.compile("mois="))
    updated(carte, "carte.now.selection")
    ready(page)
    other = new_page()
    other.goto(page.url)
    frame = carte_frame(other)
    updated(
        carte, f"JSON.stringify(carte.now.values) === {json.dumps(frame.evaluate('JSON.stringify(carte.now.values)'))}"
    )
    for part in ("level", "labels", "selection"):
        assert frame.evaluate(f"carte.now.{part}") == carte.evaluate(f"carte.now.{part}")
    assert other.locator("h1").inner_text() == page.locator("h1").inner_text()
    assert other.locator(".o-card").inner_text() == page.locator(".o-card").inner_text()


def test_search_flies_to_the_place_and_shows_its_card(page: Page, carte: Frame, ask: Ask):
    name, code = ask("SELECT qpv_name, qpv_code FROM qpv WHERE generation = 2024 ORDER BY qpv_code LIMIT 1")[0]
    before = carte.evaluate(VIEW)
    box = page.get_by_role("textbox", name="Chercher un lieu")
    box.fill(name.upper().replace("É", "E"))
    box.press("Enter")
    page.locator(".st-key-mapfound").get_by_role("button", name=re.compile(rf"^{name}, QPV")).click()
    page.locator(".o-card h3", has_text=name).wait_for()
    carte.wait_for_function("([zoom]) => carte.map.getZoom() > zoom", arg=before)
    assert carte.evaluate("carte.now.selection") == ["qpv", code]
    page.wait_for_url(re.compile(f"choix=qpv%3A{code}"))


def test_ring_of_a_quarter_is_drawn_on_demand(page: Page, opened_with: Callable, ask: Ask):
    code = ask("SELECT qpv_code FROM qpv WHERE generation = 2024 ORDER BY qpv_code LIMIT 1")[0][0]
    carte = opened_with(f"choix=qpv:{code}")
    assert carte.evaluate("carte.now.ring") is None
    page.get_by_text("Afficher le périmètre de 300").click()
    updated(carte, "carte.now.ring")
    assert carte.evaluate("carte.now.ring.name").startswith("À moins de 300\u00a0m du QPV")


def test_table_follows_the_map_when_asked(page: Page, carte: Frame):
    rows = page.locator(".st-key-maptable tbody tr")
    expect(rows).to_have_count(40)
    page.get_by_text("Suivre la carte").click()
    updated(carte, "carte.now.tellsView")
    carte.evaluate(LOOK_AT, [48.63, 2.44, 13])
    expect(rows).not_to_have_count(40)
    expect(page.locator(".o-sec", has_text="dans la vue")).to_be_visible()


def test_view_that_the_table_follows_is_opened_by_somebody_else(page: Page, carte: Frame, new_page: Callable):
    page.get_by_text("Suivre la carte").click()
    updated(carte, "carte.now.tellsView")
    carte.evaluate(LOOK_AT, [48.63, 2.44, 13])
    page.wait_for_url(re.compile("vue=48"))
    kept = page.locator(".o-sec", has_text="dans la vue")
    expect(kept).to_be_visible()
    other = new_page()
    other.goto(page.url)
    frame = carte_frame(other)
    frame.wait_for_function("() => carte.map.getZoom() > 12")
    zoom, latitude, longitude = frame.evaluate(VIEW)
    assert abs(zoom - 13) <= 0.5
    assert (latitude, longitude) == pytest.approx((48.63, 2.44), abs=0.01)


def test_two_periods_stand_side_by_side_with_the_same_classes(page: Page, opened_with: Callable, ask: Ask):
    opened_with("comparer=C%C3%B4te+%C3%A0+c%C3%B4te&mesure=Faits")
    frames = page.locator("iframe[src*='streamlit_folium']")
    expect(frames).to_have_count(2)
    sums_shown = []
    for handle in frames.element_handles():
        inside = handle.content_frame()
        assert inside is not None
        inside.wait_for_function("() => document.body.dataset.version")
        sums_shown.append(inside.evaluate(EVERY_LEVEL)[0][0])
    assert sums_shown == [one(ask, f"SELECT count(*) FROM {table}") for table in ("earlier", "recent")]


def test_months_run_to_the_end_and_stop(page: Page, carte: Frame):
    months = page.get_by_role("slider")
    months.press("ArrowLeft")
    months.press("ArrowLeft")
    page.wait_for_url(re.compile("mois="))
    title = page.locator("h1")
    expect(title).to_contain_text("jusqu’au")
    classes = page.locator(".o-leg li").all_inner_texts()
    page.get_by_role("button", name="Lecture").click()
    page.get_by_role("button", name="Arrêter").wait_for()
    page.get_by_role("button", name="Lecture").wait_for()
    expect(title).not_to_contain_text("jusqu’au")
    assert "mois=" not in page.url
    assert page.locator(".o-leg li").all_inner_texts() == classes


def test_every_control_is_used_with_the_keyboard_alone(page: Page, carte: Frame):
    find = page.locator(".st-key-maptable a", has_text="situer").first
    find.focus()
    page.keyboard.press("Enter")
    page.locator(".o-card h3").wait_for()
    page.wait_for_url(re.compile("choix=qpv"))
    pick(page, "Trier par", "Nom")
    page.wait_for_url(re.compile("tri=Nom"))
    pick(page, "Comparer", "Différence")
    updated(carte, "carte.now.scale === 'diverging'")


@pytest.mark.parametrize("kind", ["CSV", "XLSX"])
def test_table_is_taken_away_as_a_file(page: Page, carte: Frame, kind: str):
    with page.expect_download() as given:
        page.get_by_role("button", name=f"Télécharger ({kind})").click()
    assert given.value.suggested_filename == f"carte-qpv-2026-10.{kind.lower()}"
    content = given.value.path().read_bytes()
    if kind == "CSV":
        lines = content.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("Sélection;12 mois jusqu’au 31 octobre 2026")
        assert len([line for line in lines if line.startswith("QPV;QN")]) == 40
    else:
        assert content.startswith(b"PK")


def test_phone_shows_the_whole_map_page_without_scrolling_sideways(new_page: Callable, site: str):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{site}/carte?niveau=Circonscription&mesure=%C3%89volution")
    carte_frame(page)
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    width = page.locator("iframe[src*='streamlit_folium']").bounding_box()
    assert width is not None
    assert width["width"] > 300
