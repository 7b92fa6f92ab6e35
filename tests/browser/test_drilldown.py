import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.answers import WITH, Ask, number, one
from tests.browser.conftest import page_of
from tests.browser.serving import ready
from tests.browser.test_accessibility import findings

pytestmark = pytest.mark.browser
FAMILY = "familles=Biens"
STEPS = ("departement", "force", "service", "quartier", "residence", "hall")
TRAIL = "nav[aria-label='Fil d’Ariane']"


class Busiest(NamedTuple):
    """Where most facts against property of one hall are, each place inside the one before."""

    departement: str
    force: str
    service: str
    quartier: str
    residence: str
    batiment: str
    hall: str


@pytest.fixture(scope="module")
def busiest(ask: Ask) -> Busiest:
    rows = ask(
        f"""{WITH} SELECT departement_code, force, service_id, qpv_code, residence_id, building_code, hall_code
        FROM recent JOIN commune USING (commune_code)
        WHERE family_code = 'BIE' AND qpv_code <> '' AND building_code <> '' AND hall_code <> ''
        GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY count(*) DESC LIMIT 1"""
    )
    return Busiest(*rows[0])


def head(page: Page) -> str:
    page.wait_for_selector(".o-src")
    ready(page)
    return page.locator("header.o-head").inner_text()


def follow(page: Page, link: Locator) -> str:
    """The head of the page that the link leads to."""
    title = page.locator("h1").inner_text()
    link.click()
    expect(page.locator("h1")).not_to_have_text(title)
    return head(page)


def link_to(page: Page, place: str, key: object) -> Locator:
    return page.locator(f"table.o-t th a[href*='{place}={key}']").first


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[Page]:
    """The one who goes down: the history of this page is what back and forward walk."""
    page = page_of(browser)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def descended(visitor: Page, site: str, busiest: Busiest) -> list[tuple[str, str]]:
    """Address and head of the list, then of each level from the département to the hall, reached by clicks."""
    visitor.goto(f"{site}/circonscriptions?{FAMILY}")
    steps = [(visitor.url, head(visitor))]
    for place in STEPS:
        said = follow(visitor, link_to(visitor, place, getattr(busiest, place)))
        steps.append((visitor.url, said))
    return steps


def test_each_level_counts_the_facts_of_its_place(descended: list, busiest: Busiest, ask: Ask):
    service = f"service_id = {busiest.service}"
    residence = f"residence_id = {busiest.residence}"
    hall = f"building_code = '{busiest.batiment}' AND hall_code = '{busiest.hall}'"
    conditions = [
        f"departement_code = '{busiest.departement}'",
        f"departement_code = '{busiest.departement}' AND force = '{busiest.force}'",
        service,
        f"{service} AND qpv_code = '{busiest.quartier}'",
        residence,
        f"{residence} AND {hall}",
    ]
    for condition, (_, said) in zip(conditions, descended[1:], strict=True):
        facts = "recent JOIN commune USING (commune_code)"
        count = one(ask, f"SELECT count(*) FROM {facts} WHERE family_code = 'BIE' AND {condition}")
        assert re.search(f"\u00a0: {number(count)}\u00a0faits? recensés? en 12 mois", said), condition


def test_filters_survive_each_level(descended: list):
    for address, said in descended:
        assert FAMILY in address
        assert "famille Biens" in said


def test_each_address_opened_elsewhere_shows_the_same_head(descended: list, new_page: Callable[..., Page]):
    elsewhere = new_page()
    for address, said in descended:
        elsewhere.goto(address)
        assert head(elsewhere) == said


def test_back_and_forward_walk_the_levels(visitor: Page, descended: list):
    moves = [(visitor.go_back, step) for step in descended[-2::-1]]
    moves += [(visitor.go_forward, step) for step in descended[1:]]
    for move, (address, said) in moves:
        title = visitor.locator("h1").inner_text()
        move()
        expect(visitor.locator("h1")).not_to_have_text(title)
        assert (visitor.url, head(visitor)) == (address, said)


def test_the_trail_leads_back_up_with_the_filters(page: Page, descended: list):
    page.goto(descended[-1][0])
    head(page)
    labels = page.locator(f"{TRAIL} li").all_inner_texts()
    assert labels[0] == "Circonscriptions"
    follow(page, page.locator(f"{TRAIL} a").last)  # the building, between the hall and the residence
    for address, said in descended[-2::-1]:
        assert follow(page, page.locator(f"{TRAIL} a").last) == said
        assert page.url == address


def test_the_keyboard_alone_goes_down_and_up(page: Page, site: str, busiest: Busiest):
    page.goto(f"{site}/circonscriptions?{FAMILY}")
    head(page)
    for place in ("departement", "service", "residence"):
        title = page.locator("h1").inner_text()
        link = page.locator(f"table.o-t a[href*='{place}={getattr(busiest, place)}']").first
        link.focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).not_to_have_text(title)
        head(page)
    title = page.locator("h1").inner_text()
    page.locator(f"{TRAIL} a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).not_to_have_text(title)
    assert "service" not in page.url


@pytest.mark.parametrize("tab", ["Profil du lieu", "Criminalité enregistrée"])
def test_each_tab_of_a_service_is_an_address_without_a_serious_finding(
    page: Page, site: str, busiest: Busiest, tab: str
):
    page.goto(f"{site}/circonscriptions?service={busiest.service}&volet={tab}")
    head(page)
    expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
    assert findings(page) == []


def test_sheet_prints_on_one_page(page: Page, site: str, busiest: Busiest, tmp_path: Path):
    page.goto(f"{site}/circonscriptions?service={busiest.service}")
    head(page)
    page.wait_for_selector(".js-plotly-plot .main-svg")
    path = tmp_path / "fiche.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) == 1


def test_a_commune_and_its_residences_are_reached_from_the_service(page: Page, site: str, busiest: Busiest, ask: Ask):
    service = busiest.service
    commune, name, count = ask(
        f"""{WITH} SELECT commune_code, commune_name, count(*) FROM recent JOIN commune USING (commune_code)
        WHERE service_id = ? GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1""",
        service,
    )[0]
    page.goto(f"{site}/circonscriptions?service={service}")
    head(page)
    assert f"{name}\u00a0: {number(count)}\u00a0faits" in follow(page, link_to(page, "commune", commune))
    residences = one(ask, f"SELECT count(*) FROM let_now WHERE commune_code = '{commune}'")
    listed = page.locator("table.o-t", has=page.locator("thead th", has_text=re.compile("^Résidence$")))
    assert listed.locator("tbody tr").count() == min(40, residences)
