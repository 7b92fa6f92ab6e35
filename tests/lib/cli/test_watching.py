import fcntl
from datetime import date

import pytest

from lib.cli.watching import LOCK, watch
from lib.errors import FileError
from lib.ingest.mapping import as_declaration, declare
from lib.store.mappings import save_mapping
from lib.store.revisions import change
from tests.lib.ingest.registers import RULES, fill, register

TODAY = date(2026, 10, 31)


@pytest.fixture
def folder(store, tmp_path):
    fill(store)
    with change(store, "essai") as made:
        save_mapping(made, 1, as_declaration(declare(RULES)), "essai")
    for name in ("B", "inconnu"):
        (tmp_path / "dépôt" / name).mkdir(parents=True)
    return tmp_path / "dépôt"


def passed(engine, folder, rest_s=0):
    return {one.name: one.folder for one in watch(engine, folder, today=TODAY, rest_s=rest_s)}


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {LOCK}


def test_files_are_moved_beside_their_report_or_their_refusal_and_never_twice(store, folder):
    register(folder / "B", "F-1;R-1;05/03/2026;Tag;", name="mars.csv")
    (folder / "B" / "vide.csv").write_bytes(b"")
    assert passed(store, folder) == {"B/mars.csv": "traités", "B/vide.csv": "refusés"}
    assert names(folder / "B") == {
        "traités/mars.csv", "traités/mars.csv.txt", "refusés/vide.csv", "refusés/vide.csv.txt",
    }  # fmt: skip
    assert "acceptées 1" in (folder / "B/traités/mars.csv.txt").read_text(encoding="utf-8")
    assert passed(store, folder) == {}


def test_a_second_file_of_the_same_name_does_not_replace_the_first(store, folder):
    for line in ("F-1;R-1;05/03/2026;Tag;", "F-2;R-1;05/03/2026;Tag;"):
        register(folder / "B", line, name="mars.csv")
        passed(store, folder)
    assert {"traités/mars.csv", "traités/mars-2.csv"} <= names(folder / "B")


def test_a_file_still_written_or_of_an_unknown_landlord_is_left(store, folder):
    register(folder / "B", "F-1;R-1;05/03/2026;Tag;", name="mars.csv")
    register(folder / "inconnu", "F-1;R-1;05/03/2026;Tag;", name="mars.csv")
    (folder / "B" / "avril.csv.part").write_bytes(b"x")
    assert passed(store, folder, rest_s=3600) == {}
    assert passed(store, folder)["inconnu/mars.csv"] is None
    assert {"B/avril.csv.part", "inconnu/mars.csv"} <= names(folder)


def test_a_folder_already_watched_is_refused(store, folder):
    with (folder / LOCK).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(FileError, match="déjà en cours"):
            passed(store, folder)
