"""What a page reads: the store as it was at one revision, from its columnar copy."""

import threading
from abc import ABC, abstractmethod
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql

DIALECT = postgresql.dialect(paramstyle="numeric_dollar")


class StaleSnapshotError(Exception):
    """The store moved on since the page began: the page is to be drawn again."""


class State(NamedTuple):
    """What is known of a store at a revision.

    Attributes:
        revision: Number of the last change; 0 for an empty store.
        framework: Token of the last change of a territory or of the nomenclature, told apart from any other store's.
        data_on: Last day the facts may cover, the «now» of every page; None without a fact.
    """

    revision: int
    framework: str
    data_on: date | None


class Snapshot(ABC):
    """The store as it was at one revision, whatever is written meanwhile.

    A page releases it at its end; asked again later, it answers as long as the store did not move.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self._lock = threading.Lock()

    @property
    def revision(self) -> int:
        """Number of the last change it holds; 0 for an empty store."""
        return self.state.revision

    @property
    def data_on(self) -> date | None:
        """Last day the facts may cover, the «now» of every page; None without a fact."""
        return self.state.data_on

    def frame(self, statement: Executable) -> pd.DataFrame:
        """The rows of a SQLAlchemy Core statement.

        Raises:
            StaleSnapshotError: If it was released, and the store moved since.
        """
        with self._lock:
            return self._frame(statement)

    def rows(self, statement: Executable) -> list[tuple[Any, ...]]:
        """The same as tuples, where a frame would be too much."""
        with self._lock:
            return self._rows(statement)

    def release(self) -> None:
        """Lets the copy forget this revision."""
        with self._lock:
            self._release()

    @abstractmethod
    def _frame(self, statement: Executable) -> pd.DataFrame: ...

    @abstractmethod
    def _rows(self, statement: Executable) -> list[tuple[Any, ...]]: ...

    @abstractmethod
    def _release(self) -> None: ...


def compiled(statement: Executable) -> tuple[str, list[Any]]:
    """Text and values of a statement, as DuckDB takes them."""
    made = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    return str(made), [made.params[name] for name in made.positiontup or ()]
