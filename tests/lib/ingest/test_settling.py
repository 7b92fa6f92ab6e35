from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from lib.domain.vocabulary import BatchKind
from lib.ingest import settling
from lib.ingest.settling import PREVIEW_ROWS, Tally
from lib.store.incidents import Batch
from lib.store.schema import Incident
from tests.lib.ingest.registers import bring, content, counts, fill, register, stored

LINES = (
    "F-1;R-1;05/01/2026;Tag;",
    "F-2;R-2;05/01/2026;Graff;",
    "F-1;R-1;05/01/2026;Tag;",  # known: said again
    "F-3;R-9;06/01/2026;Tag;",
    "F-1;R-1;05/01/2026;Tag;Jugé",  # its reference is taken, with another content
    ";R-1;07/02/2026;Tag;",
    ";R-1;07/02/2026;Tag;",  # the same row: known
    "F-4;R-2;07/02/2026;Tag;Classé",
    "F-2;R-2;05/01/2026;Graff;",
)
FATES = (9, 3, 2, 0, 2, 2)


@pytest.fixture
def housed(store):
    fill(store)
    return store


def test_parts_of_any_size_give_the_same_counts_and_the_same_store(housed, tmp_path, monkeypatch):
    path, found = register(tmp_path, *LINES), []
    for size in (1, 2, 4, 8, 9, 50_000):
        monkeypatch.setattr(settling, "PART_ROWS", size)
        report = bring(housed, path, dry_run=True)
        found.append((counts(report), report.duplicate_count, report.rejected_duplicate_count, report.months))
    assert found == [(FATES, 2, 1, [date(2026, 1, 1), date(2026, 2, 1)])] * 6
    monkeypatch.setattr(settling, "PART_ROWS", 2)
    bring(housed, path)
    in_parts = content(housed)
    assert stored(housed, Incident) == 3
    monkeypatch.setattr(settling, "PART_ROWS", 50_000)
    assert counts(bring(housed, path)) == (9, 0, 5, 0, 2, 2)
    assert content(housed) == in_parts


def test_each_part_is_told_of_once_with_its_lines_each_in_one_place(housed, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(settling, "PART_ROWS", 2)
    bring(housed, register(tmp_path, *LINES), progress=lambda done, total: told.append((done, total)))
    assert [one for one in told if one[1] is not None] == [(2, 9), (4, 9), (6, 9), (8, 9), (9, 9)]


def test_content_that_the_store_says_otherwise_is_rewritten_and_what_the_register_is_silent_on_stays(housed, tmp_path):
    bring(housed, register(tmp_path, "F-1;R-1;05/01/2026;Tag;Jugé"))
    silent = register(tmp_path, "F-1;R-2;05/01/2026;Tag", heading="Fiche;Résidence;Date;Nature", name="2.csv")
    rules = {"columns": {"external_reference": "Fiche", "residence_reference": "Résidence", "occurred_on": "Date",
                         "type_code": "Nature"}, "values": {"type_code": {"Tag": "BIE-02"}}}  # fmt: skip
    assert counts(bring(housed, silent, rules)) == (1, 0, 0, 1, 0, 0)
    assert counts(bring(housed, silent, rules)) == (1, 0, 1, 0, 0, 0)
    with housed.connect() as connection:
        row = connection.execute(Incident.__table__.select()).one()
    assert (row.residence_id, row.outcome.value) == (2, "convicted")


def test_counts_add_up_to_the_rows_read_whatever_they_are():
    line = Batch(BatchKind.INCIDENTS, 1, "f", "0" * 64, "essai", 0, 0, 0, 0, register_mapping_id=7)
    counted = Tally(accepted=1, known=20, updated=300, to_qualify=4_000, rejected=50_000).counted(line)
    assert counted == replace(
        line,
        read_count=54_321,
        accepted_count=1,
        known_count=20,
        updated_count=300,
        to_qualify_count=4_000,
        rejected_count=50_000,
    )


def test_reasons_of_the_parts_are_added_up_the_most_frequent_first():
    one = pd.DataFrame({"column_name": ["A", "B"], "reason": ["x", "y"], "row_count": [2, 1]})
    two = pd.DataFrame({"column_name": ["B", "A"], "reason": ["y", "z"], "row_count": [4, 1]})
    found = Tally(reasons=[one, two]).reason_counts
    assert list(found.itertuples(index=False, name=None)) == [("B", "y", 5), ("A", "x", 2), ("A", "z", 1)]
    assert Tally().reason_counts.empty


def test_first_facts_alone_are_shown_across_the_parts(housed, tmp_path, monkeypatch):
    monkeypatch.setattr(settling, "PART_ROWS", 3)
    lines = [f"F-{n:02d};R-{n % 2 + 1};05/01/2026;{'Graff' if n == 1 else 'Tag'};" for n in range(20)]
    shown = bring(housed, register(tmp_path, *lines)).preview
    assert shown["external_reference"].tolist() == [f"F-{n:02d}" for n in range(12) if n != 1][:PREVIEW_ROWS]
    assert shown["residence_reference"].tolist()[:2] == ["R-1", "R-1"]


def test_nothing_is_written_of_a_file_whose_last_part_fails(housed, tmp_path, monkeypatch):
    monkeypatch.setattr(settling, "PART_ROWS", 2)

    def stop(done, total):
        if total is not None and done > 6:
            raise ZeroDivisionError

    before = content(housed)
    with pytest.raises(ZeroDivisionError):
        bring(housed, register(tmp_path, *LINES), progress=stop)
    assert content(housed) == before
