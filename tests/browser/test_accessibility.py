import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page

from tests.browser.answers import WITH, Ask
from tests.browser.serving import carte_frame, ready

pytestmark = pytest.mark.browser
GRAVE = {"serious", "critical"}
# Frames are examined one by one: the map is in one that the script of the page does not reach.
OPTIONS = {"resultTypes": ["violations"], "iframes": False}
PATHS = ("/", "/carte", "/tendances", "/circonscriptions", "/priorites", "/interventions", "/donnees")
CHARTS_DRAWN = "() => document.querySelectorAll('.js-plotly-plot .main-svg').length > 8"


def findings(examined: Page | Frame) -> list[str]:
    """Serious and critical findings: rule, element, and what is wrong with it."""
    violations = Axe().run(examined, options=OPTIONS).response["violations"]
    return [
        f"{found['id']}: {node['target']} {node['html'][:200]}"
        for found in violations
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]


def drawn(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector(".o-src")
    return ready(page)


@pytest.mark.parametrize(
    "path", ["/", "/carte", "/tendances", "/circonscriptions", "/priorites", "/interventions", "/donnees"]
)
def test_no_page_has_a_serious_finding(page: Page, site: str, path: str):
    drawn(page, site + path)
    if path == "/tendances":
        page.wait_for_function(CHARTS_DRAWN)
    assert findings(page) == []


def test_no_level_of_the_drill_down_has_a_serious_finding(page: Page, site: str, ask: Ask):
    service, quarter, residence = ask(
        f"{WITH} SELECT service_id, qpv_code, residence_id FROM recent WHERE qpv_code <> '' LIMIT 1"
    )[0]
    for query in (f"service={service}", f"service={service}&quartier={quarter}", f"residence={residence}"):
        assert findings(drawn(page, f"{site}/circonscriptions?{query}")) == [], query


def test_the_map_itself_has_no_serious_finding_with_its_card_open(page: Page, site: str):
    carte = carte_frame(drawn(page, f"{site}/carte"))
    assert findings(carte) == []
    carte.locator("path[data-code][tabindex='0']").press("Enter")
    page.locator(".o-card").wait_for()
    assert findings(carte) + findings(page) == []


def test_a_refusal_and_an_empty_selection_have_no_serious_finding(page: Page, site: str):
    page.goto(f"{site}/circonscriptions?residence=999999")
    page.wait_for_selector(".o-empty")
    assert findings(ready(page)) == []
