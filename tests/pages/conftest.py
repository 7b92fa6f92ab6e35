import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit import config

from lib.domain.scope import Scope
from lib.store import schema as s
from lib.store.engine import open_store
from lib.store.revisions import change
from lib.ui import data, session
from tests.conftest import with_nomenclature
from tests.factories import add, small_store


@pytest.fixture(autouse=True)
def whole_errors() -> Iterator[None]:
    """An error on a page says its class and its message, which a visitor never sees."""
    before = config.get_option("client.showErrorDetails")
    config.set_option("client.showErrorDetails", "full")
    yield
    config.set_option("client.showErrorDetails", before)


@pytest.fixture(scope="session")
def small_url(kept_store: Callable[..., str]) -> str:
    """Address of the store counted by hand."""
    return kept_store(with_nomenclature, small_store, begin_in_march_2024)


@pytest.fixture
def small(small_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process reads the small store."""
    monkeypatch.setenv("DATABASE_URL", small_url)


@pytest.fixture
def filled(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable]:
    """Gives the process a store of its own, filled by the function given."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'store.db')}"
    engine = open_store(url)
    monkeypatch.setenv("DATABASE_URL", url)

    def fill(*by: Callable[[Engine], object]) -> Engine:
        for one in by:
            one(engine)
        return engine

    yield fill
    engine.dispose()
    data.store(url).dispose()


def narrow(monkeypatch: pytest.MonkeyPatch, scope: Scope) -> None:
    """From now on a visitor sees no more than a scope."""
    begin = session.begin
    monkeypatch.setattr(session, "begin", lambda visit, *more: begin(replace(visit, scope=scope), *more))


def begin_in_march_2024(engine: Engine) -> None:
    """A silent month two years back: the last twelve months then have a whole year to be compared with."""
    with change(engine, "essai") as made:
        add(made, s.ReportingMonth, {"residence_id": 1, "month_on": date(2024, 3, 1), "status": "silent"})
