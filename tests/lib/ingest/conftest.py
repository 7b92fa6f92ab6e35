import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lib.ingest.territories import load_reference
from lib.store.engine import open_store


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
