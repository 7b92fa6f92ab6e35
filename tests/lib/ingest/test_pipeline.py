import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from lib.errors import LayoutError, MappingError, StoreError
from lib.ingest import pipeline
from lib.ingest.pipeline import covered_months
from lib.store.rejections import open_rejections
from lib.store.revisions import current_revision
from lib.store.schema import Incident, IngestBatch, RegisterMapping, RejectedRow, ReportingMonth, Residence
from tests.lib.ingest.registers import bring, counts, fill, stored
from tests.lib.ingest.registers import register as write

DATA = Path(__file__).parents[2] / "data"
RESIDENCES = ("00123", "R-2")
RULES = {
    "columns": {
        "external_reference": "N° de fiche",
        "residence_reference": "Code résidence",
        "occurred_on": "Date du fait",
        "type_code": "Nature",
    },
    "values": {"type_code": {"Tag": "BIE-02", "Dégradation hall": "BIE-01"}},
}
FULL = RULES | {
    "columns": RULES["columns"]
    | {"start_minute": "heure", "place_type": "LIEU", "repair_cost_estimated": "Cout estime"},
    "values": RULES["values"] | {"place_type": {"Hall d’entrée": "hall", "*": "unknown"}},
}
NAMELESS = RULES | {"columns": {k: v for k, v in RULES["columns"].items() if k != "external_reference"}}


@pytest.fixture
def housed(store):
    fill(store, references=RESIDENCES)
    return store


def import_file(engine, path, rules=RULES, landlord_code="B"):
    return bring(engine, path if isinstance(path, Path) else DATA / path, rules, landlord_code=landlord_code)


def register(tmp_path, *lines, name="registre.csv"):
    return write(tmp_path, *lines, name=name, heading="N° de fiche;Code résidence;Date du fait;Nature")


@pytest.mark.parametrize(
    "name", ["registre-utf8.csv", "registre-bom.csv", "registre-cp1252.csv", "registre-tabulation.csv"]
)
def test_a_register_becomes_facts_whatever_its_encoding(housed, name):
    report = import_file(housed, name, FULL)
    assert counts(report) == (3, 3, 0, 0, 0, 0)
    with housed.connect() as connection:
        columns = (Incident.external_reference, Residence.reference, Incident.type_code, Incident.occurred_on,
                   Incident.start_minute, Incident.end_minute, Incident.time_precision, Incident.place_type,
                   Incident.repair_cost_estimated, Incident.severity_default)  # fmt: skip
        rows = connection.execute(
            select(*columns).join(Residence, Residence.residence_id == Incident.residence_id).order_by(columns[0])
        ).all()
    assert [tuple(row) for row in rows] == [
        ("F-1", "00123", "BIE-02", date(2026, 3, 5), 1110, None, "exact", "hall", 1234.5, 1),
        ("F-2", "R-2", "BIE-01", date(2026, 3, 6), 1320, 120, "range", "unknown", None, 2),
        ("F-3", "R-2", "BIE-02", date(2026, 3, 7), None, None, "day", "unknown", 80.0, 1),
    ]


def test_the_same_file_again_adds_nothing(housed):
    import_file(housed, "registre-utf8.csv", FULL)
    months = stored(housed, ReportingMonth)
    report = import_file(housed, "registre-utf8.csv", FULL)
    assert counts(report) == (3, 0, 3, 0, 0, 0)
    assert stored(housed, Incident) == 3
    assert stored(housed, ReportingMonth) == months
    assert stored(housed, IngestBatch) == 2


def test_rejected_rows_wait_once_however_often_the_file_comes(housed):
    report = import_file(housed, "registre-dates-impossibles.csv")
    assert counts(report) == (7, 2, 0, 0, 0, 5)
    assert report.reasons["reason"].tolist() == [
        "date antérieure à 1990",
        "date du fait manquante",
        "date future",
        "date illisible\u00a0: JJ/MM/AAAA ou AAAA-MM-JJ ou AAAA-MM est attendu",
        "date impossible\u00a0: ce jour n’existe pas",
    ]
    again = import_file(housed, "registre-dates-impossibles.csv")
    assert counts(again) == (7, 0, 2, 0, 0, 5)
    assert (again.waiting_count, stored(housed, RejectedRow)) == (5, 5)
    with housed.connect() as connection:
        waiting = open_rejections(connection, "B")
        assert open_rejections(connection, "AUTRE").empty
    assert waiting["line_number"].tolist() == [2, 3, 4, 5, 6]
    assert waiting.loc[0, ["column_name", "value"]].tolist() == ["Date du fait", "31/02/2026"]


def test_a_row_with_too_many_cells_is_rejected_and_a_short_one_says_what_is_missing(housed):
    report = import_file(housed, "registre-lignes-inegales.csv")
    assert counts(report) == (4, 2, 0, 0, 0, 2)
    assert list(report.reasons.itertuples(index=False, name=None)) == [
        ("(ligne)", "la ligne a plus de cellules que d’intitulés", 1),
        ("Nature", "type manquant", 1),
    ]


