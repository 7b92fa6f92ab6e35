from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine

from lib.store import schema as s
from lib.store.reporting import months_between, reporting_calendar, with_facts
from lib.store.revisions import change
from tests.factories import add, incident, residence, small_store

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def filled(store: Engine) -> Engine:
    return small_store(store)


def calendar(engine: Engine, landlord_id: int = 1) -> pd.DataFrame:
    with engine.connect() as connection:
        return reporting_calendar(connection, landlord_id).set_index("month_on")


def say(engine: Engine, residence_id: int, month: date, status: str) -> None:
    with change(engine, "essai") as made:
        add(made, s.ReportingMonth, {"residence_id": residence_id, "month_on": month, "status": status})


def test_landlord_that_never_said_anything_has_no_month(filled: Engine):
    assert calendar(filled, 9).empty


def test_months_have_no_gap_and_each_counts_all_the_residences_of_the_landlord(filled: Engine):
    found = calendar(filled, 2)
    assert found.index.tolist() == months_between(date(2025, 1, 1), FEBRUARY)
    assert set(found.sum(axis="columns")) == {2}
    assert found.loc[date(2025, 3, 1)].tolist() == [0, 0, 2]
    assert found.loc[JANUARY].tolist() == [0, 2, 0]
    assert found.loc[FEBRUARY].tolist() == [0, 1, 1]  # residence 4 is silent


def test_what_is_reported_what_is_nothing_and_a_written_silence_are_told_apart(filled: Engine):
    say(filled, 1, MARCH, "reported")
    say(filled, 2, MARCH, "silent")
    assert calendar(filled).loc[MARCH].tolist() == [1, 0, 1]
    assert MARCH not in calendar(filled, 2).index


def test_residences_that_left_before_the_month_or_came_after_it_are_not_of_it(filled: Engine):
    dates = [
        {"active_from": FEBRUARY},
        {"active_from": MARCH},
        {"active_to": FEBRUARY},
        {"active_to": date(2026, 2, 2)},
    ]
    with change(filled, "essai") as made:
        add(made, s.Residence, *(residence(number, 1, "91001", **one) for number, one in enumerate(dates, start=5)))
    found = calendar(filled)
    assert found["silent_count"].loc[[JANUARY, FEBRUARY]].tolist() == [2, 2]  # the two that left, then 5 and 8


def test_month_told_by_a_residence_that_had_left_leaves_no_negative_silence(filled: Engine):
    with change(filled, "essai") as made:
        add(made, s.Residence, residence(5, 1, "91001", active_to=date(2025, 1, 2)))
    say(filled, 5, JANUARY, "nothing_to_report")
    assert calendar(filled).loc[JANUARY].tolist() == [0, 3, 0]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (JANUARY, JANUARY, [JANUARY]),
        (date(2026, 1, 31), date(2026, 2, 1), [JANUARY, FEBRUARY]),
        (date(2025, 12, 31), date(2026, 1, 1), [date(2025, 12, 1), JANUARY]),
        (FEBRUARY, JANUARY, []),
    ],
)
def test_months_between_are_those_of_both_days_and_all_in_between(first: date, last: date, expected: list[date]):
    assert months_between(first, last) == expected


def told(engine: Engine, months: set[date], *, is_protected_told: bool = True) -> set[tuple[int, date]]:
    with engine.connect() as connection:
        return with_facts(connection, 1, months, is_protected_told=is_protected_told)


def test_residence_months_with_a_fact_are_those_asked_and_of_the_landlord(filled: Engine):
    assert told(filled, {FEBRUARY}) == {(1, FEBRUARY), (2, FEBRUARY)}
    far = {date(2025, 1, 1), JANUARY}  # February 2025, between them, is not asked
    assert told(filled, far) == {(1, date(2025, 1, 1)), (1, JANUARY)}
    assert told(filled, {MARCH}) == set()


def test_first_and_last_day_of_a_month_are_of_it_in_december_too(filled: Engine):
    december = date(2025, 12, 1)
    with change(filled, "essai") as made:
        days = [(1, date(2025, 11, 30)), (1, december), (2, date(2025, 12, 31))]
        add(made, s.Incident, *(incident(f"d{day}", number, day) for number, day in days))
    assert told(filled, {december}) == {(1, december), (2, december)}


def test_month_of_protected_facts_alone_is_not_told_where_it_would_name_an_address(filled: Engine):
    with change(filled, "essai") as made:
        add(made, s.Incident, incident("p", 2, date(2026, 1, 9), "PEL-03"))
    assert told(filled, {JANUARY}) == {(1, JANUARY), (2, JANUARY)}
    assert told(filled, {JANUARY}, is_protected_told=False) == {(1, JANUARY)}
    assert (1, FEBRUARY) in told(filled, {FEBRUARY}, is_protected_told=False)  # a protected fact among others
