import fcntl
import os
import time
from datetime import date

import pytest

from lib.cli import watching
from lib.cli.deposits import DONE, GONE, LEFT, MAX_NAME_BYTES, REFUSED, TAKEN, UNREAD, WAITING
from lib.cli.watching import LOCK, watch
from lib.errors import FileError
from lib.ingest.mapping import as_declaration, declare
from lib.store.incidents import batches
from lib.store.mappings import save_mapping
from lib.store.revisions import change
from tests.lib.ingest.registers import RULES, fill, register

TODAY = date(2026, 10, 31)
LINE = "F-1;R-1;05/03/2026;Tag;"


@pytest.fixture
def folder(store, tmp_path):
    fill(store)
    with change(store, "essai") as made:
        save_mapping(made, 1, as_declaration(declare(RULES)), "essai")
    for name in ("B", "inconnu"):
        (tmp_path / "dépôt" / name).mkdir(parents=True)
    return tmp_path / "dépôt"


def watched(engine, folder, rest_s=0):
    return {one.name: one for one in watch(engine, folder, today=TODAY, rest_s=rest_s)}


def passed(engine, folder, rest_s=0):
    return {name: one.became for name, one in watched(engine, folder, rest_s).items()}


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {LOCK}


def after_import(monkeypatch, then):
    """Has something happen as soon as a file is imported, before it is put away."""

    def ingested(engine, path, *arguments, **more):
        report = watching_ingest(engine, path, *arguments, **more)
        then(path)
        return report

    watching_ingest = watching.ingest
    monkeypatch.setattr(watching, "ingest", ingested)


def test_files_are_moved_beside_their_report_or_their_refusal_and_never_twice(store, folder):
    register(folder / "B", LINE, name="mars.csv")
    (folder / "B" / "vide.csv").write_bytes(b"")
    assert passed(store, folder) == {"B/mars.csv": DONE, "B/vide.csv": REFUSED}
    assert names(folder / "B") == {
        "traités/mars.csv", "traités/mars.csv.txt", "refusés/vide.csv", "refusés/vide.csv.txt",
    }  # fmt: skip
    assert "acceptées 1" in (folder / "B/traités/mars.csv.txt").read_text(encoding="utf-8")
    assert passed(store, folder) == {}


def test_a_register_is_read_with_the_declaration_of_its_headings_whatever_was_declared_since(store, folder):
    newer = RULES | {"columns": {ours: f"Autre {heading}" for ours, heading in RULES["columns"].items()}}
    with change(store, "essai") as made:
        save_mapping(made, 1, as_declaration(declare(newer)), "essai")
    register(folder / "B", LINE, name="mars.csv")
    assert passed(store, folder) == {"B/mars.csv": DONE}
    assert "acceptées 1" in (folder / "B/traités/mars.csv.txt").read_text(encoding="utf-8")


