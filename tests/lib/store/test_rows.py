import numpy as np
import pandas as pd
from sqlalchemy import select

from lib.store.revisions import change
from lib.store.rows import Saved, frame_of, records, table_of, upsert
from lib.store.schema import Departement

TABLE = table_of(Departement)
EVERY = select(TABLE.c.departement_code, TABLE.c.departement_name)


def save(engine, **names: str | None) -> Saved:
    frame = pd.DataFrame({"departement_code": list(names), "departement_name": list(names.values())})
    with change(engine, "essai") as made:
        return upsert(made, TABLE, frame, key=["departement_code"], existing=EVERY)


def test_rows_are_new_then_known_then_changed(empty_store):
    assert save(empty_store, A="un", B="deux") == Saved(2, 0, 0)
    assert save(empty_store, A="un", B="deux") == Saved(0, 0, 2)
    assert save(empty_store, A="un", B="trois") == Saved(0, 1, 1)
    with empty_store.connect() as connection:
        assert frame_of(connection, EVERY)["departement_name"].tolist() == ["un", "trois"]


def test_only_rows_that_changed_carry_the_new_revision(empty_store):
    save(empty_store, A="un", B="deux")
    save(empty_store, A="un", B="trois")
    with empty_store.connect() as connection:
        assert dict(connection.execute(select(TABLE.c.departement_code, TABLE.c.revision)).all()) == {"A": 1, "B": 2}


def test_a_missing_value_erases_nothing(empty_store):
    save(empty_store, A="un")
    assert save(empty_store, A=None) == Saved(0, 0, 1)


def test_rows_are_plain_values_and_missing_ones_are_none():
    frame = pd.DataFrame({"a": pd.array([1, pd.NA], dtype="Int64"), "b": ["x", np.nan], "c": [1.5, np.nan]})
    found = records(frame)
    assert found == [{"a": 1, "b": "x", "c": 1.5}, {"a": None, "b": None, "c": None}]
    assert type(found[0]["a"]) is int


def test_an_empty_answer_keeps_its_columns(empty_store):
    with empty_store.connect() as connection:
        assert list(frame_of(connection, EVERY).columns) == ["departement_code", "departement_name"]
