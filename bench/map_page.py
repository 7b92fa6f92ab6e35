"""The map page in a real browser: what a visitor waits for, what travels, what the server spends."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Frame, Page, sync_playwright

from bench.volume import Volume, fill
from lib.store.engine import open_store
from tests.browser.conftest import chromium, without_basemap
from tests.browser.serving import APP, serve

RUNS, CHANGES = 5, 50
FACTS_PER_RESIDENCE, MOST_FACTS = 20, 1_000_000
VIEW = {"width": 1920, "height": 1080}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CLOCK_TICKS_PER_S = 100
WAIT_MS = 60_000
SEVERITY = "2, trouble"  # what one types to find it
# Frames drawn while the map moves at every one of them, for two seconds.
PAN = """() => new Promise((done) => {
  const start = performance.now(); let frames = 0, worst = 0, last = start;
  const step = (now) => {
    worst = Math.max(worst, now - last); last = now; frames += 1;
    carte.map.panBy([Math.sin(frames / 9) * 9, Math.cos(frames / 9) * 9], { animate: false });
    if (now - start < 2000) requestAnimationFrame(step); else done([frames / (now - start) * 1000, worst]);
  };
  requestAnimationFrame(step);
})"""


@dataclass
class Figures:
    """Runs of each measure, by its name with its unit."""

    residences: int
    runs: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """One more run."""
        self.runs.setdefault(name, []).append(value)


def measured(residences: int) -> Figures:
    """The page over a store of so many residences: five visits, then fifty changes of filter on one page."""
    told = Figures(residences)
    facts = min(FACTS_PER_RESIDENCE * residences, MOST_FACTS)
    with served(facts, residences) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        _visit(browser, address)  # warms the server
        for _ in range(RUNS):
            _visits(told, browser, address)
        _changes(told, browser, address)
        browser.close()
    return told


@contextmanager
def served(facts: int, residences: int) -> Iterator[str]:
    """Address of the application over an invented store, until the block is left."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        engine = open_store(f"sqlite:///{path}")
        fill(engine, Volume(facts, residences))
        engine.dispose()
        with serve(APP, without_basemap(path)) as address:
            yield address


def _visit(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=VIEW)
    page = context.new_page()
    page.goto(f"{address}/carte")
    _drawn(page)
    context.close()


def _visits(told: Figures, browser: Browser, address: str) -> None:
    """A browser that never came, then the same again."""
    context = browser.new_context(viewport=VIEW)
    for name in ("first visit", "second visit"):
        page = context.new_page()
        heard = _Traffic(context.new_cdp_session(page))
        start = time.time()
        page.goto(f"{address}/carte")
        told.add(f"{name}: page to drawn map (ms)", _drawn(page) - 1000 * start)
        told.add(f"{name}: downloaded (kB)", heard.taken() / 1000)
        page.close()
    context.close()


def _changes(told: Figures, browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=VIEW)
    page = context.new_page()
    session = context.new_cdp_session(page)
    heard = _Traffic(session)
    page.goto(f"{address}/carte")
    _drawn(page)
    frames_s, worst_ms = _frame(page).evaluate(PAN)
    told.add("panning (frames/s)", frames_s)
    told.add("panning, worst frame (ms)", worst_ms)
    heap_mb = _heap_mb(session)
    for number in range(CHANGES):
        _changed(told, page, heard, number)
    told.add(f"browser heap before {CHANGES} changes (MB)", heap_mb)
    told.add(f"browser heap after {CHANGES} changes (MB)", _heap_mb(session))
    for _ in range(RUNS):
        page.wait_for_timeout(500)
        heard.taken()
        page.keyboard.press("r")
        page.wait_for_timeout(2000)
        told.add("unchanged rerun (kB)", heard.taken() / 1000)
    context.close()


def _changed(told: Figures, page: Page, heard: "_Traffic", number: int) -> None:
    """One severity more, then one less: what is said is what the map redraws."""
    frame = _frame(page)
    before, spent_ms = frame.evaluate("document.body.dataset.version"), _server_ms(page)
    heard.taken()
    start = change_severity(page, number)
    frame.wait_for_function("(before) => document.body.dataset.version !== before", arg=before, timeout=WAIT_MS)
    told.add("change of filter to redrawn map (ms)", frame.evaluate("drawnAt") - 1000 * start)
    page.wait_for_selector("[data-test-script-state='notRunning']", timeout=WAIT_MS)
    page.wait_for_timeout(300)
    told.add("change of filter: travelled (kB)", heard.taken() / 1000)
    told.add("change of filter: processor of the server (ms)", _server_ms(page) - spent_ms)


def change_severity(page: Page, number: int) -> float:
    """Chooses a severity, or at odd numbers takes it away; returns the instant, in seconds since 1970."""
    box = page.get_by_test_id("stMultiSelect").filter(has_text="Gravité").get_by_role("combobox")
    key = "Backspace" if number % 2 else "Enter"
    if key == "Enter":
        box.press_sequentially(SEVERITY)
    start = time.time()
    box.press(key)
    return start


class _Traffic:
    """Bytes that a page received, as compressed on the wire; websocket messages as they are."""

    def __init__(self, session: CDPSession) -> None:
        self._bytes = 0.0
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))
        session.on("Network.webSocketFrameReceived", lambda event: self._add(_size(event["response"])))

    def _add(self, count: float) -> None:
        self._bytes += count

    def taken(self) -> float:
        """What came since it was last asked."""
        count, self._bytes = self._bytes, 0.0
        return count


def _size(frame: dict) -> float:
    is_binary = frame["opcode"] == 2  # told in base 64
    return len(frame["payloadData"]) * (0.75 if is_binary else 1)


def _frame(page: Page) -> Frame:
    return next(frame for frame in page.frames if "streamlit_folium" in frame.url)


def _drawn(page: Page) -> float:
    """Instant at which the map was drawn, in milliseconds since 1970."""
    page.wait_for_selector("iframe[src*='streamlit_folium']", timeout=WAIT_MS)
    frame = _until(lambda: next((one for one in page.frames if "streamlit_folium" in one.url), None), page)
    frame.wait_for_function("() => document.body && document.body.dataset.version", timeout=WAIT_MS)
    return frame.evaluate("drawnAt")


def _until(found: Callable[[], Frame | None], page: Page) -> Frame:
    while (frame := found()) is None:
        page.wait_for_timeout(20)
    return frame


def _heap_mb(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize") / 1e6


def _server_ms(page: Page) -> float:
    """Processor time of the server of this page since it began, from the kernel."""
    port = page.url.split(":")[2].split("/")[0]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = f"--server.port={port}".encode() in (folder / "cmdline").read_bytes().split(b"\0")
            fields = (folder / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if is_ours:
            return 1000 / CLOCK_TICKS_PER_S * (int(fields[11]) + int(fields[12]))
    raise RuntimeError(f"no server on port {port}")


def table(all_told: list[Figures]) -> list[str]:
    """Markdown: a row per measure, a column per number of residences, medians."""
    names = list(dict.fromkeys(name for told in all_told for name in told.runs))
    heads = [f"{told.residences:,} residences" for told in all_told]
    lines = [
        "",
        "## The map page in Chromium",
        "",
        f"Headless, 1920 × 1080, no graphics card; server warm, on the same two cores. Medians of {RUNS} visits and of "
        f"{CHANGES} changes of filter.",
        "",
        f"| | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
    ]
    for name in names:
        shown = (f"{statistics.median(told.runs[name]):,.1f}" if name in told.runs else "" for told in all_told)
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return lines
