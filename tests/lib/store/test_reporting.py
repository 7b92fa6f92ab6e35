from datetime import date

import pandas as pd
import pytest
from sqlalchemy import func, insert, select

from lib.domain.vocabulary import ReportingStatus
from lib.store.housing import save_landlords, save_residences
from lib.store.reporting import mark_reporting, next_month
from lib.store.revisions import change
from lib.store.schema import ReportingMonth

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
NOTHING, REPORTED, SILENT = "nothing_to_report", "reported", "silent"


@pytest.fixture
def housed(store):
    residence = {
        "landlord_code": "B", "residence_name": "Les Essais", "address": None, "commune_code": None, "longitude": None,
        "latitude": None, "dwelling_count": 40, "active_from": None, "active_to": None,
    }  # fmt: skip
    dates = [
        {"reference": "R-1"},
        {"reference": "R-2", "active_from": date(2026, 1, 31)},
        {"reference": "R-3", "active_from": FEBRUARY},
        {"reference": "R-4", "active_to": JANUARY},
        {"reference": "R-5", "active_to": date(2026, 1, 2)},
        {"reference": "R-6", "landlord_code": "C"},
    ]
    with change(store, "essai") as made:
        save_landlords(made, pd.DataFrame({"landlord_code": ["B", "C"], "landlord_name": ["Un", "Deux"]}))
        save_residences(made, pd.DataFrame([residence | differences for differences in dates]))
    return store


def marked(engine, months):
    with change(engine, "essai") as made:
        return mark_reporting(made, 1, months)


def said(engine):
    with engine.connect() as connection:
        rows = connection.execute(select(ReportingMonth.residence_id, ReportingMonth.month_on, ReportingMonth.status))
        return {(residence_id, month.month): status.value for residence_id, month, status in rows}


def test_residences_active_at_any_day_of_the_month_have_nothing_to_report(housed):
    assert marked(housed, [JANUARY]) == 3
    assert said(housed) == {(1, 1): NOTHING, (2, 1): NOTHING, (5, 1): NOTHING}


def test_the_same_months_again_write_nothing(housed):
    marked(housed, [JANUARY, FEBRUARY])
    before = said(housed)
    assert marked(housed, [FEBRUARY, JANUARY]) == 0
    assert said(housed) == before


def test_no_month_writes_nothing(housed):
    assert marked(housed, []) == 0
    with housed.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(ReportingMonth)) == 0


def test_what_was_reported_is_kept_and_a_silence_is_ended(housed):
    with change(housed, "essai") as made:
        rows = [(1, ReportingStatus.REPORTED), (2, ReportingStatus.SILENT)]
        made.connection.execute(
            insert(ReportingMonth),
            [{"residence_id": n, "month_on": JANUARY, "status": s, "revision": made.revision} for n, s in rows],
        )
    assert marked(housed, [JANUARY]) == 2
    assert said(housed) == {(1, 1): REPORTED, (2, 1): NOTHING, (5, 1): NOTHING}


def test_the_month_after_december_is_january():
    assert next_month(date(2025, 12, 1)) == JANUARY
    assert next_month(JANUARY) == FEBRUARY
