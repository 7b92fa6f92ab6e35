from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from lib.store import schema as s
from lib.store.engine import migrate
from lib.store.revisions import change
from lib.store.rows import Saved
from lib.store.schemes import COLUMNS, save_schemes
from tests.factories import add, small_store
from tests.lib.store.test_engine import downgrade

START, END = date(2025, 3, 1), date(2026, 3, 1)
SCHEME = {"label": "Correspondants de nuit", "kind": "night_wardens", "starts_on": START}


def saved(engine: Engine, *rows: dict) -> Saved:
    with change(engine, "essai") as made:
        return save_schemes(made, pd.DataFrame([SCHEME | row for row in rows], columns=COLUMNS, dtype=object))


def held(engine: Engine) -> list[tuple]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(s.Scheme.ends_on, s.Scheme.qpv_id, s.Scheme.revision))]


def test_scheme_is_new_then_known_then_changed_by_all_that_is_said(store: Engine):
    small_store(store)
    assert saved(store, {"qpv_id": 1, "ends_on": END}) == (1, 0, 0)
    first = held(store)
    assert saved(store, {"qpv_id": 1, "ends_on": END}) == (0, 0, 1)
    assert held(store) == first
    assert saved(store, {}) == (0, 1, 0)
    assert [row[:2] for row in held(store)] == [(None, None)]
    assert held(store)[0][2] > first[0][2]


def test_same_label_on_another_day_is_another_scheme(store: Engine):
    assert saved(store, {}, {"starts_on": END}) == (2, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": START},
        {"label": ""},
        {"label": "x" * 81},
        {"kind": "magic"},
        {"qpv_id": 99},
        {"landlord_id": 99},
        {"district_id": 99},
        {"departement_code": "99"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_scheme_that_cannot_be_is_refused_by_the_store(store: Engine, wrong: dict):
    row = SCHEME | wrong | {"revision": 1}
    names = ", ".join(row)
    with pytest.raises(DBAPIError), store.begin() as connection:
        connection.execute(text(f"INSERT INTO scheme ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), row)


def test_scheme_twice_under_one_label_and_first_day_is_refused_by_the_store(store: Engine):
    with pytest.raises(DBAPIError), change(store, "essai") as made:
        add(made, s.Scheme, SCHEME, SCHEME)


def test_older_store_gets_the_table_and_keeps_its_rows(empty_store: Engine):
    with change(empty_store, "essai") as made:
        add(made, s.Landlord, {"landlord_id": 7, "landlord_code": "a", "landlord_name": "A"})
    with empty_store.begin() as connection:
        downgrade(connection, "0003")
    assert "scheme" not in inspect(empty_store).get_table_names()
    migrate(empty_store)
    assert saved(empty_store, {"landlord_id": 7}) == (1, 0, 0)
