import pytest
from sqlalchemy import Engine, insert, select

from lib.store import schema as s
from lib.store.revisions import change, current_revision
from tests.factories import add


def revisions(engine: Engine) -> list[tuple[int, str]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(s.Revision.number, s.Revision.reason))]


def test_store_nobody_wrote_to_is_at_revision_zero(empty_store: Engine):
    with empty_store.connect() as connection:
        assert current_revision(connection) == 0


def test_each_change_has_the_next_number_and_its_reason(empty_store: Engine):
    with change(empty_store, "faits") as first:
        pass
    with change(empty_store, "territoires") as second:
        pass
    assert second.revision == first.revision + 1
    assert revisions(empty_store) == [(first.revision, "faits"), (second.revision, "territoires")]
    with empty_store.connect() as connection:
        assert current_revision(connection) == second.revision


def test_rows_carry_the_number_of_their_change(empty_store: Engine):
    with change(empty_store, "essai") as made:
        add(made, s.Departement, {"departement_code": "91", "departement_name": "Essonne"})
    with empty_store.connect() as connection:
        assert connection.scalars(select(s.Departement.revision)).all() == [made.revision]


def test_change_that_fails_leaves_neither_rows_nor_revision(empty_store: Engine):
    with pytest.raises(ZeroDivisionError):
        fail_half_way(empty_store)
    assert revisions(empty_store) == []
    with empty_store.connect() as connection:
        assert connection.scalars(select(s.Departement.departement_code)).all() == []


def fail_half_way(engine: Engine) -> None:
    with change(engine, "essai") as made:
        add(made, s.Departement, {"departement_code": "91", "departement_name": "Essonne"})
        raise ZeroDivisionError


def test_number_of_an_undone_change_is_never_that_of_an_older_snapshot(empty_store: Engine):
    with change(empty_store, "un") as first:
        pass
    with pytest.raises(ZeroDivisionError):
        fail_half_way(empty_store)
    with change(empty_store, "trois") as third:
        pass
    assert third.revision > first.revision


def test_change_is_not_seen_before_it_is_whole(empty_store: Engine):
    with change(empty_store, "essai") as made:
        add(made, s.Departement, {"departement_code": "91", "departement_name": "Essonne"})
        with empty_store.connect() as other:
            assert other.scalars(select(s.Departement.departement_code)).all() == []
    with empty_store.connect() as other:
        assert other.scalars(select(s.Departement.departement_code)).all() == ["91"]


def test_revision_is_logged_by_number_and_reason_alone(empty_store: Engine, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", logger="lib.store.revisions")
    with change(empty_store, "faits") as made:
        made.connection.execute(
            insert(s.Landlord).values(landlord_code="x", landlord_name="Nom secret", revision=made.revision)
        )
    assert [record.getMessage() for record in caplog.records] == [f"revision {made.revision}: faits"]
