from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot import directory, filling, queries
from lib.snapshot.places import Level
from lib.store import schema as s
from lib.store.revisions import change
from lib.ui import data
from tests.conftest import new_store, with_nomenclature
from tests.factories import add, incident, small_store

ALL = IncidentFilter(Period(date(2026, 1, 1), date(2026, 3, 1)))


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def read(store: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The store counted by hand, which the process reads; on each engine."""
    monkeypatch.setenv("DATABASE_URL", address(small_store(store)))
    yield store
    data.store(address(store)).dispose()


def count() -> int:
    figures = data.ask(queries.place_figures, data.snapshot(), Level.ALL, chosen=ALL, scope=Scope.everything())
    return int(figures["incident_count"].sum())


def add_fact(engine: Engine, reference: str) -> None:
    with change(engine, "essai") as made:
        add(made, s.Incident, incident(reference, 1, date(2026, 2, 1)))


def test_store_that_did_not_move_is_not_copied_again(read: Engine, monkeypatch: pytest.MonkeyPatch):
    before = data.snapshot()
    monkeypatch.setattr(filling, "fill", None)
    monkeypatch.setattr(filling, "refresh", None)
    assert data.snapshot().state == before.state


def test_new_revision_gives_a_new_snapshot_and_new_answers(read: Engine):
    before, counted = data.snapshot(), count()
    add_fact(read, "n1")
    after = data.snapshot()
    assert after.revision == before.revision + 1
    assert (counted, count()) == (6, 7)


def test_change_that_was_undone_gives_no_new_snapshot(read: Engine):
    before = data.snapshot()
    with pytest.raises(ZeroDivisionError):
        fail_half_way(read)
    assert data.snapshot().state == before.state


def fail_half_way(engine: Engine) -> None:
    with change(engine, "essai") as made:
        add(made, s.Incident, incident("n1", 1, date(2026, 2, 1)))
        raise ZeroDivisionError


def test_page_that_holds_an_older_snapshot_gets_the_answers_of_its_revision(read: Engine):
    old = data.snapshot()
    add_fact(read, "n1")
    data.snapshot()
    figures = data.ask(queries.place_figures, old, Level.ALL, chosen=ALL, scope=Scope.everything())
    assert figures["incident_count"].sum() == 6


def test_two_stores_of_one_process_do_not_mix(request, tmp_path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with new_store("sqlite", request, tmp_path / "a") as first, new_store("sqlite", request, tmp_path / "b") as second:
        for engine in (first, second):
            small_store(with_nomenclature(engine))
        add_fact(first, "n1")
        with change(second, "essai"):
            pass  # the same number of revisions, other facts
        counts = []
        for engine in (first, second, first):
            monkeypatch.setenv("DATABASE_URL", address(engine))
            counts.append((data.snapshot().revision, count()))
        assert counts == [(3, 7), (3, 6), (3, 7)]
        for engine in (first, second):
            data.store(address(engine)).dispose()


def test_answers_to_two_scopes_do_not_mix(read: Engine):
    snapshot = data.snapshot()
    scopes = Scope.everything(), Scope(landlord_ids=frozenset({2})), Scope.nothing()
    assert [len(data.ask(directory.landlords, snapshot, scope)) for scope in scopes] == [2, 1, 0]


def test_answers_to_two_selections_do_not_mix(read: Engine):
    snapshot = data.snapshot()
    counts = [
        int(data.ask(queries.place_figures, snapshot, Level.ALL, chosen=chosen, scope=Scope.everything())[column].sum())
        for chosen, column in ((ALL, "incident_count"), (ALL.at(residence_ids=(1,)), "incident_count"))
    ]
    assert counts == [6, 3]


def test_answers_to_two_questions_do_not_mix(read: Engine):
    snapshot, everything = data.snapshot(), Scope.everything()
    assert "landlord_name" in data.ask(directory.landlords, snapshot, everything)
    assert "departement_name" in data.ask(directory.departements, snapshot, everything)


def test_answer_changed_by_its_reader_is_kept_as_it_was(read: Engine):
    snapshot = data.snapshot()
    given = data.ask(directory.landlords, snapshot, Scope.everything())
    given["landlord_name"] = "changed"
    assert data.ask(directory.landlords, snapshot, Scope.everything())["landlord_name"].tolist() == [
        "Alpha Habitat",
        "Beta Logis",
    ]


def test_question_is_asked_once_per_revision(read: Engine):
    asked = []

    def question(snapshot, scope):
        asked.append(snapshot.revision)
        return len(asked)

    snapshot = data.snapshot()
    assert [data.ask(question, snapshot, Scope.everything()) for _ in range(3)] == [1, 1, 1]
    assert len(asked) == 1
