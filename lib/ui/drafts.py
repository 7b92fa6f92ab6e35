"""What one person types of one action or meeting, kept in the session until it is stored or given up."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from lib.domain.actions import JointAction
from lib.domain.meetings import Meeting

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
        """Begins again from what is kept now, unless something was typed."""
        state = st.session_state
        is_typed = self.key("base") in state and self.draft != self.base
        if not is_typed and state.get(self.key("base")) != kept:
            self.restart(kept, kept)

    def restart(self, base: Typed, draft: Typed) -> None:
        """Begins again from what is kept now, with this draft."""
        self.close()
        st.session_state.update({self.key("base"): base, self.key("draft"): draft})

    def close(self) -> None:
        """Forgets what was typed."""
        for key in [key for key in st.session_state if str(key).startswith(f"{self.prefix}-")]:
            del st.session_state[key]
