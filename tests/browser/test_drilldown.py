from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.answers import WITH, Ask, number, one
from tests.browser.conftest import page_of
from tests.browser.serving import ready

pytestmark = pytest.mark.browser
FAMILY = "familles=Biens"
TRAIL = "nav[aria-label='Fil d’Ariane']"


@pytest.fixture(scope="module")
def busiest(ask: Ask) -> tuple[str, str, str]:
    """Service, quarter and residence with most facts against property, each inside the one before."""
    return ask(
        f"""{WITH} SELECT service_id, qpv_code, residence_id FROM recent
        WHERE family_code = 'BIE' AND qpv_code <> '' GROUP BY 1, 2, 3 ORDER BY count(*) DESC LIMIT 1"""
    )[0]


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
def descended(visitor: Page, site: str, busiest: tuple) -> list[tuple[str, str]]:
    """Address and head of the list, a service, a quarter and a residence, reached by clicks."""
    visitor.goto(f"{site}/circonscriptions?{FAMILY}")
    steps = [(visitor.url, head(visitor))]
    for place, key in zip(("service", "quartier", "residence"), busiest, strict=True):
        said = follow(visitor, link_to(visitor, place, key))
        steps.append((visitor.url, said))
    return steps


def test_each_level_counts_the_facts_of_its_place(descended: list, busiest: tuple, ask: Ask):
    service, quarter, residence = busiest
    conditions = {
        f"service_id = {service}": descended[1],
        f"service_id = {service} AND qpv_code = '{quarter}'": descended[2],
        f"residence_id = {residence}": descended[3],
    }
    for condition, (_, said) in conditions.items():
        count = one(ask, f"SELECT count(*) FROM recent WHERE family_code = 'BIE' AND {condition}")
        assert f"\u00a0: {number(count)}\u00a0faits recensés en 12 mois" in said


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
    for address, said in descended[-2::-1]:
        assert follow(page, page.locator(f"{TRAIL} a").last) == said
        assert page.url == address


def test_a_commune_and_its_residences_are_reached_from_the_service(page: Page, site: str, busiest: tuple, ask: Ask):
    service = busiest[0]
    commune, name, count = ask(
        f"""{WITH} SELECT commune_code, commune_name, count(*) FROM recent JOIN commune USING (commune_code)
        WHERE service_id = ? GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1""",
        service,
    )[0]
    page.goto(f"{site}/circonscriptions?service={service}")
    head(page)
    assert f"{name}\u00a0: {number(count)}\u00a0faits" in follow(page, link_to(page, "commune", commune))
    residences = one(ask, f"SELECT count(*) FROM let_now WHERE commune_code = '{commune}'")
    assert page.locator("table.o-t tbody tr").count() == min(40, residences)
