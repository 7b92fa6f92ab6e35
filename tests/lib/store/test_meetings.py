from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from lib.domain.actions import JointAction
from lib.domain.meetings import Decision, Meeting
from lib.domain.scope import Scope
from lib.domain.vocabulary import MeetingBody, Partner
from lib.errors import ConflictError
from lib.store.actions import save_action
from lib.store.meetings import meetings, save_meeting
from lib.store.revisions import change
from lib.store.settings import register_key
from tests.factories import small_store

ALL = Scope.everything()
COPIL = Meeting(MeetingBody.COPIL, date(2026, 1, 15))


def save(engine: Engine, meeting: Meeting) -> Meeting:
    with change(engine, "essai") as made:
        return save_meeting(made, meeting)


def kept(engine: Engine, scope: Scope = ALL) -> list[Meeting]:
    with engine.connect() as connection:
        return meetings(connection, scope)


def test_meeting_comes_back_with_its_decisions_in_order(store: Engine):
    small_store(store)
    with change(store, "essai") as made:
        action = save_action(made, JointAction(title="A"), by=Partner.LANDLORD)
    written = replace(
        COPIL,
        label="Bilan de l’année",
        departement_code="91",
        partners=(Partner.PREFECTURE, Partner.LANDLORD),
        decisions=(Decision("Renforcer les rondes", action.action_id), Decision("Autre point")),
    )
    saved = save(store, written)
    assert kept(store) == [saved]
    assert replace(saved, meeting_id=None, version=0) == written
    shorter = save(store, replace(saved, decisions=saved.decisions[1:], partners=()))
    assert kept(store) == [shorter]
    assert shorter.version == 2


def test_first_meeting_gives_the_register_its_key(store: Engine):
    save(store, COPIL)
    with store.connect() as connection:
        assert register_key(connection)


def test_same_meeting_again_makes_no_version(store: Engine):
    assert save(store, save(store, COPIL)).version == 1


def test_second_of_two_persons_is_told_and_nothing_is_written(store: Engine):
    read = save(store, COPIL)
    theirs = save(store, replace(read, decisions=(Decision("Un"),)))
    with pytest.raises(ConflictError, match="réunion a été modifiée") as raised:
        save(store, replace(read, decisions=(Decision("Deux"),)))
    assert raised.value.theirs == theirs
    assert kept(store) == [theirs]


def test_meeting_that_is_not_in_the_store_is_a_fault_of_ours(store: Engine):
    with pytest.raises(ValueError, match="no meeting 9"):
        save(store, replace(COPIL, meeting_id=9, version=1))


def test_meeting_is_seen_by_who_has_a_residence_in_its_departement(store: Engine):
    small_store(store)
    here, common = save(store, replace(COPIL, departement_code="77")), save(store, COPIL)
    assert kept(store, Scope(landlord_ids=frozenset({2}))) == [common, here]
    assert kept(store, Scope(landlord_ids=frozenset({1}))) == [common]
    assert kept(store, Scope(departement_codes=frozenset({"77"}))) == [common, here]
    assert kept(store, Scope(district_ids=frozenset({1}))) == [common]
    assert kept(store, Scope.nothing()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"departement_code": "99"},
        {"label": "x" * 121},
        {"decisions": (Decision(""),)},
        {"decisions": (Decision("x" * 2001),)},
        {"decisions": (Decision("Un", 99),)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_meeting_that_cannot_be_is_refused_by_the_store(store: Engine, wrong: dict):
    with pytest.raises(DBAPIError):
        save(store, replace(COPIL, **wrong))
    assert kept(store) == []
