from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine

from lib.ingest.coordinates import CoordinateReading
from lib.ingest.dates import DEFAULT_FORMATS
from lib.ingest.decisions import Decisions, decide, decided_before, keep_decisions
from lib.ingest.distinct import gather
from lib.ingest.mapping import declare
from lib.ingest.reading import Sheet
from lib.store.journal import FACT, note
from lib.store.revisions import change
from tests.factories import small_store

COLUMNS = {"occurred_on": "Date", "type_code": "Nature", "residence_reference": "Résidence"}
POINTS = {"columns": COLUMNS | {"longitude": "X", "latitude": "Y"}}
DAY_FIRST, MONTH_FIRST = "JJ/MM/AAAA", "MM/JJ/AAAA"


@pytest.fixture
def filled(store: Engine) -> Engine:
    return small_store(store)


def decided(declared: dict, *rows: tuple[str | None, ...]) -> Decisions:
    """What is decided on rows of these cells, in the order of the declared columns."""
    rules = declare(declared)
    names = list(dict.fromkeys(rules.columns.values()))
    index = pd.RangeIndex(2, len(rows) + 2, name="line_number")
    cells = pd.DataFrame([row[: len(names)] for row in rows], columns=names, index=index, dtype=object)
    return decide(gather([Sheet(cells, "", "", "")], rules.columns), rules, date(2026, 10, 31))


def kept(engine: Engine, before: Decisions, now: Decisions, declared: dict) -> Decisions:
    """What is read of a batch that decided ``before``, when its rows come again."""
    with change(engine, "essai") as made:
        keep_decisions(made, 1, before)
        note(made, 1, FACT, [("occurred_on", "{}")])  # of another table
    with engine.connect() as connection:
        return decided_before(connection, 1, now, declare(declared))


def test_order_of_day_and_month_is_that_which_one_value_of_the_file_proves_and_is_said_of_its_heading():
    silent = decided({"columns": COLUMNS}, ("03/04/2026", "Tag", "R"))
    proved = decided({"columns": COLUMNS}, ("03/04/2026", "Tag", "R"), ("03/25/2026", "Tag", "R"))
    assert silent.formats["occurred_on"][0] == DAY_FIRST
    assert proved.formats["occurred_on"][0] == MONTH_FIRST
    assert [sentence[:8] for sentence in proved.sentences] == ["«\u00a0Date\u00a0»"]
    assert proved.coordinates is None


def test_rows_that_wait_keep_the_year_first_that_their_file_proved(filled: Engine):
    whole = decided({"columns": COLUMNS}, ("26-03-05", "Tag", "R"), ("26-03-31", "Tag", "R"))
    alone = decided({"columns": COLUMNS}, ("26-03-05", "Tag", "R"))
    assert ("AA-MM-JJ" in whole.formats["occurred_on"], "AA-MM-JJ" in alone.formats["occurred_on"]) == (True, False)
    assert kept(filled, whole, alone, {"columns": COLUMNS}).formats == whole.formats


def test_order_of_the_rows_and_their_repetition_decide_nothing():
    rows = [("03/04/2026", "Tag", "R"), (None, "Tag", "R"), ("03/25/2026", "Tag", "R")]
    assert decided({"columns": COLUMNS}, *rows) == decided({"columns": COLUMNS}, *reversed(rows), *rows)


def test_points_are_read_one_way_for_the_whole_file_and_it_is_said():
    swapped = decided(POINTS, ("05/01/2026", "Tag", "R", "48.5", "2.6"), ("05/01/2026", "Tag", "R", "48.6", "2.7"))
    assert swapped.coordinates == CoordinateReading("wgs84", is_swapped=True)
    assert "inversées" in swapped.sentences[-1]


def test_rows_that_wait_are_read_as_their_file_was_and_not_as_they_would_be_alone(filled: Engine):
    whole = decided(POINTS, ("03/25/2026", "Tag", "R", "48.5", "2.6"), ("03/04/2026", "Tag", "R", "48.6", "2.7"))
    alone = decided(POINTS, ("03/04/2026", "Tag", "R", None, None))
    assert alone.formats != whole.formats
    again = kept(filled, whole, alone, POINTS)
    assert (again.formats, again.coordinates) == (whole.formats, whole.coordinates)
    assert again.sentences == alone.sentences


@pytest.mark.parametrize(("declared", "is_kept"), [(None, True), (DEFAULT_FORMATS, True), ((DAY_FIRST,), False)])
def test_formats_that_a_person_declared_since_win_over_those_decided_then(filled: Engine, declared, is_kept):
    rules = {"columns": COLUMNS} | ({"date_formats": list(declared)} if declared else {})
    whole, alone = (decided({"columns": COLUMNS}, (day, "Tag", "R")) for day in ("03/25/2026", "03/04/2026"))
    now = decided(rules, ("03/04/2026", "Tag", "R"))
    assert now == (alone if is_kept else replace(now, formats={"occurred_on": (DAY_FIRST,)}))
    assert kept(filled, whole, now, rules).formats == (whole.formats if is_kept else now.formats)


def test_column_that_is_mapped_no_more_is_not_read_and_one_mapped_since_is_decided_now(filled: Engine):
    both = {"columns": COLUMNS | {"reported_on": "Signalé"}}
    one = decided({"columns": COLUMNS}, ("03/25/2026", "Tag", "R"))
    two = decided(both, ("03/25/2026", "Tag", "R", "04/05/2026"))
    assert set(kept(filled, two, one, {"columns": COLUMNS}).formats) == {"occurred_on"}


def test_column_mapped_since_is_decided_on_the_rows_of_now(filled: Engine):
    both = {"columns": COLUMNS | {"reported_on": "Signalé"}}
    one = decided({"columns": COLUMNS}, ("03/25/2026", "Tag", "R"))
    two = decided(both, ("03/04/2026", "Tag", "R", "31/05/2026"))
    found = kept(filled, one, two, both).formats
    assert (found["occurred_on"][0], found["reported_on"][0]) == (MONTH_FIRST, DAY_FIRST)


def test_batch_that_kept_nothing_is_read_as_now(filled: Engine):
    now = decided(POINTS, ("03/25/2026", "Tag", "R", "48.5", "2.6"))
    with filled.connect() as connection:
        assert decided_before(connection, 1, now, declare(POINTS)) == now
