from dataclasses import replace
from datetime import UTC, datetime

from lib.domain.meetings import Choice
from lib.domain.responses import differences
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.store.choices import default_rules
from lib.ui.priority_rules import _partners, _said, _when, changed_words

RULES = {rule.rule_code: rule for rule in default_rules()}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_rule_says_when_it_applies():
    assert plain(_when(RULES["TRA"], {"TRA": "Trafics"})) == "Trafics : au moins 20 % de la gravité du lieu et 3 faits"
    occupied = plain(_when(RULES["OCC-HALL"], {"OCC-02": "Occupation abusive"}))
    assert occupied == "Occupation abusive ; OCC-03 : au moins 20 % de la gravité du lieu et 3 faits"
    assert "30 % des faits" in plain(_when(RULES["BIE"], {}))


def test_pilot_of_a_rule_comes_first_and_once():
    assert _partners(RULES["PER"]) == "Bailleur (pilote), Police nationale ou gendarmerie, Parquet"


def test_rules_in_force_say_their_date_and_their_author():
    assert _said(Choice(ChoiceKind.RESPONSES, 0, {})) == "proposition de l’observatoire"
    at = datetime(2026, 9, 17, 8, tzinfo=UTC)
    assert _said(Choice(ChoiceKind.RESPONSES, 2, {}, at, Partner.MUNICIPALITY)) == (
        "version 2, 17 septembre 2026 (Commune)"
    )


def test_day_of_a_choice_is_that_of_paris():
    at = datetime(2026, 9, 17, 22, 30, tzinfo=UTC)
    assert "18 septembre 2026" in _said(Choice(ChoiceKind.RESPONSES, 2, {}, at, Partner.MUNICIPALITY))


def test_what_a_version_changed_is_said_rule_by_rule():
    before = tuple(RULES.values())
    raised = replace(before[0], min_count=9)
    after = (replace(before[2], position=1), replace(raised, position=2), replace(before[3], rule_code="NEUVE"))
    assert plain(changed_words(differences(before[:3], after))) == (
        "ajout de NEUVE ; modification de OCC-HALL ; retrait de OCC-GROUPE ; ordre changé"
    )
    assert changed_words(differences(before, before)) == "rien"
