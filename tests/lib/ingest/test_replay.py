import json
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import select

from lib.errors import StoreError
from lib.ingest.mapping import declare
from lib.ingest.privacy import MASKED
from lib.ingest.replay import replay
from lib.store.mappings import latest_mapping
from lib.store.rejections import waiting_rows
from lib.store.schema import Incident, IngestBatch, RegisterMapping, ReportingMonth, Residence
from tests.lib.ingest.registers import RULES, TODAY, WIDER, bring, counts, fill, register, stored

NAMELESS = {key: dict(table) for key, table in RULES.items()}
del NAMELESS["columns"]["external_reference"]


@pytest.fixture
def housed(store):
    fill(store)
    return store


def again(engine, rules=RULES, corrected=None):
    return replay(engine, "B", declare(rules), imported_by="essai", today=TODAY, corrected=corrected)


def waiting(engine):
    with engine.connect() as connection:
        return waiting_rows(connection, "B")


def test_rows_to_qualify_become_facts_once_their_label_is_mapped(housed, tmp_path):
    bring(housed, register(tmp_path, "F-1;R-1;05/03/2026;Graff;", "F-2;R-2;31/02/2026;Tag;"))
    report = again(housed, WIDER)
    assert (counts(report), report.resolved_count) == ((2, 1, 0, 0, 0, 1), 1)
    assert waiting(housed)["line_number"].tolist() == [3]
    assert stored(housed, Incident) == 1


def test_a_replay_in_vain_leaves_no_line_in_the_history(housed, tmp_path):
    bring(housed, register(tmp_path, "F-1;R-1;05/03/2026;Graff;"))
    report = again(housed)
    assert (counts(report), report.batch_id) == ((1, 0, 0, 0, 1, 0), None)
    assert stored(housed, IngestBatch) == 1


def test_declaration_of_a_replay_is_saved_with_it_and_not_where_it_is_in_vain(housed, tmp_path):
    bring(housed, register(tmp_path, "F-1;R-1;05/03/2026;Graff;", "F-2;R-1;05/03/2026;Tag;Ajourné"))
    again(housed, RULES | {"values": RULES["values"] | {"type_code": {"Autre": "BIE-01"}}})
    assert stored(housed, RegisterMapping) == 1
    report = again(housed, WIDER)
    with housed.connect() as connection:
        saved = latest_mapping(connection, 1)
    assert saved is not None
    assert (saved.version, saved.register_mapping_id) == (2, report.batch.register_mapping_id)


def test_a_corrected_row_becomes_a_fact_and_the_others_are_left(housed, tmp_path):
    bring(housed, register(tmp_path, "F-1;R-1;31/02/2026;Tag;", "F-2;R-9;05/03/2026;Tag;"))
    row_id = waiting(housed)["rejected_row_id"].iloc[0]
    corrected = pd.DataFrame({"rejected_row_id": [str(row_id)], "Date": ["28/02/2026"], "autre": ["x"]})
    report = again(housed, corrected=corrected)
    assert (counts(report), report.resolved_count) == ((1, 1, 0, 0, 0, 0), 1)
    assert waiting(housed)["line_number"].tolist() == [3]
    with pytest.raises(StoreError, match="n’attendent plus"):
        again(housed, corrected=corrected)


def test_a_row_corrected_amiss_keeps_what_was_typed_with_its_reason_of_now(housed, tmp_path):
    bring(housed, register(tmp_path, "F-1;R-1;31/02/2026;Tag;"))
    row_id = waiting(housed)["rejected_row_id"].iloc[0]
    typed = pd.DataFrame({"Date": ["05/03/2026"], "Résidence": ["jean@exemple.fr"]}, index=[row_id])
    report = again(housed, corrected=typed.rename_axis("rejected_row_id"))
    assert counts(report) == (1, 0, 0, 0, 0, 1)
    row = waiting(housed).iloc[0]
    assert "05/03/2026" in row["cells"]
    assert "exemple" not in row["cells"] + row["reasons"]


