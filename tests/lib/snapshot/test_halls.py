from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.snapshot.halls import hall_states, known_halls
from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import ENGINES, new_store, with_nomenclature
from tests.factories import END, JANUARY, add, incident, residence, small_store

ALL = Scope.everything()
FEBRUARY = date(2026, 2, 1)
CHOSEN = IncidentFilter(Period(JANUARY, END))


def hall(residence_id: int, month_on: date, status: str, *, building: str = "A", code: str = "A1") -> dict:
    return {
        "residence_id": residence_id,
        "building_code": building,
        "hall_code": code,
        "month_on": month_on,
        "status": status,
    }


def fill_halls(engine: Engine) -> Engine:
    """Residence 1 has three halls, 2 one, 3 one; 4 has no register."""
    with change(engine, "halls") as made:
        add(
            made,
            s.HallMonth,
            hall(1, date(2025, 2, 1), "daily"),
            hall(1, JANUARY, "occasional"),
            hall(1, FEBRUARY, "free"),
            hall(1, JANUARY, "daily", code="A10"),
            hall(1, FEBRUARY, "daily", code="A10"),
            hall(1, JANUARY, "free", code="A2"),
            hall(2, FEBRUARY, "free", building="", code="1"),
            hall(3, JANUARY, "free"),
            hall(3, date(2026, 3, 1), "daily"),
        )
    return engine


@pytest.fixture(scope="module", params=ENGINES)
def snapshot(request, tmp_path_factory) -> Iterator[Snapshot]:
    with new_store(request.param, request, tmp_path_factory.mktemp("halls")) as engine:
        yield build(fill_halls(small_store(with_nomenclature(engine))))


@pytest.fixture
def engine(request, tmp_path) -> Iterator[Engine]:
    with new_store("sqlite", request, tmp_path) as opened:
        yield fill_halls(small_store(with_nomenclature(opened)))


def states(snapshot: Snapshot, scope: Scope = ALL, **asked) -> list[tuple]:
    """``residence_id``, hall and state of each hall."""
    found = hall_states(snapshot, chosen=replace(CHOSEN, **asked), scope=scope)
    return list(found[["residence_id", "hall_code", "status"]].itertuples(index=False, name=None))


def test_last_state_of_each_hall_comes_with_its_month_in_the_order_one_counts(snapshot: Snapshot):
    found = hall_states(snapshot, chosen=CHOSEN, scope=ALL)
    assert [tuple(row) for row in found.assign(month_on=found["month_on"].dt.date).itertuples(index=False)] == [
        (1, "Résidence 1", "A", "A1", FEBRUARY, "free"),
        (1, "Résidence 1", "A", "A2", JANUARY, "free"),
        (1, "Résidence 1", "A", "A10", FEBRUARY, "daily"),
        (2, "Résidence 2", "", "1", FEBRUARY, "free"),
        (3, "Résidence 3", "A", "A1", JANUARY, "free"),
    ]


def test_period_bounds_what_is_known(snapshot: Snapshot):
    assert states(snapshot, period=Period(JANUARY, FEBRUARY))[0] == (1, "A1", "occasional")


def test_selection_without_a_register_has_no_row(snapshot: Snapshot):
    assert states(snapshot, residence_ids=(4,)) == []
    assert list(hall_states(snapshot, chosen=CHOSEN.at(residence_ids=(4,)), scope=ALL).columns) == [
        *("residence_id", "residence_name", "building_code", "hall_code", "month_on", "status")
    ]


@pytest.mark.parametrize(
    ("asked", "residences"),
    [
        ({"landlord_ids": (2,)}, {3}),
        ({"departement_codes": ("91",)}, {1, 2}),
        ({"forces": ("GN",)}, {3}),
        ({"forces": ("",)}, set()),
        ({"district_ids": (1,)}, {1, 2}),
        ({"qpv_ids": (1,)}, {1}),
        ({"commune_codes": ("77002",)}, {3}),
        ({"residence_ids": (2,)}, {2}),
        ({"building_codes": ("",)}, {2}),
        ({"hall_codes": ("A1",)}, {1, 3}),
        ({"building_codes": ("A",), "hall_codes": ("A10",)}, {1}),
    ],
    ids=str,
)
def test_places_restrict_the_halls(snapshot: Snapshot, asked: dict, residences: set[int]):
    found = states(snapshot, **asked)
    assert {row[0] for row in found} == residences


@pytest.mark.parametrize(
    ("scope", "residences"),
    [
        (Scope.nothing(), set()),
        (Scope(landlord_ids=frozenset({2})), {3}),
        (Scope(departement_codes=frozenset({"91"})), {1, 2}),
        (Scope(district_ids=frozenset({2})), {3}),
    ],
    ids=str,
)
def test_visitor_sees_the_halls_of_the_scope_alone(snapshot: Snapshot, scope: Scope, residences: set[int]):
    assert {row[0] for row in states(snapshot, scope)} == residences
    assert states(snapshot, scope, residence_ids=(1, 2, 3, 4)) == states(snapshot, scope)


def test_neither_kinds_of_facts_nor_the_constant_panel_count(snapshot: Snapshot):
    whole = states(snapshot)
    assert states(snapshot, family_codes=("BIE",), type_codes=("BIE-01",), severities=(4,)) == whole
    assert states(snapshot, is_panel_constant=True) == whole


def test_protected_facts_neither_show_nor_hide_a_hall(engine: Engine):
    before = states(build(engine))
    with change(engine, "essai") as made:
        add(made, s.Incident, incident("p1", 1, FEBRUARY, "PEL-03", building_code="A", hall_code="A7"))
    assert states(build(engine)) == before


def test_hall_of_a_residence_that_was_not_let_that_month_is_not_counted(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Residence, residence(5, 1, "91001", active_to=FEBRUARY))
        add(made, s.HallMonth, hall(5, JANUARY, "daily"), hall(5, FEBRUARY, "free"))
    assert states(build(engine), residence_ids=(5,)) == [(5, "A1", "daily")]


def test_residences_of_one_name_keep_their_halls_together(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Residence, *(residence(number, 1, "91001", residence_name="Les Mêmes") for number in (6, 7)))
        add(made, s.HallMonth, *(hall(number, JANUARY, "free", code=code) for number in (6, 7) for code in "BA"))
    found = hall_states(build(engine), chosen=CHOSEN.at(residence_ids=(6, 7)), scope=ALL)
    assert list(zip(found["residence_id"], found["hall_code"], strict=True)) == [(6, "A"), (6, "B"), (7, "A"), (7, "B")]
    assert pd.api.types.is_datetime64_any_dtype(found["month_on"])


def test_halls_of_a_residence_are_those_of_its_register_and_of_its_facts_but_protected_ones(engine: Engine):
    with change(engine, "faits") as made:
        named = {"building_code": None, "hall_code": "7"}
        add(made, s.Incident, incident("h7", 1, JANUARY, "BIE-01", **named))
        add(made, s.Incident, incident("h8", 1, JANUARY, "PEL-03", **named | {"hall_code": "8"}))
    copy = build(engine)
    own = [("", "7"), ("A", "A1"), ("A", "A2"), ("A", "A10")]
    assert [tuple(row) for row in known_halls(copy, 1, ALL).itertuples(index=False)] == own
    assert known_halls(copy, 1, Scope(landlord_ids=frozenset({2}))).empty
    assert known_halls(copy, 4, ALL).empty
