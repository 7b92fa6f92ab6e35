from collections import Counter
from datetime import date

import pandas as pd

from lib.ingest.accounting import as_json, sort_known, unseen

RESIDENCES = {"R-1": 11, "R-2": 12}


def facts(*rows):
    fact = {
        "external_reference": None, "residence_id": 11, "type_code": "BIE-02", "occurred_on": date(2026, 3, 5),
        "time_precision": "day", "start_minute": None, "end_minute": None, "place_type": "hall", "building_code": None,
        "hall_code": None, "outcome": "unknown",
    }  # fmt: skip
    index = pd.RangeIndex(2, 2 + len(rows), name="line_number")
    return pd.DataFrame([fact | row for row in rows], columns=list(fact), index=index, dtype=object)


def sort(frame, *, duplicates=(), stored=(), residences=RESIDENCES):
    return sort_known(frame, pd.Series(frame.index.isin(duplicates), index=frame.index), set(stored), residences)


def test_a_reference_seen_earlier_in_the_file_or_in_the_store_is_known():
    found = sort(facts(*({"external_reference": name} for name in "ABAC")), stored={"C"})
    assert found.new["external_reference"].tolist() == ["A", "B"]
    assert (found.known, found.duplicates) == (2, 0)
    assert found.references == {"A", "B", "C"}


def test_an_exact_duplicate_is_known_and_told_apart():
    found = sort(facts({}, {}, {}), duplicates=[3])
    assert (len(found.new), found.known, found.duplicates) == (2, 1, 1)


def test_facts_alike_without_reference_but_of_different_rows_are_two_facts():
    found = sort(facts({}, {"outcome": "dropped"}))
    assert found.new["external_reference"].nunique() == 2


def test_a_made_reference_does_not_depend_on_the_order_of_lines_nor_on_the_stores_numbers():
    rows = [{"residence_id": 12}, {}, {"start_minute": 60}, {}]
    forward = sort(facts(*rows)).references
    moved = [row | {"residence_id": row.get("residence_id", 11) + 100} for row in reversed(rows)]
    assert sort(facts(*moved), residences={"R-1": 111, "R-2": 112}).references == forward
    assert len(forward) == 4


def test_a_fact_whose_outcome_changed_keeps_its_made_reference():
    assert sort(facts({"outcome": "dropped"})).references == sort(facts({})).references


def test_the_second_time_every_fact_is_known():
    first = sort(facts({}, {}, {"residence_id": 12}))
    again = sort(facts({}, {}, {"residence_id": 12}), stored=first.references)
    assert (len(again.new), again.known) == (0, 3)


def test_no_fact_is_nothing_new_and_nothing_known():
    found = sort(facts())
    assert (len(found.new), found.known, found.references) == (0, 0, frozenset())


def test_a_rejected_content_waiting_once_hides_one_row_of_two():
    rows = pd.Series(["a", "a", "b"], index=[2, 3, 4])
    assert unseen(rows, Counter({"a": 1})).to_dict() == {3: "a", 4: "b"}
    assert unseen(rows, Counter()).tolist() == ["a", "a", "b"]
    assert unseen(rows, Counter({"a": 2, "b": 5})).empty


def test_cells_are_kept_under_the_files_headings():
    cells = pd.DataFrame({"type_code": ["Tag"], "hall_code": [None]}, dtype=object)
    assert as_json(cells, {"type_code": "Nature", "hall_code": "Hall"}).tolist() == ['{"Nature": "Tag", "Hall": null}']
