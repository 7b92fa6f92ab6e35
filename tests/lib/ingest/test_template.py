import re
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import Engine, select

from lib.ingest.mapping import COLUMNS as KNOWN_COLUMNS
from lib.ingest.mapping import declare
from lib.ingest.pipeline import ingest
from lib.ingest.privacy import is_forbidden_heading
from lib.ingest.reading import read_sheet
from lib.ingest.template import COLUMNS, HEADINGS, is_template, template_declaration, write_template
from lib.store.schema import Incident
from tests.factories import small_store
from tests.model import FILLED, filled


def test_filled_model_imports_without_any_mapping_work(store: Engine, tmp_path: Path):
    small_store(store)
    register = filled(tmp_path / "modele.xlsx", FILLED)
    report = ingest(
        store,
        register,
        declare(template_declaration()),
        landlord_code="alpha",
        imported_by="essai",
        today=date(2026, 3, 1),
    )
    assert report.reasons.to_dict("records") == []
    assert (report.batch.read_count, report.batch.accepted_count) == (2, 2)
    with store.connect() as connection:
        found = connection.execute(
            select(Incident).where(Incident.external_reference.like("2026-%")).order_by(Incident.external_reference)
        ).all()
    assert [(row.residence_id, row.occurred_on, row.type_code, row.place_type) for row in found] == [
        (1, date(2026, 2, 14), "OCC-02", "hall"),
        (2, date(2026, 2, 1), "BIE-02", "outdoor"),
    ]
    assert [(row.start_minute, row.end_minute, row.severity_override) for row in found] == [
        (22 * 60, 2 * 60, None),
        (None, None, 3),
    ]
    assert (found[0].complaint_status, found[1].repair_cost_invoiced) == ("police_log_entry", 1234.5)


def test_model_sent_back_empty_has_headings_and_no_example(tmp_path: Path):
    sheet = read_sheet(filled(tmp_path / "modele.xlsx", FILLED[:1]))
    assert is_template(list(sheet.cells.columns))
    assert len(sheet.cells) == 1, "the example stands in another sheet"


def test_every_heading_of_the_model_may_be_kept():
    assert [heading for heading in HEADINGS if is_forbidden_heading(heading)] == []
    assert set(COLUMNS) <= set(KNOWN_COLUMNS)


def test_register_with_other_headings_is_not_the_model():
    assert not is_template([*HEADINGS[1:], "N°"])


@pytest.mark.parametrize("ours", ["type_code", "place_type", "complaint_status", "outcome"])
def test_list_of_the_model_offers_every_value_that_its_mapping_reads(ours: str):
    model = BytesIO()
    write_template(model)
    with zipfile.ZipFile(model) as parts:
        shared = parts.read("xl/sharedStrings.xml").decode()
        facts = parts.read("xl/worksheets/sheet1.xml").decode()
    offered = set(re.findall(r"<t[^>]*>([^<]*)</t>", shared))
    assert {escape(label) for label in template_declaration()["values"][ours]} <= offered
    column = chr(65 + COLUMNS.index(ours))
    assert re.search(rf'<dataValidation type="list"[^>]*sqref="{column}2:{column}20001"', facts)
