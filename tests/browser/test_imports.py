import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lib.store.engine import open_store
from lib.ui.import_words import JOINER
from tests.browser.conftest import Heard, without_basemap
from tests.browser.serving import APP, ready, serve
from tests.browser.test_accessibility import findings
from tests.conftest import with_nomenclature
from tests.factories import small_store

pytestmark = pytest.mark.browser
REGISTER = """N° de fiche;Code résidence;Date et heure;Nature;Lieu;Nom du locataire
F-1;R1;05/02/2026 18:30;Tags et graffitis;Hall;X
F-2;R2;14/02/2026;Tags et graffitis;Hall;W
F-3;R1;31/02/2026;Dépôt sauvage ou encombrants;Cave;Z
"""
HOSTILE = "![x](https://evil.example/p.png) :red[r] :material/delete: $x^2$ **g** <b>h</b> www.evil.example"
HEAD_PX, ROW_MIDDLE_PX = 36, 18  # of the grid: its headings, and the middle of its first row
TO_THE_DAY = 3  # columns from the line to «Date et heure»


@pytest.fixture
def own_site(browser: Browser, sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """The application on a store of real facts, which this test alone writes to."""
    with serve(APP, without_basemap(real_store(sqlite_template, tmp_path))) as address:
        yield address


@pytest.fixture
def hostile_site(browser: Browser, sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """The same, whose landlord has a name that is Markdown."""
    path = real_store(sqlite_template, tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update landlord set landlord_name = ? where landlord_id = 1", (HOSTILE,))
    with serve(APP, without_basemap(path)) as address:
        yield address


def real_store(template: Path, folder: Path) -> Path:
    path = folder / "store.db"
    path.write_bytes(template.read_bytes())
    engine = open_store(f"sqlite:///{path}")
    small_store(with_nomenclature(engine))
    engine.dispose()
    return path


def drawn(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("h1")
    return ready(page)


def given(page: Page, site: str) -> Page:
    """The register put in the page, tried, then imported."""
    drawn(page, f"{site}/donnees")
    file = {"name": "registre.csv", "mimeType": "text/csv", "buffer": REGISTER.encode()}
    page.set_input_files("input[type=file]", [file])
    page.get_by_role("button", name="Essayer sans rien écrire").click()
    said = "Lignes lues : 3 = acceptées 2 + déjà connues 0 + mises à jour 0 + à qualifier 0 + rejetées 1."
    expect(page.locator("p.o-said", has_text="Lignes lues")).to_contain_text(said)
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text("Ces faits sont dans")).to_be_visible()
    return ready(page)


def test_register_goes_from_the_file_to_the_map_and_the_trends(page: Page, heard: Heard, own_site: str):
    drawn(page, f"{own_site}/tendances")
    table = page.locator("table.o-t", has_text="Biens").first
    expect(table.locator("tr", has_text="Biens").locator("td").first).to_have_text(re.compile(r"→\s3$"))
    given(page, own_site)
    page.get_by_role("link", name="les tendances").click()
    expect(table.locator("tr", has_text="Biens").locator("td").first).to_have_text(re.compile(r"→\s5$"))
    drawn(page, f"{own_site}/carte")
    # The quarter of residence 1: three facts of the small store, and F-1.
    expect(page.locator("table.o-t", has_text="Les Essais")).to_contain_text("4")
    assert heard.errors == []


def test_rejected_row_is_corrected_in_place_and_becomes_a_fact(page: Page, own_site: str):
    given(page, own_site)
    grid = page.get_by_test_id("stDataFrame")
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 40, "y": HEAD_PX + ROW_MIDDLE_PX})
    for _ in range(TO_THE_DAY):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    typed = page.locator("#portal textarea")
    typed.fill("28/02/2026")
    typed.press("Enter")
    page.get_by_role("button", name=re.compile("1.ligne corrigée")).click()
    expect(page.get_by_text("Aucune ligne n’attend une correction.")).to_be_visible()
    drawn(page, f"{own_site}/circonscriptions?residence=1")
    expect(page.locator("table.o-t").last).to_contain_text("Dépôt sauvage ou encombrants")


def test_import_taken_back_leaves_the_page_as_it_was(page: Page, own_site: str):
    given(page, own_site)
    page.get_by_role("button", name="Annuler cet import…").click()
    page.get_by_role("button", name="Confirmer l’annulation").click()
    expect(page.get_by_text("2 faits retirés")).to_be_visible()
    expect(page.locator("table.o-t", has_text="registre.csv").locator("tr", has_text="registre.csv")).to_contain_text(
        "annulé"
    )
    drawn(page, own_site)
    expect(page.locator("dl.o-figs strong").first).to_have_text("6")


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)], ids=["wall", "phone"])
def test_no_step_has_a_serious_finding_nor_overflows(new_page: Callable[..., Page], own_site: str, size: tuple):
    page = new_page(viewport={"width": size[0], "height": size[1]})
    given(page, own_site)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_broken_file_is_told_in_one_french_sentence(page: Page, heard: Heard, own_site: str):
    drawn(page, f"{own_site}/donnees")
    file = {"name": "registre.xlsx", "mimeType": "text/csv", "buffer": b"PK\x03\x04" + b"x" * 80}
    page.set_input_files("input[type=file]", [file])
    expect(page.locator(".o-fail")).to_contain_text("Le classeur est endommagé")
    assert "Traceback" not in page.locator("[data-testid='stApp']").inner_text()
    assert heard.errors == []


def test_data_of_a_hostile_file_is_shown_as_it_is_and_asks_nothing_of_the_network(
    page: Page, heard: Heard, hostile_site: str
):
    drawn(page, f"{hostile_site}/donnees")
    register = (
        f"N° de fiche;Code résidence;Date et heure;Nature;Lieu;{HOSTILE}\n"
        f"F-1;R1;05/02/2026 18:30;{HOSTILE};{HOSTILE};{HOSTILE}\n"
        "F-2;R1;06/02/2026 18:30;Tags et graffitis;Hall;\n"
        "F-3;R1;07/02/2026 18:30;Tags et graffitis;Hall;\n"
    )
    file = {"name": f"{HOSTILE.replace('/', '_')}.csv", "mimeType": "text/csv", "buffer": register.encode()}
    page.set_input_files("input[type=file]", [file])
    expect(page.get_by_text("Ce qui a été compris")).to_be_visible()
    expect(page.get_by_text("Essai, puis import")).to_be_visible()
    labels = page.get_by_test_id("stWidgetLabel")
    label = labels.filter(has_text="1\u00a0ligne").first.inner_text().replace(JOINER, "")
    assert label.startswith(f"{HOSTILE} (1")
    ready(page)
    drawings = page.locator("[data-testid='stWidgetLabel'] :is(img, a, strong, .katex, [data-testid='stIconMaterial'])")
    assert drawings.count() == 0
    own = re.compile(rf"{re.escape(hostile_site)}/|data:|blob:")
    assert [address for address in heard.requests if not own.match(address)] == []
