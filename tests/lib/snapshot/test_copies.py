import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from shapely import box, to_wkb
from sqlalchemy import Engine, Select, delete, func, select, update

from lib.errors import StoreError
from lib.snapshot import copies, filling
from lib.snapshot.columnar import Snapshot, StaleSnapshotError, compiled
from lib.snapshot.copies import Copy, build
from lib.snapshot.tables import EXPOSURE, FACT, FRAMEWORK, LARGE, MONTH, SMALL
from lib.store import schema as s
from lib.store.revisions import Change, change
from lib.store.rows import table_of
from tests.factories import JANUARY, add, incident, residence, small_store

COUNT = select(func.count()).select_from(FACT)
WIDE = to_wkb(box(2, 48, 2.2, 48.2))


@pytest.fixture
def engine(store: Engine) -> Engine:
    """The store counted by hand, on each engine, with a hall."""
    hall = {"residence_id": 1, "building_code": "A", "hall_code": "A1", "status": "free"}
    with change(small_store(store), "halls") as written:
        add(written, s.HallMonth, hall | {"month_on": JANUARY}, hall | {"month_on": date(2026, 2, 1)})
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copie"


@pytest.fixture
def never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever makes a copy anew fails."""

    def refuse(*_args: object) -> None:
        raise AssertionError("a copy was made anew")

    monkeypatch.setattr(filling, "fill", refuse)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One more item each time a copy is made anew."""
    whole, times = filling.fill, []
    monkeypatch.setattr(filling, "fill", lambda *args: times.append("made") or whole(*args))
    return times


def add_fact(engine: Engine, reference: str, day: date = date(2026, 2, 1), **more: object) -> None:
    with change(engine, "essai") as written:
        add(written, s.Incident, incident(reference, 1, day, **more))


def rows_of(snapshot: Snapshot) -> dict[str, list[tuple]]:
    """Everything a snapshot holds, in an order of its own."""
    copied = {**FRAMEWORK, **SMALL, **{table: LARGE[table] for table in (s.Residence, s.HallMonth)}}
    questions: list[Select] = [select(table) for table in (FACT, EXPOSURE, MONTH)]
    questions += [select(*(table_of(table).c[name] for name in names)) for table, names in copied.items()]
    return {str(question): sorted(snapshot.rows(question), key=repr) for question in questions}


# What a copy is brought up to date with


def nothing(_made: Change) -> None:
    """A revision without any row."""


def new_facts(made: Change) -> None:
    add(made, s.Incident, incident("n1", 1, date(2026, 2, 3)), incident("n2", 4, date(2024, 11, 30)))


def new_months(made: Change) -> None:
    add(made, s.ReportingMonth, {"residence_id": 2, "month_on": date(2026, 5, 1), "status": "nothing_to_report"})


def rewritten_fact(made: Change) -> None:
    changed = update(s.Incident).where(s.Incident.external_reference == "a1")
    made.connection.execute(changed.values(severity_override=4, occurred_on=date(2026, 1, 6), revision=made.revision))


def ended_silence(made: Change) -> None:
    add(made, s.ReportingMonth, {"residence_id": 4, "month_on": date(2026, 2, 1), "status": "nothing_to_report"})


def silenced(made: Change) -> None:
    told = update(s.ReportingMonth).where(s.ReportingMonth.residence_id == 1)
    made.connection.execute(told.values(status="silent", revision=made.revision))


def moved_residence(made: Change) -> None:
    moved = update(s.Residence).where(s.Residence.residence_id == 1)
    elsewhere = {"commune_code": "77002", "qpv_2024_id": None, "qpv_2024_status": "outside", "dwelling_count": 7}
    made.connection.execute(moved.values(**elsewhere, active_to=date(2026, 2, 1), revision=made.revision))


def new_residence(made: Change) -> None:
    add(made, s.Residence, residence(5, 1, "91001", active_from=date(2026, 1, 1)))
    add(made, s.Incident, incident("n5", 5, date(2026, 1, 9)))
    add(made, s.ReportingMonth, {"residence_id": 5, "month_on": date(2026, 1, 1), "status": "reported"})


def new_halls(made: Change) -> None:
    hall = {"residence_id": 2, "building_code": "", "hall_code": "1", "status": "free"}
    add(made, s.HallMonth, hall | {"month_on": JANUARY}, hall | {"month_on": date(2026, 2, 1)})


def rewritten_hall(made: Change) -> None:
    changed = update(s.HallMonth).where(s.HallMonth.hall_code == "A1", s.HallMonth.month_on == JANUARY)
    made.connection.execute(changed.values(status="daily", revision=made.revision))


def new_landlord(made: Change) -> None:
    add(made, s.Landlord, {"landlord_id": 3, "landlord_code": "gamma", "landlord_name": "Gamma Habitat"})


