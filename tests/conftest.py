import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, make_url, text
from streamlit.components.v2 import manifest_scanner

from lib.snapshot.copies import Copy
from lib.store.engine import connect, open_store
from lib.store.nomenclature import save_context_periods, save_nomenclature
from lib.store.revisions import change
from lib.ui import data
from tests.ranked import ranked_store

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


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """A page run by ``AppTest`` leaves its script as the main module: a process started later would run it again."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session", autouse=True)
def components_found_once() -> Iterator[None]:
    """Streamlit looks through every installed package at each run of an AppTest: half of the time of a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_pages() -> Iterator[None]:
    """A page waits for the last revision however busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Copy.snapshot, "__defaults__", (60.0,))
        yield


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        missing("../shared/data", "REQUIRE_REAL_DATA")
    return REAL_DATA


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite store, made once and copied by each test."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    engine = open_store(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def kept_store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Maker of a SQLite store that functions fill, and that nobody writes to afterwards: gives its address."""
    made = []

    def make(*fill: Callable[[Engine], object]) -> str:
        url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('kept') / 'store.db')}"
        engine = open_store(url)
        for one in fill:
            one(engine)
        engine.dispose()
        made.append(url)
        return url

    yield make
    for url in made:
        data.store(url).dispose()


@pytest.fixture(scope="session")
def ranked_url(kept_store: Callable[..., str]) -> str:
    """Address of the store of residences to rank."""
    return kept_store(with_nomenclature, ranked_store)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """Name of a migrated PostgreSQL database, made once and copied by each test."""
    if not POSTGRES_URL:
        missing("A PostgreSQL server (TEST_POSTGRES_URL)", "REQUIRE_POSTGRES")
    name = f"observatoire_template_{os.getpid()}"
    administrate(f'CREATE DATABASE "{name}"')
    engine = open_store(database(name))
    engine.dispose()
    yield name
    administrate(f'DROP DATABASE "{name}" WITH (FORCE)')


def administrate(statement: str) -> None:
    admin = connect(POSTGRES_URL).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def database(name: str) -> str:
    return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)


ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@contextmanager
def new_store(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    """A migrated store with nothing in it, on the engine named."""
    if kind == "sqlite":
        path = folder / "store.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        engine = open_store(f"sqlite:///{path}")
        yield engine
        engine.dispose()
        return
    template, name = request.getfixturevalue("postgres_template"), f"observatoire_{uuid4().hex}"
    administrate(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    engine = open_store(database(name))
    yield engine
    engine.dispose()
    administrate(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=ENGINES)
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated store with nothing in it, on each of the two engines."""
    with new_store(request.param, request, tmp_path) as engine:
        yield engine


@pytest.fixture
def store(empty_store: Engine) -> Engine:
    """A store that knows the nomenclature and the exceptional periods, on each of the two engines."""
    return with_nomenclature(empty_store)


def with_nomenclature(engine: Engine) -> Engine:
    with change(engine, "nomenclature") as made:
        save_nomenclature(made)
        save_context_periods(made)
    return engine


@pytest.fixture(scope="session")
def git_files() -> list[Path]:
    """Every file under version control."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines()]
