from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.vocabulary import HallOccupancy, Partner
from lib.store import schema as s
from lib.store.actions import save_action
from lib.store.engine import migrate
from lib.store.halls import COLUMNS, halls, save_hall_months, unknown_halls
from lib.store.revisions import change
from lib.store.rows import Saved
from lib.store.undoing import remove_residences
from tests.factories import add, incident, small_store
from tests.lib.store.test_engine import downgrade

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
FREE, DAILY = HallOccupancy.FREE, HallOccupancy.DAILY
HALL = {"residence_id": 1, "building_code": "A", "hall_code": "A1", "month_on": JANUARY, "status": FREE}


@pytest.fixture
def engine(store: Engine) -> Engine:
    return small_store(store)


def saved(engine: Engine, *rows: dict) -> Saved:
    with change(engine, "essai") as made:
        return save_hall_months(made, pd.DataFrame([HALL | row for row in rows], columns=COLUMNS, dtype=object))


def held(engine: Engine) -> list[tuple]:
    columns = [getattr(s.HallMonth, name) for name in COLUMNS]
    with engine.connect() as connection:
        rows = connection.execute(select(*columns, s.HallMonth.revision).order_by(*columns))
        return [tuple(row) for row in rows]


def unknown(engine: Engine, *asked: tuple[int, str, str], action_id: int | None = None) -> set[tuple]:
    with engine.connect() as connection:
        return unknown_halls(connection, asked, action_id)


def test_hall_is_known_by_its_register_or_by_a_fact_of_its_residence(engine: Engine):
    saved(engine, {})
    with change(engine, "essai") as made:
        add(made, s.Incident, incident("h1", 1, date(2026, 1, 5)) | {"building_code": "B", "hall_code": "2"})
        add(made, s.Incident, incident("h2", 1, date(2026, 1, 5)) | {"building_code": None, "hall_code": "3"})
    assert unknown(engine, (1, "A", "A1"), (1, "B", "2"), (1, "", "3")) == set()
    others = {(2, "A", "A1"), (1, "", "A1"), (1, "B", "3"), (2, "", "3"), (99, "A", "A1")}
    assert unknown(engine, *others) == others
    assert unknown(engine) == set()


def test_hall_named_by_a_protected_fact_alone_is_not_known(engine: Engine):
    with change(engine, "essai") as made:
        add(made, s.Incident, incident("h1", 1, date(2026, 1, 5), "PEL-03") | {"building_code": "", "hall_code": "9"})
    assert unknown(engine, (1, "", "9")) == {(1, "", "9")}


def test_hall_that_an_action_bears_on_stays_known_to_it_alone(engine: Engine):
    place = ActionPlace(residence_id=1, building_code="A", hall_code="A1")
    with change(engine, "essai") as made:
        kept = save_action(made, JointAction("A", places=(place,)), by=Partner.LANDLORD)
    assert unknown(engine, (1, "A", "A1"), action_id=kept.action_id) == set()
    assert unknown(engine, (1, "A", "A1"), action_id=99) == {(1, "A", "A1")}
    assert unknown(engine, (1, "A", "A1")) == {(1, "A", "A1")}


def test_state_is_new_then_known_then_changed_and_moves_its_revision_alone(engine: Engine):
    assert saved(engine, {}, {"month_on": FEBRUARY}, {"hall_code": "A2"}) == (3, 0, 0)
    first = held(engine)
    assert saved(engine, {}, {"month_on": FEBRUARY}, {"hall_code": "A2"}) == (0, 0, 3)
    assert held(engine) == first
    assert saved(engine, {"status": DAILY}, {"month_on": FEBRUARY}, {"residence_id": 2}) == (1, 1, 1)
    number = first[0][-1]
    assert held(engine) == [
        (1, "A", "A1", JANUARY, DAILY, number + 2),
        (1, "A", "A1", FEBRUARY, FREE, number),
        (1, "A", "A2", JANUARY, FREE, number),
        (2, "A", "A1", JANUARY, FREE, number + 2),
    ]


def test_same_hall_code_in_two_buildings_is_two_halls(engine: Engine):
    assert saved(engine, {"hall_code": "1"}, {"building_code": "", "hall_code": "1"}) == (2, 0, 0)
    with engine.connect() as connection:
        assert sorted(halls(connection)) == [(1, "", "1"), (1, "A", "1")]


def test_nothing_to_write_writes_nothing(engine: Engine):
    assert saved(engine) == (0, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"residence_id": 99}, {"hall_code": ""}, {"status": "busy"}, {"month_on": None}, {"building_code": None}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_state_that_cannot_be_is_refused_by_the_store(engine: Engine, wrong: dict):
    row = HALL | wrong | {"revision": 1}
    names = ", ".join(row)
    asked = text(f"INSERT INTO hall_month ({names}) VALUES ({', '.join(f':{name}' for name in row)})")
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(asked, row)


def test_hall_twice_in_a_month_is_refused_by_the_store(engine: Engine):
    with pytest.raises(DBAPIError), change(engine, "essai") as made:
        add(made, s.HallMonth, HALL, HALL | {"status": DAILY})


def test_residence_that_a_register_of_halls_tells_of_outlives_the_import_that_made_it(engine: Engine):
    with change(engine, "essai") as made:
        made.connection.execute(text("DELETE FROM incident WHERE residence_id = 4"))
        made.connection.execute(text("DELETE FROM reporting_month WHERE residence_id = 4"))
        made.connection.execute(text("UPDATE ingest_batch SET landlord_id = 2, undone_at = imported_at"))
        add(made, s.HallMonth, HALL | {"residence_id": 4})
        made.connection.execute(
            text(
                "INSERT INTO batch_change (batch_change_id, batch_id, table_name, row_key) "
                "VALUES (1, 1, 'residence', '4')"
            )
        )
        assert remove_residences(made, 2) == 0
        made.connection.execute(text("DELETE FROM hall_month"))
        assert remove_residences(made, 2) == 1


def test_older_store_gets_the_table_and_keeps_its_rows(empty_store: Engine):
    with change(empty_store, "essai") as made:
        add(made, s.Landlord, {"landlord_id": 7, "landlord_code": "a", "landlord_name": "A"})
    with empty_store.begin() as connection:
        downgrade(connection, "0005")
    assert "hall_month" not in inspect(empty_store).get_table_names()
    migrate(empty_store)
    assert "hall_month" in inspect(empty_store).get_table_names()
    with empty_store.connect() as connection:
        assert connection.scalar(select(s.Landlord.landlord_code)) == "a"
