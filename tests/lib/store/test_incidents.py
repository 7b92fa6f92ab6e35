from datetime import date

import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lib.domain.vocabulary import BatchKind
from lib.store.housing import save_landlords, save_residences
from lib.store.incidents import (
    INCIDENT_COLUMNS,
    Batch,
    default_severities,
    known_references,
    open_cells,
    open_rejections,
    residence_ids,
    resolve_rejections,
    save_batch,
    save_incidents,
    save_rejections,
)
from lib.store.revisions import change
from lib.store.schema import Incident, RejectedRow, RejectionReason

FACT = dict.fromkeys(INCIDENT_COLUMNS) | {
    "landlord_id": 1, "external_reference": "F-1", "residence_id": 1, "type_code": "BIE-02", "severity_default": 1,
    "occurred_on": date(2026, 3, 5), "time_precision": "day",
} | dict.fromkeys(
    ["place_type", "report_channel", "victim_category", "cause", "weapon", "complaint_status", "no_complaint_reason",
     "outcome"], "unknown",
)  # fmt: skip


@pytest.fixture
def housed(store):
    residence = {
        "landlord_code": "B", "reference": "R-1", "residence_name": "Les Essais", "address": None, "commune_code": None,
        "longitude": None, "latitude": None, "dwelling_count": 40, "active_from": None, "active_to": None,
    }  # fmt: skip
    with change(store, "essai") as made:
        save_landlords(made, pd.DataFrame({"landlord_code": ["B"], "landlord_name": ["Bailleur d’essai"]}))
        save_residences(made, pd.DataFrame([residence]))
    return store


def batch(**differences):
    counts = {"read_count": 1, "accepted_count": 1, "known_count": 0, "rejected_count": 0}
    names = {"kind": BatchKind.INCIDENTS, "landlord_id": 1, "file_name": "essai.csv", "file_sha256": "0" * 64}
    return Batch(**(names | {"imported_by": "essai"} | counts | differences))


def reasons(*lines):
    return pd.DataFrame(
        [(line, "Date", "31/02/2026", "date impossible") for line in lines],
        columns=["line_number", "column_name", "value", "reason"],
    )


def test_facts_are_written_with_their_file_and_revision_and_their_references_are_known(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch())
        assert save_incidents(made, batch_id, pd.DataFrame([FACT, FACT | {"external_reference": "F-2"}])) == 2
    with housed.connect() as connection:
        assert known_references(connection, 1) == {"F-1", "F-2"}
        assert known_references(connection, 2) == set()
        rows = connection.execute(select(Incident.batch_id, Incident.revision, Incident.building_code)).all()
    assert set(map(tuple, rows)) == {(batch_id, made.revision, None)}


def test_no_fact_writes_nothing(housed):
    with change(housed, "essai") as made:
        assert save_incidents(made, save_batch(made, batch()), pd.DataFrame(columns=INCIDENT_COLUMNS)) == 0


def test_a_frame_without_a_column_is_a_broken_contract(housed):
    with pytest.raises(ValueError, match="outcome"), change(housed, "essai") as made:
        save_incidents(made, 1, pd.DataFrame([FACT]).drop(columns="outcome"))


def test_the_database_refuses_a_file_whose_rows_are_not_all_accounted_for(housed):
    with pytest.raises(IntegrityError), change(housed, "essai") as made:
        save_batch(made, batch(read_count=2))


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
        assert open_cells(connection, 1) == {"{}": 1, '{"a": 1}': 1}
        assert open_cells(connection, 2) == {}


def test_a_resolved_row_no_longer_waits_but_stays(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch(read_count=2, accepted_count=0, rejected_count=2))
        save_rejections(made, batch_id, pd.Series({3: "a", 5: "b"}), reasons(3, 5))
        assert resolve_rejections(made, 1, lambda cells: cells == "a") == 1
        assert resolve_rejections(made, 2, lambda _: True) == 0
    with housed.connect() as connection:
        assert open_rejections(connection)["line_number"].tolist() == [5]
        kept = connection.execute(select(RejectedRow.status, RejectedRow.resolved_at).order_by(RejectedRow.line_number))
        assert [(row.status.value, row.resolved_at is None) for row in kept] == [("resolved", False), ("open", True)]


def test_a_resolved_row_is_emptied_of_what_it_held(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch(read_count=2, accepted_count=0, rejected_count=2))
        save_rejections(made, batch_id, pd.Series({3: "a", 5: "b"}), reasons(3, 5))
        resolve_rejections(made, 1, lambda cells: cells == "a")
    with housed.connect() as connection:
        assert connection.scalars(select(RejectedRow.cells).order_by(RejectedRow.line_number)).all() == ["{}", "b"]
        assert len(connection.scalars(select(RejectionReason.rejection_reason_id)).all()) == len(reasons(5))


def test_codes_that_a_register_refers_to(housed):
    with housed.connect() as connection:
        assert residence_ids(connection, 1) == {"R-1": 1}
        severities = default_severities(connection)
    assert len(severities) == 40
    assert severities["PEL-03"] == 4
