from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from lib.domain.actions import ActionPlace, JointAction, Progress, merged
from lib.domain.clocks import Clock
from lib.domain.scope import Scope
from lib.domain.vocabulary import (
    ActionIndicator,
    ActionKind,
    ActionStatus,
    LegalClockKind,
    Partner,
)
from lib.errors import ConflictError
from lib.store import schema as s
from lib.store.actions import actions, history, save_action, since
from lib.store.engine import connect, migrate
from lib.store.revisions import change, current_revision
from lib.store.settings import register_key
from tests.factories import small_store
from tests.lib.store.test_engine import downgrade

ALL = Scope.everything()
FULL = JointAction(
    title="Reprendre le hall",
    kind=ActionKind.INTERVENTION,
    status=ActionStatus.DECIDED,
    problem="Regroupements le soir.",
    family_code="OCC",
    places=(
        ActionPlace(residence_id=1),
        ActionPlace(residence_id=1, building_code="A", hall_code="1"),
        ActionPlace(qpv_id=1),
        ActionPlace(district_id=1),
        ActionPlace(commune_code="91001"),
    ),
    weekdays=(0, 4, 6),
    start_minute=1080,
    end_minute=60,
    objective="Moitié moins de faits en six mois.",
    indicator=ActionIndicator.FACTS,
    baseline=24,
    target=12,
    pilot=Partner.POLICE,
    partners=(Partner.LANDLORD, Partner.JUSTICE),
    means="Une patrouille de plus.",
    cost_euros=1234.5,
    tfpb_pct=40,
    volume=12,
    volume_unit="passages",
    starts_on=date(2026, 1, 5),
    due_on=date(2026, 6, 30),
    evaluated_on=date(2026, 7, 15),
    clocks=(
        Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 1, 6), date(2026, 1, 10)),
        Clock(LegalClockKind.WARDEN_REPORT, date(2026, 2, 1)),
    ),
)


def save(engine: Engine, action: JointAction, by: Partner = Partner.LANDLORD, **more: datetime) -> JointAction:
    with change(engine, "essai") as made:
        return save_action(made, action, by=by, **more)


def kept(engine: Engine, scope: Scope = ALL) -> list[JointAction]:
    with engine.connect() as connection:
        return actions(connection, scope)


def told(engine: Engine, action_id: int, scope: Scope = ALL) -> list[tuple]:
    with engine.connect() as connection:
        return [(one.version, one.changed_by, one.said) for one in history(connection, action_id, scope)]


def test_action_comes_back_as_it_was_written(store: Engine):
    small_store(store)
    saved = save(store, FULL)
    assert kept(store) == [saved]
    assert (saved.says_as(FULL), saved.version) == (True, 1)


def test_change_replaces_everything_and_the_history_keeps_everything(store: Engine):
    small_store(store)
    first = save(store, FULL)
    bare = JointAction(title="Autre titre", action_id=first.action_id, version=1)
    second = save(store, bare, Partner.JUSTICE)
    assert kept(store) == [second] == [replace(bare, version=2)]
    assert told(store, first.action_id) == [(2, Partner.JUSTICE, second), (1, Partner.LANDLORD, first)]


def test_same_text_again_makes_no_version(store: Engine):
    first = save(store, JointAction(title="A"))
    save(store, replace(first, title="B"))
    assert save(store, replace(first, title="B")).version == 2
    assert len(told(store, first.action_id)) == 2


