import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from lib.figures.tokens import LIGHT
from tests.browser.serving import ROOT, carte_frame, serve
from tests.browser.test_accessibility import findings

pytestmark = pytest.mark.browser
APP = ROOT / "tests" / "browser" / "apps" / "carte_app.py"
LEVELS = """() => carte.clusters.levels.map((level) => ["facts", "homes", "count", "hidden", "missing"]
  .map((name) => level[name].reduce((a, b) => a + b, 0))).filter(Boolean)"""
VIEW = "() => [carte.map.getZoom(), carte.map.getCenter().lat, carte.map.getCenter().lng]"
LOOK_AT = "([lat, lng, zoom]) => void carte.map.setView([lat, lng], zoom, { animate: false })"
FILL = "() => document.querySelector('path[data-code]').getAttribute('fill')"
FILLS = "() => [...document.querySelectorAll('path[data-code]')].map((path) => path.getAttribute('fill'))"
EDGES_OF_VIEW = "() => ['South', 'West', 'North', 'East'].map((side) => carte.map.getBounds()[`get${side}`]())"
SAID = "() => { Streamlit.setComponentValue = (value) => { window.said = [...(window.said ?? []), value]; }; }"
# Boxes of the names written, then of all they must not touch: symbols, controls, dots.
LABELS = """() => [...document.querySelectorAll('.nom')].map((name) => {
  const { left, top, right, bottom } = name.firstElementChild.getBoundingClientRect();
  return [name.innerText, left, top, right, bottom]; })"""
OBSTACLES = """() => [...document.querySelectorAll('.symbole, .leaflet-control, path[aria-hidden]')].map((thing) => {
  const { left, top, right, bottom } = thing.getBoundingClientRect();
  return [thing.innerText ?? thing.getAttribute('class'), left, top, right, bottom]; })"""
# What a canvas, that of limits and veil unless told, has at a place: red, green, blue, opacity.
INK_UNDER = """([lat, lng, pane = 'limites']) => {
  const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
  const { x, y } = carte.map.latLngToContainerPoint([lat, lng]);
  const [drawn, seen] = [canvas, carte.map.getContainer()].map((box) => box.getBoundingClientRect());
  const at = [x + seen.left - drawn.left, y + seen.top - drawn.top].map((along) => along * canvas.width / drawn.width);
  return [...canvas.getContext('2d').getImageData(...at, 1, 1).data]; }"""
PANNED = "() => void carte.map.panBy([80, 40], { animate: false })"
PAPER, SEA = (tuple(bytes.fromhex(LIGHT[name].removeprefix("#"))) for name in ("paper", "sea"))
FOCUSED = "() => document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"


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


def switch(page: Page, carte: Frame, name: str) -> None:
    """Turns one of the switches of the page, and waits for the map that results."""
    before = carte.evaluate("document.body.dataset.version")
    page.get_by_text(name, exact=True).click()
    carte.wait_for_function("(before) => document.body.dataset.version !== before", arg=before)


@pytest.mark.parametrize("level", ["qpv", "qpv2015", "communes", "districts", "departements"])
def test_every_level_carries_its_values(page: Page, address: str, level: str):
    carte = drawn(page, f"{address}?niveau={level}")
    assert sorted(carte.evaluate(FILLS)) == ["#ffffff", "url(#hachures)"]
    change(page, carte, "Biens")
    assert sorted(carte.evaluate(FILLS)) == ["#387d8b", "url(#hachures)"]
    # The limit between the two services, whatever the level.
    assert max(carte.evaluate(INK_UNDER, [48.55 + step * 1e-3, 2.2])[3] for step in range(20)) > 0


@pytest.mark.parametrize(("level", "ground"), [("qpv", PAPER), ("communes", SEA), ("districts", SEA)])
def test_ground_is_white_only_where_white_is_no_zero(page: Page, address: str, level: str, ground: tuple[int, ...]):
    carte = drawn(page, f"{address}?niveau={level}")
    assert tuple(carte.evaluate(INK_UNDER, [48.55, 2.1, "fond"])[:3]) == ground


@pytest.mark.parametrize("level", ["qpv", "qpv2015"])
def test_quarters_of_both_generations_are_dots_from_afar(page: Page, address: str, level: str):
    carte = drawn(page, f"{address}?niveau={level}")
    carte.evaluate(LOOK_AT, [48.55, 2.2, 10])
    assert carte.locator("path[aria-hidden]").count() == 2
    carte.evaluate(LOOK_AT, [48.55, 2.2, 12])
    assert carte.locator("path[aria-hidden]").count() == 0