WRITES = [nothing, new_facts, new_months, rewritten_fact, ended_silence, silenced, moved_residence, new_residence]
WRITES += [new_halls, rewritten_hall, new_landlord]


@pytest.mark.parametrize("write", WRITES)
def test_copy_brought_up_to_date_is_the_copy_made_anew(engine: Engine, folder: Path, write, request):
    copy = Copy(engine, folder)
    copy.snapshot()
    request.getfixturevalue("never_made")
    with change(engine, "essai") as made:
        write(made)
    refreshed = copy.snapshot()
    request.getfixturevalue("monkeypatch").undo()
    anew = build(engine)
    assert refreshed.state == anew.state
    assert rows_of(refreshed) == rows_of(anew)


def test_copy_brought_up_to_date_many_times_is_the_copy_made_anew(engine: Engine, folder: Path):
    copy = Copy(engine, folder)
    for write in WRITES:
        copy.snapshot()
        with change(engine, "essai") as made:
            write(made)
    assert rows_of(copy.snapshot()) == rows_of(build(engine))


# What has the whole copy made anew


def undone_import(made: Change) -> None:
    made.connection.execute(delete(s.Incident).where(s.Incident.external_reference == "a1"))
    undone_at = datetime(2026, 3, 2, tzinfo=UTC)
    made.connection.execute(update(s.IngestBatch).values(undone_at=undone_at, revision=made.revision))


def import_replaced_under_its_number(made: Change) -> None:
    made.connection.execute(delete(s.Incident).where(s.Incident.external_reference == "a1"))
    imported_at = datetime(2026, 3, 9, tzinfo=UTC)
    made.connection.execute(update(s.IngestBatch).values(imported_at=imported_at, revision=made.revision))


def outline_of_a_commune(made: Change) -> None:
    changed = update(s.Commune).where(s.Commune.commune_code == "91001")
    made.connection.execute(changed.values(outline=WIDE, revision=made.revision))


def service_of_a_commune(made: Change) -> None:
    changed = update(s.CommuneDistrict).where(s.CommuneDistrict.commune_code == "91003")
    made.connection.execute(changed.values(district_id=1, revision=made.revision))


def severity_of_a_type(made: Change) -> None:
    changed = update(s.IncidentType).where(s.IncidentType.type_code == "BIE-01")
    made.connection.execute(changed.values(is_complaint_eligible=False, revision=made.revision))


REMADE = [undone_import, import_replaced_under_its_number, outline_of_a_commune, service_of_a_commune]


@pytest.mark.parametrize("write", [*REMADE, severity_of_a_type])
def test_change_that_leaves_no_trace_or_moves_every_fact_has_the_copy_made_anew(engine, folder, made, write):
    copy = Copy(engine, folder)
    copy.snapshot()
    with change(engine, "essai") as written:
        write(written)
    refreshed = copy.snapshot()
    assert made == ["made", "made"]
    assert rows_of(refreshed) == rows_of(build(engine))


def test_too_many_changed_rows_have_the_copy_made_anew(engine, folder, made, monkeypatch):
    monkeypatch.setattr(filling, "MAX_CHANGED_ROWS", 1)
    copy = Copy(engine, folder)
    copy.snapshot()
    with change(engine, "essai") as written:
        new_facts(written)
    assert copy.snapshot().rows(COUNT) == [(12,)]
    assert made == ["made", "made"]


def test_token_of_the_framework_moves_with_it_and_not_with_facts(engine: Engine):
    before = build(engine).state.framework
    add_fact(engine, "n1")
    assert build(engine).state.framework == before
    with change(engine, "essai") as written:
        outline_of_a_commune(written)
    assert build(engine).state.framework != before


# The file on disk


def test_file_is_reopened_and_only_what_changed_is_copied(engine, folder, never_made, monkeypatch):
    monkeypatch.undo()
    Copy(engine, folder).snapshot()
    add_fact(engine, "n1")
    monkeypatch.setattr(filling, "fill", None)
    reopened = Copy(engine, folder).snapshot()
    assert reopened.rows(COUNT) == [(11,)]


