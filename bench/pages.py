"""The other pages in a real browser, on a store of a million facts: what a visitor waits for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.map_page import FLAGS, RUNS, VIEW, WAIT_MS, Figures, change_severity, served
from tests.browser.conftest import chromium
from tests.browser.serving import DRAWN

ROWS, RESIDENCES = 1_000_000, 12_000
PAGES = {
    "home": "",
    "trends": "tendances",
    "trends, funnel and concentration": "tendances?onglet=Lieux",
    "sheet of the whole": "circonscriptions",
    "sheet of a département": "circonscriptions?departement=01",
    "sheet of a service": "circonscriptions?service=1",
    "sheet of a residence": "circonscriptions?residence=1",
    "profile of a service": "circonscriptions?service=1&volet=Profil du lieu",
}
# From the sheet of the whole, the link followed at each level.
DESCENT = ("departement=", "service=", "commune=", "residence=")
# The foot of the page is there, and each figure has its lines.
SHOWN = """() => document.querySelector('.o-src') && !document.querySelector('[data-testid=stSkeleton]')
  && [...document.querySelectorAll('.stPlotlyChart')].every((chart) => chart.querySelector('.main-svg'))"""
CHANGES = 10
# The values of every figure, by which a redrawn one is told.
VALUES = (
    "() => JSON.stringify([...document.querySelectorAll('.js-plotly-plot')].map((one) => one.data.map((d) => d.y)))"
)
REDRAWN = f"(before) => {{ const now = ({VALUES})(); return now !== '[]' && now !== before; }}"


def measured() -> Figures:
    """Visits of each page, then changes of filter on the trends."""
    told = Figures(RESIDENCES)
    with served(ROWS, RESIDENCES) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        for name, path in PAGES.items():
            _visit(browser, f"{address}/{path}")  # warms the server
            for _ in range(RUNS):
                drawn, whole = _visit(browser, f"{address}/{path}")
                told.add(f"{name}: page to drawn", drawn)
                told.add(f"{name}: page to the end of its script", whole)
        _changes(told, browser, f"{address}/tendances")
        for _ in range(RUNS):
            _descent(told, browser, f"{address}/circonscriptions")
        browser.close()
    return told


def _visit(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds to the last figure, and to the end of the script if it is later."""
    with _opened(browser) as page:
        start = time.perf_counter()
        page.goto(url)
        page.wait_for_function(SHOWN, timeout=WAIT_MS)
        drawn = time.perf_counter() - start
        page.wait_for_selector(DRAWN, timeout=WAIT_MS)
        return 1000 * drawn, 1000 * (time.perf_counter() - start)


def _changes(told: Figures, browser: Browser, url: str) -> None:
    """One severity more, then one less, each awaited in the figures and then to the end of the script."""
    with _opened(browser) as page:
        page.goto(url)
        page.wait_for_function(SHOWN, timeout=WAIT_MS)
        page.wait_for_selector(DRAWN, timeout=WAIT_MS)
        for number in range(CHANGES):
            before = page.evaluate(VALUES)
            start = change_severity(page, number)
            page.wait_for_function(REDRAWN, arg=before, timeout=WAIT_MS)
            told.add("trends: change of filter to first figure redrawn", 1000 * (time.time() - start))
            page.wait_for_selector(DRAWN, timeout=WAIT_MS)
            told.add("trends: change of filter to the end of the script", 1000 * (time.time() - start))


def _descent(told: Figures, browser: Browser, url: str) -> None:
    """Each level reached by a click in the one above, until its last figure."""
    with _opened(browser) as page:
        page.goto(url)
        page.wait_for_function(SHOWN, timeout=WAIT_MS)
        for place in DESCENT:
            page.wait_for_selector(DRAWN, timeout=WAIT_MS)
            title = page.locator("h1").inner_text()
            start = time.perf_counter()
            page.locator(f"table.o-t th a[href*='{place}']").first.click()
            page.wait_for_function(
                f"(title) => document.querySelector('h1')?.innerText !== title && ({SHOWN})()", arg=title
            )
            told.add(f"next level, {place.rstrip('=')}", 1000 * (time.perf_counter() - start))


@contextmanager
def _opened(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=VIEW)
    yield context.new_page()
    context.close()


def table(told: Figures) -> list[str]:
    """Markdown: a row per measure."""
    return [
        "",
        f"## Pages in Chromium, {ROWS:,} facts, {RESIDENCES:,} residences",
        "",
        "Headless, 1920 × 1080, server warm, on the same two cores; twelve months and the twelve before. Milliseconds "
        f"of {RUNS} visits and {CHANGES} changes of filter. The alerts of the trends come after the figures, before "
        "the end of the script.",
        "",
        "| | median | min | max |",
        "|---|---|---|---|",
        *(
            f"| {name} | {median(runs):,.0f} | {min(runs):,.0f} | {max(runs):,.0f} |"
            for name, runs in told.runs.items()
        ),
    ]
