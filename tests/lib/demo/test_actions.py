from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from lib.demo.actions import JUNE, MARCH, SEPTEMBER, save_actions
from lib.demo.names import QUARTER_NAMES
from lib.demo.rates import COVERED
from lib.demo.stories import PATROL_QUARTER, WARDENS_QUARTER, Cast
from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import LEGAL_TERMS
from lib.domain.meetings import Meeting, series_of
from lib.domain.scope import Scope
from lib.domain.vocabulary import ActionKind, ActionStatus, Partner
from lib.ingest.actions import checked
from lib.ingest.meetings import checked_meeting
from lib.store import schema as s
from lib.store.actions import actions, history, since
from lib.store.engine import open_store
from lib.store.meetings import history as meeting_history
from lib.store.meetings import meetings
from lib.store.revisions import change
from tests.conftest import with_nomenclature
from tests.factories import add, small_store

ALL = Scope.everything()
LAST_DAY = date(2026, 10, 31)
NOBODY = np.array([], dtype=int)
CAST = Cast(NOBODY, NOBODY, NOBODY, NOBODY, worsening=1, lucky=0, silent=NOBODY)
# Residence of row 1: three occupations in the twelve months before the last meeting, one before them, one other fact.
FACTS = pd.DataFrame(
    {
        "residence": [1, 1, 1, 1, 1, 0],
        "type_code": ["OCC-02", "OCC-01", "OCC-02", "OCC-02", "BIE-01", "OCC-02"],
        "occurred_on": pd.to_datetime(
            ["2025-08-31", "2025-09-01", "2026-03-01", "2026-08-31", "2026-03-01", "2026-03-01"]
        ),
    }
)


def written(engine: Engine) -> Engine:
    """The committee of four residences and the quarters of the stories."""
    small_store(with_nomenclature(engine))
    with change(engine, "essai") as made:
        quarters = {"generation": 2024, "departement_code": "91"}
        for rank in sorted({WARDENS_QUARTER, PATROL_QUARTER, 2}):
            add(made, s.Qpv, quarters | {"qpv_id": 10 + rank, "qpv_code": f"Q{rank}", "qpv_name": QUARTER_NAMES[rank]})
        save_actions(made, pd.DataFrame({"residence_id": [1, 2, 3, 4]}), FACTS, CAST)
    return engine


@pytest.fixture
def committee(empty_store: Engine) -> Engine:
    return written(empty_store)


def kept(engine: Engine) -> tuple[list[JointAction], list[Meeting]]:
    with engine.connect() as connection:
        return actions(connection, ALL), meetings(connection, ALL)


def test_committee_met_three_times_and_each_decision_led_to_an_action(committee: Engine):
    made, held = kept(committee)
    assert [meeting.held_on for meeting in held] == [SEPTEMBER, JUNE, MARCH]
    assert SEPTEMBER < LAST_DAY < COVERED.end
    linked = [decision.action_id for meeting in held for decision in meeting.decisions]
    assert sorted(filter(None, linked)) == [action.action_id for action in made]
    assert all(meeting.decisions for meeting in held)


def test_one_action_is_late_and_one_legal_delay_runs_at_the_last_day(committee: Engine):
    made, _ = kept(committee)
    assert len([action for action in made if action.is_overdue(LAST_DAY)]) == 1
    running = [clock for action in made for clock in action.clocks if clock.answered_on is None]
    assert len(running) == 1
    assert running[0].starts_on <= LAST_DAY <= running[0].due_on
    assert (running[0].due_on - running[0].starts_on).days == LEGAL_TERMS[running[0].kind].day_count


def test_next_meeting_opens_on_decisions_under_way_and_on_what_is_late_since_the_last(committee: Engine):
    _, held = kept(committee)
    assert len({series_of(meeting) for meeting in held}) == 1
    linked = {decision.action_id for decision in held[0].decisions}
    with committee.connect() as connection:
        told = since(connection, SEPTEMBER, ALL, on=LAST_DAY)
        before = since(connection, JUNE, ALL, on=SEPTEMBER, until=SEPTEMBER)
    assert ActionStatus.ONGOING in {one.action.status for one in told if one.action.action_id in linked}
    assert [one.is_overdue for one in told if one.action.action_id not in linked] == [True]
    assert {one.action.status for one in before} >= {ActionStatus.DONE, ActionStatus.ABANDONED}


def test_every_state_and_both_kinds_are_shown_and_an_abandoned_action_says_why(committee: Engine):
    made, _ = kept(committee)
    assert {action.status for action in made} == set(ActionStatus)
    assert {action.kind for action in made} == set(ActionKind)
    assert all(action.abandon_reason for action in made if action.status == ActionStatus.ABANDONED)


def test_worsening_residence_is_aimed_at_from_its_own_facts(committee: Engine):
    made, _ = kept(committee)
    here = [action for action in made if ActionPlace(residence_id=2) in action.places]
    assert len(here) == 2
    assert [(action.baseline, action.target) for action in here if action.baseline is not None] == [(3, 1)]


def test_what_is_written_would_pass_the_form_and_holds_no_data_of_a_person(committee: Engine):
    made, held = kept(committee)
    with committee.connect() as connection:
        for action in made:
            assert checked(action, connection, on=LAST_DAY) == action
        for meeting in held:
            assert checked_meeting(meeting, connection) == meeting


def test_history_is_dated_from_each_meeting_on(committee: Engine):
    made, held = kept(committee)
    days = {decision.action_id: meeting.held_on for meeting in held for decision in meeting.decisions}
    with committee.connect() as connection:
        for action in made:
            versions = history(connection, action.action_id or 0, ALL)
            dated = [version.changed_at.date() for version in reversed(versions)]
            assert dated == sorted(dated)
            assert (dated[0], len(dated)) == (days[action.action_id], action.version)
            assert dated[-1] <= LAST_DAY


def test_each_meeting_was_written_on_its_day_by_the_prefecture(committee: Engine):
    _, held = kept(committee)
    with committee.connect() as connection:
        for meeting in held:
            (only,) = meeting_history(connection, meeting.meeting_id or 0, ALL)
            assert (only.said, only.changed_by, only.changed_at.date()) == (
                meeting,
                Partner.PREFECTURE,
                meeting.held_on,
            )


def test_same_content_is_written_each_time(sqlite_template: Path, tmp_path: Path):
    twice = []
    for name in ("one.db", "two.db"):
        (tmp_path / name).write_bytes(sqlite_template.read_bytes())
        engine = open_store(f"sqlite:///{tmp_path / name}")
        twice.append(kept(written(engine)))
        engine.dispose()
    assert twice[0] == twice[1]
