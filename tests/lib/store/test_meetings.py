from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.meetings import UNTOLD, Decision, Meeting, merged_meetings
from lib.domain.scope import Scope
from lib.domain.versions import Version
from lib.domain.vocabulary import MeetingBody, Partner
from lib.errors import ConflictError
from lib.store import schema as s
from lib.store.actions import save_action
from lib.store.engine import connect, migrate
from lib.store.meetings import already_kept, history, meetings, save_meeting
from lib.store.revisions import change, current_revision
from lib.store.settings import register_key
from tests.factories import small_store
from tests.lib.store.test_engine import downgrade

ALL = Scope.everything()
COPIL = Meeting(MeetingBody.COPIL, date(2026, 1, 15))


def save(engine: Engine, meeting: Meeting, by: Partner = Partner.PREFECTURE, **more: datetime) -> Meeting:
    with change(engine, "essai") as made:
        return save_meeting(made, meeting, by=by, **more)


def versions(engine: Engine, meeting: Meeting, scope: Scope = ALL) -> list[Version[Meeting]]:
    with engine.connect() as connection:
        return history(connection, meeting.meeting_id or 0, scope)


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
    first = save(store, COPIL)
    assert save(store, first, Partner.JUSTICE).version == 1
    assert [(one.version, one.changed_by) for one in versions(store, first)] == [(1, Partner.PREFECTURE)]


def test_every_change_is_kept_with_who_made_it_and_when(store: Engine):
    small_store(store)
    january, march = (datetime(2026, month, 10, 12, tzinfo=UTC) for month in (1, 3))
    full = replace(
        COPIL, label="Bilan", departement_code="91", partners=(Partner.LANDLORD,), decisions=(Decision("Un"),)
    )
    first = save(store, full, at=january)
    bare = Meeting(MeetingBody.GPO, date(2026, 2, 5), meeting_id=first.meeting_id, version=1)
    second = save(store, bare, Partner.JUSTICE, at=march)
    assert versions(store, first) == [
        Version(2, march, Partner.JUSTICE, second),
        Version(1, january, Partner.PREFECTURE, first, is_oldest=True),
    ]


def test_each_version_is_of_the_revision_that_wrote_it(store: Engine):
    save(store, replace(save(store, COPIL), label="Bilan"))
    of_versions = select(s.MeetingVersion.revision).order_by(s.MeetingVersion.version)
    with store.connect() as connection:
        last = current_revision(connection)
        assert list(connection.scalars(of_versions)) == [last - 1, last]


def test_second_of_two_persons_is_told_who_wrote_when_and_neither_loses_a_word(store: Engine):
    other = connect(store.url.render_as_string(hide_password=False))
    read = save(store, COPIL)
    written_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    theirs = save(other, replace(read, decisions=(Decision("Un"),)), Partner.JUSTICE, at=written_at)
    with store.connect() as connection:
        before = current_revision(connection)
    mine = replace(read, decisions=(Decision("Deux"),))
    with pytest.raises(ConflictError, match="réunion a été modifiée le 2 mars 2026 par le parquet") as raised:
        save(store, mine)
    fault = raised.value
    assert (fault.base, fault.theirs) == (read, theirs)
    assert (fault.changed_by, fault.changed_at) == (Partner.JUSTICE, written_at)
    assert kept(store) == [theirs]
    with store.connect() as connection:
        assert current_revision(connection) == before
    both = save(store, merged_meetings(fault.base, fault.theirs, mine))
    assert (both.version, both.decisions) == (3, (Decision("Un"), Decision("Deux")))
    assert [one.version for one in versions(store, read)] == [3, 2, 1]
    other.dispose()


def test_conflict_is_told_from_the_history_of_its_own_meeting(store: Engine):
    read = save(store, COPIL)
    theirs = save(store, replace(read, label="Bilan"), Partner.JUSTICE)
    other = save(store, replace(COPIL, label="Autre réunion"), Partner.POLICE)
    save(store, replace(other, label="Encore autre"), Partner.POLICE)
    with pytest.raises(ConflictError, match="par le parquet") as raised:
        save(store, replace(read, label="Notre"))
    assert (raised.value.base, raised.value.theirs) == (read, theirs)


def test_version_changed_between_the_reading_and_the_writing_is_not_written_over(store: Engine, monkeypatch):
    read = save(store, COPIL)
    theirs = save(store, replace(read, decisions=(Decision("Un"),)))
    monkeypatch.setattr("lib.store.meetings.held_meeting", lambda *_: read)
    with pytest.raises(ConflictError):
        save(store, replace(read, decisions=(Decision("Deux"),)))
    assert kept(store) == [theirs]


def test_change_that_says_what_is_already_kept_is_no_conflict(store: Engine):
    read = save(store, COPIL)
    theirs = save(store, replace(read, label="Bilan"))
    mine = replace(read, label="Bilan")
    with store.connect() as connection:
        assert already_kept(connection, mine) == theirs
        assert already_kept(connection, read) is None
    assert save(store, mine) == theirs
    assert len(versions(store, read)) == 2


def test_other_meetings_keep_their_words_and_their_revision(store: Engine):
    other = save(store, replace(COPIL, partners=(Partner.POLICE,), decisions=(Decision("Autre"),)))
    save(store, replace(save(store, COPIL), decisions=(Decision("Un"),)))
    assert kept(store)[1] == other
    with store.connect() as connection:
        revisions = list(connection.scalars(select(s.Meeting.revision).order_by(s.Meeting.meeting_id)))
        assert revisions == [current_revision(connection) - 2, current_revision(connection)]


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


