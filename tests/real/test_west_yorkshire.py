from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select

from lib.ingest.mapping import load_mapping
from lib.ingest.pipeline import ingest
from lib.store.engine import open_store
from lib.store.nomenclature import save_nomenclature
from lib.store.revisions import change
from lib.store.schema import Incident, RejectedRow, ReportingMonth, Residence
from tests.screen import opened, told

pytestmark = pytest.mark.real
DECLARATION = Path(__file__).with_name("west-yorkshire.toml")
# Read, rejected (coordinates missing, «Other crime», or both), exact duplicates, of which rejected.
EXPECTED = {
    "2017-07": {"read": 28_537, "unlocated": 1_541, "other": 526, "both": 34, "duplicates": 1_857, "rejected_too": 42},
    "2018-07": {"read": 31_635, "unlocated": 883, "other": 667, "both": 25, "duplicates": 1_563, "rejected_too": 42},
}


def month_file(real_data: Path, month: str) -> Path:
    return real_data / "incidents" / f"{month}-west-yorkshire-street.csv"


def import_month(engine, real_data, month):
    path = month_file(real_data, month)
    declared = load_mapping(DECLARATION)
    return ingest(engine, path, declared, landlord_code="WY", imported_by="essai", today=date(2026, 10, 31))


@pytest.fixture(scope="module")
def imported(tmp_path_factory, real_data):
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('west-yorkshire') / 'store.db'}")
    with change(engine, "essai") as made:
        save_nomenclature(made)
    yield engine, {month: import_month(engine, real_data, month) for month in EXPECTED}
    engine.dispose()


@pytest.mark.parametrize("month", EXPECTED)
def test_every_row_is_accepted_known_to_qualify_or_rejected(imported, month):
    batch, expected = imported[1][month].batch, EXPECTED[month]
    to_qualify = expected["other"] - expected["both"]
    known = expected["duplicates"] - expected["rejected_too"]
    assert batch.read_count == expected["read"]
    assert (batch.rejected_count, batch.to_qualify_count) == (expected["unlocated"], to_qualify)
    assert batch.updated_count == 0
    assert batch.known_count == known
    assert batch.accepted_count == expected["read"] - expected["unlocated"] - to_qualify - known


@pytest.mark.parametrize("month", EXPECTED)
def test_exact_duplicates_and_missing_coordinates_are_reported(imported, month):
    report, expected = imported[1][month], EXPECTED[month]
    assert report.duplicate_count + report.rejected_duplicate_count == expected["duplicates"]
    assert report.rejected_duplicate_count == expected["rejected_too"]
    by_column = report.reasons.set_index("column_name")["row_count"].to_dict()
    assert by_column == {"Longitude": expected["unlocated"], "Crime type": expected["other"]}


@pytest.mark.parametrize("month", EXPECTED)
def test_the_expected_counts_are_those_of_the_file_read_without_our_code(real_data, month):
    rows, expected = pd.read_csv(month_file(real_data, month), dtype=str), EXPECTED[month]
    is_unlocated, is_other = rows["Longitude"].isna(), rows["Crime type"] == "Other crime"
    assert {
        "read": len(rows),
        "unlocated": int(is_unlocated.sum()),
        "other": int(is_other.sum()),
        "both": int((is_unlocated & is_other).sum()),
        "duplicates": int(rows.duplicated().sum()),
        "rejected_too": int((rows.duplicated() & (is_unlocated | is_other)).sum()),
    } == expected


def test_the_month_keeps_its_precision_and_no_hour_is_invented(imported):
    with imported[0].connect() as connection:
        found = connection.execute(
            select(Incident.occurred_on, Incident.time_precision, func.count(), func.count(Incident.start_minute))
            .group_by(Incident.occurred_on, Incident.time_precision)
            .order_by(Incident.occurred_on)
        ).all()
    reports = imported[1]
    assert [tuple(row) for row in found] == [
        (date(2017, 7, 1), "month", reports["2017-07"].batch.accepted_count, 0),
        (date(2018, 7, 1), "month", reports["2018-07"].batch.accepted_count, 0),
    ]


def test_residences_are_the_distinct_points_without_dwellings_nor_commune(imported, real_data):
    rows = pd.concat([pd.read_csv(month_file(real_data, month), dtype=str) for month in EXPECTED])
    points = len(rows.dropna(subset=["Longitude"])[["Longitude", "Latitude"]].drop_duplicates())
    with imported[0].connect() as connection:
        found = connection.execute(
            select(func.count(), func.sum(Residence.dwelling_count), func.count(Residence.commune_code))
        ).one()
    assert sum(report.new_residence_count for report in imported[1].values()) == found[0] == points
    assert tuple(found[1:]) == (0, 0)


def test_a_month_again_adds_nothing(imported, real_data):
    engine, reports = imported

    def sizes():
        with engine.connect() as connection:
            tables = (Incident, Residence, RejectedRow, ReportingMonth)
            return [connection.scalar(select(func.count()).select_from(table)) for table in tables]

    before = sizes()
    again = import_month(engine, real_data, "2017-07")
    assert again.batch.accepted_count == 0
    first = reports["2017-07"].batch
    assert again.batch.updated_count == 0
    assert again.batch.rejected_count == first.rejected_count
    assert again.batch.to_qualify_count == first.to_qualify_count
    assert again.waiting_count == first.rejected_count + first.to_qualify_count
    assert sizes() == before


@pytest.mark.parametrize("name", ["home", "map", "trends", "districts"])
def test_each_page_opens_on_the_foreign_register(imported, name, monkeypatch):
    engine, _ = imported
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    shown = told(opened(name))
    assert "Couverture inconnue" in shown
    assert "Données au 31 juillet 2018" in shown
    assert "nan" not in shown.split()
