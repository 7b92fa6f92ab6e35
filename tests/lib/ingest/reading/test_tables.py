import struct
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from lib.errors import FileError
from lib.ingest.reading import ReadingOptions, open_register, read_sheet, tables, worker

ROWS = [["Réf", "Code", "Coût"], ["F-1", "00123", 12.5], ["", "", ""], ["F-2", "é", 3]]
READ = [["F-1", "00123", "12.5"], ["F-2", "é", "3"]]


def rewritten(path, name: str, old: bytes, new: bytes):
    """The same workbook with some bytes of a member replaced."""
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    assert old in members[name]
    members[name] = members[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


def test_the_same_table_is_read_from_each_spreadsheet(xlsx_file, ods_file, xls_file):
    for path, kind in (
        (xlsx_file({"Export": ROWS}), "XLSX"),
        (ods_file({"Export": ROWS}), "ODS"),
        (xls_file(ROWS), "XLS"),
    ):
        sheet = read_sheet(path)
        assert sheet.detected == f"{kind}, feuille «\u00a0Export\u00a0»"
        assert sheet.cells.to_numpy().tolist() == READ
        assert sheet.cells.index.tolist() == [2, 4]


def test_spreadsheet_cells_become_the_text_a_person_would_type(tmp_path):
    path = tmp_path / "registre.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Export")
        day, moment = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "hh:mm"})
        sheet.write_row(1, 0, ["Réf", "Date", "Heure", "Vu le", "Coût", "Plainte", "Code"])
        sheet.write_number(3, 0, 123)
        sheet.write_datetime(3, 1, date(2026, 3, 5), day)
        sheet.write_datetime(3, 2, time(18, 30), moment)
        sheet.write_datetime(3, 3, datetime(2026, 3, 6, 7, 5), day)  # noqa: DTZ001 (spreadsheets have no zone)
        sheet.write_formula(3, 4, "=6.25*2", None, 12.5)
        sheet.write_boolean(3, 5, True)
        sheet.write_string(3, 6, " 00123 ")
    read = read_sheet(path).cells
    assert read.loc[4].tolist() == ["123", "2026-03-05", "18:30:00", "2026-03-06 07:05:00", "12.5", "oui", "00123"]
    assert read.index.tolist() == [4]


def test_the_first_visible_filled_sheet_is_read_and_the_others_are_named(xlsx_file):
    path = xlsx_file({"Listes": [["Tag"]], "Vide": [], "Export": ROWS, "Suite": ROWS}, hidden=("Listes",))
    register = open_register(path)
    assert register.sheets == ["Listes", "Vide", "Export", "Suite"]
    assert register.options.sheet == "Export"
    assert register.detected == (
        "XLSX, feuille «\u00a0Export\u00a0» (autres feuilles, non lues\u00a0: "
        "«\u00a0Listes\u00a0», «\u00a0Vide\u00a0», «\u00a0Suite\u00a0»)"
    )


def test_a_sheet_may_be_stated(xlsx_file):
    path = xlsx_file({"Export": ROWS, "Suite": [["Réf"], ["S-1"]]})
    assert read_sheet(path, ReadingOptions(sheet="Suite")).cells["Réf"].tolist() == ["S-1"]
    with pytest.raises(FileError, match="pas de feuille «\u00a0Autre\u00a0»"):
        open_register(path, ReadingOptions(sheet="Autre"))


def test_a_workbook_without_any_cell_is_one_sentence(xlsx_file):
    with pytest.raises(FileError, match="aucune ligne"):
        open_register(xlsx_file({"Vide": []}))


def test_macros_are_said_to_be_left_aside(xlsx_file):
    path = xlsx_file({"Export": ROWS})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
    assert open_register(path).detected.startswith("XLSM (macros ignorées), feuille")


def test_a_cell_in_the_last_corner_ends_the_worker_and_not_the_server(xlsx_file):
    path = rewritten(xlsx_file({"Export": ROWS}), "xl/worksheets/sheet1.xml", b'r="C4"', b'r="XFD1048576"')
    with pytest.raises(FileError, match="grossirait démesurément"):
        open_register(path)


