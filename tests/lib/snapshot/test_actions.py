from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.domain.vocabulary import ActionStatus, Partner
from lib.snapshot.actions import action_departements, joint_actions, residences_of
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.store import schema as s
from lib.store.actions import save_action
from lib.store.revisions import change
from tests.conftest import ENGINES, new_store, with_nomenclature
from tests.factories import END, JANUARY, add, residence, small_store

ALL = Scope.everything()
CHOSEN = IncidentFilter(Period(JANUARY, END))
HALL = ActionPlace(residence_id=1, building_code="A", hall_code="1")
ACTIONS = {
    "residence 1": (ActionPlace(residence_id=1),),
    "hall": (HALL,),
    "other hall": (ActionPlace(residence_id=1, building_code="B", hall_code="B2"),),
    "quarter": (ActionPlace(qpv_id=1),),
    "service 2": (ActionPlace(district_id=2),),
    "commune": (ActionPlace(commune_code="91001"),),
    "3 and 4": (ActionPlace(residence_id=3), ActionPlace(residence_id=4)),
    "nowhere": (),
}


def fill_actions(engine: Engine) -> Engine:
    small_store(engine)
    with change(engine, "essai") as made:
        for title, places in ACTIONS.items():
            save_action(made, JointAction(title, places=places), by=Partner.LANDLORD)
    return engine


@pytest.fixture(scope="module", params=ENGINES)
def snapshot(request, tmp_path_factory) -> Iterator[Snapshot]:
    with new_store(request.param, request, tmp_path_factory.mktemp("actions")) as engine:
        yield build(fill_actions(with_nomenclature(engine)))


@pytest.fixture
def engine(request, tmp_path) -> Iterator[Engine]:
    with new_store("sqlite", request, tmp_path) as opened:
        yield small_store(with_nomenclature(opened))


def borne(snapshot: Snapshot, scope: Scope = ALL, **asked: tuple) -> set[str]:
    found = joint_actions(snapshot, chosen=replace(CHOSEN, **asked), scope=scope)["title"].tolist()
    assert len(found) == len(set(found))
    return set(found)


def test_actions_bear_on_the_residences_that_lie_in_one_of_their_places(snapshot: Snapshot):
    own = {"residence 1", "hall", "other hall", "quarter", "commune"}
    assert borne(snapshot) == set(ACTIONS) - {"nowhere"}
    assert borne(snapshot, residence_ids=(1,)) == own
    assert borne(snapshot, residence_ids=(2,)) == {"commune"}
    assert borne(snapshot, residence_ids=(3,)) == {"service 2", "3 and 4"}
    assert borne(snapshot, residence_ids=(4,)) == {"3 and 4"}


def test_hall_chosen_leaves_the_actions_of_the_other_halls(snapshot: Snapshot):
    asked = {"residence_ids": (1,), "building_codes": ("A",), "hall_codes": ("1",)}
    assert borne(snapshot, **asked) == {"residence 1", "hall", "quarter", "commune"}


def test_actions_are_in_the_departements_of_the_residences_of_their_places(snapshot: Snapshot):
    titles = joint_actions(snapshot, chosen=CHOSEN, scope=ALL).set_index("action_id")["title"]

    def told(scope: Scope) -> dict[str, str]:
        rows = action_departements(snapshot, chosen=CHOSEN, scope=scope)
        return dict(zip(rows["action_id"].map(titles), rows["departements"], strict=True))

    east = {"service 2": "Seine-et-Marne", "3 and 4": "Seine-et-Marne"}
    west = dict.fromkeys(("residence 1", "hall", "other hall", "quarter", "commune"), "Essonne")
    assert told(ALL) == west | east | {"3 and 4": "Seine-et-Marne, Essonne"}
    assert told(Scope(departement_codes=frozenset({"77"}))) == east
    assert told(Scope.nothing()) == {}


def test_actions_do_not_depend_on_the_kinds_of_facts_asked_for(snapshot: Snapshot):
    assert borne(snapshot, type_codes=("INC-01",), severities=(4,)) == borne(snapshot)


def test_actions_beyond_the_scope_are_not_told(snapshot: Snapshot):
    assert borne(snapshot, Scope(landlord_ids=frozenset({2}))) == {"service 2", "3 and 4"}
    assert borne(snapshot, Scope(departement_codes=frozenset({"77"}))) == {"service 2", "3 and 4"}
    assert borne(snapshot, Scope(district_ids=frozenset({2})), residence_ids=(1,)) == set()
    assert borne(snapshot, Scope.nothing()) == set()


def test_actions_come_by_first_day_with_their_codes(engine: Engine):
    place = (ActionPlace(residence_id=1),)
    dated = JointAction(
        "dated",
        places=place,
        status=ActionStatus.ONGOING,
        pilot=Partner.JUSTICE,
        starts_on=date(2026, 1, 5),
        due_on=date(2026, 6, 1),
        evaluated_on=date(2026, 7, 1),
    )
    with change(engine, "essai") as made:
        for action in (JointAction("undated", places=place), dated):
            save_action(made, action, by=Partner.LANDLORD)
    found = joint_actions(build(engine), chosen=CHOSEN, scope=ALL)
    assert found["title"].tolist() == ["dated", "undated"]
    first = found.iloc[0]
    assert (first["kind"], first["status"], first["pilot"]) == ("intervention", "ongoing", "justice")
    days = [pd.Timestamp(first[name]).date() for name in ("starts_on", "due_on", "evaluated_on")]
    assert days == [dated.starts_on, dated.due_on, dated.evaluated_on]
    assert found.iloc[1][["starts_on", "due_on", "evaluated_on"]].isna().all()


def test_action_of_a_quarter_of_2015_bears_on_what_lay_inside_it(engine: Engine):
    with change(engine, "essai") as made:
        qpv = {
            "qpv_id": 2,
            "qpv_code": "QP091F1X",
            "generation": 2015,
            "qpv_name": "Anciens Essais",
            "departement_code": "91",
        }
        add(made, s.Qpv, qpv | {"population": None, "social_dwelling_count": None, "outline": None})
        add(made, s.Residence, residence(5, 1, "91001", qpv_2015_id=2, qpv_2015_status="inside"))
        add(made, s.Residence, residence(6, 1, "91001", qpv_2015_id=2, qpv_2015_status="near"))
        save_action(made, JointAction("old", places=(ActionPlace(qpv_id=2),)), by=Partner.LANDLORD)
    snapshot = build(engine)
    assert borne(snapshot, residence_ids=(5,)) == {"old"}
    assert borne(snapshot, residence_ids=(6,)) == set()


def test_store_without_an_action_tells_none(engine: Engine):
    assert borne(build(engine)) == set()


def test_residences_of_an_action_are_those_that_lie_in_its_places(snapshot: Snapshot):
    def homes(*places: ActionPlace, scope: Scope = ALL) -> list[int]:
        return residences_of(snapshot, places, scope=scope)

    assert homes(ActionPlace(residence_id=4)) == [4]
    assert homes(HALL) == [1]
    assert homes(ActionPlace(qpv_id=1)) == [1]
    assert homes(ActionPlace(district_id=2), ActionPlace(residence_id=1)) == [1, 3]
    assert homes(ActionPlace(commune_code="91001")) == [1, 2]
    assert homes(ActionPlace(commune_code="91001"), scope=Scope(landlord_ids=frozenset({2}))) == []
    assert homes() == []
