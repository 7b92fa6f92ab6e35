from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pandas as pd
import pytest
from sqlalchemy import Engine, func, select

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.scope import Scope
from lib.domain.vocabulary import BatchKind, Partner
from lib.store import schema as s
from lib.store import undoing
from lib.store.actions import actions, history, save_action
from lib.store.incidents import CONTENT, Batch, save_batch, stored_facts, update_incidents
from lib.store.journal import RESIDENCE, note
from lib.store.rejections import save_rejections
from lib.store.reporting import mark_reporting
from lib.store.revisions import Change, change
from tests.factories import add, incident, residence, small_store

JANUARY, MARCH, APRIL = date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def filled(store: Engine) -> Engine:
    return small_store(store)


def opened(made: Change, kind: BatchKind = BatchKind.INCIDENTS, landlord_id: int = 1) -> int:
    return save_batch(made, Batch(kind, landlord_id, "essai.csv", "0" * 64, "essai", 0, 0, 0, 0))


def count(engine: Engine, table: type) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_line_of_the_history_is_that_of_a_register_only(filled: Engine):
    with change(filled, "essai") as made:
        batch_id, months, housing = (
            opened(made, kind) for kind in (BatchKind.INCIDENTS, BatchKind.REPORTING, BatchKind.HOUSING)
        )
        lines = [undoing.batch_line(made.connection, number) for number in (batch_id, months, housing, 99)]
    assert [line and (line.batch_id, line.kind, line.undone_at) for line in lines] == [
        (batch_id, BatchKind.INCIDENTS, None),
        (months, BatchKind.REPORTING, None),
        None,
        None,
    ]


def test_batch_undone_says_when_and_the_others_do_not(filled: Engine):
    start = datetime.now(UTC).replace(tzinfo=None)
    with change(filled, "essai") as made:
        one, other = opened(made), opened(made)
        undoing.mark_undone(made, one)
        found, left = (undoing.batch_line(made.connection, number) for number in (one, other))
    assert found is not None
    assert found.undone_at is not None
    assert found.undone_at.replace(tzinfo=None) >= start
    assert left is not None
    assert left.undone_at is None


def test_facts_rewritten_get_their_former_content_and_only_those_of_the_batch(filled: Engine):
    with change(filled, "essai") as made:
        first, second = opened(made), opened(made)
        before = stored_facts(made.connection, 1, ["a1", "a2", "a3"])
        for batch_id, name in ((first, "a1"), (first, "a2"), (second, "a3")):
            rewrite(made, batch_id, before[name], outcome="dropped", occurred_on=date(2026, 1, 7), building_code="B")
    with change(filled, "essai") as made:
        assert undoing.restore_facts(made, first) == 2
        after = stored_facts(made.connection, 1, ["a1", "a2", "a3"])
        assert undoing.restore_facts(made, opened(made)) == 0
    assert (after["a1"], after["a2"]) == (before["a1"], before["a2"])
    assert (after["a3"]["outcome"], after["a3"]["building_code"]) == ("dropped", "B")


def rewrite(made: Change, batch_id: int, held: dict, **now: object) -> None:
    content = {name: held[name] for name in (*CONTENT, "severity_default")} | now
    update_incidents(made, batch_id, [held], pd.DataFrame([content], dtype=object))


def test_facts_and_waiting_rows_of_the_batch_go_and_no_other(filled: Engine):
    with change(filled, "essai") as made:
        first, second = opened(made), opened(made)
        days = [(first, "n1"), (first, "n2"), (second, "n3")]
        add(made, s.Incident, *(incident(name, 1, JANUARY) | {"batch_id": number} for number, name in days))
        reasons = pd.DataFrame({"line_number": [2], "column_name": "Date", "value": "x", "reason": "date impossible"})
        for number in (first, second):
            save_rejections(made, number, pd.Series(["{}"], index=[2], dtype=object), reasons)
    with change(filled, "essai") as made:
        assert (undoing.remove_facts(made, first), undoing.remove_waiting(made, first)) == (2, 1)
        assert (undoing.remove_facts(made, first), undoing.remove_waiting(made, first)) == (0, 0)
    counts = [count(filled, table) for table in (s.Incident, s.RejectedRow, s.RejectionReason)]
    assert counts == [11, 1, 1]


