import shutil
from pathlib import Path
from threading import Thread

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from lib.errors import StoreError
from lib.store import schema as s
from lib.store.engine import BUSY_TIMEOUT_MS, MIGRATIONS, connect, migrate, open_store
from lib.store.revisions import change, current_revision


def test_new_address_becomes_a_store_with_every_table(tmp_path: Path):
    engine = open_store(f"sqlite:///{tmp_path}/new/folder/store.db")
    assert set(inspect(engine).get_table_names()) == set(s.Base.metadata.tables) | {"alembic_version"}
    engine.dispose()


def test_store_opened_twice_keeps_what_it_holds(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/store.db"
    first = open_store(url)
    with change(first, "essai"):
        pass
    first.dispose()
    second = open_store(url)
    with second.connect() as connection:
        assert current_revision(connection) == 1
    second.dispose()


def test_migrations_make_the_tables_of_the_code(empty_store: Engine):
    found = inspect(empty_store)
    for name, table in s.Base.metadata.tables.items():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        assert columns == {column.name: column.nullable for column in table.columns}, name
        keys = {key["constrained_columns"][0] for key in found.get_foreign_keys(name)}
        assert keys == {key.parent.name for key in table.foreign_keys}, name


def downgrade(connection: Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, target)


def test_migrations_go_down_to_nothing(empty_store: Engine):
    with empty_store.begin() as connection:
        downgrade(connection, "base")
    assert inspect(empty_store).get_table_names() == ["alembic_version"]
    migrate(empty_store)
    assert "incident" in inspect(empty_store).get_table_names()


PRAGMAS = ("journal_mode", "foreign_keys", "secure_delete")


def test_sqlite_waits_checks_its_keys_lets_readers_read_and_leaves_no_trace_of_what_is_taken_out(tmp_path: Path):
    engine = connect(f"sqlite:///{tmp_path}/store.db")
    with engine.connect() as connection:
        told = {name: connection.scalar(text(f"PRAGMA {name}")) for name in PRAGMAS}
        waits = connection.scalar(text("PRAGMA busy_timeout"))
    engine.dispose()
    assert told == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}
    assert waits == BUSY_TIMEOUT_MS


def test_row_that_names_an_unknown_one_is_refused(empty_store: Engine):
    row = {"departement_code": "91", "departement_name": "Essonne", "revision": 99}
    with pytest.raises(IntegrityError), empty_store.begin() as connection:
        connection.execute(insert(s.Departement).values(row))


def test_reader_is_not_stopped_by_a_change_under_way(empty_store: Engine):
    seen = []

    def read() -> None:
        with empty_store.connect() as connection:
            seen.append(current_revision(connection))

    with change(empty_store, "essai"):
        reader = Thread(target=read)
        reader.start()
        reader.join()
    assert seen == [0]


def test_store_of_a_newer_version_is_refused_in_one_sentence(sqlite_template: Path, tmp_path: Path):
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'store.db')}"
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="version plus récente"):
        open_store(url)


def test_file_that_is_no_store_is_refused_in_one_sentence(tmp_path: Path):
    (tmp_path / "store.db").write_bytes(b"not a database, " * 100)
    with pytest.raises(StoreError, match="DATABASE_URL"):
        open_store(f"sqlite:///{tmp_path}/store.db")


def test_server_that_does_not_answer_is_said_in_one_sentence():
    with pytest.raises(StoreError, match="DATABASE_URL"):
        open_store("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")


@pytest.mark.parametrize("address", ["", "observatoire", "gibberish://x"])
def test_address_that_is_none_is_said_in_one_sentence(address: str):
    with pytest.raises(StoreError, match="DATABASE_URL"):
        open_store(address)


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_the_driver_of_the_project(driver: str):
    engine = connect(f"{driver}://nobody@localhost/none")
    assert (engine.dialect.name, engine.dialect.driver) == ("postgresql", "psycopg")
    engine.dispose()


def test_migrated_store_is_left_as_it_is(empty_store: Engine):
    with empty_store.connect() as connection:
        before = connection.execute(select(text("version_num")).select_from(text("alembic_version"))).all()
    migrate(empty_store)
    with empty_store.connect() as connection:
        assert connection.execute(select(text("version_num")).select_from(text("alembic_version"))).all() == before