def test_second_of_two_persons_is_told_and_neither_loses_a_word(store: Engine):
    other = connect(store.url.render_as_string(hide_password=False))
    read = save(store, JointAction(title="A", problem="Bruit"))
    here, there = kept(store)[0], kept(other)[0]
    theirs = save(other, replace(there, title="B"), Partner.JUSTICE, at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    with store.connect() as connection:
        before = current_revision(connection)
    with pytest.raises(ConflictError, match="2 mars 2026 par le parquet") as raised:
        save(store, replace(here, problem="Bruit et tags"))
    fault = raised.value
    assert (fault.base, fault.theirs, fault.changed_by) == (read, theirs, Partner.JUSTICE)
    assert fault.changed_at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert kept(store) == [theirs]
    with store.connect() as connection:
        assert current_revision(connection) == before
    both, conflicts = merged(fault.base, fault.theirs, replace(here, problem="Bruit et tags"))
    assert conflicts == []
    assert save(store, both) == replace(read, title="B", problem="Bruit et tags", version=3)
    other.dispose()


def test_version_changed_between_the_reading_and_the_writing_is_not_written_over(store: Engine, monkeypatch):
    read = save(store, JointAction(title="A"))
    save(store, replace(read, title="B"))
    monkeypatch.setattr("lib.store.actions.held_action", lambda *_: read)
    with pytest.raises(ConflictError):
        save(store, replace(read, title="C"))
    with store.connect() as connection:
        assert connection.scalar(select(s.JointAction.title)) == "B"


def test_of_many_who_write_at_once_one_alone_is_kept(store: Engine):
    read = save(store, JointAction(title="A"))

    def write(number: int) -> JointAction | None:
        try:
            return save(store, replace(read, title=f"Titre {number}"))
        except ConflictError:
            return None

    with ThreadPoolExecutor(4) as pool:
        written = [one for one in pool.map(write, range(8)) if one is not None]
    assert written == kept(store)
    assert [version for version, *_ in told(store, read.action_id)] == [2, 1]


def test_action_that_is_not_in_the_store_is_a_fault_of_ours(store: Engine):
    with pytest.raises(ValueError, match="no action 9"):
        save(store, JointAction(title="A", action_id=9, version=1))


HERE = [
    Scope(landlord_ids=frozenset({1})),
    Scope(departement_codes=frozenset({"91"})),
    Scope(district_ids=frozenset({1})),
]
ELSEWHERE = [
    Scope(landlord_ids=frozenset({2})),
    Scope(departement_codes=frozenset({"77"})),
    Scope(district_ids=frozenset({2})),
]


@pytest.mark.parametrize(
    "place",
    [
        ActionPlace(residence_id=1),
        ActionPlace(residence_id=1, hall_code="1"),
        ActionPlace(qpv_id=1),
        ActionPlace(commune_code="91001"),
        ActionPlace(district_id=1),
    ],
    ids=lambda place: place.kind.value,
)
def test_action_is_seen_by_who_has_a_residence_in_one_of_its_places_and_by_nobody_else(
    store: Engine, place: ActionPlace
):
    small_store(store)
    saved = save(store, JointAction(title="A", places=(place,)))
    assert [kept(store, scope) for scope in HERE] == [[saved]] * 3
    assert [kept(store, scope) for scope in [*ELSEWHERE, Scope.nothing()]] == [[]] * 4
    assert [told(store, saved.action_id, scope) for scope in [*ELSEWHERE, Scope.nothing()]] == [[]] * 4
    assert len(told(store, saved.action_id, HERE[0])) == 1


def test_residence_near_a_quarter_is_not_in_it(store: Engine):
    small_store(store)
    save(store, JointAction(title="A", places=(ActionPlace(qpv_id=1),)))
    with change(store, "essai") as made:
        made.connection.execute(update(s.Residence).values(qpv_2024_status="near"))
    assert kept(store, HERE[0]) == []


def test_action_without_a_place_is_seen_by_who_sees_something(store: Engine):
    small_store(store)
    saved = save(store, JointAction(title="A"))
    assert kept(store, ELSEWHERE[0]) == [saved]
    assert kept(store, Scope.nothing()) == []


def test_what_was_done_since_a_day_is_new_moved_or_late(store: Engine):
    small_store(store)
    day = date(2026, 3, 2)
    before = {"at": datetime(2026, 3, 1, 22, 59, tzinfo=UTC)}  # 23:59 in Paris
    after = {"at": datetime(2026, 3, 1, 23, 1, tzinfo=UTC)}
    moved = save(store, JointAction(title="A", places=(ActionPlace(residence_id=1),)), **before)
    moved = save(store, replace(moved, status=ActionStatus.DECIDED), **after)
    moved = save(store, replace(moved, status=ActionStatus.ONGOING), **after)
    save(store, JointAction(title="B"), **before)
    late = save(store, JointAction(title="C", due_on=date(2026, 3, 9)), **before)
    new = save(store, JointAction(title="D"), **after)
    with store.connect() as connection:
        assert since(connection, day, ALL, on=date(2026, 3, 10)) == [
            Progress(moved, ActionStatus.PROPOSED, is_overdue=False),
            Progress(late, ActionStatus.PROPOSED, is_overdue=True),
            Progress(new, None, is_overdue=False),
        ]
        assert [one.action for one in since(connection, day, ALL, on=date(2026, 3, 9))] == [moved, new]
        assert [one.action for one in since(connection, day, ELSEWHERE[0], on=date(2026, 3, 9))] == [new]
        assert since(connection, day, Scope.nothing(), on=date(2026, 3, 10)) == []


def test_what_was_done_between_two_days_is_as_it_was_when_the_last_began(store: Engine):
    small_store(store)
    january, february, march = (datetime(2026, month, 10, 12, tzinfo=UTC) for month in (1, 2, 3))
    first = save(store, JointAction(title="A", due_on=date(2026, 3, 1)), at=january)
    moved = save(store, replace(first, status=ActionStatus.DECIDED), at=february)
    new = save(store, JointAction(title="B"), at=february)
    for one in (moved, new):
        save(store, replace(one, status=ActionStatus.DONE), at=march)
    save(store, JointAction(title="C"), at=march)
    with store.connect() as connection:
        asked = {"on": date(2026, 3, 10), "until": date(2026, 3, 10)}
        assert since(connection, date(2026, 2, 1), ALL, **asked) == [
            Progress(moved, ActionStatus.PROPOSED, is_overdue=True),
            Progress(new, None, is_overdue=False),
        ]
        assert since(connection, date(2026, 2, 1), Scope.nothing(), **asked) == []


def test_version_written_wholly_beyond_the_scope_says_nothing(store: Engine):
    small_store(store)
    there, here = ((ActionPlace(residence_id=3),), (ActionPlace(residence_id=1),))
    january, march = (datetime(2026, month, 10, 12, tzinfo=UTC) for month in (1, 3))
    first = save(store, JointAction("Secret", problem="Secret", places=there), at=january)
    second = save(store, replace(first, title="B", problem="", places=(*there, *here)), at=march)
    with store.connect() as connection:
        versions = history(connection, first.action_id or 0, HERE[0])
        assert [(one.version, one.said, one.is_beyond_scope) for one in versions] == [
            (2, second, False),
            (1, JointAction("", action_id=first.action_id, version=1), True),
        ]
        assert [one.is_beyond_scope for one in history(connection, first.action_id or 0, ALL)] == [False, False]
        past = {"on": date(2026, 2, 1), "until": date(2026, 2, 1)}
        assert since(connection, date(2026, 1, 1), HERE[0], **past) == []
        assert [one.action for one in since(connection, date(2026, 1, 1), ALL, **past)] == [first]
        (moved,) = since(connection, date(2026, 2, 1), HERE[0], on=date(2026, 4, 1))
    assert (moved.action, moved.status_before) == (second, None)


@pytest.mark.parametrize("place", FULL.places, ids=lambda place: place.kind.value)
def test_version_is_told_to_who_has_a_residence_in_one_of_its_places(store: Engine, place: ActionPlace):
    small_store(store)
    first = save(store, JointAction("A", places=(place,)))
    save(store, replace(first, places=()))
    for scopes, is_beyond in ((HERE, False), (ELSEWHERE, True)):
        for scope in scopes:
            with store.connect() as connection:
                (_, oldest) = history(connection, first.action_id or 0, scope)
            assert oldest.is_beyond_scope == is_beyond


@pytest.mark.parametrize(
    "content",
    ["{bad", "[]", "1", "{}", '{"title": null}', '{"title": "A", "kind": null}', '{"title": "A", "weekdays": [9]}',
     '{"title": "A", "pilot": "martian"}', '{"title": "A", "places": [{}]}', '{"title": "A", "cost_euros": "x"}',
     '{"title": "A", "clocks": [{}]}', '{"title": "A", "due_on": "soon"}', "[" * 50_000],
)  # fmt: skip
def test_version_that_cannot_be_read_is_left_out(store: Engine, content: str, caplog: pytest.LogCaptureFixture):
    small_store(store)
    january, march = (datetime(2026, month, 10, 12, tzinfo=UTC) for month in (1, 3))
    first = save(store, JointAction("A", due_on=date(2026, 3, 20)), at=january)
    second = save(store, replace(first, status=ActionStatus.DECIDED), at=march)
    with change(store, "essai") as made:
        made.connection.execute(update(s.ActionVersion).where(s.ActionVersion.version == 1).values(content=content))
    assert [version for version, *_ in told(store, first.action_id or 0)] == [2]
    assert "version 1 of action 1 cannot be read" in caplog.text
    with store.connect() as connection:
        assert since(connection, date(2026, 2, 1), ALL, on=date(2026, 3, 11)) == []
        late = since(connection, date(2026, 2, 1), ALL, on=date(2026, 4, 1))
        assert late == [Progress(second, ActionStatus.DECIDED, is_overdue=True)]
        assert since(connection, date(2026, 1, 1), ALL, on=date(2026, 2, 1), until=date(2026, 2, 1)) == []
    with pytest.raises(ConflictError) as raised, change(store, "essai") as made:
        save_action(made, replace(first, title="C"), by=Partner.POLICE)
    assert (raised.value.theirs, raised.value.base) == (second, None)


def test_first_action_gives_the_register_its_key(store: Engine):
    save(store, JointAction(title="A"))
    with store.connect() as connection:
        first = register_key(connection)
    save(store, JointAction(title="B"))
    with store.connect() as connection:
        assert register_key(connection) == first != ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 121},
        {"problem": "x" * 2001},
        {"volume_unit": "x" * 61},
        {"status": ActionStatus.ABANDONED},
        {"abandon_reason": "Sans objet"},
        {"weekdays": (7,)},
        {"start_minute": 60},
        {"start_minute": 1440, "end_minute": 60},
        {"indicator": ActionIndicator.FACTS},
        {"target": 3},
        {"indicator": ActionIndicator.FACTS, "target": -1},
        {"baseline": -1},
        {"cost_euros": -1},
        {"tfpb_pct": 101},
        {"volume": -1},
        {"starts_on": date(2026, 2, 1), "due_on": date(2026, 1, 31)},
        {"starts_on": date(2026, 2, 1), "evaluated_on": date(2026, 1, 31)},
        {"family_code": "XXX"},
        {"places": (ActionPlace(residence_id=99),)},
        {"places": (ActionPlace(qpv_id=99),)},
        {"places": (ActionPlace(district_id=99),)},
        {"places": (ActionPlace(commune_code="99999"),)},
        {"clocks": (Clock(LegalClockKind.WARDEN_REPORT, date(2026, 2, 1), date(2026, 1, 31)),)},
    ],
    ids="-".join,
)
def test_action_that_cannot_be_is_refused_by_the_store(store: Engine, wrong: dict):
    with pytest.raises(DBAPIError):
        save(store, replace(JointAction(title="A"), **wrong))
    assert kept(store) == []