def test_a_persons_data_never_reaches_the_store(housed):
    rules = RULES | {"columns": RULES["columns"] | {"building_code": "Bâtiment"}}
    report = import_file(housed, "registre-personnes.csv", rules)
    assert counts(report) == (3, 1, 0, 0, 0, 2)
    assert report.ignored_headings == ["Nom du locataire"]
    with housed.connect() as connection:
        kept = " ".join(str(row) for row in connection.execute(text("SELECT cells FROM rejected_row")))
        kept += " ".join(str(row) for row in connection.execute(text("SELECT value, reason FROM rejection_reason")))
    assert "(masqué)" in kept
    assert not any(word in kept for word in ("06 12", "exemple.fr", "locataire"))


def test_rows_without_reference_are_told_apart_by_their_content(housed):
    report = import_file(housed, "registre-sans-reference.csv", NAMELESS)
    assert counts(report) == (4, 3, 1, 0, 0, 0)
    assert report.duplicate_count == 1
    assert counts(import_file(housed, "registre-sans-reference.csv", NAMELESS)) == (4, 0, 4, 0, 0, 0)


def test_a_label_added_to_the_declaration_closes_the_row_that_waited(housed, tmp_path):
    path = register(tmp_path, "F-1;R-2;05/03/2026;Graff")
    assert counts(import_file(housed, path)) == (1, 0, 0, 0, 1, 0)
    wider = RULES | {"values": {"type_code": {"Graff": "BIE-02"}}}
    report = import_file(housed, path, wider)
    assert (counts(report), report.resolved_count) == ((1, 1, 0, 0, 0, 0), 1)
    with housed.connect() as connection:
        assert open_rejections(connection).empty


def test_a_corrected_row_closes_the_one_of_the_same_reference(housed, tmp_path):
    import_file(housed, register(tmp_path, "F-1;R-2;31/02/2026;Tag"))
    report = import_file(housed, register(tmp_path, "F-1;R-2;28/02/2026;Tag"))
    assert (counts(report), report.resolved_count) == ((1, 1, 0, 0, 0, 0), 1)


def test_a_row_still_rejected_is_not_closed_by_another_of_its_reference(housed, tmp_path):
    path = register(tmp_path, "F-1;R-2;31/02/2026;Tag", "F-1;R-2;28/02/2026;Tag")
    import_file(housed, path)
    again = import_file(housed, path)
    assert (counts(again), again.resolved_count, stored(housed, RejectedRow)) == ((2, 0, 1, 0, 0, 1), 0, 1)


def test_a_protected_type_and_a_residence_no_longer_active_are_accepted(housed, tmp_path):
    rules = RULES | {"values": {"type_code": {"VIF": "PEL-03"}}}
    with housed.begin() as connection:
        connection.execute(text("UPDATE residence SET active_to = '2020-01-01'"))
    assert counts(import_file(housed, register(tmp_path, "F-1;R-2;05/03/2026;VIF"), rules)) == (1, 1, 0, 0, 0, 0)


def test_a_month_without_any_fact_is_silent_unless_the_period_is_declared(housed, tmp_path):
    report = import_file(housed, register(tmp_path, "F-1;R-2;05/01/2026;Tag", "F-2;R-2;05/03/2026;Tag"))
    assert report.months == [date(2026, 1, 1), date(2026, 3, 1)]
    assert report.silent_months == [date(2026, 2, 1)]
    with housed.connect() as connection:
        rows = connection.execute(
            select(Residence.reference, ReportingMonth.month_on, ReportingMonth.status)
            .join(Residence, Residence.residence_id == ReportingMonth.residence_id)
            .order_by(Residence.reference, ReportingMonth.month_on)
        )
        found = [(reference, month.month, status.value) for reference, month, status in rows]
    nothing = "nothing_to_report"
    assert found == [
        ("00123", 1, nothing), ("00123", 3, nothing),
        ("R-2", 1, "reported"), ("R-2", 3, "reported"),
    ]  # fmt: skip


def test_a_declared_period_covers_its_months_even_without_a_fact():
    none = set()
    assert covered_months(none, (date(2025, 12, 1), date(2026, 1, 1))) == [date(2025, 12, 1), date(2026, 1, 1)]
    assert covered_months(none, None) == []


def test_a_foreign_register_makes_its_residences_and_keeps_the_month(store):
    rules = {
        "residence_key": "points",
        "landlord_name": "Registre étranger",
        "columns": {"external_reference": "Id", "occurred_on": "Month", "longitude": "Lon", "latitude": "Lat",
                    "residence_name": "Where", "type_code": "Kind"},
        "values": {"type_code": {"Noise": "JOU-01", "Burglary": "BIE-06"}},
    }  # fmt: skip
    report = import_file(store, "registre-etranger.csv", rules, landlord_code="ETR")
    assert counts(report) == (5, 2, 1, 0, 0, 2)
    assert (report.new_residence_count, report.duplicate_count) == (2, 1)
    assert report.reasons.values.tolist() == [["Lon", "coordonnées manquantes", 2]]
    with store.connect() as connection:
        assert set(connection.scalars(select(Incident.time_precision))) == {"month"}
        assert {status.value for status in connection.scalars(select(ReportingMonth.status))} == {"reported"}


