from collections.abc import Callable
from datetime import date

import pytest

from lib.domain.meetings import Decision, Meeting
from lib.domain.terms import MEETING_BODIES
from lib.domain.vocabulary import MeetingBody
from lib.ui.action_state import Register
from lib.ui.action_words import Names
from lib.ui.meeting_blocks import _decision, _series
from lib.ui.session import Visit

MARCH, JUNE = date(2026, 3, 12), date(2026, 6, 18)


def register(*held: Meeting) -> Register:
    return Register({}, list(held), Names({}, {}, {}), None)


def test_series_are_named_in_the_order_of_their_bodies_by_departement_and_label(visit: Callable[..., Visit]):
    held = [
        Meeting(MeetingBody.GPO, JUNE, "Tarterêts", "91"),
        Meeting(MeetingBody.COPIL, JUNE, "Bilan", "91"),
        Meeting(MeetingBody.COPIL, MARCH, departement_code="77"),
        Meeting(MeetingBody.GPO, MARCH, "tarterets", "91"),
        Meeting(MeetingBody.COPIL, MARCH),
    ]
    assert list(_series(visit(), register(*held)).values()) == [
        "Comité de pilotage (COPIL)",
        "Comité de pilotage (COPIL), Seine-et-Marne",
        "Comité de pilotage (COPIL), Essonne",
        "Groupe de partenariat opérationnel (GPO), Essonne, Tarterêts",
    ]


def test_register_without_a_meeting_offers_every_body(visit: Callable[..., Visit]):
    assert list(_series(visit(), register()).values()) == list(MEETING_BODIES.values())


@pytest.mark.parametrize(
    ("action_id", "words"),
    [(None, "aucune intervention liée"), (7, "intervention hors de votre périmètre")],
)
def test_decision_tells_an_action_beyond_the_scope_from_none(action_id: int | None, words: str):
    assert _decision(register(), Decision("Passer", action_id), JUNE) == ["Passer", words]