@pytest.mark.parametrize(
    "place",
    [
        {"residence_id": "NULL"},
        {"qpv_id": "1"},
        {"building_code": "'A'"},
        {"residence_id": "NULL", "qpv_id": "1", "hall_code": "'1'"},
    ],
    ids=str,
)
def test_place_with_no_key_or_two_is_refused_by_the_store(store: Engine, place: dict):
    small_store(store)
    saved = save(store, JointAction(title="A"))
    row = {
        "action_id": saved.action_id,
        "residence_id": "1",
        "building_code": "''",
        "hall_code": "''",
        "revision": 1,
    } | place
    asked = f"INSERT INTO action_place ({', '.join(row)}) VALUES ({', '.join(map(str, row.values()))})"
    with pytest.raises(DBAPIError), store.begin() as connection:
        connection.execute(text(asked))


def test_older_store_gets_the_tables_and_keeps_its_rows(empty_store: Engine):
    with empty_store.begin() as connection:
        downgrade(connection, "0006")
    assert not {"joint_action", "meeting", "committee_choice"} & set(inspect(empty_store).get_table_names())
    with change(empty_store, "essai"):
        pass
    migrate(empty_store)
    assert save(empty_store, JointAction(title="A")).version == 1
    with empty_store.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(s.Revision)) == 2
