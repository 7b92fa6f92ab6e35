import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from lib.store.engine import connect, open_store
from lib.store.nomenclature import save_context_periods, save_nomenclature
from lib.store.revisions import change

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"
POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "")


def required(name: str) -> bool:
    return os.environ.get(name) == "1"


def missing(what: str, variable: str) -> None:
    """Skips, or fails where the environment says that the means must be there."""
    if required(variable):
        pytest.fail(f"{what} is required by {variable}=1 and was not found", pytrace=False)
    pytest.skip(f"{what} was not found; {variable}=1 makes this a failure")


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        missing("../shared/data", "REQUIRE_REAL_DATA")
    return REAL_DATA


def new_database(url: str, name: str) -> str:
    admin = connect(url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated store with nothing in it, on each of the two engines."""
    if request.param == "sqlite":
        engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    else:
        if not POSTGRES_URL:
            missing("A PostgreSQL server (TEST_POSTGRES_URL)", "REQUIRE_POSTGRES")
        engine = open_store(new_database(POSTGRES_URL, f"observatoire_test_{os.getpid()}"))
    yield engine
    engine.dispose()


@pytest.fixture
def store(empty_store: Engine) -> Engine:
    """A store that knows the nomenclature and the exceptional periods, on each of the two engines."""
    with change(empty_store, "nomenclature") as made:
        save_nomenclature(made)
        save_context_periods(made)
    return empty_store


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture(scope="session")
def browser():
    """A real Chromium, headless and without its own traffic."""
    path = chromium()
    if path is None:
        missing("A Chromium browser", "REQUIRE_BROWSER")
    from playwright.sync_api import sync_playwright

    flags = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, headless=True, args=flags.split())
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def git_files() -> list[Path]:
    """Every file under version control."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines()]
