from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from lib.errors import FileError, LayoutError, MappingError, StoreError
from lib.ingest import desk
from lib.ingest.reading.files import MAX_FILE_BYTES
from lib.store.incidents import batches
from lib.store.mappings import latest_mapping
from lib.store.revisions import change, current_revision
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


def revision(engine: Engine) -> int:
    with engine.connect() as connection:
        return current_revision(connection)


def test_import_and_its_declaration_are_one_change_of_the_store(store: Engine):
    before = revision(small_store(store))
    with desk.held(REGISTER) as path:
        report = desk.confirm(store, path, DECLARED, "alpha", file_name="registre.csv")
    assert revision(store) == before + 1
    with store.connect() as connection:
        saved = latest_mapping(connection, 1)
        line = batches(connection).set_index("batch_id").loc[report.batch_id]
    assert saved is not None
    assert (line["register_mapping_id"], line["file_name"]) == (saved.register_mapping_id, "registre.csv")


@pytest.mark.parametrize(
    ("content", "declared", "fault"),
    [
        (b"   ", DECLARED, FileError),
        (REGISTER.replace(b"Nature", b"Objet"), DECLARED, LayoutError),
        (REGISTER, DECLARED | {"values": {"type_code": {"Tag": "ZZZ-99"}}}, MappingError),
    ],
    ids=["empty file", "column gone", "unknown type"],
)
def test_import_that_fails_saves_no_declaration(store: Engine, content: bytes, declared: dict, fault: type):
    before = revision(small_store(store))
    with desk.held(content) as path, pytest.raises(fault):
        desk.confirm(store, path, declared, "alpha", file_name="registre.csv")
    assert (count(store, RegisterMapping), revision(store)) == (0, before)


def test_same_declaration_again_is_the_same_version_and_a_trial_of_another_makes_none(store: Engine):
    small_store(store)
    other = DECLARED | {"values": {"type_code": {"Tag": "BIE-02", "Truc": "JOU-01"}}}
    with desk.held(REGISTER) as path:
        first, again = (desk.confirm(store, path, DECLARED, "alpha", file_name="r.csv") for _ in range(2))
        desk.try_out(store, path, other, "alpha")
    assert first.batch.register_mapping_id == again.batch.register_mapping_id
    assert count(store, RegisterMapping) == 1


def test_labels_qualified_in_vain_stay_for_the_months_after(store: Engine):
    small_store(store)
    with desk.held(REGISTER) as path:
        desk.confirm(store, path, DECLARED, "alpha", file_name="registre.csv")
    report = desk.qualify(store, "alpha", {"type_code": {"Jamais vu": "JOU-01"}})
    assert (report.batch_id, count(store, RegisterMapping)) == (None, 2)


def test_label_qualified_makes_a_new_version_and_a_fact(store: Engine):
    small_store(store)
    with desk.held(REGISTER) as path:
        desk.confirm(store, path, DECLARED, "alpha", file_name="registre.csv")
    report = desk.qualify(store, "alpha", {"type_code": {"Truc": "JOU-01"}})
    assert report.batch.accepted_count == 1
    assert (count(store, Incident), count(store, RegisterMapping)) == (12, 2)
    with store.connect() as connection:
        saved = latest_mapping(connection, 1)
    assert saved is not None
    assert report.batch.register_mapping_id == saved.register_mapping_id


def test_nothing_is_replayed_before_a_declaration_was_confirmed(store: Engine):
    small_store(store)
    with pytest.raises(StoreError, match="Aucune correspondance"):
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
