"""Writers of the small files that are not text: XLSX by XlsxWriter, ODS and XLS by hand."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

Rows = list[list[str | float]]
SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[..., Path]:
    def write(data: bytes, name: str = "registre.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def xlsx_file(tmp_path: Path) -> Callable[..., Path]:
    def write(sheets: dict[str, Rows], name: str = "registre.xlsx", hidden: tuple[str, ...] = ()) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for line, row in enumerate(rows):
                    sheet.write_row(line, 0, row)
                if title in hidden:
                    sheet.hide()
                elif hidden:
                    sheet.activate()
        return path

    return write


@pytest.fixture
def ods_file(tmp_path: Path) -> Callable[..., Path]:
    def write(sheets: dict[str, Rows], name: str = "registre.ods") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
            archive.writestr("content.xml", _ods_content(sheets))
            archive.writestr("META-INF/manifest.xml", ODS_MANIFEST)
        return path

    return write


@pytest.fixture
def xls_file(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Rows, name: str = "registre.xls", *, is_1904: bool = False, dates: bool = False) -> Path:
        path = tmp_path / name
        path.write_bytes(_compound(_biff(rows, is_1904, dates)))
        return path

    return write


ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)


def _ods_content(sheets: dict[str, Rows]) -> str:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    tables = "".join(
        f'<table:table table:name="{escape(title)}">{"".join(map(_ods_row, rows))}</table:table>'
        for title, rows in sheets.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0" office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )


def _ods_row(row: list[str | float]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _biff(rows: Rows, is_1904: bool, dates: bool) -> bytes:
    """A BIFF8 workbook of one sheet, «Export», its numbers shown as days where ``dates``."""

    def start(kind: int) -> bytes:
        return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    name = b"Export"
    origin = _record(0x0022, struct.pack("<H", is_1904)) + _record(0x000E, struct.pack("<H", 1))
    shown = _record(0x00E0, struct.pack("<HH16x", 0, 14 if dates else 0))
    head = start(0x0005) + _record(0x0042, struct.pack("<H", 1200)) + origin + shown
    offset = len(head) + 4 + 8 + len(name) + 4
    sheets = _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name)
    cells = b"".join(_biff_cell(line, place, value) for line, row in enumerate(rows) for place, value in enumerate(row))
    return head + sheets + _record(0x000A) + start(0x0010) + cells + _record(0x000A)


def _biff_cell(line: int, place: int, value: str | float) -> bytes:
    where = struct.pack("<HHH", line, place, 0)
    if isinstance(value, str):
        return _record(0x0204, where + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _record(0x0203, where + struct.pack("<d", value))


def _compound(stream: bytes) -> bytes:
    """An OLE compound file of one stream, «Workbook»."""
    size = max(-(-len(stream) // SECTOR) * SECTOR, 4096)
    count = size // SECTOR
    chain = [FAT, END, *range(3, count + 2), END]
    table = struct.pack(f"<{SECTOR // 4}I", *chain, *[FREE] * (SECTOR // 4 - len(chain)))
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, 1, 1, 0, 4096, END, 0, END, 0,
    ) + struct.pack("<109I", 0, *[FREE] * 108)  # fmt: skip
    entries = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, 2, size) + _entry("", 0, 0, 0) * 2
    return header + table + entries + stream.ljust(size, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if text else 0
    return struct.pack(
        "<64sHBBIII16sIQQIQ", text, length, kind, 1, FREE, FREE, child, b"", 0, 0, 0, start, size
    )  # fmt: skip