def test_a_filled_row_repeated_a_million_times_ends_the_worker_and_not_the_server(ods_file):
    row = b'<table:table-row table:number-rows-repeated="1048576">'
    cell = b'<table:table-cell table:number-columns-repeated="16384"'
    path = rewritten(ods_file({"Export": ROWS}), "content.xml", b"<table:table-row><table:table-cell", row + cell)
    with pytest.raises(FileError, match=r"grossirait démesurément|endommagé"):
        open_register(path)


def test_a_size_that_lies_does_not_expand_in_the_server(xlsx_file):
    path = rewritten(
        xlsx_file({"Export": ROWS}), "xl/worksheets/sheet1.xml", b"</sheetData>", b" " * 50_000_000 + b"</sheetData>"
    )
    data = bytearray(path.read_bytes())
    place = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[place : place + 4] == b"PK\x01\x02"
    data[place + 24 : place + 28] = struct.pack("<I", 1000)
    path.write_bytes(data)
    try:
        rows = open_register(path).row_count
    except FileError:
        rows = 2
    assert rows == 2


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_workbook_is_one_sentence(xlsx_file, ods_file, xls_file, share):
    for path in (xlsx_file({"Export": ROWS}), ods_file({"Export": ROWS})):
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(FileError, match="endommagé"):
            open_register(path)


def test_an_old_workbook_cut_in_its_table_is_one_sentence(xls_file):
    path = xls_file(ROWS)
    path.write_bytes(path.read_bytes()[:1600])
    with pytest.raises(FileError, match="endommagé"):
        open_register(path)


def test_parquet_cells_become_text_and_blank_is_blank(tmp_path):
    path = tmp_path / "registre.parquet"
    columns = {
        "Réf": ["F-1", " F-2 ", None],
        "Jour": [date(2026, 3, 5), None, None],
        "Vu": [datetime(2026, 3, 5, 18, 30), None, None],  # noqa: DTZ001 (registers have no zone)
        "Nombre": [3.0, float("nan"), None],
        "Coût": [Decimal("12.50"), None, None],
        "Plainte": [True, False, None],
    }
    parquet.write_table(pa.table(columns), path)
    sheet = read_sheet(path)
    assert sheet.detected == "Parquet"
    assert sheet.cells.to_numpy().tolist() == [
        ["F-1", "2026-03-05", "2026-03-05 18:30:00", "3", "12.50", "oui"],
        ["F-2", None, None, None, None, "non"],
    ]
    assert sheet.cells.index.tolist() == [2, 3]


def test_parquet_cut_or_without_column_is_one_sentence(tmp_path):
    path = tmp_path / "registre.parquet"
    parquet.write_table(pa.table({}), path)
    with pytest.raises(FileError, match="aucune colonne"):
        open_register(path)
    parquet.write_table(pa.table({"a": [1]}), path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(FileError, match="Parquet est endommagé"):
        open_register(path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(hours=26, minutes=5), "26:05"),
        (float("inf"), ""),
        (1e300, "1" + "0" * 300),
        (b"\xc3\xa9", "é"),
        (None, ""),
        ("  x ", "x"),
    ],
)
def test_values_of_native_readers_become_text(value, text):
    assert len(worker.text_of(value)) == len(text)
    assert value == 1e300 or worker.text_of(value) == text


class PanicException(BaseException):
    """As the native reader raises when it panics."""


@pytest.mark.parametrize(
    ("error", "fault"),
    [(PanicException(), "damaged"), (MemoryError(), "memory"), (worker.SheetAbsentError(), "sheet")],
)
def test_every_way_a_native_reader_fails_has_its_name(error, fault):
    assert worker.fault_of(error) == fault


def test_a_worker_that_dies_midway_is_a_fault_and_not_a_short_table(xlsx_file, tmp_path, monkeypatch):
    script = tmp_path / "worker.py"
    script.write_text('print(\'{"sheet": "A", "sheets": ["A"]}\')\nprint(\'[[1, ["Réf"]], [2, ["F-1"]]]\')\n')
    monkeypatch.setattr(tables, "WORKER", script)
    with pytest.raises(FileError, match="grossirait"):
        open_register(xlsx_file({"Export": ROWS}))


def test_leaving_the_rows_midway_ends_the_worker(xlsx_file):
    rows = open_register(xlsx_file({"Export": [["a"], *[[str(n)] for n in range(5000)]]})).rows()
    assert next(rows) == (2, ["0"])
    rows.close()
    with pytest.raises(StopIteration):
        next(rows)
