from datetime import date

import pandas as pd

from lib.ingest.accounting import Memory, as_json, compare, sort_known, told_columns
from lib.ingest.mapping import declare
from lib.store.incidents import CONTENT

RESIDENCES = {11: "R-1", 12: "R-2"}
READ = frozenset(CONTENT)


def facts(*rows):
    fact = dict.fromkeys(CONTENT) | {
        "external_reference": None, "residence_id": 11, "type_code": "BIE-02", "occurred_on": date(2026, 3, 5),
        "time_precision": "day", "place_type": "hall", "outcome": "unknown", "severity_default": 1,
    }  # fmt: skip
    index = pd.RangeIndex(2, 2 + len(rows), name="line_number")
    return pd.DataFrame([fact | row for row in rows], columns=list(fact), index=index, dtype=object)


def sort(frame, *, duplicates=(), residences=RESIDENCES, memory=None):
    return sort_known(frame, frame.index.isin(duplicates), memory or Memory(), residences)


def references(found):
    return set(found.first["external_reference"])


def test_a_reference_said_again_is_known_and_with_other_content_refused():
    rows = [{"external_reference": "A"}, {"external_reference": "B"}, {"external_reference": "A"}]
    found = sort(facts(*rows, {"external_reference": "A", "outcome": "dropped"}))
    assert found.first["external_reference"].tolist() == ["A", "B"]
    assert (found.known_count, found.repeated.to_dict()) == (1, {5: "A"})


def test_a_reference_said_in_an_earlier_part_of_the_file_is_remembered():
    memory = Memory()
    sort(facts({"external_reference": "A"}), memory=memory)
    found = sort(facts({"external_reference": "A"}, {"external_reference": "A", "outcome": "dropped"}), memory=memory)
    assert (len(found.first), found.known_count, found.repeated.to_dict()) == (0, 1, {3: "A"})


def test_a_whole_copy_of_a_row_without_reference_is_known():
    found = sort(facts({}, {}, {}), duplicates=[3])
    assert (len(found.first), found.known_count) == (2, 1)


def test_facts_alike_without_reference_but_of_different_rows_are_two_facts_even_in_two_parts():
    memory = Memory()
    first = references(sort(facts({}), memory=memory))
    assert len(first | references(sort(facts({"outcome": "dropped"}), memory=memory))) == 2


def test_a_made_reference_does_not_depend_on_the_order_of_lines_nor_on_the_stores_numbers():
    rows = [{"residence_id": 12}, {}, {"start_minute": 60}, {}]
    forward = references(sort(facts(*rows)))
    moved = [row | {"residence_id": row.get("residence_id", 11) + 100} for row in reversed(rows)]
    assert references(sort(facts(*moved), residences={111: "R-1", 112: "R-2"})) == forward
    assert len(forward) == 4


def test_a_fact_whose_outcome_changed_keeps_its_made_reference():
    assert references(sort(facts({"outcome": "dropped"}))) == references(sort(facts({})))


def test_no_fact_is_nothing_new_and_nothing_known():
    found = sort(facts())
    assert (len(found.first), found.known_count, len(found.repeated)) == (0, 0, 0)


def held(**differences):
    row = facts({"external_reference": "A"} | differences).iloc[0].to_dict()
    return {"A": row | {"incident_id": 1}}


def compared(stored, read=READ, **differences):
    rows = facts({"external_reference": "A"} | differences, {"external_reference": "B"})
    return compare(rows, stored, read, {"BIE-02": 1, "PEL-03": 4})


def test_a_stored_fact_is_known_as_it_is_and_updated_otherwise():
    same = compared(held())
    assert (same.new["external_reference"].tolist(), same.known_count, same.before) == (["B"], 1, [])
    other = compared(held(), outcome="dropped", type_code="PEL-03")
    assert (other.known_count, len(other.before)) == (0, 1)
    assert other.after.loc[0, ["outcome", "type_code", "severity_default"]].tolist() == ["dropped", "PEL-03", 4]


def test_a_column_that_the_register_does_not_tell_keeps_what_is_stored():
    told = told_columns(declare({"columns": {"residence_reference": "R", "occurred_on": "D", "type_code": "T"}}))
    silent = compared(held(outcome="dropped", start_minute=60, time_precision="exact"), told)
    assert (silent.known_count, silent.before) == (1, [])
    moved = compared(held(outcome="dropped", start_minute=60, time_precision="exact"), told, type_code="PEL-03")
    assert moved.after.loc[0, ["outcome", "start_minute", "time_precision"]].tolist() == ["dropped", 60, "exact"]


def test_a_fact_of_another_day_takes_its_whole_moment():
    told = told_columns(declare({"columns": {"residence_reference": "R", "occurred_on": "D", "type_code": "T"}}))
    stored = held(occurred_on=date(2026, 1, 1), start_minute=60, time_precision="exact")
    assert compared(stored, told).after.loc[0, ["start_minute", "time_precision"]].tolist() == [None, "day"]


def test_cells_are_kept_under_the_files_headings():
    cells = {"type_code": ["Tag"], "hall_code": [None]}
    assert as_json(cells, {"type_code": "Nature", "hall_code": "Hall"}) == ['{"Nature": "Tag", "Hall": null}']
