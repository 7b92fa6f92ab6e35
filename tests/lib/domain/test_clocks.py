from datetime import date

import pytest

from lib.domain.clocks import LEGAL_TERMS, Clock, clock_state
from lib.domain.terms import LEGAL_CLOCKS
from lib.domain.vocabulary import LegalClockKind


@pytest.mark.parametrize(
    ("kind", "starts_on", "due_on"),
    [
        (LegalClockKind.PREFECT_INJUNCTION, date(2026, 3, 2), date(2026, 3, 17)),
        (LegalClockKind.WARDEN_REPORT, date(2026, 12, 29), date(2027, 1, 3)),
    ],
)
def test_last_day_is_so_many_days_after_the_one_that_starts_it(kind: LegalClockKind, starts_on: date, due_on: date):
    assert Clock(kind, starts_on).due_on == due_on


def test_delay_is_overdue_the_day_after_its_last_unless_answered():
    clock = Clock(LegalClockKind.WARDEN_REPORT, date(2026, 3, 2))
    assert not clock.is_overdue(date(2026, 3, 7))
    assert clock.is_overdue(date(2026, 3, 8))
    late = Clock(LegalClockKind.WARDEN_REPORT, date(2026, 3, 2), date(2026, 3, 20))
    assert not late.is_overdue(date(2026, 4, 1))


@pytest.mark.parametrize(
    ("answered_on", "on", "words"),
    [
        (None, date(2026, 3, 6), "au plus tard le 7 mars 2026, 1 jour restant"),
        (None, date(2026, 3, 7), "au plus tard le 7 mars 2026, 0 jour restant"),
        (None, date(2026, 3, 9), "au plus tard le 7 mars 2026, dépassé de 2 jours"),
        (date(2026, 3, 7), date(2026, 4, 1), "fait le 7 mars 2026, dans le délai (au plus tard le 7 mars 2026)"),
        (date(2026, 3, 8), date(2026, 4, 1), "fait le 8 mars 2026, hors délai (au plus tard le 7 mars 2026)"),
    ],
)
def test_delay_is_late_from_the_day_after_its_last_and_an_answer_says_so(answered_on: date, on: date, words: str):
    clock = Clock(LegalClockKind.WARDEN_REPORT, date(2026, 3, 2), answered_on)
    assert clock_state(clock, on).replace("\u00a0", " ") == words
    assert clock.is_late_answer == ("hors délai" in words)


def test_every_delay_has_its_length_and_its_label():
    assert set(LEGAL_TERMS) == set(LEGAL_CLOCKS) == set(LegalClockKind)
