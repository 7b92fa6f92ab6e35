import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.serving import APP, ROOT, serve
from tests.conftest import missing

WIDE = {"width": 1600, "height": 1000}
TIMEOUT_MS = 20_000
expect.set_options(timeout=TIMEOUT_MS)  # a loaded machine draws a page in more than the five seconds of Playwright


@dataclass
class Heard:
    """What a page asked of the network, and the errors its scripts raised."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def without_basemap(path: Path) -> dict[str, str]:
    """Variables of a server on that store, with no basemap."""
    return {"DATABASE_URL": f"sqlite:///{path}", "FOND_DE_CARTE": "aucun"}


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture(scope="package")
def browser():
    """A real Chromium, headless and without its own traffic; closed with its event loop when the package is done."""
    path = chromium()
    if path is None:
        missing("A Chromium browser", "REQUIRE_BROWSER")
    flags = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, headless=True, args=flags.split())
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def demo_path(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration store, built once; asked for after the browser, so that nothing is built in vain."""
    path = tmp_path_factory.mktemp("demonstration") / "store.db"
    command = [sys.executable, "-m", "lib", "demo", "--base", f"sqlite:///{path}"]
    subprocess.run(command, cwd=ROOT, env={**os.environ}, check=True, capture_output=True)
    return path


@pytest.fixture(scope="package")
def site(demo_path: Path) -> Iterator[str]:
    """Address of the application on the demonstration store."""
    with serve(APP, without_basemap(demo_path)) as address:
        yield address


@pytest.fixture(scope="package")
def ask(demo_path: Path) -> Iterator[Callable[..., list[tuple]]]:
    """Rows of a statement of plain SQL on the demonstration store, read beside our own code."""
    connection = sqlite3.connect(f"file:{demo_path}?mode=ro", uri=True)
    yield lambda statement, *values: connection.execute(statement, values).fetchall()
    connection.close()


def page_of(browser: Browser, **options) -> Page:
    """A page of a visitor of its own; whoever opens it closes its context."""
    context = browser.new_context(**{"viewport": WIDE, "locale": "fr-FR", "color_scheme": "light"} | options)
    context.set_default_timeout(TIMEOUT_MS)
    return context.new_page()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def new_page(browser: Browser, heard: Heard) -> Iterator[Callable[..., Page]]:
    """Opens pages of visitors who know nothing of each other; all are closed at the end."""
    contexts = []

    def opened(**options) -> Page:
        page = page_of(browser, **options)
        contexts.append(page.context)
        page.on("request", lambda request: heard.requests.append(request.url))
        page.on("pageerror", lambda error: heard.errors.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()
