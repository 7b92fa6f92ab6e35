"""The other pages in a real browser, on a store of a million facts: what a visitor waits for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.map_page import FLAGS, RUNS, VIEW, WAIT_MS, Figures, served
from tests.browser.conftest import chromium
from tests.browser.serving import DRAWN

ROWS, RESIDENCES = 1_000_000, 12_000
# Page, its address, and what marks its last figure.
PAGES = {
    "home": ("", ".o-src"),
    "trends": ("tendances", ".o-src"),
    "trends, funnel and concentration": ("tendances?onglet=Lieux", ".o-src"),
    "district": ("circonscriptions", ".o-src"),
}
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
        for name, (path, mark) in PAGES.items():
            _visit(browser, f"{address}/{path}", mark)  # warms the server
            for _ in range(RUNS):
                drawn, whole = _visit(browser, f"{address}/{path}", mark)
                told.add(f"{name}: page to drawn", drawn)
                told.add(f"{name}: page to the end of its script", whole)
        _changes(told, browser, f"{address}/tendances")
        browser.close()
    return told


def _visit(browser: Browser, url: str, mark: str) -> tuple[float, float]:
    """Milliseconds to the mark, and to the end of the script."""
    with _opened(browser) as page:
        start = time.perf_counter()
        page.goto(url)
        page.wait_for_selector(mark, timeout=WAIT_MS)
        drawn = time.perf_counter() - start
        page.wait_for_selector(DRAWN, timeout=WAIT_MS)
        return 1000 * drawn, 1000 * (time.perf_counter() - start)


def _changes(told: Figures, browser: Browser, url: str) -> None:
    """One severity more, then one less, each awaited in the figures and then to the end of the script."""
    with _opened(browser) as page:
        page.goto(url)
        page.wait_for_selector(".o-src", timeout=WAIT_MS)
        page.wait_for_selector(DRAWN, timeout=WAIT_MS)
        box = page.get_by_test_id("stMultiSelect").filter(has_text="Gravité").get_by_role("combobox")
        for number in range(CHANGES):
            before = page.evaluate(VALUES)
            if number % 2:
                last = partial(box.press, "Backspace")
            else:
                box.press("ArrowDown")
                last = partial(box.press, "Enter")
            start = time.perf_counter()
            last()
            page.wait_for_function(REDRAWN, arg=before, timeout=WAIT_MS)
            told.add("trends: change of filter to first figure redrawn", 1000 * (time.perf_counter() - start))
            page.wait_for_selector(DRAWN, timeout=WAIT_MS)
            told.add("trends: change of filter to the end of the script", 1000 * (time.perf_counter() - start))


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
