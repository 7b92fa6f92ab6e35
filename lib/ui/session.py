"""Who is visiting, and what the page may show: the value that ``require`` gives to every page."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import streamlit as st

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.errors import AccessError
from lib.snapshot import directory
from lib.snapshot.columnar import Snapshot
from lib.ui import data

VISIT = "visit"
PAGES = frozenset({"accueil", "carte", "tendances", "circonscriptions", "priorites", "interventions", "donnees"})


@dataclass(frozen=True)
class Visit:
    """One run of one page: a single revision of the store, a scope and a selection.

    Attributes:
        chosen: What the filter bar asks for; None while the store holds no fact.
        said: The selection in one French sentence.
    """

    snapshot: Snapshot
    scope: Scope
    is_synthetic: bool
    chosen: IncidentFilter | None = None
    said: str = ""

    @property
    def data_on(self) -> date | None:
        """The «now» of the page; that of the register of actions is ``action_state.today``."""
        return self.snapshot.data_on

    @property
    def period(self) -> Period:
        """Months shown; asked only of a visit with a selection."""
        assert self.chosen is not None
        return self.chosen.period

    @property
    def both_periods(self) -> Period:
        """From the first month of the comparison to the last month shown."""
        assert self.chosen is not None
        return Period(self.chosen.before.start, self.period.end)

    @property
    def is_partial(self) -> bool:
        """Whether the selection holds some types or severities only."""
        assert self.chosen is not None
        return bool(self.chosen.type_codes or self.chosen.severities)

    @property
    def is_panel_constant(self) -> bool:
        """Whether only what was told of in both periods counts."""
        return self.chosen is not None and self.chosen.is_panel_constant

    def at(self, **places: tuple) -> IncidentFilter:
        """The selection narrowed to a place."""
        assert self.chosen is not None
        return self.chosen.at(**places)

    def ask(self, question: Any, *args: Any, **named: Any) -> Any:
        """The kept answer to a question of ``snapshot.queries`` about the selection, within the scope.

        A ``chosen`` given in ``named`` replaces the selection.
        """
        return data.ask(question, self.snapshot, *args, **({"chosen": self.chosen, "scope": self.scope} | named))

    def ask_store(self, question: Any, *args: Any) -> Any:
        """The kept answer to a question of ``snapshot.directory``, which bears on the whole store."""
        return data.ask(question, self.snapshot, *args)


def open_visit() -> Visit:
    """A visit with the single role of today; the frame opens one at each run."""
    snapshot = data.snapshot()
    return Visit(snapshot, Scope.everything(), data.ask(directory.is_synthetic, snapshot))


def begin(visit: Visit, chosen: IncidentFilter | None, said: str) -> None:
    """Puts the visit, with what the filter bar asks for, where ``require`` finds it."""
    st.session_state[VISIT] = replace(visit, chosen=chosen, said=said)


def require(page: str) -> Visit:
    """The guard at the head of every page: the visit, or a refusal.

    Raises:
        AccessError: When the page is opened outside the frame, or is not given to this visitor.
    """
    visit = st.session_state.get(VISIT)
    if visit is None or page not in PAGES:
        raise AccessError("Cette page ne vous est pas ouverte\u00a0: revenez à l’accueil.")
    return visit