def damaged(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def of_another_kind(path: Path) -> None:
    path.write_text("ceci n’est pas une base", encoding="utf-8")


def never_finished(path: Path) -> None:
    with duckdb.connect(str(path)) as database:
        database.execute("DELETE FROM state")


def of_other_code(path: Path) -> None:
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE state SET shape = 'older'")


def of_another_store(path: Path) -> None:
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE state SET made_at = '1999-01-01'")


def of_a_later_store(path: Path) -> None:
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE state SET revision = revision + 5")


@pytest.mark.parametrize(
    "harm", [damaged, of_another_kind, never_finished, of_other_code, of_another_store, of_a_later_store]
)
def test_file_that_is_not_the_copy_of_this_store_is_made_anew(engine, folder, made, harm: Callable[[Path], None]):
    first = Copy(engine, folder)
    first.snapshot().release()
    del first
    (path,) = folder.glob("*.duckdb")
    closed(path)
    harm(path)
    assert Copy(engine, folder).snapshot().rows(COUNT) == [(10,)]
    assert made == ["made", "made"]
    assert len(list(folder.glob("*.duckdb"))) == 1


def closed(path: Path) -> None:
    """DuckDB keeps a database open as long as a connection of the process is."""
    with duckdb.connect(str(path)) as database:
        database.execute("CHECKPOINT")


def test_file_open_in_another_process_is_left_to_it(engine, folder):
    Copy(engine, folder).snapshot()
    (path,) = folder.glob("*.duckdb")
    script = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    path = path.rename(path.with_name("autre.duckdb"))
    spilled = path.with_name("autre.duckdb.tmp")
    spilled.mkdir()
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    assert Copy(engine, folder).snapshot().rows(COUNT) == [(10,)]
    assert path.exists()
    assert spilled.exists()
    other.communicate()


def test_what_a_crashed_process_left_is_removed_with_its_copy(engine, folder):
    folder.mkdir()
    of_another_kind(folder / "a.duckdb")
    for name in ("a.duckdb.tmp", "b.duckdb.tmp"):
        (folder / name).mkdir()
        (folder / name / "duckdb_temp_block-1.block").write_bytes(b"1")
    Copy(engine, folder).snapshot()
    assert [path.name for path in folder.iterdir() if path.name[:2] in {"a.", "b."}] == []


def test_shape_of_a_copy_follows_its_codes_and_its_order(monkeypatch):
    before = copies.fingerprint()
    with monkeypatch.context() as changed:
        changed.setitem(filling.CODES, "qpv_status", ["inside"])
        assert copies.fingerprint() != before
    with monkeypatch.context() as changed:
        changed.setattr(filling, "IN_ORDER", "ORDER BY residence_id")
        assert copies.fingerprint() != before
    assert copies.fingerprint() == before


def test_long_copy_is_made_in_a_process_of_its_own(engine, folder, never_made, monkeypatch):
    monkeypatch.setattr(copies, "MADE_APART_FROM", 0)
    apart = Copy(engine, folder).snapshot()
    monkeypatch.undo()
    assert rows_of(apart) == rows_of(build(engine))


def test_copy_that_cannot_be_made_says_so(engine, folder, monkeypatch):
    monkeypatch.setattr(copies, "MADE_APART_FROM", 0)
    monkeypatch.setattr("lib.snapshot.making.sys.executable", "/bin/false")
    with pytest.raises(StoreError, match="copie d’analyse"):
        Copy(engine, folder).snapshot()


# One revision a page


def test_page_sees_one_revision_to_its_end(engine, folder):
    copy = Copy(engine, folder)
    page = copy.snapshot()
    add_fact(engine, "n1")
    assert copy.snapshot().rows(COUNT) == [(11,)]
    assert page.rows(COUNT) == [(10,)]


def test_released_snapshot_answers_until_the_store_moves(engine, folder):
    copy = Copy(engine, folder)
    page = copy.snapshot()
    page.release()
    assert page.rows(COUNT) == [(10,)]
    add_fact(engine, "n1")
    copy.snapshot()
    with pytest.raises(StaleSnapshotError):
        page.rows(COUNT)


def test_page_is_not_kept_waiting_by_a_long_copy(engine, folder, monkeypatch):
    copy = Copy(engine, folder)
    copy.snapshot()
    add_fact(engine, "n1")
    refresh, may_end = filling.refresh, threading.Event()
    monkeypatch.setattr(filling, "refresh", lambda *args: may_end.wait(30) and refresh(*args))
    assert copy.snapshot(patience_s=0.01).rows(COUNT) == [(10,)]
    may_end.set()
    assert copy.snapshot(patience_s=30).rows(COUNT) == [(11,)]


def test_page_waits_for_its_commit_when_a_catching_up_began_before_it(engine, folder, monkeypatch):
    copy = Copy(engine, folder)
    copy.snapshot()
    refresh, follow = filling.refresh, copy._follow
    has_read, may_end = threading.Event(), threading.Event()

    def slow(*args: object) -> bool:
        done = refresh(*args)
        has_read.set()
        return may_end.wait(30) and done

    monkeypatch.setattr(filling, "refresh", slow)
    add_fact(engine, "n1")
    copy.snapshot(patience_s=0.01)
    assert has_read.wait(30)
    add_fact(engine, "n2")
    monkeypatch.setattr(copy, "_follow", lambda: (follow(), may_end.set())[0])
    assert copy.snapshot(patience_s=30).rows(COUNT) == [(12,)]


def test_twenty_threads_read_whole_imports_while_they_commit(engine, folder):
    copy = Copy(engine, folder)
    copy.snapshot()
    is_over, seen, faults = threading.Event(), [], []
    question = select(func.count(), func.count(FACT.c.district_id.distinct())).select_from(FACT)

    def look() -> None:
        while not is_over.is_set():
            try:
                page = copy.snapshot()
                first, months = page.rows(question), page.rows(select(func.count()).select_from(EXPOSURE))
                assert page.rows(question) == first
                assert months
                seen.append((page.revision, first[0][0]))
                page.release()
            except Exception as error:  # noqa: BLE001 - told by the test
                faults.append(error)
                return

    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    expected = {copy.snapshot().revision: 10}
    for number in range(5):
        with change(engine, "essai") as written:
            add(written, s.Incident, *(incident(f"n{number}-{rank}", 1, date(2026, 2, 1)) for rank in range(7)))
        expected[written.revision] = 10 + 7 * (number + 1)
    is_over.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert {count for revision, count in seen if expected[revision] != count} == set()


def broken(*_args: object) -> None:
    raise duckdb.IOException("computed checksum does not match stored checksum")


def test_copy_found_damaged_by_a_question_is_made_anew_for_the_next_page(engine, folder, made, monkeypatch):
    copy = Copy(engine, folder)
    page = copy.snapshot()
    (path,) = folder.glob("*.duckdb")
    monkeypatch.setattr(copies, "compiled", broken)
    with pytest.raises(StoreError, match="rechargez"):
        page.rows(COUNT)
    monkeypatch.setattr(copies, "compiled", compiled)
    assert copy.snapshot().rows(COUNT) == [(10,)]
    assert made == ["made", "made"]
    assert path not in folder.glob("*.duckdb")


def test_copy_found_damaged_as_a_page_begins_is_made_anew_for_the_next(engine, folder, made, monkeypatch):
    copy, seen = Copy(engine, folder), []
    copy.snapshot()
    with monkeypatch.context() as harmed:
        harmed.setattr(filling, "held", lambda connection: seen.append(connection) or broken())
        with pytest.raises(StoreError, match="rechargez"):
            copy.snapshot()
    with pytest.raises(duckdb.ConnectionException, match="closed"):
        seen[0].execute("SELECT 1")
    assert copy.snapshot().rows(COUNT) == [(10,)]
    assert made == ["made", "made"]


def test_copy_discarded_by_another_page_is_made_anew_for_this_one(engine, folder, made):
    copy = Copy(engine, folder)
    copy.snapshot()
    copy.discard()
    with closing(copy.pinned()) as connection:
        assert connection.execute("SELECT count(*) FROM fact").fetchall() == [(10,)]
    assert made == ["made", "made"]


def test_copy_discarded_while_it_is_caught_up_is_not_taken_back(engine, folder, made, monkeypatch):
    copy, refresh = Copy(engine, folder), filling.refresh
    copy.snapshot()
    add_fact(engine, "n1")
    with monkeypatch.context() as harmed:
        harmed.setattr(filling, "refresh", lambda *args: (refresh(*args), copy.discard())[0])
        assert copy.snapshot().rows(COUNT) == [(11,)]
    assert made == ["made", "made"]


# The other processes


OTHER = """
import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
store.execute("UPDATE setting SET value = value") ; store.commit()
print(store.execute("SELECT count(*) FROM incident").fetchone()[0]) ; store.close()
"""


@pytest.fixture
def sqlite_store(request, tmp_path: Path) -> Iterator[Engine]:
    from tests.conftest import new_store, with_nomenclature  # noqa: PLC0415 - beside its one use

    with new_store("sqlite", request, tmp_path) as engine:
        yield small_store(with_nomenclature(engine))


def test_reading_the_store_takes_no_lock_away_from_those_who_write_it(sqlite_store: Engine, folder: Path):
    """Two SQLite libraries in one process did: another process then removed the journal under our feet."""
    path = str(sqlite_store.url.database)
    with sqlite_store.connect() as kept:
        kept.execute(select(s.Setting)).all()
        kept.rollback()
        Copy(sqlite_store, folder).snapshot()
        count_elsewhere(path)
        add_fact(sqlite_store, "n1")
    assert Path(f"{path}-wal").exists()
    assert count_elsewhere(path) == 11


def count_elsewhere(path: str) -> int:
    told = subprocess.run([sys.executable, "-c", OTHER, path], capture_output=True, text=True, check=True)
    return int(told.stdout)
