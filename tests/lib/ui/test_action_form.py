from datetime import date

import pandas as pd
import pytest

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.terms import ACTION_FIELDS, LEGAL_CLOCKS
from lib.domain.vocabulary import LegalClockKind
from lib.ui import action_form

INJUNCTION, REPORT = LEGAL_CLOCKS.values()


def rows(*lines: tuple) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=action_form.CLOCK_COLUMNS)


def test_delays_are_read_from_the_lines_that_have_a_name_and_a_first_day():
    read = action_form._read_clocks(
        rows(
            (INJUNCTION, pd.Timestamp("2026-02-16"), pd.NaT),
            (REPORT, pd.Timestamp("2026-02-20"), pd.Timestamp("2026-02-21")),
            (None, pd.Timestamp("2026-02-20"), pd.NaT),
            (REPORT, pd.NaT, pd.NaT),
            ("Autre", pd.Timestamp("2026-02-20"), pd.NaT),
        )
    )
    assert read == (
        Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 2, 16)),
        Clock(LegalClockKind.WARDEN_REPORT, date(2026, 2, 20), date(2026, 2, 21)),
    )


def test_every_field_of_an_action_is_read_from_the_form():
    read = {*action_form.SAME, *action_form.LISTED, *action_form.HOURS, "places", "clocks"}
    assert read == set(ACTION_FIELDS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((), (ActionPlace(residence_id=1),)),
        ((ActionPlace(residence_id=1),), (ActionPlace(residence_id=12),)),
        ((ActionPlace(residence_id=1),), (ActionPlace(qpv_id=1),)),
        (
            (ActionPlace(residence_id=1, hall_code="A"),),
            (ActionPlace(residence_id=1, hall_code="A-title"),),
        ),
    ],
)
def test_forms_of_new_actions_of_two_places_share_no_key(one: tuple, other: tuple):
    first, second = (f"action-{action_form._of_places(JointAction('', places=places))}-" for places in (one, other))
    assert not first.startswith(second)
    assert not second.startswith(first)
