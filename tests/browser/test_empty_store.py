from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Heard, without_basemap
from tests.browser.serving import APP, ready, serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def empty_site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on a store that did not exist a moment ago."""
    path: Path = tmp_path_factory.mktemp("vide") / "store.db"
    with serve(APP, without_basemap(path)) as address:
        yield address


@pytest.mark.parametrize("path", ["/", "/carte", "/tendances", "/circonscriptions", "/circonscriptions?service=1"])
def test_an_empty_store_has_its_sentence_and_its_way_out(page: Page, heard: Heard, empty_site: str, path: str):
    page.goto(empty_site + path)
    page.wait_for_selector("h1")
    ready(page)
    expect(page.locator("h1")).to_have_text("L’observatoire attend ses premières données")
    expect(page.locator(".o-chips")).to_contain_text("Aucune donnée importée")
    expect(page.locator(".o-empty")).to_contain_text("La base ne contient aucun fait")
    expect(page.locator(".o-empty")).to_contain_text("make demo")
    expect(page.locator(".o-fict")).to_have_count(0)
    expect(page.locator("a[aria-current='page']")).to_have_count(1)
    page.locator(".o-empty").get_by_role("link", name="Données").click()
    page.wait_for_url(f"{empty_site}/donnees")
    expect(page.locator("h1")).to_have_text("L’observatoire attend ses premiers registres")
    assert heard.errors == []


def test_import_page_of_an_empty_store_says_what_comes_first(page: Page, heard: Heard, empty_site: str):
    page.goto(f"{empty_site}/donnees")
    page.wait_for_selector("h1")
    ready(page)
    expect(page.locator("h1")).to_have_text("L’observatoire attend ses premiers registres")
    expect(page.locator(".o-empty")).to_contain_text("Importez d’abord une liste de résidences")
    expect(page.locator(".o-fict")).to_have_count(0)
    assert heard.errors == []
