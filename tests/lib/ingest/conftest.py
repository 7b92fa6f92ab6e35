import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lib.ingest.territories import load_reference
from lib.store.engine import open_store
from tests.conftest import with_nomenclature
from tests.lib.ingest.registers import fill


@pytest.fixture(scope="session")
def reference_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store file with the reference of the project, made once and copied for each test."""
    path = tmp_path_factory.mktemp("reference") / "store.db"
    engine = open_store(f"sqlite:///{path}")
    load_reference(engine)
    engine.dispose()
    return path


@pytest.fixture
def referenced(reference_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A store with the reference of the project."""
    engine = open_store(f"sqlite:///{shutil.copy(reference_file, tmp_path / 'reference.db')}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A store with a landlord, kept from one example of a law to the next."""
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('law') / 'store.db'}")
    fill(with_nomenclature(engine), references=("00123", "R-1", "R-2"))
    yield engine
    engine.dispose()
