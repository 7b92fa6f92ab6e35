from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, update

from lib.domain.vocabulary import Outcome, TimePrecision
from lib.store import schema as s
from lib.store.incidents import stored_facts
from lib.store.journal import (
    FACT,
    MONTH,
    WAITING,
    as_fact,
    as_text,
    changers,
    entries_of,
    later_batches,
    note,
    note_seen,
)
from lib.store.revisions import change
from tests.factories import add, incident, small_store

AT = datetime(2026, 3, 11, tzinfo=UTC)


@pytest.fixture
def filled(store: Engine) -> Engine:
    """Batch 1 brought the facts of the small store; batches 2, 3 and 4 have brought nothing yet."""
    names = {"kind": "incidents", "landlord_id": 1, "file_sha256": "0" * 64, "imported_by": "essai", "imported_at": AT}
    counts = dict.fromkeys(("read_count", "accepted_count", "known_count", "rejected_count"), 0)
    with change(small_store(store), "essai") as made:
        add(made, s.IngestBatch, *(names | counts | {"batch_id": n, "file_name": f"{n}.csv"} for n in (2, 3, 4)))
    return store


def write(engine: Engine, batch_id: int, table: str, *entries: tuple[str, str | None]) -> None:
    with change(engine, "essai") as made:
        note(made, batch_id, table, entries)


def undone(engine: Engine, batch_id: int) -> None:
    with change(engine, "essai") as made:
        made.connection.execute(update(s.IngestBatch).where(s.IngestBatch.batch_id == batch_id).values(undone_at=AT))


def later(engine: Engine, batch_id: int) -> list[int]:
    with engine.connect() as connection:
        return later_batches(connection, batch_id)


def fact(engine: Engine, reference: str) -> dict:
    with engine.connect() as connection:
        return stored_facts(connection, 1, [reference])[reference]


def test_fact_comes_back_from_its_text_as_the_store_gives_it(filled: Engine):
    full = {
        "reported_on": date(2026, 3, 6),
        "repair_cost_estimated": 1234.5,
        "building_code": "é’\u202e",
        "end_minute": 0,
    }
    with change(filled, "essai") as made:
        add(made, s.Incident, incident("tout", 1, date(2026, 3, 5), start_minute=1439, time_precision="range", **full))
    for reference in ("tout", "a1", "a7"):
        held = fact(filled, reference)
        again = as_fact(as_text(held | {"incident_id": 1}))
        assert again == held | {"incident_id": 1}
        assert {name: type(value) for name, value in again.items()} == {n: type(v) for n, v in held.items()}
    assert isinstance(again["outcome"], Outcome)
    assert isinstance(again["time_precision"], TimePrecision)


def test_what_has_no_json_form_is_a_broken_contract():
    with pytest.raises(ValueError, match="object has no JSON form"):
        as_text({"outcome": object()})


def test_entries_are_those_of_the_batch_and_the_table(filled: Engine):
    write(filled, 2, FACT, ("1", "avant"), ("2", None))
    write(filled, 2, MONTH, ("1", "autre table"))
    write(filled, 3, FACT, ("1", "autre lot"))
    with filled.connect() as connection:
        assert entries_of(connection, 2, FACT) == {"1": "avant", "2": None}
        assert entries_of(connection, 4, FACT) == {}


def test_row_changed_twice_by_a_batch_is_known_as_it_was_before_the_first_change(filled: Engine):
    write(filled, 2, FACT, ("1", "avant tout"), ("1", "entre les deux"))
    with filled.connect() as connection:
        assert entries_of(connection, 2, FACT) == {"1": "avant tout"}


def test_no_batch_is_later_where_nobody_changed_what_this_one_wrote(filled: Engine):
    assert [later(filled, number) for number in (1, 2, 3, 4)] == [[]] * 4
    write(filled, 3, FACT, ("99", "{}"))
    write(filled, 3, MONTH, (str(fact(filled, "a1")["incident_id"]), "{}"))  # a key of another table
    assert later(filled, 1) == []


def test_batch_that_changed_a_fact_this_one_brought_is_later_but_never_earlier(filled: Engine):
    write(filled, 3, FACT, (str(fact(filled, "a1")["incident_id"]), "{}"))
    assert later(filled, 1) == [3]
    assert later(filled, 4) == []
    write(filled, 2, FACT, (str(fact(filled, "a1")["incident_id"]), "{}"))
    assert (later(filled, 2), later(filled, 3)) == ([3], [])


def test_later_ones_are_told_the_last_first_and_one_undone_no_longer_counts(filled: Engine):
    key = str(fact(filled, "a1")["incident_id"])
    for number in (2, 3, 4):
        write(filled, number, FACT, (key, "{}"))
    assert (later(filled, 1), later(filled, 2)) == ([4, 3, 2], [4, 3])
    undone(filled, 4)
    assert [later(filled, number) for number in (1, 2, 3)] == [[3, 2], [3], []]


def test_batch_that_closed_a_row_this_one_kept_is_later(filled: Engine):
    with change(filled, "essai") as made:
        row = {"rejected_row_id": 7, "batch_id": 2, "line_number": 2, "cells": "{}", "status": "open"}
        add(made, s.RejectedRow, row)
    write(filled, 3, WAITING, ("7", "{}"))
    assert later(filled, 2) == [3]
    write(filled, 4, WAITING, ("7", "{}"))
    assert later(filled, 3) == [4]


def test_batch_that_found_rows_of_this_one_again_is_later_until_it_is_undone(filled: Engine):
    with change(filled, "essai") as made:
        note_seen(made, 3, {1, 2, 3})
    assert [later(filled, number) for number in (1, 2, 3)] == [[3], [3], []]
    undone(filled, 3)
    assert later(filled, 1) == []


def test_changers_of_rows_are_the_batches_that_changed_them_and_stand(filled: Engine):
    write(filled, 2, FACT, ("1", "{}"), ("2", "{}"))
    write(filled, 3, FACT, ("1", "{}"))
    write(filled, 4, WAITING, ("1", "{}"))
    with filled.connect() as connection:
        assert [changers(connection, FACT, keys) for keys in ([1], [2], [9], [])] == [{2, 3}, {2}, set(), set()]
    undone(filled, 2)
    with filled.connect() as connection:
        assert changers(connection, FACT, [1, 2]) == {3}
