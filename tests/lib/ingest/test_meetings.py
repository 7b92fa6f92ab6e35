from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine

from lib.domain.meetings import Decision, Meeting
from lib.domain.scope import Scope
from lib.domain.vocabulary import MeetingBody, Partner
from lib.errors import FormError
from lib.ingest.meetings import checked_meeting, store_meeting, take_out_meeting_text
from lib.store.meetings import history, meetings
from lib.store.revisions import current_revision
from tests.conftest import new_store, with_nomenclature
from tests.factories import small_store

COPIL = Meeting(MeetingBody.COPIL, date(2026, 1, 15), departement_code="91")


@pytest.fixture(scope="module")
def engine(request, tmp_path_factory) -> Iterator[Engine]:
    with new_store("sqlite", request, tmp_path_factory.mktemp("meetings")) as opened:
        yield small_store(with_nomenclature(opened))


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"label": "x" * 121}, "label", "raccourcissez à 120"),
        ({"label": "Voir agent@exemple.fr"}, "label", "retirez"),
        ({"held_on": date(1999, 1, 1)}, "held_on", "année"),
        ({"departement_code": "99"}, "departement_code", "liste"),
        ({"decisions": (Decision("x" * 2001),)}, "decisions", "décision 1, raccourcissez"),
        ({"decisions": (Decision("Un"), Decision("Rappeler le 06 12 34 56 78"))}, "decisions", "décision 2, retirez"),
        ({"decisions": (Decision("Un", 99),)}, "decisions", "n’existe plus"),
        ({"decisions": (Decision("Un"),) * 201}, "decisions", "au plus 200"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_fault_is_told_in_one_sentence_under_its_field(engine: Engine, more: dict, field: str, words: str):
    with engine.connect() as connection, pytest.raises(FormError) as raised:
        checked_meeting(replace(COPIL, **more), connection)
    assert set(raised.value.faults) == {field}
    assert words in raised.value.faults[field]


def test_decision_that_led_to_an_action_says_what_was_decided(engine: Engine):
    with engine.connect() as connection, pytest.raises(FormError, match="décision 1, dites"):
        checked_meeting(replace(COPIL, decisions=(Decision(" ", 1),)), connection)


def test_what_changes_nothing_writes_nothing(store: Engine):
    kept = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Bilan"), by=Partner.JUSTICE)
    with store.connect() as opened:
        before = current_revision(opened)
    again = store_meeting(store, replace(kept, label=" Bilan ", decisions=(Decision(" "),)), by=Partner.JUSTICE)
    with store.connect() as opened:
        assert (again, current_revision(opened)) == (kept, before)


def test_meeting_is_kept_without_its_blank_decisions(engine: Engine):
    typed = replace(COPIL, label=" Bilan\n", decisions=(Decision(" "), Decision(" Renforcer  les rondes ")))
    saved = store_meeting(engine, typed, by=Partner.JUSTICE)
    assert (saved.label, saved.decisions) == ("Bilan", (Decision("Renforcer les rondes"),))
    with engine.connect() as connection:
        assert meetings(connection, Scope.everything()) == [saved]


def test_text_taken_out_by_a_partner_is_told_in_the_history(store: Engine):
    kept = store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15), "Joindre Dupont"), by=Partner.LANDLORD)
    assert take_out_meeting_text(store, kept.meeting_id or 0, "label", by=Partner.JUSTICE) == 1
    with store.connect() as connection:
        told = history(connection, kept.meeting_id or 0, Scope.everything())
    assert [(one.said.label, one.erased_field, one.changed_by) for one in told] == [
        ("", "label", Partner.JUSTICE),
        ("", "", Partner.LANDLORD),
    ]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (9, "Aucune réunion ne porte le numéro 9."),
        (1, "Le champ «\u00a0Décisions\u00a0» de la réunion 1 ne contient aucun texte à retirer."),
    ],
)
def test_what_cannot_be_taken_out_is_said_and_makes_no_revision(store: Engine, key: int, sentence: str):
    store_meeting(store, Meeting(MeetingBody.COPIL, date(2026, 1, 15)), by=Partner.LANDLORD)
    with store.connect() as opened:
        before = current_revision(opened)
    with pytest.raises(FormError, match=sentence):
        take_out_meeting_text(store, key, "decisions", by=Partner.JUSTICE)
    with store.connect() as opened:
        assert current_revision(opened) == before