def test_a_fault_while_writing_leaves_the_store_as_it_was(housed, monkeypatch):
    with housed.connect() as connection:
        before = current_revision(connection)

    def stop(*_, **__):
        raise RuntimeError("cut")

    monkeypatch.setattr(pipeline, "mark_reporting", stop)
    with pytest.raises(RuntimeError, match="cut"):
        import_file(housed, "registre-dates-impossibles.csv")
    assert [stored(housed, table) for table in (Incident, IngestBatch, RejectedRow, ReportingMonth)] == [0, 0, 0, 0]
    with housed.connect() as connection:
        assert current_revision(connection) == before
    monkeypatch.undo()
    assert counts(import_file(housed, "registre-dates-impossibles.csv")) == (7, 2, 0, 0, 0, 5)


def test_two_landlords_may_use_the_same_references(housed):
    fill(housed, "C", RESIDENCES)
    import_file(housed, "registre-utf8.csv", FULL)
    assert counts(import_file(housed, "registre-utf8.csv", FULL, "C")) == (3, 3, 0, 0, 0, 0)


def test_an_unknown_landlord_an_absent_column_or_type_stops_before_anything_is_written(housed):
    with pytest.raises(StoreError, match="«\u00a0X\u00a0» inconnu"):
        import_file(housed, "registre-utf8.csv", RULES, "X")
    with pytest.raises(LayoutError, match="absentes"):
        import_file(housed, "registre-sans-reference.csv", RULES)
    with pytest.raises(MappingError, match="nomenclature"):
        import_file(housed, "registre-utf8.csv", RULES | {"values": {"type_code": {"Tag": "ZZZ-99"}}})
    assert stored(housed, IngestBatch) == 0


def test_the_history_shows_the_name_that_is_given_or_that_of_the_file_without_folders(housed, tmp_path):
    path = register(tmp_path, "F-1;R-2;05/03/2026;Tag")
    names = [bring(housed, path, RULES, file_name=name).batch.file_name for name in (None, "../x/mars\u202e.csv", " ")]
    assert names == ["registre.csv", "mars.csv", "fichier sans nom"]
    with housed.connect() as connection:
        assert list(connection.scalars(select(IngestBatch.file_name).order_by(IngestBatch.batch_id))) == names


def test_a_declaration_is_saved_with_its_import_unless_it_is_a_version_already(housed, tmp_path):
    path = register(tmp_path, "F-1;R-2;05/03/2026;Tag")
    first = import_file(housed, path).batch.register_mapping_id
    wider = RULES | {"values": {"type_code": {"Graff": "BIE-02"}}}
    second = import_file(housed, path, wider).batch.register_mapping_id
    assert first != second
    # An older version that a task had read before the newer one was confirmed does not take its place.
    assert bring(housed, path, RULES, register_mapping_id=first).batch.register_mapping_id == first
    assert stored(housed, RegisterMapping) == 2
    with housed.connect() as connection:
        assert list(connection.scalars(select(IngestBatch.register_mapping_id))) == [first, second, first]


CELL = st.one_of(
    st.sampled_from(
        ["F-1", "F-2", "00123", "R-2", "05/03/2026", "31/02/2026", "2026-03", "Tag", "", " ", "?", "0612345678"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=12))
def test_accepted_known_and_rejected_are_all_the_rows_read_and_the_second_time_adds_nothing(one_store, tmp_path, rows):
    path = tmp_path / "registre.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([["N° de fiche", "Code résidence", "Date du fait", "Nature"], *rows])
    read = sum(any(cell.strip() for cell in row) for row in rows)
    before = stored(one_store, Incident)
    report = import_file(one_store, path)
    after, waiting = stored(one_store, Incident), stored(one_store, RejectedRow)
    assert counts(report)[0] == sum(counts(report)[1:]) == read
    assert report.batch.accepted_count == after - before
    again = import_file(one_store, path)
    waits = report.batch.to_qualify_count, report.batch.rejected_count
    assert counts(again) == (read, 0, read - sum(waits), 0, *waits)
    assert (stored(one_store, Incident), stored(one_store, RejectedRow)) == (after, waiting)


def test_history_keeps_the_name_of_a_file_without_numbers_of_persons(housed, tmp_path):
    path = plates(tmp_path, "F-1", "F-2")
    report = bring(housed, path, RULES, file_name="Registre 06 12 34 56 78 jean@x.fr.csv")
    assert report.batch.file_name == "Registre (masqué) (masqué).csv"


def test_references_of_the_form_of_a_plate_are_kept_and_it_is_said(housed, tmp_path):
    report = bring(housed, plates(tmp_path, "AA-123-BB", "AA-124-BB"), RULES)
    assert counts(report) == (2, 2, 0, 0, 0, 0)
    assert any("plus de la moitié des références" in sentence for sentence in report.decisions)


def plates(folder, *references):
    lines = (f"{reference};R-2;05/03/2026;Tag" for reference in references)
    return write(folder, *lines, heading="N° de fiche;Code résidence;Date du fait;Nature")
