import pytest
from sqlalchemy import Engine, select

from lib.store import schema as s
from lib.store.revisions import change
from lib.store.settings import (
    IS_SYNTHETIC,
    ensure_register_key,
    is_synthetic,
    register_key,
    save_setting,
    setting,
)


def save(engine: Engine, key: str, value: str) -> int:
    with change(engine, "essai") as made:
        save_setting(made, key, value)
    return made.revision


def test_setting_never_set_is_none(empty_store: Engine):
    with empty_store.connect() as connection:
        assert setting(connection, "seed") is None


def test_last_value_replaces_the_former_and_carries_its_revision(empty_store: Engine):
    save(empty_store, "seed", "1")
    last = save(empty_store, "seed", "2")
    with empty_store.connect() as connection:
        assert setting(connection, "seed") == "2"
        assert connection.execute(select(s.Setting.key, s.Setting.revision)).all() == [("seed", last)]


def test_settings_do_not_touch_each_other(empty_store: Engine):
    save(empty_store, "seed", "1")
    save(empty_store, IS_SYNTHETIC, "true")
    with empty_store.connect() as connection:
        assert setting(connection, "seed") == "1"


def test_register_has_one_key_drawn_once(empty_store: Engine):
    found = []
    for _ in range(2):
        with change(empty_store, "essai") as made:
            found.append(register_key(made.connection))
            ensure_register_key(made)
            found.append(register_key(made.connection))
    assert found[0] == ""
    assert len(found[1]) == 32
    assert found[1:] == [found[1]] * 3


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), ("True", False), ("", False)])
def test_store_is_invented_only_when_it_says_so(empty_store: Engine, value: str, expected: bool):
    save(empty_store, IS_SYNTHETIC, value)
    with empty_store.connect() as connection:
        assert is_synthetic(connection) is expected


def test_store_that_says_nothing_is_real(empty_store: Engine):
    with empty_store.connect() as connection:
        assert not is_synthetic(connection)