@pytest.mark.parametrize("typed", ["0612345678", "Mme Martin", "jean＠x.fr"])
def test_what_is_typed_in_a_column_no_longer_read_is_masked(housed, tmp_path, typed):
    heading = "Fiche;Résidence;Date;Nature;Suite;Hall"
    wide = RULES | {"columns": RULES["columns"] | {"hall_code": "Hall"}}
    bring(housed, register(tmp_path, "F-1;R-1;31/02/2026;Tag;;H", heading=heading), wide)
    row_id = waiting(housed)["rejected_row_id"].iloc[0]
    again(housed, corrected=pd.DataFrame({"rejected_row_id": [row_id], "Hall": [typed]}))
    assert json.loads(waiting(housed)["cells"].iloc[0])["Hall"] == MASKED


def test_a_reference_typed_may_have_the_form_of_a_plate(housed, tmp_path):
    bring(housed, register(tmp_path, "F-1;R-1;31/02/2026;Tag;"))
    row_id = waiting(housed)["rejected_row_id"].iloc[0]
    again(housed, corrected=pd.DataFrame({"rejected_row_id": [row_id], "Fiche": ["AA-123-BB"]}))
    assert json.loads(waiting(housed)["cells"].iloc[0])["Fiche"] == "AA-123-BB"


def test_rows_that_no_column_explains_wait_for_a_person(housed, tmp_path):
    lines = ("F-1;R-1;05/03/2026;Tag;;de trop", "F-2;R-1;05/03/2026;Tag;", "F-2;R-1;05/03/2026;Tag;Classé")
    assert counts(bring(housed, register(tmp_path, *lines))) == (3, 1, 0, 0, 0, 2)
    assert counts(again(housed))[0] == 0
    assert len(waiting(housed)) == 2


def test_a_waiting_row_without_reference_is_a_fact_of_its_own(housed, tmp_path):
    heading = "Résidence;Date;Nature;Suite"
    path = register(tmp_path, "R-1;05/03/2026;Tag;", "R-1;05/03/2026;Tag;Ajourné", heading=heading)
    assert counts(bring(housed, path, NAMELESS)) == (2, 1, 0, 0, 1, 0)
    wider = NAMELESS | {"values": NAMELESS["values"] | {"outcome": {"Ajourné": "pending"}}}
    assert counts(again(housed, wider)) == (1, 1, 0, 0, 0, 0)
    with housed.connect() as connection:
        assert {one.value for one in connection.scalars(select(Incident.outcome))} == {"unknown", "pending"}


def test_dates_are_read_as_those_of_their_file_were(housed, tmp_path):
    path = register(tmp_path, "F-1;R-1;03/25/2026;Tag;", "F-2;R-1;03/04/2026;Graff;")
    bring(housed, path)
    again(housed, WIDER)
    with housed.connect() as connection:
        assert {day.isoformat() for day in connection.scalars(select(Incident.occurred_on))} == {
            "2026-03-25", "2026-03-04",
        }  # fmt: skip


def told(engine):
    named = select(Residence.reference, ReportingMonth.month_on, ReportingMonth.status)
    with engine.connect() as connection:
        joined = named.join(Residence, Residence.residence_id == ReportingMonth.residence_id)
        return {(row[0], row[1], row[2].value) for row in connection.execute(joined)}


def test_a_replay_says_reported_of_the_residence_of_its_fact_alone(housed, tmp_path):
    bring(housed, register(tmp_path, "F-1;R-1;05/01/2026;Tag;", "F-2;R-1;31/02/2026;Tag;"))
    january = {("R-1", date(2026, 1, 1), "reported"), ("R-2", date(2026, 1, 1), "nothing_to_report")}
    assert told(housed) == january
    row_id = waiting(housed)["rejected_row_id"].iloc[0]
    again(housed, corrected=pd.DataFrame({"rejected_row_id": [row_id], "Date": ["28/02/2026"]}))
    assert told(housed) == january | {("R-1", date(2026, 2, 1), "reported")}
