import os
from pathlib import Path

import pytest

from lib.errors import FileError
from lib.ingest.reading import MAX_COLUMNS, open_register, read_sheet, register

REGISTERS = Path(__file__).parents[3] / "data" / "registers"


def test_chunks_are_the_whole_file_in_order_as_often_as_wanted(text_file):
    path = text_file("Réf;Lieu\n".encode() + b"".join(b"%d;x;y\n" % n for n in range(10)))
    opened = open_register(path)
    for _ in range(2):
        sheets = list(opened.chunks(4))
        assert [len(sheet.cells) for sheet in sheets] == [4, 4, 2]
        assert [ref for sheet in sheets for ref in sheet.cells["Réf"]] == [str(n) for n in range(10)]
        assert sheets[1].cells.index.tolist() == [6, 7, 8, 9]
        assert sheets[2].overflows == {10: 1, 11: 1}
        assert sheets[2].file_sha256 == opened.file_sha256
    assert opened.row_count == 10
    assert read_sheet(path).cells["Réf"].tolist() == [str(n) for n in range(10)]


def test_characters_nobody_sees_are_stripped_from_headings_and_cells_and_said():
    sheet = read_sheet(REGISTERS / "caracteres-invisibles.csv")
    assert list(sheet.cells.columns) == ["Réf", "Nature", "Lieu"]
    assert sheet.cells.to_numpy().tolist() == [["F-1", "Tag", "Hall"], ["F-2", "Tag", None]]
    assert sheet.detected.endswith("caractères invisibles retirés de 3\u00a0lignes")


def test_accents_no_break_spaces_tabs_and_line_ends_are_kept(text_file):
    sheet = read_sheet(text_file('Réf;Coût\n"1\u00a0234 €";"a\tb\nc"\n'.encode()))
    assert sheet.cells.loc[2].tolist() == ["1\u00a0234 €", "a\tb\nc"]
    assert "invisibles" not in sheet.detected


def test_a_file_that_grows_or_shrinks_while_it_is_read_is_refused(text_file):
    path = text_file(b"a;b\n1;2\n3;4\n")
    opened = open_register(path)
    path.write_bytes(b"a;b\n1;2\n")
    with pytest.raises(FileError, match="a changé pendant sa lecture"):
        list(opened.chunks())


def test_a_file_replaced_by_as_many_rows_while_it_is_read_is_refused(text_file):
    path = text_file(b"a;b\n1;2\n3;4\n")
    opened, date = open_register(path), path.stat()
    path.write_bytes(b"a;b\n1;2\n3;5\n")
    os.utime(path, ns=(date.st_atime_ns, date.st_mtime_ns))
    for again in (lambda: list(opened.chunks()), lambda: opened.sheet(opened.rows())):
        with pytest.raises(FileError, match="a changé pendant sa lecture"):
            again()


def test_a_file_removed_before_its_rows_are_read_is_one_sentence(text_file):
    path = text_file(b"a;b\n1;2\n")
    opened = open_register(path)
    path.unlink()
    with pytest.raises(FileError, match="a changé ou disparu"):
        list(opened.chunks())


def test_too_many_rows_are_refused(text_file, monkeypatch):
    monkeypatch.setattr(register, "MAX_ROWS", 2)
    with pytest.raises(FileError, match="plus de 2 lignes"):
        open_register(text_file(b"a\n1\n2\n3\n"))


def test_the_name_given_has_no_folder(text_file):
    opened = open_register(text_file(b"a;b\n1;2\n", "C:\\x\\registre.csv"))
    assert opened.file_name == "registre.csv"


def test_a_chunk_holds_few_cells_however_many_columns(text_file, monkeypatch):
    monkeypatch.setattr(register, "CHUNK_CELLS", 100)
    names = ";".join(f"c{place}" for place in range(40))
    opened = open_register(text_file(f"{names}\n".encode() + b"1;2;3;4\n" * 11))
    sheets = list(opened.chunks())
    assert [sheet.cells.size for sheet in sheets] == [80] * 5 + [40]
    assert [line for sheet in sheets for line in sheet.cells.index] == list(range(2, 13))


def test_a_chunk_of_the_widest_table_is_bounded():
    assert register.CHUNK_CELLS <= 2_000_000
    assert register.CHUNK_CELLS // MAX_COLUMNS >= 1_000


def test_a_chunk_holds_few_characters_however_long_the_cells(text_file, monkeypatch):
    monkeypatch.setattr(register, "CHUNK_CHARS", 100)
    opened = open_register(text_file(b"a;b\n" + b"%s;1\n" % (b"x" * 60) * 5))
    assert [len(sheet.cells) for sheet in opened.chunks()] == [2, 2, 1]


def test_rows_by_columns_are_counted_before_any_table_is_made(text_file, monkeypatch):
    monkeypatch.setattr(register, "MAX_CELLS", 30)
    assert open_register(text_file(b"a;b;c\n" + b"1\n" * 10)).row_count == 10
    with pytest.raises(FileError, match="trop de cellules, ou de trop longues"):
        open_register(text_file(b"a;b;c\n" + b"1\n" * 11))


def test_a_table_read_whole_is_not_made_where_it_is_too_large(text_file, monkeypatch):
    monkeypatch.setattr(register, "MAX_SHEET_CELLS", 30)
    path = text_file(b"a;b;c\n" + b"1\n" * 11)
    assert open_register(path).row_count == 11
    with pytest.raises(FileError, match="trop de cellules, ou de trop longues"):
        read_sheet(path)


def test_a_row_wider_than_a_spreadsheet_is_refused(text_file):
    with pytest.raises(FileError, match="Le tableau a 16385 colonnes"):
        open_register(text_file(b"a;b\n1;2\n" + b";" * 16_384 + b"x\n"))
