"""What one person types of one action or meeting, kept in the session until it is stored or given up."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from lib.domain.actions import JointAction
from lib.domain.meetings import Meeting

SAVED = "dernier-enregistrement"  # in the session: the action or the meeting last stored, at its version
Typed = TypeVar("Typed", JointAction, Meeting)


@dataclass(frozen=True)
class Form(Generic[Typed]):
    """What is typed of one thing, in the session of one person, under keys of its own.

    Widgets forget what they hold once they are not drawn: ``draft`` does not, so that leaving the page loses nothing.
    """

    prefix: str

    def key(self, name: str) -> str:
        """Key of a value of this form in the session."""
        return f"{self.prefix}-{name}"

    @property
    def base(self) -> Typed:
        """What was read when the form was opened."""
        return st.session_state[self.key("base")]

    @property
    def draft(self) -> Typed:
        """What is typed, at the version that was read."""
        return st.session_state[self.key("draft")]

    def follow(self, kept: Typed) -> None:
        """Begins again from what is kept now, unless something was typed, be it in this very run."""
        if not self._is_touched() and st.session_state.get(self.key("base")) != kept:
            self.restart(kept, kept)

    def _is_touched(self) -> bool:
        """Whether the draft, or a widget that has changed since it was last drawn, differs from what was read."""
        state = st.session_state
        if self.key("base") not in state:
            return False
        drawn = state.get(self.key("drawn"), {})
        return self.draft != self.base or any(state[key] != held for key, held in drawn.items() if key in state)

    def drawn(self, draft: Typed, names: Iterable[str]) -> None:
        """Keeps what the widgets of these names, just drawn, say together, and what each one holds."""
        state = st.session_state
        keys = [key for key in map(self.key, names) if key in state]
        state[self.key("draft")] = draft
        state[self.key("drawn")] = {key: deepcopy(state[key]) for key in keys}

    def restart(self, base: Typed, draft: Typed) -> None:
        """Begins again from what is kept now, with this draft."""
        self.close()
        st.session_state.update({self.key("base"): base, self.key("draft"): draft})

    def is_just_saved(self) -> bool:
        """Whether what is shown is what was last stored, ``SAVED``, and nothing was typed since."""
        return st.session_state.get(SAVED) == self.base == self.draft

    def close(self) -> None:
        """Forgets what was typed."""
        for key in [key for key in st.session_state if str(key).startswith(f"{self.prefix}-")]:
            del st.session_state[key]
