from datetime import UTC, datetime

from lib.domain.meetings import Choice
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.ui.priority_rules import _said


def test_rules_in_force_say_their_date_and_their_author():
    assert _said(Choice(ChoiceKind.RESPONSES, 0, {})) == "proposition de l’observatoire"
    at = datetime(2026, 9, 17, 8, tzinfo=UTC)
    assert _said(Choice(ChoiceKind.RESPONSES, 2, {}, at, Partner.MUNICIPALITY)) == (
        "version 2, 17 septembre 2026 (Commune)"
    )


def test_day_of_a_choice_is_that_of_paris():
    at = datetime(2026, 9, 17, 22, 30, tzinfo=UTC)
    assert "18 septembre 2026" in _said(Choice(ChoiceKind.RESPONSES, 2, {}, at, Partner.MUNICIPALITY))