def test_history_is_that_of_who_sees_the_meeting(store: Engine):
    small_store(store)
    there, here = Scope(landlord_ids=frozenset({2})), Scope(landlord_ids=frozenset({1}))
    first = save(store, replace(COPIL, departement_code="77", decisions=(Decision("Secret"),)))
    assert versions(store, first, here) == versions(store, first, Scope.nothing()) == []
    assert [one.said for one in versions(store, first, there)] == [first]
    second = save(store, replace(first, departement_code="91", decisions=()))
    told = versions(store, first, here)
    assert [(one.version, one.is_beyond_scope) for one in told] == [(2, False), (1, True)]
    blank = Meeting(COPIL.body, COPIL.held_on, meeting_id=first.meeting_id, version=1)
    assert [one.said for one in told] == [second, blank]
    assert [one.is_beyond_scope for one in versions(store, first)] == [False, False]


def test_decision_on_an_action_beyond_the_scope_is_not_told(store: Engine):
    small_store(store)
    with change(store, "essai") as made:
        keys = [
            save_action(made, JointAction("A", places=(ActionPlace(residence_id=home),)), by=Partner.POLICE).action_id
            for home in (1, 3)
        ]
    decisions = (Decision("Ici", keys[0]), Decision("Ailleurs", keys[1]), Decision("Partout"))
    saved = save(store, replace(COPIL, decisions=decisions))
    (told,) = versions(store, saved, Scope(landlord_ids=frozenset({1})))
    assert told.said.decisions == (decisions[0], UNTOLD, decisions[2])
    assert versions(store, saved)[0].said.decisions == decisions


@pytest.mark.parametrize(
    "content",
    ["{bad", "[]", "1", "{}", '{"body": "COPIL", "held_on": null}', '{"body": "party", "held_on": "2026-01-15"}',
     '{"body": "COPIL", "held_on": "soon"}', '{"body": "COPIL", "held_on": "2026-01-15", "label": null}',
     '{"body": "COPIL", "held_on": "2026-01-15", "decisions": [{"text": 1, "action_id": null}]}',
     '{"body": "COPIL", "held_on": "2026-01-15", "decisions": [{"text": "A", "action_id": "1"}]}', "[" * 50_000],
)  # fmt: skip
def test_version_that_cannot_be_read_is_left_out(store: Engine, content: str, caplog: pytest.LogCaptureFixture):
    first = save(store, COPIL)
    second = save(store, replace(first, label="Bilan"))
    with change(store, "essai") as made:
        made.connection.execute(update(s.MeetingVersion).where(s.MeetingVersion.version == 1).values(content=content))
    assert [(one.said, one.is_oldest) for one in versions(store, first)] == [(second, False)]
    assert "version 1 of meeting 1 cannot be read" in caplog.text
    with pytest.raises(ConflictError) as raised:
        save(store, replace(first, label="Autre"))
    assert (raised.value.theirs, raised.value.base) == (second, None)


def older(engine: Engine) -> Meeting:
    """A meeting of a store at 0007, at its third version, then migrated."""
    with change(engine, "essai"):
        pass
    with engine.begin() as connection:
        downgrade(connection, "0007")
        assert "meeting_version" not in inspect(connection).get_table_names()
        connection.execute(
            text(
                "INSERT INTO meeting (meeting_id, version, body, held_on, label, revision)"
                " VALUES (1, 3, 'COPIL', '2026-01-15', 'Bilan', 1)"
            )
        )
        connection.execute(text("INSERT INTO meeting_partner (meeting_id, partner, revision) VALUES (1, 'justice', 1)"))
        connection.execute(
            text("INSERT INTO decision (meeting_id, position, text, revision) VALUES (1, 1, 'Joindre Dupont', 1)")
        )
    migrate(engine)
    decisions = (Decision("Joindre Dupont"),)
    return replace(COPIL, label="Bilan", partners=(Partner.JUSTICE,), decisions=decisions, meeting_id=1, version=3)


def test_meeting_of_an_older_store_is_whole_and_its_history_begins_with_its_next_change(empty_store: Engine):
    held = older(empty_store)
    assert kept(empty_store) == [held]
    assert versions(empty_store, held) == []
    changed = save(empty_store, replace(held, label="Bilan de l’année"), Partner.JUSTICE)
    assert kept(empty_store) == [changed]
    (told,) = versions(empty_store, held)
    assert (told.version, told.said, told.changed_by, told.is_oldest) == (4, changed, Partner.JUSTICE, True)
    with pytest.raises(ConflictError, match="par le parquet") as raised:
        save(empty_store, replace(held, label="Autre"))
    assert (raised.value.theirs, raised.value.base) == (changed, None)


def test_who_changed_a_meeting_before_its_history_began_is_not_known(empty_store: Engine):
    held = older(empty_store)
    with pytest.raises(ConflictError, match="a été modifiée par un autre partenaire pendant") as raised:
        save(empty_store, replace(held, label="Autre", version=2))
    fault = raised.value
    assert (fault.base, fault.changed_by, fault.changed_at) == (None, None, None)


def test_older_code_finds_its_store_again(empty_store: Engine):
    saved = save(empty_store, COPIL)
    with empty_store.begin() as connection:
        downgrade(connection, "0007")
        assert connection.scalar(select(s.Meeting.meeting_id)) == saved.meeting_id


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
