from datetime import UTC, date, datetime
from threading import Thread

import pytest
from sqlalchemy import func, select

from lib.snapshot.copies import build
from lib.snapshot.tables import EXPOSURE, FACT
from lib.store import schema as s
from lib.store.revisions import change
from tests.factories import add, incident, small_store


def test_snapshot_of_an_empty_store_has_no_data_date(empty_store):
    snapshot = build(empty_store)
    assert (snapshot.revision, snapshot.data_on) == (0, None)
    assert snapshot.rows(select(func.count()).select_from(FACT)) == [(0,)]


def test_every_fact_and_every_residence_month_has_exactly_one_row(store):
    snapshot = build(small_store(store))
    assert snapshot.rows(select(func.count()).select_from(FACT)) == [(10,)]
    # 4 residences × the 14 months from January 2025 to February 2026.
    assert snapshot.rows(select(func.count()).select_from(EXPOSURE)) == [(56,)]


def test_data_date_is_the_last_day_of_a_fact(store):
    assert build(small_store(store)).data_on == date(2026, 2, 28)


def test_month_precision_covers_its_whole_month(store):
    small_store(store)
    with change(store, "essai") as made:
        add(made, s.Incident, incident("m1", 1, date(2026, 3, 1), time_precision="month"))
    assert build(store).data_on == date(2026, 3, 31)


def test_service_is_the_one_in_force_on_the_day_of_the_fact(store):
    small_store(store)
    with change(store, "essai") as made:
        dates = {"valid_from": date(2026, 2, 1), "valid_to": None}
        old = s.CommuneDistrict.__table__.update().where(s.CommuneDistrict.commune_code == "77002")
        made.connection.execute(old.values(valid_to=date(2026, 2, 1)))
        add(made, s.CommuneDistrict, {"commune_code": "77002", "district_id": 1} | dates)
        add(made, s.Incident, incident("d1", 3, date(2026, 1, 31)), incident("d2", 3, date(2026, 2, 1)))
    last_two = select(FACT.c.district_id).order_by(FACT.c.incident_id.desc()).limit(2)
    assert build(store).rows(last_two) == [(1,), (2,)]


def test_fact_older_than_every_table_goes_to_the_oldest_service_known(store):
    small_store(store)
    with change(store, "essai") as made:
        add(made, s.Incident, incident("o1", 3, date(2015, 6, 1)))
    rows = build(store).rows(select(FACT.c.district_id).where(FACT.c.occurred_on == date(2015, 6, 1)))
    assert rows == [(2,)]


def test_residence_counts_as_dwellings_only_while_it_is_let(store):
    small_store(store)
    with change(store, "essai") as made:
        leaving = s.Residence.__table__.update().where(s.Residence.residence_id == 2)
        made.connection.execute(leaving.values(active_from=date(2025, 2, 1), active_to=date(2026, 1, 1)))
    months = select(func.min(EXPOSURE.c.month_on), func.max(EXPOSURE.c.month_on)).where(EXPOSURE.c.residence_id == 2)
    assert build(store).rows(months) == [(date(2025, 2, 1), date(2025, 12, 1))]


def test_snapshot_keeps_its_revision_while_the_store_moves_on(store):
    snapshot = build(small_store(store))
    with change(store, "essai") as made:
        add(made, s.Incident, incident("z1", 1, date(2026, 2, 1)))
    assert snapshot.rows(select(func.count()).select_from(FACT)) == [(10,)]
    later = build(store)
    assert later.revision > snapshot.revision
    assert later.rows(select(func.count()).select_from(FACT)) == [(11,)]


def test_many_threads_read_one_snapshot(store):
    snapshot = build(small_store(store))
    counts: list[int] = []
    question = select(func.count()).select_from(FACT)
    threads = [Thread(target=lambda: counts.append(snapshot.rows(question)[0][0])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [10] * 20


def read_at(engine, day, **more):
    """April is declared; the only register was read that day."""
    with change(engine, "essai") as made:
        told = s.IngestBatch.__table__.update().values(imported_at=day, **more)
        made.connection.execute(told)
        add(made, s.ReportingMonth, {"residence_id": 1, "month_on": date(2026, 4, 1), "status": "nothing_to_report"})


@pytest.mark.parametrize(
    ("read_on", "data_on"),
    [(datetime(2026, 5, 2, tzinfo=UTC), date(2026, 4, 30)), (datetime(2026, 4, 11, tzinfo=UTC), date(2026, 4, 10))],
    ids=["over: complete without a last fact", "still running: to the day before"],
)
def test_month_declared_is_told_as_far_as_it_was_over_when_it_was_read(store, read_on, data_on):
    read_at(small_store(store), read_on)
    assert build(store).data_on == data_on


@pytest.mark.parametrize("more", [{"undone_at": datetime(2026, 5, 3, tzinfo=UTC)}, {"kind": "housing"}])
def test_import_undone_or_of_another_kind_completes_no_month(store, more):
    read_at(small_store(store), datetime(2026, 5, 2, tzinfo=UTC), **more)
    assert build(store).data_on == date(2026, 2, 28)  # that of the last fact