def test_a_register_that_no_declaration_fits_is_refused_with_what_is_missing(store, folder):
    newer = RULES | {"columns": {ours: f"Autre {heading}" for ours, heading in RULES["columns"].items()}}
    with change(store, "essai") as made:
        save_mapping(made, 1, as_declaration(declare(newer)), "essai")
    (folder / "B" / "mars.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    assert passed(store, folder) == {"B/mars.csv": REFUSED}
    assert "Autre" in (folder / "B/refusés/mars.csv.txt").read_text(encoding="utf-8")


def test_a_second_file_of_the_same_name_does_not_replace_the_first(store, folder):
    for line in (LINE, "F-2;R-1;05/03/2026;Tag;"):
        register(folder / "B", line, name="mars.csv")
        passed(store, folder)
    assert {"traités/mars.csv", "traités/mars-2.csv"} <= names(folder / "B")


def test_a_version_deposited_during_the_import_waits_for_its_own(store, folder, monkeypatch):
    register(folder / "B", LINE, name="mars.csv")
    after_import(monkeypatch, lambda _: register(folder / "B", "F-2;R-1;05/03/2026;Tag;", name="mars.csv"))
    assert passed(store, folder) == {"B/mars.csv": DONE}
    assert "F-1" in (folder / "B/traités/mars.csv").read_text(encoding="utf-8")
    monkeypatch.undo()
    assert "acceptées 1" in " ".join(watched(store, folder)["B/mars.csv"].sentences)
    assert "F-2" in (folder / "B/traités/mars-2.csv").read_text(encoding="utf-8")


def test_a_file_written_on_after_it_was_taken_is_taken_up_again(store, folder, monkeypatch):
    writer = register(folder / "B", LINE, name="mars.csv").open("a", encoding="utf-8")
    after_import(monkeypatch, lambda _: (writer.write("F-2;R-1;05/03/2026;Tag;\n"), writer.close()))
    told = watched(store, folder)["B/mars.csv"]
    assert (told.became, told.is_fault, "modifié pendant son import" in told.sentences[-1]) == (TAKEN, True, True)
    monkeypatch.undo()
    assert "acceptées 1 + déjà connues 1" in " ".join(watched(store, folder)["B/mars.csv"].sentences)


def test_a_file_left_by_a_pass_cut_short_is_taken_up_again_without_replacing_another(store, folder, monkeypatch):
    register(folder / "B", LINE, name="mars.csv")

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(watching.deposits, "keep", killed)
    with pytest.raises(KeyboardInterrupt):
        passed(store, folder)
    monkeypatch.undo()
    assert names(folder / "B") == {"en cours/mars.csv"}
    register(folder / "B", "F-2;R-1;05/03/2026;Tag;", name="mars.csv")
    told = list(watch(store, folder, today=TODAY, rest_s=0))
    assert [(one.name, one.became) for one in told] == [("B/mars.csv", DONE)] * 2
    assert "déjà connues 1" in told[0].sentences[1]
    assert "acceptées 1" in told[1].sentences[1]


def test_a_file_that_another_pass_took_or_somebody_removed_is_skipped(store, folder):
    first, second = (register(folder / "B", LINE, name=name) for name in ("a.csv", "b.csv"))
    passing = watch(store, folder, today=TODAY, rest_s=0)
    assert next(passing).became == DONE
    second.rename(folder / "ailleurs.csv")
    told = next(passing)
    assert (told.name, told.became, told.is_fault, first.exists()) == ("B/b.csv", GONE, False, False)


def test_a_file_that_loses_the_race_to_be_taken_is_skipped(store, folder, monkeypatch):
    path = register(folder / "B", LINE, name="mars.csv")
    monkeypatch.setattr(watching.deposits, "make_rooms", lambda home: (home / TAKEN).mkdir() or path.unlink())
    assert passed(store, folder) == {"B/mars.csv": GONE}


def test_a_file_still_written_or_of_an_unknown_landlord_is_left(store, folder):
    register(folder / "B", LINE, name="mars.csv")
    register(folder / "inconnu", LINE, name="mars.csv")
    (folder / "B" / "avril.csv.part").write_bytes(b"x")
    assert set(passed(store, folder, rest_s=3600).values()) == {WAITING}
    told = watched(store, folder)
    assert {name: one.became for name, one in told.items()} == {
        "B/avril.csv.part": WAITING, "B/mars.csv": DONE, "inconnu/mars.csv": LEFT,
    }  # fmt: skip
    assert [one.is_fault for one in told.values()] == [False, False, True]
    assert {"B/avril.csv.part", "inconnu/mars.csv"} <= names(folder)


def test_what_is_not_a_file_of_a_landlord_is_left_and_said(store, folder, tmp_path):
    secret = register(tmp_path, "ne pas citer;", name="secret.txt")
    for link, target in (("B/lien.csv", secret), ("B/rompu.csv", tmp_path / "rien"), ("C", folder / "B")):
        (folder / link).symlink_to(target)
    os.mkfifo(folder / "B" / "tube.csv")
    (folder / "B" / "2025").mkdir()
    register(folder, LINE, name="racine.csv")
    later = register(folder / "B", LINE, name="futur.csv")
    os.utime(later, (time.time() + 86_400,) * 2)
    before = names(folder)
    assert passed(store, folder) == {
        "B/2025": UNREAD, "B/futur.csv": LEFT, "B/lien.csv": LEFT, "B/rompu.csv": LEFT, "B/tube.csv": LEFT,
        "C": LEFT, "racine.csv": LEFT,
    }  # fmt: skip
    assert names(folder) == before


def test_a_name_too_long_for_its_report_is_left_and_the_pass_goes_on(store, folder):
    for size in (MAX_NAME_BYTES, MAX_NAME_BYTES + 1, 251):
        register(folder / "B", LINE, name="a" * (size - 4) + ".csv")
    register(folder / "B", LINE, name="z.csv")
    told = [one.became for one in watch(store, folder, today=TODAY, rest_s=0)]
    assert told == [DONE, LEFT, LEFT, DONE]


@pytest.mark.parametrize("room", [TAKEN, DONE, REFUSED])
def test_a_file_in_the_place_of_a_room_stops_its_landlord_before_any_import(store, folder, room):
    (folder / "A").mkdir()
    register(folder / "B", LINE, name="mars.csv")
    register(folder / "B", LINE, name=room)
    told = watched(store, folder)
    assert {name: one.became for name, one in told.items()} == {"B/mars.csv": LEFT, f"B/{room}": LEFT}
    assert "Rien n’a été importé" in told["B/mars.csv"].sentences[0]
    with store.connect() as connection:
        assert batches(connection).empty


def test_a_folder_that_cannot_be_written_stops_its_landlord_before_any_import(store, folder, monkeypatch):
    register(folder / "B", LINE, name="mars.csv")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert passed(store, folder) == {"B/mars.csv": LEFT}
    with store.connect() as connection:
        assert batches(connection).empty


def test_a_disk_that_fills_once_the_facts_are_kept_leaves_the_file_for_the_next_pass(store, folder, monkeypatch):
    for name in ("avril.csv", "mars.csv"):
        register(folder / "B", LINE, name=name)
    after_import(monkeypatch, lambda _: monkeypatch.setattr(watching.deposits, "keep", full))

    def full(*_):
        monkeypatch.undo()
        raise OSError(28, "no space left")

    assert passed(store, folder) == {"B/avril.csv": TAKEN, "B/mars.csv": DONE}
    assert passed(store, folder) == {"B/avril.csv": DONE}


def test_a_name_that_is_no_text_is_told_without_what_cannot_be_shown(store, folder):
    register(folder / "B", LINE, name=os.fsdecode(b"mars\xff\x1b[31m.csv"))
    assert passed(store, folder) == {"B/mars[31m.csv": DONE}


def test_a_folder_already_watched_is_refused(store, folder):
    with (folder / LOCK).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(FileError, match="déjà en cours"):
            passed(store, folder)


def test_a_lock_that_is_a_link_is_not_followed(store, folder, tmp_path):
    target = register(tmp_path, LINE)
    (folder / LOCK).symlink_to(target)
    with pytest.raises(FileError, match="introuvable"):
        passed(store, folder)


def test_an_absent_folder_is_one_sentence(store, tmp_path):
    with pytest.raises(FileError, match="introuvable"):
        passed(store, tmp_path / "absent")
