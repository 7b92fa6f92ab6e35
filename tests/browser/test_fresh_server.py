from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import without_basemap
from tests.browser.serving import APP, ready, serve

pytestmark = pytest.mark.browser
ADDRESSES = {
    "/": ("Accueil", "toutes familles"),
    "/carte": ("Carte", "toutes familles"),
    "/tendances?familles=Biens&forces=Gendarmerie": ("Tendances", "famille Biens, tous départements, gendarmerie"),
    "/circonscriptions": ("Circonscriptions", "toutes familles"),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_first_request_of_a_server_opens_the_page_in_its_frame(page: Page, demo_path: Path, address: str):
    name, said = ADDRESSES[address]
    with serve(APP, without_basemap(demo_path)) as site:
        page.goto(site + address)
        page.wait_for_selector("h1")
        ready(page)
        expect(page.locator("a[aria-current='page']")).to_have_text(name)
        expect(page.locator("p.o-said")).to_contain_text(said)
        expect(page.locator(".o-sub")).to_contain_text(said)
        expect(page.locator(".o-fict")).to_contain_text("Données fictives")
        expect(page.locator(".o-chips")).to_contain_text("Couverture déclarative")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator(".o-fail")).to_have_count(0)
        assert page.url == site + address
