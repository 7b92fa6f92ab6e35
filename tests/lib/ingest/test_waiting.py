import pytest
from sqlalchemy import select

from lib.domain.vocabulary import RejectionStatus
from lib.ingest import settling
from lib.store.rejections import waiting_rows
from lib.store.schema import RejectedRow
from tests.lib.ingest.registers import RULES, bring, counts, fill, register, stored

WRONG = "F-1;R-1;31/02/2026;Tag;"
NAMELESS = RULES | {"columns": {ours: name for ours, name in RULES["columns"].items() if ours != "external_reference"}}
HEADING = "Résidence;Date;Nature;Suite"


@pytest.fixture(params=[1, 50_000], ids=["row by row", "at once"])
def housed(request, store, monkeypatch):
    monkeypatch.setattr(settling, "PART_ROWS", request.param)
    fill(store)
    fill(store, "C")
    return store


def waits(engine, code="B"):
    with engine.connect() as connection:
        return waiting_rows(connection, code)["line_number"].tolist()


def test_content_waits_as_many_times_as_it_came_at_most_in_one_file(housed, tmp_path):
    for times, kept in ((2, 2), (1, 0), (2, 0), (3, 1), (3, 0)):
        report = bring(housed, register(tmp_path, *[WRONG] * times))
        assert (counts(report)[-1], report.waiting_count) == (times, times - kept)
    assert stored(housed, RejectedRow) == 3


def test_row_to_qualify_is_told_apart_from_one_to_correct(housed, tmp_path):
    bring(housed, register(tmp_path, WRONG, "F-2;R-1;05/01/2026;Graff;", "F-3;R-9;05/01/2026;Graff;"))
    with housed.connect() as connection:
        rows = connection.execute(select(RejectedRow.line_number, RejectedRow.status)).all()
    assert {(line, status) for line, status in rows} == {
        (2, RejectionStatus.OPEN),
        (3, RejectionStatus.TO_QUALIFY),
        (4, RejectionStatus.OPEN),
    }


def test_row_of_a_reference_is_closed_by_that_reference_alone(housed, tmp_path):
    bring(housed, register(tmp_path, WRONG, "F-2;R-2;31/02/2026;Tag;"))
    report = bring(housed, register(tmp_path, "F-1;R-2;05/03/2026;Tag;Jugé", "F-22;R-2;28/02/2026;Tag;"))
    assert report.resolved_count == 1
    assert waits(housed) == [3]


def test_row_brought_again_as_it_is_once_the_store_can_place_it_is_closed(housed, tmp_path):
    path = register(tmp_path, "R-1;05/01/2026;Graff;", "R-2;05/01/2026;Graff;", heading=HEADING)
    bring(housed, path, NAMELESS)
    wider = NAMELESS | {"values": {"type_code": {"Graff": "BIE-02"}}}
    only = register(tmp_path, "R-2;05/01/2026;Graff;", heading=HEADING, name="2.csv")
    report = bring(housed, only, wider)
    assert (counts(report), report.resolved_count) == ((1, 1, 0, 0, 0, 0), 1)
    assert waits(housed) == [2]


def test_row_that_a_file_repeats_still_wrong_waits_even_where_the_same_file_brings_its_reference(housed, tmp_path):
    bring(housed, register(tmp_path, WRONG))
    both = ("F-1;R-1;05/03/2026;Tag;", WRONG)
    for lines in (both, both[::-1]):
        report = bring(housed, register(tmp_path, *lines))
        assert (report.resolved_count, report.waiting_count, waits(housed)) == (0, 1, [2])


def test_fact_already_known_closes_the_row_that_waited_for_its_reference(housed, tmp_path):
    path = register(tmp_path, "F-1;R-1;05/03/2026;Tag;", name="juste.csv")
    bring(housed, path)
    bring(housed, register(tmp_path, WRONG))
    report = bring(housed, path)
    assert (counts(report), report.resolved_count, waits(housed)) == ((1, 0, 1, 0, 0, 0), 1, [])


def test_landlords_neither_share_nor_close_their_waiting_rows(housed, tmp_path):
    path = register(tmp_path, WRONG)
    bring(housed, path)
    assert bring(housed, path, landlord_code="C").waiting_count == 0
    right = register(tmp_path, "F-1;R-1;05/03/2026;Tag;", name="juste.csv")
    assert bring(housed, right, landlord_code="C").resolved_count == 1
    assert (waits(housed), waits(housed, "C")) == ([2], [])
