import struct
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from lib.errors import FileError
from lib.ingest.reading import ReadingOptions, open_register, read_sheet, shapes, tables, worker

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


def counted_from(path, is_1904: bool, bare: float | None = None):
    with xlsxwriter.Workbook(path, {"date_1904": is_1904}) as book:
        sheet = book.add_worksheet("Export")
        sheet.write_row(0, 0, ["Réf", "Date", "Nombre"])
        sheet.write_string(1, 0, "F-1")
        sheet.write_datetime(1, 1, date(2026, 3, 5), book.add_format({"num_format": "dd/mm/yyyy"}))
        if bare is not None:
            sheet.write_number(1, 2, bare)
    return path


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_date_is_the_same_day_wherever_its_workbook_counts_from(tmp_path, is_1904):
    path = counted_from(tmp_path / "registre.xlsx", is_1904, bare=12)
    assert read_sheet(path).cells.to_numpy().tolist() == [["F-1", "2026-03-05", "12"]]


def test_a_bare_number_that_may_be_a_day_counted_from_1904_is_refused(tmp_path):
    # 44624 is 5 March 2026 there, and 4 March 2022 anywhere else.
    with pytest.raises(FileError, match=r"depuis 1904, et sa ligne 2 porte un nombre .* format «\u00a0Date\u00a0»"):
        read_sheet(counted_from(tmp_path / "registre.xlsx", is_1904=True, bare=44624))
    assert (
        read_sheet(counted_from(tmp_path / "autre.xlsx", is_1904=False, bare=44624)).cells.loc[2, "Nombre"] == "44624"
    )


def test_the_origin_of_days_is_known_in_every_kind_of_workbook(xls_file, ods_file, tmp_path):
    old, free = xls_file([["Date"], [44624.0]]), ods_file({"Export": [["Date"], [44624.0]]})
    assert [worker.has_other_origin(str(path)) for path in (old, free)] == [False, False]
    # The stream of an XLS ends in blanks; wherever it stands, DATEMODE says it for the whole workbook.
    old.write_bytes(old.read_bytes() + worker.OTHER_ORIGIN_OF_XLS)
    rewritten(
        free, "content.xml", b"<office:spreadsheet>",
        b'<office:spreadsheet><table:calculation-settings><table:null-date table:date-value="1904-01-01"/>'
        b"</table:calculation-settings>",
    )  # fmt: skip
    binary = tmp_path / "registre.xlsb"
    with zipfile.ZipFile(binary, "w") as archive:
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00\x99\x01\x0c\x21\x00\x01\x00")
    assert [worker.has_other_origin(str(path)) for path in (old, free, binary)] == [True, True, True]
    for path in (old, free):
        with pytest.raises(FileError, match="depuis 1904"):
            read_sheet(path)


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
    [(PanicException(), "damaged"), (MemoryError(), "memory"), (worker.RefusedError("sheet"), "sheet")],
)
def test_every_way_a_native_reader_fails_has_its_name(error, fault):
    assert worker.fault_of(error).fault == fault


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


def messages_of(*rows: list[object]) -> list[list[worker.Row]]:
    """What the worker would say of these rows of native values."""
    return list(worker.batches(worker._filled(iter(rows), worker.Amount())))


def test_a_cell_of_whole_pages_is_cut_said_to_be_and_still_differs_from_another():
    one, other = (worker.shortened("x" * 30_000 + end) for end in "ab")
    assert one != other
    assert max(len(one), len(other)) < worker.MAX_CELL_CHARS + 100
    assert one.startswith("x" * 4_000 + "… (cellule coupée, 30001 caractères, empreinte ")
    assert worker.shortened("x" * 4_000) == "x" * 4_000


def test_a_message_of_the_worker_is_short_however_long_or_wide_its_rows():
    long = messages_of(*[["x" * 30_000]] * 1_000)
    wide = messages_of(*[[*[""] * 16_383, "x"]] * 200)
    for said, count in ((long, 1_000), (wide, 200)):
        assert sum(map(len, said)) == count
        sizes = [sum(len(text) + 1 for _, cells in batch for text in cells) for batch in said]
        assert max(sizes) <= worker.BATCH_CHARS + 16_384
    assert len(long) > 2


def test_blank_cells_at_the_end_of_a_row_are_not_told():
    assert messages_of(["a", "", "b", *[None] * 16_000]) == [[(1, ["a", "", "b"])]]


@pytest.mark.parametrize(
    ("limit", "row", "fault"),
    [
        ("MAX_ALL_CHARS", ["x" * 50], "large"),
        ("MAX_CELLS", ["x", *[None] * 49], "large"),
        ("MAX_BLANK_ROWS", [None], "blank"),
    ],
)
def test_too_much_is_refused_by_the_worker_whatever_it_is_made_of(monkeypatch, limit, row, fault):
    monkeypatch.setattr(worker, limit, 100)
    with pytest.raises(worker.RefusedError, match=fault):
        messages_of(*[row] * 101)


def test_a_row_of_many_long_cells_is_refused_with_its_line(monkeypatch):
    monkeypatch.setattr(worker, "MAX_ROW_CHARS", 10_000)
    with pytest.raises(worker.RefusedError) as told:
        messages_of(["a"], ["x" * 5_000] * 3)
    assert (told.value.fault, told.value.line) == ("row", 2)


