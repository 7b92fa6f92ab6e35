"""Delays that the law sets: their length, their text, their last day (DOMAIN §1.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lib.domain.labels import date_label, plural
from lib.domain.vocabulary import LegalClockKind


@dataclass(frozen=True)
class LegalTerm:
    """A delay of the law.

    Attributes:
        day_count: Days after the one that starts it; the last of them is the last day. A weekend or a holiday
            lengthens nothing here: what is shown is never later than the law.
        starts_with: In French, what starts it.
        ground: In French, the text that sets it.
    """

    day_count: int
    starts_with: str
    ground: str


LEGAL_TERMS = {
    LegalClockKind.PREFECT_INJUNCTION: LegalTerm(
        15, "réception de l’injonction", "Code de la construction et de l’habitation, art. L442-4-3"
    ),
    LegalClockKind.WARDEN_REPORT: LegalTerm(
        5, "constatation du fait, à peine de nullité", "Code de procédure pénale, art. 29"
    ),
}


@dataclass(frozen=True)
class Clock:
    """A legal delay running for an action.

    Attributes:
        kind: Which delay.
        starts_on: Day of what starts it.
        answered_on: Day on which it was met, None while it runs.
    """

    kind: LegalClockKind
    starts_on: date
    answered_on: date | None = None

    @property
    def due_on(self) -> date:
        """Last day on which it is met."""
        return self.starts_on + timedelta(days=LEGAL_TERMS[self.kind].day_count)

    def is_overdue(self, on: date) -> bool:
        """Whether, seen from a day, its last day has passed without an answer."""
        return self.answered_on is None and self.due_on < on

    @property
    def is_late_answer(self) -> bool:
        """Whether it was met after its last day."""
        return self.answered_on is not None and self.due_on < self.answered_on


def clock_state(clock: Clock, on: date) -> str:
    """Where a delay is, seen from a day, the same on screen and in a file; its last day is still in time.

    «au plus tard le 17 mars 2026, 3 jours restants», «fait le 10 mars 2026, dans le délai (au plus tard le …)».
    """
    last = f"au plus tard le {date_label(clock.due_on)}"
    if clock.answered_on is not None:
        judged = "hors délai" if clock.is_late_answer else "dans le délai"
        return f"fait le {date_label(clock.answered_on)}, {judged} ({last})"
    left = (clock.due_on - on).days
    state = plural(left, "jour restant", "jours restants") if left >= 0 else f"dépassé de {plural(-left, 'jour')}"
    return f"{last}, {state}"
