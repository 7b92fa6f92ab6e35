"""The ranking of places, alone and behind a slider in a real browser: what a committee waits for at each weight."""

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Page, sync_playwright

from bench.map_page import FLAGS, RUNS, VIEW, WAIT_MS, Figures
from bench.volume import Volume, fill
from lib.analysis.criteria import DEFAULT_WEIGHTS, Unit, place_criteria
from lib.analysis.priorities import drawn, ranking
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.snapshot.signals import residence_signals
from lib.store.engine import open_store
from tests.browser.conftest import chromium, without_basemap
from tests.browser.serving import APP, DRAWN, serve

# One residence in four has under 50 dwellings and is not ranked: about 12,000 are.
FACTS, RESIDENCES, DRAWS, CHANGES = 1_000_000, 15_600, 2_000, 20
YEAR = Period(date(2025, 11, 1), date(2026, 11, 1))
SLIDER = ".st-key-poids-severity input[type=range]"
LISTED = "() => [...document.querySelectorAll('.o-rank')].map((one) => one.innerText).join()"
REDRAWN = f"(before) => {{ const now = ({LISTED})(); return now && now !== before; }}"


def measured() -> tuple[int, Figures]:
    """Places ranked, and the milliseconds of each step; then those of the page."""
    told = Figures(RESIDENCES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        engine = open_store(f"sqlite:///{path}")
        fill(engine, Volume(FACTS, RESIDENCES))
        count = _steps(told, build(engine))
        engine.dispose()
        with serve(APP, without_basemap(path)) as address:
            _page(told, f"{address}/priorites")
    return count, told


def _steps(told: Figures, snapshot: Snapshot) -> int:
    chosen, scope = IncidentFilter(YEAR), Scope.everything()

    def timed(name: str, step: Callable):
        start = time.perf_counter()
        found = step()
        told.add(name, 1000 * (time.perf_counter() - start))
        return found

    count = 0
    for _ in range(RUNS):
        rows = timed("question of the store", lambda: residence_signals(snapshot, chosen=chosen, scope=scope))
        criteria = timed("criteria", lambda rows=rows: place_criteria(rows, Unit.RESIDENCE))
        places = timed(
            "draws, kept for a selection",
            lambda criteria=criteria: drawn(criteria, Unit.RESIDENCE, rng=np.random.default_rng(1), draws=DRAWS),
        )
        timed("ranking", lambda places=places: ranking(places, DEFAULT_WEIGHTS, rng=np.random.default_rng(1)))
        count = len(places.place_keys)
    return count


def _page(told: Figures, url: str) -> None:
    """Visits, then one step of a weight more and one less, until the list is drawn anew."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        for number in range(RUNS + 1):
            page = browser.new_context(viewport=VIEW).new_page()
            start = time.perf_counter()
            page.goto(url)
            page.wait_for_function(REDRAWN, arg="", timeout=WAIT_MS)
            name = "first visit: page to list" if number == 0 else "page to list"
            told.add(name, 1000 * (time.perf_counter() - start))
            page.wait_for_selector(DRAWN, timeout=WAIT_MS)
            if number < RUNS:
                page.context.close()
        page.locator(".st-key-poids-tiroir summary").click()
        for number in range(CHANGES):
            _changed(told, page, "ArrowLeft" if number % 2 else "ArrowRight")
        browser.close()


def _changed(told: Figures, page: Page, key: str) -> None:
    before = page.evaluate(LISTED)
    slider = page.locator(SLIDER)
    slider.focus()
    start = time.perf_counter()
    slider.press(key)
    page.wait_for_function(REDRAWN, arg=before, timeout=WAIT_MS)
    told.add("weight moved to list redrawn", 1000 * (time.perf_counter() - start))
    page.wait_for_selector(DRAWN, timeout=WAIT_MS)
    told.add("weight moved to the end of the script", 1000 * (time.perf_counter() - start))
    page.wait_for_timeout(300)


def table(count: int, told: Figures) -> list[str]:
    """Markdown: a row per measure."""
    return [
        "",
        f"## Priorities: {count:,} residences ranked × {DRAWS:,} draws, {FACTS:,} facts",
        "",
        f"Steps alone, medians of {RUNS} runs in one process; then the page in Chromium, server warm, on the same two "
        f"cores: {RUNS} visits and {CHANGES} moves of a weight. Milliseconds.",
        "",
        "| | median | min | max |",
        "|---|---|---|---|",
        *(
            f"| {name} | {median(runs):,.0f} | {min(runs):,.0f} | {max(runs):,.0f} |"
            for name, runs in told.runs.items()
        ),
    ]
