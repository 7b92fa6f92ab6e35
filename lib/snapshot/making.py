"""A copy made in a process of its own, run as a script: pages go on being served meanwhile."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
from sqlalchemy import Engine

from lib.config import ROOT
from lib.errors import StoreError
from lib.snapshot import filling
from lib.snapshot.reader import reading_apart
from lib.store.engine import connect

MEMORY_LIMIT = "800MB"


def make_apart(engine: Engine, path: Path, shape: str) -> None:
    """Fills a new file with a copy of the store.

    Raises:
        StoreError: If that process failed; what it said is in the log of the server.
    """
    asked = {"url": engine.url.render_as_string(hide_password=False), "path": str(path), "shape": shape}
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(command, input=json.dumps(asked), text=True, cwd=ROOT, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise StoreError("La copie d’analyse de la base n’a pas pu être faite\u00a0: réessayez dans un instant.")


def open_file(path: Path) -> filling.Database:
    """A copy on disk; what does not fit in its share of memory is sorted beside it."""
    return duckdb.connect(str(path), config={"memory_limit": MEMORY_LIMIT, "temp_directory": f"{path}.tmp"})


def main() -> None:
    """Makes the copy described on standard input."""
    asked = json.load(sys.stdin)
    engine, database = connect(asked["url"]), open_file(Path(asked["path"]))
    with reading_apart(engine) as reader:
        filling.fill(database, reader, asked["shape"])
    database.close()


if __name__ == "__main__":
    main()
