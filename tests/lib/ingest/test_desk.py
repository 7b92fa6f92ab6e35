from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, func, select

from lib.errors import FileError, LayoutError, MappingError, StoreError
from lib.ingest import desk
from lib.ingest.cleaning import plain
from lib.ingest.corrections import IDENTIFIER, PLACE, SentBackError
from lib.ingest.reading import read_sheet
from lib.ingest.reading.files import MAX_FILE_BYTES
from lib.store.incidents import batches
from lib.store.mappings import latest_mapping, save_mapping
from lib.store.rejections import waiting_rows
from lib.store.revisions import change, current_revision
from lib.store.schema import Incident, IngestBatch, RegisterMapping
from lib.store.settings import IS_SYNTHETIC, save_setting
from tests.conftest import ROOT
from tests.factories import small_store
from tests.lib.ingest.registers import RULES, bring, content, counts, fill, register

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


LINES = (
    "F-1;R-1;05/03/2026;Tag;",
    "F-1;R-2;06/03/2026;Tag;Jugé",
    "F-2;R-1;31/02/2026;Tag;",
    "F-3;R-1;07/03/2026;Tag;;de trop",
)


def sent_back(engine: Engine, typed: Callable[[pd.DataFrame], None]) -> bytes:
    """The workbook of the waiting rows of landlord B, once a person typed in it."""
    with engine.connect() as connection:
        rows = desk.rows_to_correct(waiting_rows(connection, "B"))
    typed(rows)
    return desk.workbook(rows)


def correct_the_date(rows: pd.DataFrame) -> None:
    rows.loc[rows["Fiche"] == "F-2", "Date"] = "28/02/2026"


def facts(engine: Engine) -> list[tuple[object, ...]]:
    named = (Incident.external_reference, Incident.residence_id, Incident.occurred_on, Incident.outcome)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*named).order_by(Incident.external_reference))]


def still_waiting(engine: Engine, code: str) -> list[int]:
    with engine.connect() as connection:
        return waiting_rows(connection, code)["line_number"].tolist()


def test_workbook_sent_back_brings_the_row_corrected_and_leaves_those_nobody_touched(store: Engine, tmp_path: Path):
    fill(store)
    bring(store, register(tmp_path, *LINES))
    first = facts(store)
    with desk.held(sent_back(store, correct_the_date)) as path:
        report = desk.confirm(store, path, RULES, "B", file_name="rejets.xlsx")
    assert (counts(report), report.resolved_count) == ((3, 1, 0, 0, 0, 2), 1)
    assert facts(store) == [*first, ("F-2", first[0][1], date(2026, 2, 28), first[0][3])]
    assert still_waiting(store, "B") == [3, 5]


def test_reference_said_twice_sent_back_with_other_cells_never_replaces_the_first_fact(store: Engine, tmp_path: Path):
    def other_day(rows: pd.DataFrame) -> None:
        rows["Date"] = "09/03/2026"

    fill(store)
    bring(store, register(tmp_path, *LINES[:2]))
    first = facts(store)
    with desk.held(sent_back(store, other_day)) as path:
        report = desk.confirm(store, path, RULES, "B", file_name="rejets.xlsx")
    assert (counts(report), facts(store)) == ((1, 0, 0, 0, 0, 1), first)


def test_workbook_sent_back_is_tried_out_and_writes_nothing(store: Engine, tmp_path: Path):
    fill(store)
    bring(store, register(tmp_path, *LINES))
    before = content(store), count(store, IngestBatch)
    with desk.held(sent_back(store, correct_the_date)) as path:
        report = desk.try_out(store, path, RULES, "B")
    assert (counts(report), report.batch_id) == ((3, 1, 0, 0, 0, 2), None)
    assert (content(store), count(store, IngestBatch)) == before


def test_workbook_sent_back_is_no_register(store: Engine, tmp_path: Path):
    fill(store)
    bring(store, register(tmp_path, *LINES))
    before = content(store)
    with desk.held(sent_back(store, correct_the_date)) as path, pytest.raises(SentBackError, match="corrections"):
        bring(store, path)
    assert content(store) == before


