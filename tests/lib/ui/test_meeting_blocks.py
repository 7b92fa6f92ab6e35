from datetime import date

from lib.domain.meetings import Meeting
from lib.domain.vocabulary import MeetingBody
from lib.ui.action_state import Register
from lib.ui.action_words import Names
from lib.ui.meeting_blocks import _before

MARCH, JUNE = date(2026, 3, 12), date(2026, 6, 18)


def copil(key: int | None, day: date, body: MeetingBody = MeetingBody.COPIL) -> Meeting:
    return Meeting(body, day, meeting_id=key)


def before(meeting: Meeting, *held: Meeting) -> int | None:
    found = _before(Register({}, list(held), Names({}, {}, {}), None), meeting)
    return found and found.meeting_id


def test_kept_meeting_follows_the_last_of_its_body_before_it():
    held = [copil(3, JUNE), copil(9, JUNE, MeetingBody.GPO), copil(2, MARCH), copil(1, MARCH)]
    assert [before(meeting, *held) for meeting in held] == [2, None, 1, None]


def test_new_meeting_follows_the_last_of_its_body_whatever_the_days():
    assert before(copil(None, MARCH), copil(3, JUNE), copil(2, MARCH)) == 3
    assert before(copil(None, JUNE, MeetingBody.GPO), copil(3, JUNE)) is None
