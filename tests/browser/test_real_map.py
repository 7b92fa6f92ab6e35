"""The 13,776 points of the Val-d'Oise on the map; the facts are invented, one a service."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import APP, Heard, without_basemap
from tests.browser.serving import carte_frame, ready, serve
from tests.real.told import told_store

pytestmark = [pytest.mark.browser, pytest.mark.real]
POINTS, DWELLINGS, SERVICES = 13_776, 132_028, 21
# Facts, residences and dwellings of the symbols, whatever their level of clusters.
EVERY_LEVEL = """() => carte.clusters.levels.map((level) => ["facts", "count", "homes"]
  .map((name) => level[name].reduce((a, b) => a + b, 0))).filter(Boolean)"""
HERE = "() => document.querySelectorAll('.symbole').length"


@pytest.fixture(scope="module")
def real_site(browser, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("val-doise") / "store.db"
    told_store(f"sqlite:///{path}", real_data).dispose()
    with serve(APP, without_basemap(path)) as address:
        yield address


def test_every_real_residence_is_drawn_with_its_dwellings_and_survives_a_change_of_level(
    real_site: str, new_page: Callable[..., Page], heard: Heard
):
    page = new_page()
    page.goto(f"{real_site}/carte?niveau=Commune&periode=Mois+choisis&de=août+2026&a=septembre+2026")
    page.wait_for_selector("h1")
    ready(page)
    carte = carte_frame(page)
    levels = carte.evaluate(EVERY_LEVEL)
    assert levels
    assert {tuple(level) for level in levels} == {(SERVICES, POINTS, DWELLINGS)}
    assert carte.evaluate(HERE) > 1
    page.goto(f"{real_site}/carte?niveau=QPV&periode=Mois+choisis&de=août+2026&a=septembre+2026")
    ready(page)
    assert {tuple(level) for level in carte_frame(page).evaluate(EVERY_LEVEL)} == {(SERVICES, POINTS, DWELLINGS)}
    assert heard.errors == []
    assert all(request.startswith((real_site, "data:", "blob:")) for request in heard.requests)