@pytest.mark.parametrize(
    ("kind", "fault", "sentence"),
    [
        ("workbook", "blank", "plus de 2000000 lignes vides"),
        ("parquet", "blank", "plus de 2000000 lignes vides"),
        ("workbook", "large", "trop de cellules, ou de trop longues"),
        ("parquet", "memory", "trop de cellules, ou de trop longues"),
        ("parquet", "row", "La ligne 7 est démesurée"),
    ],
)
def test_what_the_worker_refuses_is_one_sentence(text_file, tmp_path, monkeypatch, kind, fault, sentence):
    script = tmp_path / "worker.py"
    script.write_text(f'print(\'{{"fault": "{fault}", "line": 7}}\')\n')
    monkeypatch.setattr(tables, "WORKER", script)
    with pytest.raises(FileError, match=sentence):
        (tables.open_parquet if kind == "parquet" else tables.open_workbook)(text_file(b"x"), ReadingOptions())


def test_a_message_longer_than_any_ends_the_reading(text_file, tmp_path, monkeypatch):
    script = tmp_path / "worker.py"
    script.write_text("print('\"' + 'x' * 1000 + '\"')\n")
    monkeypatch.setattr(tables, "WORKER", script)
    monkeypatch.setattr(tables, "MAX_MESSAGE_BYTES", 100)
    with pytest.raises(FileError, match="endommagé"):
        tables.open_parquet(text_file(b"x"), ReadingOptions())


def test_limits_said_twice_are_the_same():
    assert (worker.MAX_BLANK_ROWS, worker.MAX_CELLS) == (shapes.MAX_BLANK_ROWS, shapes.MAX_CELLS)


def test_a_small_parquet_that_unfolds_without_end_is_one_sentence(tmp_path):
    pages, nulls = tmp_path / "pages.parquet", tmp_path / "nuls.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 6_000, "int32"), ["x" * 200_000])
    parquet.write_table(pa.table({"Réf": text}), pages)
    parquet.write_table(pa.table({"Réf": pa.nulls(2_100_000, pa.int32())}), nulls)
    for path, sentence in ((pages, "trop de cellules, ou de trop longues"), (nulls, "plus de 2000000 lignes vides")):
        assert path.stat().st_size < 100_000
        with pytest.raises(FileError, match=sentence):
            open_register(path)


def test_a_cell_in_error_is_read_as_it_is_shown_and_its_row_counted(tmp_path):
    path = tmp_path / "registre.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Export")
        sheet.write_row(0, 0, ["Réf", "Note"])
        sheet.write_formula(1, 0, "=Z1", None, "#REF!")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, ["F-1", '<c r="A1" t="e">'])
    assert read_sheet(path).cells.to_numpy().tolist() == [["#REF!", "#DIV/0!"], ["F-1", '<c r="A1" t="e">']]


def test_a_free_cell_in_error_is_read_as_it_is_shown_and_its_neighbours_stay_in_place(ods_file):
    path = ods_file({"Export": [["a", "b", "c"], ["x", 0, 1]]})
    rewritten(
        path, "content.xml", b'<table:table-cell office:value-type="float" office:value="0"/>',
        b'<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0" '
        b'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>',
    )  # fmt: skip
    rewritten(path, "content.xml", b"xmlns:text=", b'xmlns:calcext="urn:calcext" xmlns:text=')
    assert read_sheet(path).cells.to_numpy().tolist() == [["x", "#DIV/0!", "1"]]


def test_a_block_of_xml_never_ends_within_a_tag(xlsx_file, monkeypatch):
    path = xlsx_file({"Export": [["a"], *[["x"]] * 50]})
    rewritten(path, "xl/worksheets/sheet1.xml", b't="s"', b't="e"')
    monkeypatch.setattr(worker, "HEAD_BYTES", 7)
    told = worker.with_errors_told(str(path))
    assert told is not None
    with zipfile.ZipFile(told) as copy, zipfile.ZipFile(path) as archive:
        assert copy.namelist() == archive.namelist()
        first, second = (book.read("xl/worksheets/sheet1.xml") for book in (copy, archive))
    assert first == second.replace(b't="e"', b't="str"')
    assert b't="e"' in second


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_formatted_day_of_an_old_or_free_workbook_is_the_same_wherever_it_counts_from(xls_file, ods_file, is_1904):
    old = xls_file([["Date"], [44624.0 if is_1904 else 46086.0]], is_1904=is_1904, dates=True)
    free = ods_file({"Export": [["Date"], [1.0]]})
    rewritten(
        free, "content.xml", b'office:value-type="float" office:value="1.0"',
        b'office:value-type="date" office:date-value="2026-03-05"',
    )  # fmt: skip
    if is_1904:
        setting = b'<table:calculation-settings><table:null-date table:date-value="1904-01-01"/>'
        spread = b"<office:spreadsheet>"
        rewritten(free, "content.xml", spread, spread + setting + b"</table:calculation-settings>")
    for path in (old, free):
        assert worker.has_other_origin(str(path)) == is_1904
        assert read_sheet(path).cells.to_numpy().tolist() == [["2026-03-05"]]
