import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from lib.errors import LayoutError, MappingError, StoreError
from lib.ingest import pipeline
from lib.ingest.mapping import declare
from lib.ingest.pipeline import covered_months, ingest
from lib.store.engine import open_store
from lib.store.housing import save_landlords, save_residences
from lib.store.nomenclature import save_nomenclature
from lib.store.rejections import open_rejections
from lib.store.revisions import change, current_revision
from lib.store.schema import Incident, IngestBatch, RejectedRow, ReportingMonth, Residence

DATA = Path(__file__).parents[2] / "data"
TODAY = date(2026, 10, 31)
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


def fill(engine, code="BAILLEUR-1"):
    residence = {
        "landlord_code": code, "residence_name": "Les Essais", "address": None, "commune_code": None, "longitude": None,
        "latitude": None, "dwelling_count": 40, "active_from": None, "active_to": None,
    }  # fmt: skip
    with change(engine, "essai") as made:
        save_landlords(made, pd.DataFrame({"landlord_code": [code], "landlord_name": ["Bailleur d’essai"]}))
        save_residences(made, pd.DataFrame([residence | {"reference": reference} for reference in ("00123", "R-2")]))


@pytest.fixture
def housed(store):
    fill(store)
    return store


def import_file(engine, path, rules=RULES, landlord_code="BAILLEUR-1"):
    path = path if isinstance(path, Path) else DATA / path
    return ingest(engine, path, declare(rules), landlord_code=landlord_code, imported_by="essai", today=TODAY)


def counts(report):
    batch = report.batch
    names = ("read", "accepted", "known", "updated", "to_qualify", "rejected")
    return tuple(getattr(batch, f"{name}_count") for name in names)


def stored(engine, table):
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def register(tmp_path, *lines, name="registre.csv"):
    path = tmp_path / name
    path.write_text("\n".join(("N° de fiche;Code résidence;Date du fait;Nature", *lines)), encoding="utf-8")
    return path


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
        waiting = open_rejections(connection, "BAILLEUR-1")
        assert open_rejections(connection, "AUTRE").empty
    assert waiting["line_number"].tolist() == [2, 3, 4, 5, 6]
    assert waiting.loc[0, ["column_name", "value"]].tolist() == ["Date du fait", "31/02/2026"]


def test_a_row_with_too_many_cells_is_rejected_and_a_short_one_says_what_is_missing(housed):
    report = import_file(housed, "registre-lignes-inegales.csv")
    assert counts(report) == (4, 2, 0, 0, 0, 2)
    assert list(report.reasons.itertuples(index=False, name=None)) == [
        ("(ligne)", "la ligne a plus de cellules que l’en-tête", 1),
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
    fill(housed, "BAILLEUR-2")
    import_file(housed, "registre-utf8.csv", FULL)
    assert counts(import_file(housed, "registre-utf8.csv", FULL, "BAILLEUR-2")) == (3, 3, 0, 0, 0, 0)


def test_an_unknown_landlord_an_absent_column_or_type_stops_before_anything_is_written(housed):
    with pytest.raises(StoreError, match="«\u00a0X\u00a0» inconnu"):
        import_file(housed, "registre-utf8.csv", RULES, "X")
    with pytest.raises(LayoutError, match="absentes"):
        import_file(housed, "registre-sans-reference.csv", RULES)
    with pytest.raises(MappingError, match="nomenclature"):
        import_file(housed, "registre-utf8.csv", RULES | {"values": {"type_code": {"Tag": "ZZZ-99"}}})
    assert stored(housed, IngestBatch) == 0


CELL = st.one_of(
    st.sampled_from(
        ["F-1", "F-2", "00123", "R-2", "05/03/2026", "31/02/2026", "2026-03", "Tag", "", " ", "?", "0612345678"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)


@pytest.fixture(scope="module")
def one_store(tmp_path_factory):
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('law') / 'store.db'}")
    with change(engine, "essai") as made:
        save_nomenclature(made)
    fill(engine)
    yield engine
    engine.dispose()


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
