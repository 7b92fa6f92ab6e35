from collections.abc import Callable, Iterator

import pytest
from streamlit import config

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.ui import data
from lib.ui.session import Visit
from tests.conftest import with_nomenclature
from tests.factories import END, JANUARY, small_store
from tests.ranked import YEAR


@pytest.fixture(scope="session")
def small_url(kept_store: Callable[..., str]) -> str:
    """Address of the store counted by hand."""
    return kept_store(with_nomenclature, small_store)


@pytest.fixture
def small(small_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The process reads the small store."""
    monkeypatch.setenv("DATABASE_URL", small_url)
    return small_url


@pytest.fixture
def visit(small: str) -> Callable[..., Visit]:
    """Maker of visits to January and February 2026."""

    def make(scope: Scope | None = None, **restrictions: tuple) -> Visit:
        chosen = IncidentFilter(Period(JANUARY, END), **restrictions)
        return Visit(data.snapshot(), scope or Scope.everything(), False, chosen, "2 mois.")

    return make


@pytest.fixture
def year(ranked_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Visit]:
    """Maker of visits to a year of the store of residences to rank."""
    monkeypatch.setenv("DATABASE_URL", ranked_url)

    def make(scope: Scope | None = None, **restrictions: tuple) -> Visit:
        chosen = IncidentFilter(YEAR, **restrictions)
        return Visit(data.snapshot(), scope or Scope.everything(), False, chosen, "Un an.")

    return make


@pytest.fixture
def option() -> Iterator[Callable[[str, object], None]]:
    """Sets an option of Streamlit until the end of the test."""
    before: dict[str, object] = {}

    def put(name: str, value: object) -> None:
        before.setdefault(name, config.get_option(name))
        config.set_option(name, value)

    yield put
    for name, value in before.items():
        config.set_option(name, value)
