from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from lib.errors import StoreError
from lib.ingest import desk
from lib.ingest.reading.files import MAX_FILE_BYTES
from lib.store.revisions import change
from lib.store.schema import Incident, IngestBatch, RegisterMapping
from lib.store.settings import IS_SYNTHETIC, save_setting
from tests.conftest import ROOT
from tests.factories import small_store

REGISTER = "Code résidence;Date du fait;Nature\nR1;05/02/2026;Tag\nR1;06/02/2026;Truc\n".encode()
DECLARED = {
    "columns": {"occurred_on": "Date du fait", "residence_reference": "Code résidence", "type_code": "Nature"},
    "values": {"type_code": {"Tag": "BIE-02"}},
}


def count(engine: Engine, table: type) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_trial_writes_nothing(store: Engine):
    small_store(store)
    with desk.held(REGISTER) as path:
        report = desk.try_out(store, path, DECLARED, "alpha")
    assert (report.batch.accepted_count, report.batch.to_qualify_count) == (1, 1)
    assert (count(store, Incident), count(store, RegisterMapping)) == (10, 0)


def test_import_bears_the_name_that_was_given_without_its_folders(store: Engine):
    small_store(store)
    with desk.held(REGISTER) as path:
        report = desk.confirm(store, path, DECLARED, "alpha", file_name="../../etc/registre.csv")
    with store.connect() as connection:
        names = set(connection.scalars(select(IngestBatch.file_name)))
    assert report.batch.file_name == "registre.csv"
    assert names == {"essai.csv", "registre.csv"}


def test_label_qualified_makes_a_new_version_and_a_fact(store: Engine):
    small_store(store)
    with desk.held(REGISTER) as path:
        desk.confirm(store, path, DECLARED, "alpha", file_name="registre.csv")
    report = desk.qualify(store, "alpha", {"type_code": {"Truc": "JOU-01"}})
    assert report.batch.accepted_count == 1
    assert (count(store, Incident), count(store, RegisterMapping)) == (12, 2)


def test_nothing_is_replayed_before_a_declaration_was_confirmed(store: Engine):
    small_store(store)
    with pytest.raises(StoreError, match="Aucune déclaration"):
        desk.qualify(store, "alpha", {})


def test_demonstration_accepts_no_import_no_correction_no_statement(store: Engine):
    with change(small_store(store), "essai") as made:
        save_setting(made, IS_SYNTHETIC, "true")
    with desk.held(REGISTER) as path:
        acts = [
            lambda: desk.try_out(store, path, DECLARED, "alpha"),
            lambda: desk.confirm(store, path, DECLARED, "alpha", file_name="x.csv"),
            lambda: desk.qualify(store, "alpha", {}),
            lambda: desk.take_back(store, 1),
            lambda: desk.nothing_to_report(store, 1, [date(2025, 12, 1)]),
        ]
        for act in acts:
            with pytest.raises(StoreError, match="démonstration"):
                act()


def test_statement_of_months_is_an_import_that_can_be_taken_back(store: Engine):
    small_store(store)
    assert desk.nothing_to_report(store, 1, [date(2025, 12, 1)]) == 2
    with store.connect() as connection:
        batch_id = connection.scalar(select(func.max(IngestBatch.batch_id)))
    assert desk.take_back(store, batch_id).month_count == 2


def test_page_accepts_files_up_to_the_size_that_is_read():
    said = f"maxUploadSize = {MAX_FILE_BYTES // 1024**2} "
    assert said in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
