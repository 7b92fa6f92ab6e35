"""An import cut in the middle leaves the store as it was; two at once both complete."""

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from lib.errors import StoreError
from lib.store.engine import open_store
from lib.store.schema import Incident, IngestBatch, RejectedRow
from tests.conftest import administrate
from tests.lib.ingest.registers import bring, content, counts, fill, register, stored

FORKED = multiprocessing.get_context("spawn")


@pytest.fixture
def housed(store):
    fill(store)
    return store


@pytest.fixture
def path(tmp_path):
    rows = [f"F-{n};R-{n % 2 + 1};{n % 27 + 1:02d}/03/2026;{'Graff' if n % 9 == 0 else 'Tag'};" for n in range(2_000)]
    return register(tmp_path, *rows, "F-X;R-1;31/02/2026;Tag;")


def address(engine):
    return engine.url.render_as_string(hide_password=False)


def killed_while_storing(url, path):
    def kill(done, total):
        if total is not None and done:
            os.kill(os.getpid(), signal.SIGKILL)

    bring(open_store(url), path, progress=kill)


def brought(url, path):
    engine = open_store(url)
    report = bring(engine, path)
    engine.dispose()
    return counts(report)


def is_as_before(engine, path, before):
    """The store is as it was, and the file can be imported whole."""
    assert content(engine) == before
    assert stored(engine, IngestBatch) == 0
    assert counts(bring(engine, path)) == (2001, 1777, 0, 0, 223, 1)
    return True


def test_a_process_killed_in_the_middle_leaves_the_store_as_it_was(housed, path):
    before = content(housed)
    process = FORKED.Process(target=killed_while_storing, args=(address(housed), path))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert is_as_before(housed, path, before)


def test_a_full_disk_is_one_sentence_and_leaves_the_store_as_it_was(housed, path):
    before = content(housed)
    if housed.dialect.name == "sqlite":
        housed.dispose()
        listener = event.listens_for(housed, "connect")(lambda made, _: made.execute("PRAGMA max_page_count=100"))
    else:

        def full(_connection, _cursor, statement, *_):
            if "UPDATE ingest_batch" in statement:
                raise OperationalError(statement, {}, OSError("No space left on device"))

        listener = event.listens_for(housed, "before_cursor_execute")(full)
    with pytest.raises(StoreError, match="rien n’a été enregistré"):
        bring(housed, path)
    event.remove(housed, "connect" if housed.dialect.name == "sqlite" else "before_cursor_execute", listener)
    housed.dispose()
    if housed.dialect.name == "sqlite":
        with housed.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
    assert is_as_before(housed, path, before)


@pytest.mark.parametrize("empty_store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_connection_cut_is_one_sentence_and_leaves_the_store_as_it_was(housed, path):
    before = content(housed)

    def cut(_done, total):
        if total is not None:
            administrate(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{housed.url.database}' AND pid <> pg_backend_pid()"
            )

    with pytest.raises(StoreError, match="rien n’a été enregistré"):
        bring(housed, path, progress=cut)
    assert is_as_before(housed, path, before)


def test_a_dry_run_counts_alike_and_keeps_nothing(housed, path):
    before = content(housed)
    rehearsed = bring(housed, path, dry_run=True)
    assert (counts(rehearsed), rehearsed.batch_id) == ((2001, 1777, 0, 0, 223, 1), None)
    assert len(rehearsed.preview) == 10
    assert is_as_before(housed, path, before)


def test_two_imports_at_once_are_done_one_after_the_other(housed, path):
    with FORKED.Pool(2) as pool:
        found = pool.starmap(brought, [(address(housed), path)] * 2)
    assert sorted(found) == [(2001, 0, 1777, 0, 223, 1), (2001, 1777, 0, 0, 223, 1)]
    assert (stored(housed, Incident), stored(housed, RejectedRow), stored(housed, IngestBatch)) == (1777, 224, 2)


def test_a_reader_goes_on_while_an_import_is_written(housed, path):
    seen = []

    def look(_done, total):
        if total is not None:
            with housed.connect() as connection:
                seen.append(connection.scalar(text("SELECT count(*) FROM incident")))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(bring, housed, path, progress=look).result()
    assert seen == [0]