def test_residences_of_undone_batches_go_unless_something_uses_them(filled: Engine):
    with change(filled, "essai") as made:
        undone, standing, other = opened(made), opened(made), opened(made, landlord_id=2)
        add(made, s.Residence, *(residence(number, 1, "91001") for number in (5, 6, 7, 8, 9)))
        add(made, s.Incident, incident("n6", 6, JANUARY, landlord_id=1))
        add(made, s.ReportingMonth, {"residence_id": 7, "month_on": JANUARY, "status": "reported"})
        note(made, undone, RESIDENCE, [(str(number), None) for number in (5, 6, 7)])
        note(made, standing, RESIDENCE, [("8", None)])
        note(made, other, RESIDENCE, [("9", None)])
        for number in (undone, other):
            undoing.mark_undone(made, number)
        assert undoing.remove_residences(made, 1) == 1
        assert undoing.remove_residences(made, 1) == 0
        left = set(made.connection.scalars(select(s.Residence.residence_id)))
    assert left == {1, 2, 3, 4, 6, 7, 8, 9}


def test_residence_where_partners_act_stays_until_they_act_there_no_more(filled: Engine):
    with change(filled, "essai") as made:
        undone = opened(made)
        add(made, s.Residence, *(residence(number, 1, "91001") for number in (5, 6)))
        note(made, undone, RESIDENCE, [(str(number), None) for number in (5, 6)])
        places = (ActionPlace(residence_id=5), ActionPlace(residence_id=5, hall_code="2"), ActionPlace(qpv_id=1))
        action = save_action(made, JointAction("Rondes", places=places), by=Partner.LANDLORD)
        undoing.mark_undone(made, undone)
        assert undoing.remove_residences(made, 1) == 1
        assert actions(made.connection, Scope.everything()) == [action]
        assert made.connection.scalar(select(s.Residence.residence_id).where(s.Residence.residence_id == 6)) is None
        save_action(made, replace(action, places=places[2:]), by=Partner.LANDLORD)
        assert undoing.remove_residences(made, 1) == 1
        told = [one.said.places for one in history(made.connection, action.action_id or 0, Scope.everything())]
    assert told == [places[2:], action.places]


def months(engine: Engine) -> set[tuple[int, date, str]]:
    with engine.connect() as connection:
        rows = connection.execute(
            select(s.ReportingMonth.residence_id, s.ReportingMonth.month_on, s.ReportingMonth.status)
        )
        return {(row[0], row[1], row[2].value) for row in rows if row[0] in (1, 2) and row[1] >= JANUARY}


SAID = {"A": [JANUARY, MARCH], "B": [JANUARY, MARCH, APRIL], "C": [APRIL]}
FEBRUARY = {(1, date(2026, 2, 1), "nothing_to_report"), (2, date(2026, 2, 1), "nothing_to_report")}


def expected(standing: set[str]) -> set[tuple[int, date, str]]:
    """Residence 1 has facts in January; before any batch, January and February had «nothing to report»."""
    told = {month for name in standing for month in SAID[name]}
    january = {
        (1, JANUARY, "reported" if standing & {"A", "B"} else "nothing_to_report"),
        (2, JANUARY, "nothing_to_report"),
    }
    return FEBRUARY | january | {(n, month, "nothing_to_report") for n in (1, 2) for month in told - {JANUARY}}


def test_in_whatever_order_batches_are_undone_the_months_are_what_the_others_say(filled: Engine):
    for order in permutations(SAID):
        ids = {}
        for name, said in SAID.items():
            with change(filled, "essai") as made:
                ids[name] = opened(made, BatchKind.REPORTING)
                mark_reporting(made, 1, said, batch_id=ids[name])
        standing = set(SAID)
        assert months(filled) == expected(standing)
        for name in order:
            with change(filled, "essai") as made:
                line = undoing.batch_line(made.connection, ids[name])
                assert line is not None
                undoing.mark_undone(made, line.batch_id)
                assert undoing.restore_months(made, line) == 2 * len(SAID[name])
            standing.remove(name)
            assert months(filled) == expected(standing), (order, name)


def test_batch_that_said_no_month_looks_at_none(filled: Engine):
    before = months(filled)
    with change(filled, "essai") as made:
        line = undoing.batch_line(made.connection, opened(made))
        assert line is not None
        assert undoing.restore_months(made, line) == 0
    assert months(filled) == before