def test_a_change_is_coloured_by_its_sense_and_grey_when_it_may_be_chance(page: Page, address: str):
    carte = drawn(page, f"{address}?niveau=communes")
    change(page, carte, "Biens")
    switch(page, carte, "Évolution")
    assert sorted(carte.evaluate(FILLS)) == ["#8a4600", "#e3e6e6"]


def test_departements_left_out_are_dimmed_and_lit_again(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate(LOOK_AT, [48.55, 2.2, 11])
    inside, outside = [48.57, 2.08], [48.47, 2.36]
    assert carte.evaluate(INK_UNDER, outside)[3] == 0
    switch(page, carte, "Estomper")
    assert 0 < carte.evaluate(INK_UNDER, outside)[3] < 200, "a veil that one still sees through"
    assert carte.evaluate(INK_UNDER, inside)[3] == 0
    switch(page, carte, "Estomper")
    assert carte.evaluate(INK_UNDER, outside)[3] == 0


def test_a_search_leads_the_view_once(page: Page, address: str):
    page.emulate_media(reduced_motion="reduce")
    carte = drawn(page, address)
    switch(page, carte, "Aller à l’est")
    zoom, latitude, longitude = carte.evaluate(VIEW)
    assert (zoom > 11, round(latitude, 1), round(longitude, 1)) == (True, 48.6, 2.3)
    carte.evaluate(LOOK_AT, [48.5, 2.1, 12])
    change(page, carte, "Biens")
    assert carte.evaluate(VIEW) == [12, 48.5, 2.1]


def test_the_surroundings_of_a_place_are_drawn_and_named_on_demand(page: Page, address: str):
    carte = drawn(page, address)
    ring = carte.locator(".leaflet-perimetre-pane path[stroke-dasharray]")
    assert ring.count() == 0
    switch(page, carte, "Périmètre")
    assert ring.get_attribute("stroke-dasharray") == "4 6"
    carte.locator(".nom.anneau", has_text="À moins de 300 m du quartier").wait_for()
    switch(page, carte, "Périmètre")
    assert ring.count() == 0
    expect(carte.locator(".nom.anneau")).to_have_count(0)


def test_the_view_is_told_when_asked_and_only_when_it_changes(page: Page, address: str):
    carte = drawn(page, address)
    assert page.get_by_text("Vue : rien").count() == 1
    switch(page, carte, "Suivre")
    told = page.get_by_text(re.compile(r"^Vue : 48"))
    told.wait_for()
    first = told.inner_text()
    carte.evaluate(PANNED)
    expect(told).not_to_have_text(first)
    south, west, north, east = (float(degrees) for degrees in told.inner_text().removeprefix("Vue : ").split())
    assert carte.evaluate(EDGES_OF_VIEW) == pytest.approx([south, west, north, east], abs=1e-4)
    assert page.get_by_text("Choisi : rien").count() == 1, "a view is no choice"
    carte.evaluate(SAID)
    carte.evaluate("carte.map.fire('moveend')")
    page.wait_for_timeout(500)  # longer than the delay of the map: nothing must come
    assert carte.evaluate("window.said") is None


def test_a_choice_carries_the_view_that_is_followed(page: Page, address: str):
    carte = drawn(page, address)
    switch(page, carte, "Suivre")
    page.get_by_text(re.compile(r"^Vue : 48")).wait_for()
    carte.evaluate(SAID)
    carte.evaluate(PANNED)
    carte.locator("path[tabindex='0']").press("Enter")
    said = carte.wait_for_function("() => window.said?.find(({ code }) => code)").json_value()
    assert (said["niveau"], said["code"], len(said["vue"])) == ("qpv", "QN07701M", 4)


def test_a_choice_waits_until_the_page_rests(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate(SAID)
    state = "(state) => { document.querySelector('[data-testid=stApp]').dataset.testScriptState = state; }"
    page.evaluate(state, "running")
    carte.locator("path[tabindex='0']").press("Enter")
    page.wait_for_timeout(300)
    assert carte.evaluate("window.said") is None
    page.evaluate(state, "notRunning")
    carte.wait_for_function("() => window.said?.length === 1 && window.said[0].code === 'QN07701M'")


def test_halls_are_written_beside_their_residence_in_the_street(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate(LOOK_AT, [48.51, 2.11, 16])
    page.wait_for_timeout(300)  # longer than the delay of the labels: nothing must come
    assert carte.locator(".nom.hall").count() == 0
    carte.evaluate(LOOK_AT, [48.51, 2.11, 17])
    carte.locator(".nom.hall", has_text="A-1, A-2, B").wait_for()
    symbol = carte.get_by_role("button", name="Résidence inventée B, halls A-1, A-2, B, 0\u00a0fait recensé")
    symbol.hover()
    assert "halls A-1, A-2, B" in carte.locator(".bulle").inner_text()
    carte.evaluate(LOOK_AT, [48.61, 2.30, 18])
    long = carte.locator(".nom.hall", has_text="H1").inner_text()
    assert (long[:8], long[-1], len(long) <= 41) == ("H1, H2, ", "…", True)


def test_residences_to_treat_are_named_and_the_first_of_them_filled(page: Page, address: str):
    carte = drawn(page, address)
    carte.evaluate(LOOK_AT, [48.60, 2.20, 14])
    page.wait_for_timeout(300)  # longer than the delay of the labels: nothing must come
    assert carte.locator(".nom", has_text="Résidence").count() == 0
    assert carte.locator(".symbole.fort").count() == 0
    switch(page, carte, "Nommer")
    carte.locator(".nom.fort", has_text="Résidence inventée E").wait_for()
    filled = carte.get_by_role("button", name="Résidence inventée E, hall C")
    expect(filled).to_have_class(re.compile(r"\bfort\b"))
    expect(carte.locator(".symbole.fort")).to_have_count(1)
    carte.evaluate(LOOK_AT, [48.55, 2.2, 8])
    expect(carte.locator(".symbole.fort:not(.seul)")).to_have_count(1)  # its cluster is filled with it
    switch(page, carte, "Nommer")
    expect(carte.locator(".symbole.fort")).to_have_count(0)


def touching(boxes: list, others: list) -> list[tuple[str, str]]:
    """Names of those whose boxes overlap by more than a pixel."""
    return [
        (name, other)
        for name, left, top, right, bottom in boxes
        for other, to_left, to_top, to_right, to_bottom in others
        if left < to_right - 1 and to_left < right - 1 and top < to_bottom - 1 and to_top < bottom - 1
    ]


@pytest.mark.parametrize("level", ["qpv", "communes", "departements"])
def test_no_label_lies_over_anything(page: Page, address: str, level: str):
    carte = drawn(page, f"{address}?niveau={level}")
    switch(page, carte, "Périmètre")
    written = 0
    for zoom in range(9, 19):
        carte.evaluate(LOOK_AT, [48.51, 2.11, zoom])
        page.wait_for_timeout(200)  # the delay of the labels
        labels = carte.evaluate(LABELS)
        written += len(labels)
        assert touching(labels, carte.evaluate(OBSTACLES)) == [], zoom
        assert [pair for pair in touching(labels, labels) if pair[0] != pair[1]] == [], zoom
    assert written > 9


def test_the_wheel_scrolls_the_page_and_zooms_with_ctrl(page: Page, address: str):
    carte = drawn(page, address)
    view = carte.evaluate(VIEW)
    page.locator("iframe[src*='streamlit_folium']").hover()
    page.mouse.wheel(0, 200)
    carte.locator(".geste.vu", has_text="Ctrl + molette pour agrandir la carte").wait_for()
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 100")
    assert carte.evaluate(VIEW) == view
    page.keyboard.down("Control")
    page.locator("iframe[src*='streamlit_folium']").hover()
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    carte.wait_for_function("(zoom) => carte.map.getZoom() > zoom", arg=view[0])


@pytest.fixture
def finger(new_page: Callable[..., Page], address: str) -> tuple[Page, Frame, Callable]:
    """A phone, its map, and fingers: each call is one event with the places of all that touch the screen."""
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    carte = drawn(page, address)
    box = page.locator("iframe[src*='streamlit_folium']")
    box.scroll_into_view_if_needed()
    frame = box.bounding_box()
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": frame["x"] + x, "y": frame["y"] + y, "id": rank} for rank, (x, y) in enumerate(places)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return page, carte, touch


def test_one_finger_scrolls_the_page_and_says_that_two_move_the_map(finger: tuple):
    page, carte, touch = finger
    view = carte.evaluate(VIEW)
    before = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    touch("touchStart", (150, 200))
    for step in range(1, 9):
        touch("touchMove", (150, 200 - 15 * step))
    carte.locator(".geste.vu", has_text="Utilisez deux doigts pour déplacer la carte").wait_for()
    touch("touchEnd")
    page.wait_for_function(
        "(before) => document.querySelector('[data-testid=stMain]').scrollTop > before + 50", arg=before
    )
    assert carte.evaluate(VIEW) == view


def test_two_fingers_move_the_map_and_not_the_page(finger: tuple):
    page, carte, touch = finger
    longitude = carte.evaluate(VIEW)[2]
    before = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    touch("touchStart", (100, 150), (220, 150))
    for step in range(1, 9):
        touch("touchMove", (100 + 10 * step, 150), (220 + 10 * step, 150))
    touch("touchEnd")
    carte.wait_for_function("(longitude) => carte.map.getCenter().lng < longitude - 0.02", arg=longitude)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == before


def test_the_keyboard_moves_and_zooms_the_map(page: Page, address: str):
    carte = drawn(page, address)
    zoom, _, longitude = carte.evaluate(VIEW)
    carte.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowRight")
    carte.wait_for_function("(longitude) => carte.map.getCenter().lng > longitude", arg=longitude)
    page.keyboard.press("+")
    carte.wait_for_function("(zoom) => carte.map.getZoom() > zoom", arg=zoom)


def test_a_link_leads_past_the_symbols(page: Page, address: str):
    carte = drawn(page, address)
    stops = "a[href], button, [tabindex='0']"
    assert carte.evaluate("(stops) => document.querySelector(stops).innerText", stops) == "Passer la carte"
    link = carte.get_by_role("link", name="Passer la carte")
    link.focus()
    assert link.bounding_box()["width"] > 100, "seen when it has the focus"
    page.keyboard.press("Enter")
    assert carte.evaluate(FOCUSED) == "Réduire"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") != "IFRAME"


def test_a_screen_reader_hears_what_a_move_shows_and_what_is_chosen(page: Page, address: str):
    carte = drawn(page, address)
    heard = carte.locator("[role='status'][aria-live='polite']")
    assert heard.all_inner_texts() == ["", ""]
    carte.evaluate(LOOK_AT, [48.515, 2.13, 14])
    expect(heard.first).to_have_text("2\u00a0symboles à l’écran, 17\u00a0faits recensés")
    carte.evaluate(LOOK_AT, [48.45, 2.38, 14])
    expect(heard.first).to_have_text("Aucun symbole à l’écran")
    carte.evaluate(LOOK_AT, [48.61, 2.30, 15])
    carte.locator(".symbole.seul").click()
    expect(heard.last).to_contain_text(
        "Choisi\u00a0: Résidence inventée F\u00a0: faits non renseignés, 60\u00a0logements"
    )


def test_the_map_is_named_and_without_serious_finding(page: Page, address: str):
    carte = drawn(page, address)
    switch(page, carte, "Périmètre")
    carte.evaluate(LOOK_AT, [48.51, 2.11, 17])
    carte.locator(".nom.hall").wait_for()
    assert findings(carte) == []
    expect(carte.locator("body")).to_match_aria_snapshot("""
      - link "Passer la carte"
      - region "Carte d’essai carte":
        - button "Résidence inventée B, halls A-1, A-2, B, 0 fait recensé, 20 logements, choisir"
        - button "Agrandir"
        - button "Réduire"
    """)


def test_two_maps_on_one_page_do_not_mix(page: Page, address: str):
    page.goto(f"{address}?cartes=2")
    frames = page.locator("iframe[src*='streamlit_folium']")
    expect(frames).to_have_count(2)
    left, right = (frame.content_frame() for frame in frames.element_handles())
    for carte in (left, right):
        carte.wait_for_function("() => document.body.dataset.version")
    other = right.evaluate(VIEW)
    left.evaluate(LOOK_AT, [48.5, 2.1, 14])
    assert right.evaluate(VIEW) == other
    right.locator("path[tabindex='0']").press("Enter")
    page.get_by_text("Choisi : qpv QN07701M").wait_for()
    assert page.get_by_text("Choisi : rien").count() == 1
    for carte in (left, right):
        assert {tuple(sums) for sums in carte.evaluate(LEVELS)} == {(40, 290, 7, 1, 1)}
