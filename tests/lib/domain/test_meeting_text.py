from dataclasses import replace
from datetime import date

import pytest

from lib.domain.meeting_text import as_text, from_text, without_text
from lib.domain.meetings import Decision, Meeting
from lib.domain.vocabulary import MeetingBody, Partner

FULL = Meeting(
    MeetingBody.GPO,
    date(2026, 1, 15),
    "Tarterêts",
    "91",
    (Partner.JUSTICE, Partner.LANDLORD),
    (Decision("Passer", 7), Decision("Se revoir")),
)


@pytest.mark.parametrize("meeting", [FULL, Meeting(MeetingBody.COPIL, date(2026, 1, 15))])
def test_meeting_comes_back_from_its_text(meeting: Meeting):
    assert from_text(as_text(meeting), 4, 2) == replace(meeting, meeting_id=4, version=2)


def test_field_of_another_version_of_the_code_is_left_out_and_a_missing_one_has_its_default():
    text = '{"body": "COPIL", "held_on": "2026-01-15", "gone": 1, "version": 9}'
    assert from_text(text, 4, 1) == Meeting(MeetingBody.COPIL, date(2026, 1, 15), meeting_id=4, version=1)


def test_text_that_is_taken_out_leaves_the_others():
    assert without_text(FULL, "label") == replace(FULL, label="")
    erased = (Decision("Texte retiré", 7), Decision("Texte retiré"))
    assert without_text(FULL, "decisions") == replace(FULL, decisions=erased)
    assert without_text(FULL, "decisions", spared=["Passer"]).decisions == (FULL.decisions[0], erased[1])
