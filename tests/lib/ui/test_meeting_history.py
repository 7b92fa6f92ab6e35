from dataclasses import replace
from datetime import date

from lib.domain.actions import JointAction
from lib.domain.meetings import UNTOLD, Decision, Meeting
from lib.domain.vocabulary import MeetingBody, Partner
from lib.ui.action_state import Register
from lib.ui.action_words import Names
from lib.ui.meeting_history import changes
from tests.screen import plain

BASE = Meeting(MeetingBody.COPIL, date(2026, 1, 15), decisions=(Decision("Passer", 7), Decision("Se revoir")))
REGISTER = Register({7: JointAction("Rondes")}, [], Names({}, {}, {}), None)


def told(before: Meeting, **more: object) -> list[str]:
    return [plain(line) for line in changes(before, replace(before, **more), REGISTER, {"91": "Essonne"})]  # type: ignore[arg-type]


def test_every_field_is_told_in_words():
    now = {
        "body": MeetingBody.CLSPD,
        "held_on": date(2026, 1, 16),
        "departement_code": "91",
        "label": "Bilan <b>",
        "partners": (Partner.JUSTICE, Partner.POLICE),
    }
    assert told(BASE, **now) == [
        "Instance : Comité de pilotage (COPIL) → CLSPD",
        "Date : 15 janvier 2026 → 16 janvier 2026",
        "Département : Plusieurs départements → Essonne",
        "Libellé : — → Bilan <b>",
        "Partenaires présents : — → Police nationale et Parquet",
    ]


def test_decisions_are_told_with_the_action_that_they_led_to():
    changed = (Decision("Passer le soir", 7), Decision("Se revoir"), Decision("Éclairer"))
    assert told(BASE, decisions=changed) == [
        "Décision modifiée : Passer (Rondes) → Passer le soir (Rondes)",
        "Décision ajoutée : Éclairer",
    ]
    assert told(BASE, decisions=BASE.decisions[:1]) == ["Décision retirée : Se revoir"]
    assert told(BASE, decisions=BASE.decisions[::-1]) == ["Décisions : ordre changé"]


def test_decision_beyond_the_scope_is_not_told():
    hidden = replace(BASE, decisions=(UNTOLD,))
    assert told(hidden, decisions=(UNTOLD,)) == []
    assert told(hidden, decisions=(UNTOLD, UNTOLD)) == ["Décision ajoutée : hors de votre périmètre"]
    assert told(hidden, decisions=()) == ["Décision retirée : hors de votre périmètre"]