def test_rows_of_an_older_store_outlive_the_tables_made_anew(empty_store: Engine):
    with empty_store.begin() as connection:
        downgrade(connection, "0001")
        connection.execute(text("INSERT INTO revision (number, reason, made_at) VALUES (1, 'essai', '2026-01-01')"))
        connection.execute(
            text(
                "INSERT INTO ingest_batch (batch_id, kind, file_name, file_sha256, imported_by, imported_at,"
                " read_count, accepted_count, known_count, rejected_count, revision)"
                " VALUES (1, 'incidents', 'f.csv', 'a', 'x', '2026-01-01', 1, 0, 0, 1, 1)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO rejected_row (rejected_row_id, batch_id, line_number, cells, status, revision)"
                " VALUES (1, 1, 2, '{}', 'open', 1)"
            )
        )
    migrate(empty_store)
    with empty_store.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM rejected_row WHERE batch_id = 1")) == 1
        assert connection.execute(text("SELECT updated_count, to_qualify_count FROM ingest_batch")).one() == (0, 0)
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_replays_of_an_older_store_are_told_apart_and_its_rows_outlive_the_table_made_anew(empty_store: Engine):
    with empty_store.begin() as connection:
        downgrade(connection, "0002")
        connection.execute(text("INSERT INTO revision (number, reason, made_at) VALUES (1, 'essai', '2026-01-01')"))
        batch = text(
            "INSERT INTO ingest_batch (batch_id, kind, file_name, file_sha256, imported_by, imported_at,"
            " read_count, accepted_count, known_count, rejected_count, revision)"
            " VALUES (:batch_id, :kind, :file_name, 'a', 'x', '2026-01-01', 3, 2, 0, 1, 1)"
        )
        lines = [(1, "incidents", "f.csv"), (2, "incidents", "lignes rejouées"), (3, "housing", "lignes rejouées")]
        connection.execute(batch, [dict(zip(("batch_id", "kind", "file_name"), line, strict=True)) for line in lines])
        connection.execute(
            text(
                "INSERT INTO rejected_row (rejected_row_id, batch_id, line_number, cells, status, revision)"
                " VALUES (1, 1, 2, '{}', 'resolved', 1)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO batch_change (batch_change_id, batch_id, table_name, row_key, before)"
                " VALUES (1, 2, 'rejected_row', '1', '{}')"
            )
        )
    migrate(empty_store)
    with empty_store.connect() as connection:
        kinds = connection.execute(text("SELECT kind, accepted_count FROM ingest_batch ORDER BY batch_id")).all()
        assert [tuple(row) for row in kinds] == [("incidents", 2), ("replay", 2), ("housing", 2)]
        assert connection.scalar(text("SELECT count(*) FROM rejected_row WHERE batch_id = 1")) == 1
        assert connection.scalar(text("SELECT row_key FROM batch_change WHERE batch_id = 2")) == "1"
    assert "ix_batch_change_row_key" in {one["name"] for one in inspect(empty_store).get_indexes("batch_change")}
    with pytest.raises(IntegrityError), empty_store.begin() as connection:
        connection.execute(text("UPDATE ingest_batch SET kind = 'unheard of'"))


def test_replays_become_registers_again_in_an_older_store(empty_store: Engine):
    with empty_store.begin() as connection:
        connection.execute(text("INSERT INTO revision (number, reason, made_at) VALUES (1, 'essai', '2026-01-01')"))
        connection.execute(
            text(
                "INSERT INTO ingest_batch (kind, file_name, file_sha256, imported_by, imported_at, read_count,"
                " accepted_count, known_count, rejected_count, updated_count, to_qualify_count, revision)"
                " VALUES ('replay', 'lignes rejouées', 'a', 'x', '2026-01-01', 1, 1, 0, 0, 0, 0, 1)"
            )
        )
        downgrade(connection, "0002")
        assert connection.scalars(text("SELECT kind FROM ingest_batch")).all() == ["incidents"]
