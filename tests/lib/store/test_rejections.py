import pandas as pd
import pytest
from sqlalchemy import select

from lib.domain.vocabulary import BatchKind, RejectionStatus
from lib.store.housing import save_landlords
from lib.store.incidents import Batch, save_batch
from lib.store.rejections import held_rows, open_rejections, reopen, resolve, save_rejections, waiting_rows
from lib.store.revisions import change
from lib.store.schema import RejectedRow, RejectionReason


@pytest.fixture
def housed(store):
    with change(store, "essai") as made:
        save_landlords(made, pd.DataFrame({"landlord_code": ["B"], "landlord_name": ["Bailleur d’essai"]}))
    return store


def batch(**counts):
    return Batch(BatchKind.INCIDENTS, 1, "essai.csv", "0" * 64, "essai", known_count=0, **counts)


def reasons(*lines):
    return pd.DataFrame(
        [(line, "Date", "31/02/2026", "date impossible") for line in lines],
        columns=["line_number", "column_name", "value", "reason"],
    )


def test_rejected_rows_wait_with_all_their_reasons_in_the_order_of_the_file(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch(read_count=2, accepted_count=0, rejected_count=2))
        save_rejections(made, batch_id, pd.Series({5: "{}", 3: '{"a": 1}'}), reasons(3, 5, 3, 9))
    with housed.connect() as connection:
        found = open_rejections(connection, "B")
        assert found["line_number"].tolist() == [3, 3, 5]
        assert found.loc[0, ["landlord_code", "file_name", "cells", "column_name", "value", "reason"]].tolist() == [
            "B", "essai.csv", '{"a": 1}', "Date", "31/02/2026", "date impossible",
        ]  # fmt: skip
        assert open_rejections(connection, "C").empty
        assert {row.cells for row in held_rows(connection, 1)} == {'{"a": 1}', "{}"}
        assert held_rows(connection, 2) == []


def test_a_resolved_row_no_longer_waits_but_stays(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch(read_count=2, accepted_count=0, rejected_count=2))
        save_rejections(made, batch_id, pd.Series({3: "a", 5: "b"}), reasons(3, 5))
        assert (
            resolve(made, batch_id, [row.rejected_row_id for row in held_rows(made.connection, 1) if row.cells == "a"])
            == 1
        )
    with housed.connect() as connection:
        assert open_rejections(connection)["line_number"].tolist() == [5]
        kept = connection.execute(select(RejectedRow.status, RejectedRow.resolved_at).order_by(RejectedRow.line_number))
        assert [(row.status.value, row.resolved_at is None) for row in kept] == [("resolved", False), ("open", True)]


def test_a_resolved_row_is_emptied_of_what_it_held(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch(read_count=2, accepted_count=0, rejected_count=2))
        save_rejections(made, batch_id, pd.Series({3: "a", 5: "b"}), reasons(3, 5))
        resolve(made, batch_id, [row.rejected_row_id for row in held_rows(made.connection, 1) if row.cells == "a"])
    with housed.connect() as connection:
        assert connection.scalars(select(RejectedRow.cells).order_by(RejectedRow.line_number)).all() == ["{}", "b"]
        assert len(connection.scalars(select(RejectionReason.rejection_reason_id)).all()) == len(reasons(5))


def test_waiting_rows_say_all_their_reasons_in_one_text_and_what_they_wait_for(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch(read_count=2, accepted_count=0, rejected_count=2))
        save_rejections(made, batch_id, pd.Series({3: "{}", 5: "{}"}), reasons(3, 3, 5), to_qualify=[5])
    with housed.connect() as connection:
        rows = waiting_rows(connection)
        assert waiting_rows(connection, "B", RejectionStatus.TO_QUALIFY)["line_number"].tolist() == [5]
    assert rows["status"].tolist() == ["open", "to_qualify"]
    said = "Date «\u00a031/02/2026\u00a0»\u00a0: date impossible"
    assert rows["reasons"].tolist() == [f"{said}\u00a0; {said}", said]


def test_a_row_closed_by_a_batch_is_opened_again_with_what_it_held(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch(read_count=1, accepted_count=0, rejected_count=1))
        save_rejections(made, batch_id, pd.Series({3: "a"}), reasons(3))
    with housed.connect() as connection:
        before = waiting_rows(connection)
    with change(housed, "essai") as made:
        resolve(made, batch_id, before["rejected_row_id"].tolist())
        assert [row.original for row in held_rows(made.connection, 1) if not row.is_waiting] == ["a"]
        assert reopen(made, batch_id) == 1
    with housed.connect() as connection:
        pd.testing.assert_frame_equal(waiting_rows(connection), before)
