from datetime import date

import pytest

from lib.domain.clocks import LEGAL_TERMS, Clock
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


def test_every_delay_has_its_length_and_its_label():
    assert set(LEGAL_TERMS) == set(LEGAL_CLOCKS) == set(LegalClockKind)
