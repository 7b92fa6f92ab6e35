import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import icalendar
import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import Heard, page_of, without_basemap
from tests.browser.serving import APP, ready, serve
from tests.browser.test_accessibility import findings
from tests.browser.test_journey import english

pytestmark = pytest.mark.browser
TITLE = "Rondes coordonnées du soir"
SENT_MS = 500  # a field is sent a moment after it is left


@pytest.fixture(scope="module")
def own_site(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on a demonstration that these tests alone write to."""
    path = shutil.copy(demo_path, tmp_path_factory.mktemp("interventions") / "store.db")
    with serve(APP, without_basemap(path)) as address:
        yield address


def drawn(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("h1")
    return ready(page)


def follow(page: Page, name: str) -> None:
    """A link of the page followed until the next page has its title."""
    before = page.locator("h1").inner_text()
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator("h1")).not_to_have_text(before)
    ready(page)


def write(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")
    page.wait_for_timeout(SENT_MS)
    ready(page)


def choose(page: Page, label: str, words: str) -> None:
    """An option found by some of its words; a list that opens while the page scrolls to it is closed at once."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(SENT_MS)
    box.fill(words)
    page.get_by_role("option").filter(has_text=words).first.click()
    page.wait_for_timeout(SENT_MS)
    ready(page)


def press(page: Page, name: str) -> None:
    """Presses a button, in the name of the landlord where it asks for a name that nobody has given yet."""
    author = page.get_by_role("combobox", name="Au nom de")
    if name.startswith("Enregistrer") and not author.input_value():
        choose(page, "Au nom de", "Bailleur")
    page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture(scope="module")
def proposed(browser: Browser, own_site: str) -> Iterator[tuple[Page, str]]:
    """Who went from the map to the priorities and proposed an action for the first place; and its address."""
    page = page_of(browser)
    drawn(page, f"{own_site}/carte")
    follow(page, "Priorités")
    place = page.locator("article.o-rank h3").first.inner_text()
    follow(page, "Proposer une intervention")
    expect(page.get_by_text(re.compile(f"^{re.escape(place)}"))).to_be_visible()
    write(page, "Titre", TITLE)
    write(page, "Problème", "Halls occupés chaque soir.")
    press(page, "Enregistrer")
    expect(page.locator("h1")).to_have_text(TITLE)
    yield page, page.url
    page.context.close()


def test_action_proposed_from_a_priority_is_reopened_in_another_browser(
    proposed: tuple[Page, str], new_page: Callable[..., Page], heard: Heard
):
    other = drawn(new_page(), proposed[1])
    expect(other.locator("h1")).to_have_text(TITLE)
    expect(other.locator(".o-card")).to_contain_text("Halls occupés chaque soir.")
    expect(other.get_by_label("Titre", exact=True)).to_have_value(TITLE)
    assert heard.errors == []


def test_two_who_write_at_once_are_brought_together_and_each_change_is_in_the_history(
    proposed: tuple[Page, str], new_page: Callable[..., Page]
):
    first, second = drawn(new_page(), proposed[1]), drawn(new_page(), proposed[1])
    write(first, "Problème", "Halls occupés, portes forcées.")
    write(second, "Problème", "Halls occupés, menaces.")
    write(second, "Moyens", "Deux équipages le vendredi.")
    press(first, "Enregistrer")
    expect(first.locator(".o-card")).to_contain_text("portes forcées")
    press(second, "Enregistrer")
    expect(second.get_by_role("alert").filter(has_text="modifiée")).to_be_visible()
    for words in ("Halls occupés, portes forcées.", "Halls occupés, menaces."):
        expect(second.get_by_role("radiogroup").get_by_text(words)).to_be_visible()
    assert findings(ready(second)) == []
    press(second, "Enregistrer la version réunie")
    expect(second.get_by_role("alert").filter(has_text="Choisissez une version")).to_be_visible()
    second.get_by_role("radiogroup").get_by_text("Halls occupés, menaces.").click()
    ready(second)
    press(second, "Enregistrer la version réunie")
    card = second.locator(".o-card")
    expect(card).to_contain_text("menaces")
    expect(card).to_contain_text("Deux équipages le vendredi.")
    changes = second.locator("table.o-t", has_text="Ce qui a changé").locator("tbody tr")
    expect(changes).to_have_count(3)
    assert [row.split("\t")[1].split("\u00a0:")[0] for row in changes.all_inner_texts()] == [
        "Problème",
        "Problème",
        "Création de l’intervention",
    ]
    first.reload()
    first.wait_for_selector("h1")
    expect(first.get_by_label("Moyens", exact=True)).to_have_value("Deux équipages le vendredi.")


def test_next_meeting_opens_on_what_was_done_since_the_last(
    proposed: tuple[Page, str], new_page: Callable[..., Page], own_site: str
):
    page = drawn(new_page(), f"{own_site}/interventions?registre=Réunions")
    follow(page, "Préparer une réunion")
    expect(page.get_by_role("heading", name="Ce qui a été fait depuis")).to_be_visible()
    choose(page, "Intervention liée à la décision 1", TITLE)
    choose(page, "Au nom de", "Bailleur")
    page.get_by_label("Décision 1", exact=True).press_sequentially("Passer chaque soir dans les halls.")
    press(page, "Enregistrer la réunion")  # at once: what was just typed is stored
    expect(page.get_by_role("heading", name="Décisions de cette réunion")).to_be_visible()
    ready(page)
    expect(page.get_by_label("Libellé", exact=True)).to_have_count(1)  # the form of the new meeting is gone
    write(page, "Libellé", "Bilan du trimestre")
    press(page, "Enregistrer la réunion")
    changes = page.locator("table.o-t", has_text="Ce qui a changé").locator("tbody tr")
    expect(changes).to_have_count(2)
    expect(changes.first).to_contain_text("Version 2")
    expect(changes.first).to_contain_text("Bailleur")
    expect(changes.first).to_contain_text("Libellé\u00a0: — → Bilan du trimestre")
    expect(changes.last).to_contain_text("Création de la réunion")
    assert findings(drawn(page, page.url)) == []
    drawn(page, f"{own_site}/interventions?registre=Réunions")
    follow(page, "Préparer une réunion")
    line = page.locator("table.o-t", has_text="Où elle en est").locator("tr", has_text="Passer chaque soir")
    expect(line).to_contain_text(TITLE)
    expect(line).to_contain_text("Proposée")
    assert findings(page) == []


def test_two_who_write_one_meeting_lose_no_word(new_page: Callable[..., Page], own_site: str):
    first, second = (drawn(new_page(), f"{own_site}/interventions?reunion=2") for _ in range(2))
    write(first, "Libellé", "Point de l’été")
    press(first, "Ajouter une décision")
    write(first, "Décision 3", "Écrire aux bailleurs.")
    press(first, "Enregistrer la réunion")
    expect(first.locator(".o-card")).to_contain_text("Point de l’été")
    write(second, "Libellé", "Bilan de l’été")
    press(second, "Ajouter une décision")
    write(second, "Décision 3", "Écrire aux maires.")
    press(second, "Enregistrer la réunion")
    expect(second.get_by_role("alert").filter(has_text="modifiée")).to_be_visible()
    assert findings(ready(second)) == []
    press(second, "Enregistrer la réunion")
    expect(second.get_by_role("alert").filter(has_text="en désaccord\u00a0: libellé")).to_be_visible()
    second.get_by_role("radiogroup").get_by_text("Point de l’été").click()
    expect(second.get_by_label("Libellé", exact=True)).to_have_value("Point de l’été")
    press(ready(second), "Enregistrer la réunion")
    expect(second.get_by_role("radiogroup")).to_have_count(0)
    minutes = second.locator("table.o-t", has_text="Pilote")
    for words in ("Écrire aux bailleurs.", "Écrire aux maires."):
        expect(minutes).to_contain_text(words)
    expect(second.locator(".o-card")).to_contain_text("Point de l’été")


@pytest.mark.parametrize("viewport", [{"width": 1920, "height": 1080}, {"width": 390, "height": 844}], ids=str)
def test_action_is_put_on_the_record_of_a_meeting_from_its_sheet(
    new_page: Callable[..., Page], own_site: str, viewport: dict
):
    page = drawn(new_page(viewport=viewport), f"{own_site}/interventions?intervention=3")
    name = page.locator("h1").inner_text()
    follow(page, "Porter à une réunion")
    written = page.get_by_label(re.compile("^Décision "))
    expect(written.last).to_have_value(name)
    press(page, "Enregistrer la réunion")
    minutes = page.locator("table.o-t", has_text="Pilote")
    expect(minutes.get_by_role("link", name=name)).to_be_visible()


def test_printed_meeting_is_its_minutes_and_printed_action_its_facts(page: Page, site: str):
    for path, shown in (("reunion=3", "Décisions de cette réunion"), ("intervention=6", "L’intervention")):
        drawn(page, f"{site}/interventions?{path}")
        fields = page.locator("main, [data-testid='stMain']").locator("textarea, input, button:has-text('Enregistrer')")
        expect(page.get_by_role("button", name=re.compile("^Enregistrer"))).to_be_visible()  # the form comes last
        expect(fields.nth(5)).to_be_attached()
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", name=shown)).to_be_visible()
        assert not any(one.is_visible() for one in fields.all())
        for name in ("Historique", "Modifier"):
            expect(page.get_by_role("heading", name=name)).to_have_count(0)
        page.emulate_media(media="screen")


def taken(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        press(page, f"Télécharger ({name})")
    return Path(download.value.path()).read_bytes()


def test_register_is_taken_away_as_files_that_say_the_same(proposed: tuple[Page, str], own_site: str):
    page = drawn(proposed[0], f"{own_site}/interventions")
    titles = page.locator("table.o-t tbody th a").all_inner_texts()
    assert TITLE in titles
    lines = list(csv.reader(io.StringIO(taken(page, "CSV").decode("utf-8-sig")), delimiter=";"))
    column = lines[3].index("Titre")
    assert [line[column] for line in lines[4:]] == titles
    assert "Données fictives" in lines[0][1]
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken(page, "XLSX")))
    sheet = book.get_sheet_by_index(0).to_python()
    assert [row[column] for row in sheet[4:]] == titles
    events = icalendar.Calendar.from_ical(taken(page, "agenda")).walk("VEVENT")
    summaries = [str(event["summary"]) for event in events]
    assert any("Échéance\u00a0: Remise en état de l’éclairage" in said for said in summaries)
    assert sum("Réunion\u00a0: Comité de pilotage (COPIL)" in said for said in summaries) >= 3


PATHS = ["/priorites", "/interventions", "/interventions?registre=Réunions", "/interventions?nouvelle=sans-lieu"]


@pytest.mark.parametrize("path", [*PATHS, "/interventions?intervention=1", "/interventions?reunion=1"])
def test_no_view_has_a_serious_finding_nor_a_word_of_english(page: Page, heard: Heard, site: str, path: str):
    drawn(page, site + path)
    assert findings(page) == []
    assert english(page) == []
    assert heard.errors == []


@pytest.mark.parametrize("path", [*PATHS, "/interventions?intervention=1", "/interventions?reunion=1"])
def test_nothing_scrolls_sideways_on_a_phone(new_page: Callable[..., Page], site: str, path: str):
    page = drawn(new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True), site + path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("[data-testid='stMain']").evaluate("(main) => main.scrollWidth <= main.clientWidth")


def test_address_that_leads_nowhere_is_one_french_sentence(page: Page, site: str):
    page.goto(f"{site}/interventions?nouvelle=residence:999999")
    expect(page.locator(".o-empty")).to_contain_text("Ce lieu n’existe pas")
    assert "Traceback" not in page.locator("[data-testid='stApp']").inner_text()
