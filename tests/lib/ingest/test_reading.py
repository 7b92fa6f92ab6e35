from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from lib.errors import FileError
from lib.ingest import reading
from lib.ingest.reading import read_sheet

DATA = Path(__file__).parents[2] / "data"


def written(tmp_path: Path, data: bytes, name: str = "registre.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("registre-utf8.csv", "CSV, UTF-8, séparateur point-virgule"),
        ("registre-bom.csv", "CSV, UTF-8 avec BOM, séparateur point-virgule"),
        ("registre-cp1252.csv", "CSV, Windows-1252, séparateur point-virgule"),
        ("registre-tabulation.csv", "CSV, UTF-8, séparateur tabulation"),
    ],
)
def test_the_same_table_is_read_from_each_encoding_and_delimiter(name, said):
    sheet = read_sheet(DATA / name)
    assert sheet.detected == said
    assert sheet.cells.iloc[0].to_dict() == {
        "N° de fiche": "F-1",
        "Code résidence": "00123",
        "Date du fait": "05/03/2026",
        "Heure": "18h30",
        "Nature": "Tag",
        "Lieu": "Hall d’entrée",
        "Coût estimé": "1 234,50 €",
    }
    assert sheet.cells.index.tolist() == [2, 3, 4]
    assert sheet.cells["Lieu"].tolist() == ["Hall d’entrée", "Été", None]


def test_quoted_delimiters_quotes_and_line_breaks_stay_in_their_cell_and_lines_are_those_of_the_file():
    sheet = read_sheet(DATA / "registre-virgule-guillemets.csv")
    assert sheet.detected == "CSV, UTF-8, séparateur virgule"
    assert sheet.cells["Nature"].tolist() == ["Tag, grand format", "Tag", "Tag"]
    assert sheet.cells["Lieu"].tolist() == ["Hall\ngauche", 'dit "le porche"', None]
    assert sheet.cells.index.tolist() == [2, 4, 6]


def test_short_rows_are_completed_and_only_filled_cells_in_excess_are_told():
    sheet = read_sheet(DATA / "registre-lignes-inegales.csv")
    assert sheet.cells["Nature"].tolist() == ["Tag", None, "Tag", "Tag"]
    assert sheet.overflows == {4: 1}


def test_an_open_quote_is_refused_rather_than_swallowing_the_lines_that_follow():
    with pytest.raises(FileError, match="guillemet est mal placé à partir de la ligne 3"):
        read_sheet(DATA / "registre-guillemet-ouvert.csv")


def test_two_headings_alike_and_a_blank_one_stay_distinct(tmp_path):
    sheet = read_sheet(written(tmp_path, b"Date;Date;;Lieu\n1;2;3;4\n"))
    assert list(sheet.cells.columns) == ["Date", "Date (2)", "colonne 3", "Lieu"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "vide"),
        (b" \r\n \n", "vide"),
        (b"\xef\xbb\xbf \n;;\n", "aucune ligne"),
        (b"a;b\n1;\x00\n", "ni un CSV ni un classeur"),
        (b"\xd0\xcf\x11\xe0rest", "ni un CSV ni un classeur"),
        (b"PK\x03\x04rest", "endommagé"),
        (b"R\xe9f;Lieu\n1;\x81\x8d\n", "encodage"),
    ],
)
def test_a_file_of_another_kind_is_one_sentence(tmp_path, data, sentence):
    with pytest.raises(FileError, match=sentence):
        read_sheet(written(tmp_path, data))


def test_an_absent_file_is_one_sentence(tmp_path):
    with pytest.raises(FileError, match="introuvable"):
        read_sheet(tmp_path / "rien.csv")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10)
    with pytest.raises(FileError, match="découpez-le"):
        read_sheet(written(tmp_path, b"a;b\n1;2\n3;4\n"))


def test_a_heading_alone_is_a_table_without_row(tmp_path):
    assert len(read_sheet(written(tmp_path, "Réf;Date\n".encode())).cells) == 0


def test_spreadsheet_cells_become_the_text_a_person_would_type(tmp_path):
    path = tmp_path / "registre.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Vide")
    sheet = book.add_worksheet("Export")
    day, moment = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "hh:mm"})
    sheet.write_row(1, 0, ["Réf", "Date", "Heure", "Vu le", "Coût", "Plainte", "Code"])
    sheet.write_number(3, 0, 123)
    sheet.write_datetime(3, 1, date(2026, 3, 5), day)
    sheet.write_datetime(3, 2, time(18, 30), moment)
    sheet.write_datetime(3, 3, datetime(2026, 3, 6, 7, 5), day)  # noqa: DTZ001 (spreadsheets have no zone)
    sheet.write_number(3, 4, 12.5)
    sheet.write_boolean(3, 5, True)
    sheet.write_string(3, 6, " 00123 ")
    book.close()
    read = read_sheet(path)
    assert read.cells.loc[4].tolist() == [
        "123",
        "2026-03-05",
        "18:30:00",
        "2026-03-06 07:05:00",
        "12.5",
        "oui",
        "00123",
    ]
    assert read.cells.index.tolist() == [4]
    assert read.detected == "XLSX, feuille «\u00a0Export\u00a0» (classeur de 2 feuille(s))"
    assert date.fromisoformat(read.cells.loc[4, "Date"]) == date(2026, 3, 5)
