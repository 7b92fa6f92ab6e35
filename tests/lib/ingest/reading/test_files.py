import os
from pathlib import Path

import pytest

from lib.errors import FileError
from lib.ingest.reading import clean_file_name, files, open_register

REGISTERS = Path(__file__).parents[3] / "data" / "registers"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "vide"),
        (b" \r\n \n", "vide"),
        (b"\xef\xbb\xbf \n", "vide"),
        (b";;\n", "aucune ligne"),
        (b"\xef\xbb\xbf;;\n", "aucune ligne"),
        (b"a;b\n1;\x00\n", "ni un CSV"),
        (b"%PDF-1.7\n", "ni un CSV"),
        (b"\x1f\x8b\x08rest", "ni un CSV"),
        (b"\xd0\xcf\x11\xe0rest", "endommagé"),
        (b"PK\x03\x04rest", "endommagé"),
        (b"PAR1rest", "Parquet est endommagé"),
        (b"\xff\xfe", "aucune ligne"),
    ],
)
def test_a_file_of_another_kind_is_one_sentence(text_file, data, sentence):
    with pytest.raises(FileError, match=sentence):
        open_register(text_file(data))


@pytest.mark.parametrize(("name", "sentence"), [("page-web.xls", "page web"), ("tableau.json", "un objet par ligne")])
def test_a_disguised_file_says_what_to_do(name, sentence):
    with pytest.raises(FileError, match=sentence):
        open_register(REGISTERS / name)


def test_an_absent_file_is_one_sentence(tmp_path):
    with pytest.raises(FileError, match="introuvable"):
        open_register(tmp_path / "rien.csv")


def test_a_folder_a_device_and_a_pipe_are_refused_without_being_read(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "tube.csv")
    monkeypatch.setattr(files, "_digest", None)
    for path in (tmp_path, Path("/dev/zero"), tmp_path / "tube.csv"):
        with pytest.raises(FileError, match="n’est pas un fichier ordinaire"):
            open_register(path)


def test_a_file_over_the_limit_is_refused_before_it_is_read(text_file, monkeypatch):
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(files, "_digest", None)
    with pytest.raises(FileError, match="découpez-le"):
        open_register(text_file(b"a;b\n1;2\n3;4\n"))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("registre.csv", "registre.csv"),
        ("../../etc/registre.csv", "registre.csv"),
        ("C:\\Users\\x\\registre.csv", "registre.csv"),
        ("registre\u202evsc.exe", "registrevsc.exe"),
        ("a\x00b\n\tc.csv", "ab c.csv"),
        ("/", "fichier sans nom"),
        ("", "fichier sans nom"),
        ("é" * 300 + ".csv", "é" * 116 + ".csv"),
    ],
)
def test_a_name_keeps_neither_folder_nor_hidden_character(name, kept):
    assert clean_file_name(name) == kept


def test_the_kind_is_that_of_the_bytes_not_of_the_name(text_file):
    assert open_register(text_file(b"a;b\n1;2\n", "registre.xlsx")).detected.startswith("CSV")
