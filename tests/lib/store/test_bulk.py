from datetime import date

import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lib.store.bulk import MAX_VARIABLES, SLICE, insert_rows, parts, plain_columns
from lib.store.revisions import change
from lib.store.rows import table_of
from lib.store.schema import IngestBatch, Landlord, ReportingMonth
from tests.factories import small_store

MONTH_COLUMNS = ["residence_id", "month_on", "status", "revision"]
BATCH = {
    "kind": "incidents", "file_name": "essai.csv", "file_sha256": "0" * 64, "imported_by": "essai",
    "imported_at": "2026-03-01 00:00:00", "read_count": 1, "accepted_count": 1, "known_count": 0, "rejected_count": 0,
    "updated_count": 0, "to_qualify_count": 0,
}  # fmt: skip


def write(engine, table, columns, rows):
    with change(engine, "essai") as made:
        insert_rows(made.connection, table_of(table), [*columns, "revision"], ((*row, made.revision) for row in rows))


def stored(engine, *columns):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0]))]


def test_parts_keep_the_order_and_lose_nothing():
    assert list(parts(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(parts(range(4), 2)) == [[0, 1], [2, 3]]
    assert list(parts([], 2)) == []


def test_columns_are_written_as_the_drivers_take_them():
    frame = pd.DataFrame(
        {"residence_id": [1, 2], "month_on": [date(2026, 1, 1), None], "status": ["reported", pd.NA]}, dtype=object
    )
    assert plain_columns(table_of(ReportingMonth), frame) == [[1, 2], ["2026-01-01", None], ["reported", None]]


@pytest.mark.parametrize("row_count", [0, 1, MAX_VARIABLES // 3, MAX_VARIABLES // 3 + 1, SLICE + 1])
def test_every_row_is_written_once(empty_store, row_count):
    rows = [(f"B{number}", f"Bailleur {number}") for number in range(row_count)]
    write(empty_store, Landlord, ["landlord_code", "landlord_name"], rows)
    assert sorted(stored(empty_store, Landlord.landlord_code, Landlord.landlord_name)) == sorted(rows)


def test_columns_may_come_in_any_order(empty_store):
    write(empty_store, Landlord, ["landlord_name", "landlord_code"], [("Alpha Habitat", "alpha")])
    assert stored(empty_store, Landlord.landlord_code, Landlord.landlord_name) == [("alpha", "Alpha Habitat")]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        pytest.param(ReportingMonth, {"residence_id": 4, "month_on": "2026-02-01", "status": "perhaps"}, id="code"),
        pytest.param(ReportingMonth, {"residence_id": 9, "month_on": "2026-02-01", "status": "silent"}, id="key"),
        pytest.param(IngestBatch, BATCH | {"read_count": 2}, id="check"),
        pytest.param(IngestBatch, BATCH | {"file_name": None}, id="blank"),
    ],
)
def test_row_that_the_table_refuses_is_refused_with_all_the_others(store, table, row):
    engine = small_store(store)
    key = next(iter(table_of(table).primary_key))
    before = stored(engine, key)
    sound = {"residence_id": 4, "month_on": "2026-03-01", "status": "silent"} if table is ReportingMonth else BATCH
    with pytest.raises((ValueError, DBAPIError)):
        write(engine, table, list(row), [tuple(sound.values()), tuple(row.values())])
    assert stored(engine, key) == before


def test_checks_are_watched_again_after_a_row_was_refused(store):
    engine = small_store(store)
    with engine.connect() as connection:  # the one connection: what was left switched off would show
        for row in ((4, "2026-02-01", "perhaps", 1), (9, "2026-02-01", "silent", 1)):
            with pytest.raises((ValueError, DBAPIError)), connection.begin():
                insert_rows(connection, table_of(ReportingMonth), MONTH_COLUMNS, [row])
        with pytest.raises(DBAPIError, match=r"(?i)check"), connection.begin():
            connection.exec_driver_sql("UPDATE reporting_month SET status = 'perhaps'")