def test_headings_spelt_in_two_ways_are_one_column_of_the_workbook_that_is_sent_back(store: Engine, tmp_path: Path):
    def both_dates(rows: pd.DataFrame) -> None:
        rows["Date"] = ["28/02/2026", "27/03/2026"]

    fill(store)
    bring(store, register(tmp_path, "F-1;R-1;31/02/2026;Tag;"))
    bring(
        store,
        register(tmp_path, "F-2;R-2;32/03/2026;Tag;", name="mars.csv", heading="FICHE;RESIDENCE;DATE;Nature;suite"),
    )
    book = sent_back(store, both_dates)
    headings = ["Fiche", "Résidence", "Date", "Nature", "Suite"]
    with desk.held(book) as path:
        assert list(map(plain, read_sheet(path).cells)) == list(map(plain, [IDENTIFIER, *PLACE, *headings]))
        report = desk.confirm(store, path, RULES, "B", file_name="rejets.xlsx")
    assert (counts(report), report.resolved_count) == ((2, 2, 0, 0, 0, 0), 2)
    assert [(row[0], row[2]) for row in facts(store)] == [("F-1", date(2026, 2, 28)), ("F-2", date(2026, 3, 27))]


GONE = DECLARED | {"values": {"type_code": {"Tag": "ZZZ-99", "Squat": "BIE-01"}}}


def save(engine: Engine, declared: dict) -> None:
    with change(engine, "essai") as made:
        save_mapping(made, 1, declared, "essai")


def test_declaration_whose_type_left_the_nomenclature_is_not_saved_again(store: Engine):
    save(small_store(store), GONE)
    before = revision(store)
    with pytest.raises(MappingError, match="ZZZ-99"):
        desk.qualify(store, "alpha", {"type_code": {"Truc": "JOU-01"}})
    assert (count(store, RegisterMapping), revision(store)) == (1, before)


def test_label_qualified_under_an_unknown_type_saves_no_version_and_leaves_its_row(store: Engine):
    small_store(store)
    with desk.held(REGISTER) as path:
        desk.confirm(store, path, DECLARED, "alpha", file_name="registre.csv")
    before = revision(store)
    with pytest.raises(MappingError, match="ZZZ-99"):
        desk.qualify(store, "alpha", {"type_code": {"Truc": "ZZZ-99"}})
    assert (count(store, RegisterMapping), revision(store)) == (1, before)
    assert still_waiting(store, "alpha") == [3]


def test_label_whose_type_left_the_nomenclature_is_proposed_as_if_never_declared(store: Engine):
    save(small_store(store), GONE)
    with desk.held(REGISTER.replace(b"Truc", b"Squat")) as path:
        understood = desk.understand(store, path, 1, {})
        labels = desk.label_proposals(store, path, understood, understood.chosen)["type_code"]
    assert understood.base["values"] == {"type_code": {"Squat": "BIE-01"}}
    codes = {one.label: one.code for one in labels}
    assert (codes["Squat"], codes["Tag"] == "ZZZ-99") == ("BIE-01", False)


OTHER = {
    "columns": {"occurred_on": "Le", "residence_reference": "Lieu", "type_code": "Objet"},
    "values": {"type_code": {"Caddie": "BIE-01"}},
}


def test_row_waits_under_its_own_declaration_after_a_register_of_another_format(store: Engine):
    small_store(store)
    other = BytesIO()
    pd.DataFrame([["R2", "07/02/2026", "Caddie"]], columns=["Lieu", "Le", "Objet"]).to_excel(other, index=False)
    with desk.held(REGISTER) as path:
        desk.confirm(store, path, DECLARED, "alpha", file_name="janvier.csv")
    with desk.held(other.getvalue()) as path:
        assert desk.confirm(store, path, OTHER, "alpha", file_name="mars.xlsx").batch.accepted_count == 1
    assert counts(desk.correct(store, "alpha", pd.DataFrame())) == (1, 0, 0, 0, 1, 0)
    assert [one.label for one in desk.labels_to_qualify(store, "alpha")["type_code"]] == ["Truc"]
    report = desk.qualify(store, "alpha", {"type_code": {"Truc": "JOU-01"}})
    assert (counts(report), still_waiting(store, "alpha")) == ((1, 1, 0, 0, 0, 0), [])
    of_report = select(Incident.residence_id, Incident.occurred_on, Incident.type_code)
    with store.connect() as connection:
        brought = connection.execute(of_report.where(Incident.batch_id == report.batch_id)).one()
    assert tuple(brought) == (1, date(2026, 2, 6), "JOU-01")
