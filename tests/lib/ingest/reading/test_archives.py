import zipfile

import pytest

from lib.errors import FileError
from lib.ingest.reading import archives, open_register
from lib.ingest.reading.archives import workbook_format


def archive(tmp_path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED):
    path = tmp_path / "classeur.xlsx"
    with zipfile.ZipFile(path, "w", method) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("names", "known"),
    [
        (["xl/workbook.xml"], "XLSX"),
        (["xl/workbook.xml", "xl/vbaProject.bin"], "XLSM"),
        (["xl/workbook.bin"], "XLSB"),
        (["content.xml"], "ODS"),
    ],
)
def test_the_format_is_read_from_the_names_inside(tmp_path, names, known):
    assert workbook_format(archive(tmp_path, dict.fromkeys(names, b"x"))) == known


def test_a_zip_that_is_no_workbook_says_to_unpack_it(tmp_path):
    with pytest.raises(FileError, match="décompressez-le"):
        open_register(archive(tmp_path, {"registre.csv": b"a;b\n"}))


def test_a_bomb_is_refused_before_anything_in_it_is_read(tmp_path, monkeypatch):
    path = archive(tmp_path, {"xl/workbook.xml": b"x", "xl/worksheets/sheet1.xml": b"0" * 20_000_000})
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    monkeypatch.setattr("subprocess.Popen", None)
    with pytest.raises(FileError, match="grossirait démesurément"):
        open_register(path)


def test_a_large_content_is_refused_whatever_its_ratio(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_EXPANDED_BYTES", 1000)
    with pytest.raises(FileError, match="grossirait démesurément"):
        workbook_format(archive(tmp_path, {"xl/workbook.xml": b"x" * 1001}, zipfile.ZIP_STORED))


def test_a_crowd_of_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    with pytest.raises(FileError, match="grossirait démesurément"):
        workbook_format(archive(tmp_path, {"a": b"", "b": b"", "xl/workbook.xml": b""}))


def test_a_method_no_spreadsheet_uses_is_refused(tmp_path):
    with pytest.raises(FileError, match="endommagé"):
        workbook_format(archive(tmp_path, {"xl/workbook.xml": b"x"}, zipfile.ZIP_BZIP2))


def test_a_password_is_told(tmp_path):
    path = archive(tmp_path, {"xl/workbook.xml": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(FileError, match="protégé par un mot de passe"):
        workbook_format(path)
