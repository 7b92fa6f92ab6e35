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
    batches,
    default_severities,
    has_facts,
    residence_ids,
    save_batch,
    save_incidents,
    stored_facts,
    update_incidents,
)
from lib.store.journal import FACT as CHANGED
from lib.store.journal import as_fact, entries_of
from lib.store.revisions import change
from lib.store.schema import Incident

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


def test_facts_are_written_with_their_file_and_revision_and_their_references_are_known(housed):
    with change(housed, "essai") as made:
        batch_id = save_batch(made, batch())
        assert save_incidents(made, batch_id, pd.DataFrame([FACT, FACT | {"external_reference": "F-2"}])) == 2
    with housed.connect() as connection:
        assert set(stored_facts(connection, 1, ["F-1", "F-2", "F-3"])) == {"F-1", "F-2"}
        assert stored_facts(connection, 2, ["F-1"]) == {}
        assert (has_facts(connection, 1), has_facts(connection, 2)) == (True, False)
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


def test_codes_that_a_register_refers_to(housed):
    with housed.connect() as connection:
        assert residence_ids(connection, 1) == {"R-1": 1}
        severities = default_severities(connection)
    assert len(severities) == 40
    assert severities["PEL-03"] == 4


def test_a_fact_said_otherwise_keeps_what_it_was_in_its_history(housed):
    with change(housed, "essai") as made:
        first = save_batch(made, batch(file_name="mars.csv"))
        save_incidents(made, first, pd.DataFrame([FACT]))
    with change(housed, "essai") as made:
        second = save_batch(made, batch(file_name="avril.csv", accepted_count=0, updated_count=1))
        held = stored_facts(made.connection, 1, ["F-1"])["F-1"]
        after = pd.DataFrame([FACT | {"outcome": "dropped", "occurred_on": date(2026, 3, 6)}])
        assert update_incidents(made, second, [held], after) == 1
    with housed.connect() as connection:
        now = stored_facts(connection, 1, ["F-1"])["F-1"]
        kept = entries_of(connection, second, CHANGED)[str(now["incident_id"])]
        assert batches(connection)["updated_count"].tolist() == [1, 0]
    assert kept is not None
    for fact, said in ((as_fact(kept), ("unknown", date(2026, 3, 5))), (now, ("dropped", date(2026, 3, 6)))):
        assert (fact["outcome"], fact["occurred_on"]) == said
    assert now["batch_id"] == first


@pytest.mark.parametrize("wrong", [{"outcome": "gagné"}, {"severity_default": 9}, {"start_minute": 1440}])
def test_a_fact_that_the_store_refuses_is_not_written(housed, wrong):
    with pytest.raises((ValueError, IntegrityError)), change(housed, "essai") as made:
        save_incidents(made, save_batch(made, batch()), pd.DataFrame([FACT | wrong]))
    with housed.connect() as connection:
        assert not has_facts(connection, 1)
