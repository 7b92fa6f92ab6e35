"""Reads a workbook or a Parquet in a process of its own: run by ``tables.py`` as a script, imports nothing of ours.

The native readers trust their file: one forged cell makes them ask for all the memory there is, or panic. Here that
ends this process, whose memory and time are bounded, and not the server. Macros are never run: nothing here can.

Standard output is JSON, a line each: what was found (``{"sheet", "sheets", "headings"}``), then lists of
``[line, [text, …]]``; an empty list ends them. A fault is ``{"fault": name, "line": number}``. However large the cells
are once unfolded, a message stays small and all of them together are bounded.
"""

import hashlib
import json
import math
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import chain
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, is_zipfile

MAX_MEMORY_BYTES = 1_200_000_000  # what eleven million cells ask for: docs/guide/import.md
MAX_CPU_SECONDS = 300
BATCH_ROWS, BATCH_CHARS = 500, 1_000_000  # a message ends at the first of them
MAX_CELL_CHARS = 4_000  # kept of a cell: no column of ours takes 500
MAX_ROW_CHARS = 4_000_000  # once its cells are cut; as a line of CSV in delimited.py
MAX_ALL_CHARS = 1_000_000_000  # before any cell is cut; a million rows of eleven columns have a tenth of them
MAX_CELLS = 200_000_000  # blank or not; as in shapes.py
MAX_BLANK_ROWS = 2_000_000  # as in shapes.py; a sheet of XLSX has half as many rows in all
# Where a workbook says from which day it counts, and how it says another one than the usual 1900.
OTHER_ORIGIN = {
    "xl/workbook.xml": re.compile(rb"<(?:\w+:)?workbookPr\s[^>]*\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']"),
    "xl/workbook.bin": re.compile(rb"\x99\x01[\x04-\x7f][" + re.escape(bytes(range(1, 256, 2))) + rb"]"),  # a bit
    "content.xml": re.compile(rb"null-date\s[^>]*date-value\s*=\s*[\"'](?!1899-12-30)"),
}
OTHER_ORIGIN_OF_XLS = b"\x22\x00\x02\x00\x01\x00\x0e\x00\x02\x00"  # DATEMODE, then PRECISION that always follows it
HEAD_BYTES = 1024 * 1024
# Cells in error, which the native reader takes for blank or for zero: their tags, and what makes them cells of text.
ERRORS = {
    "xl/worksheets/": (re.compile(rb"<(?:\w+:)?c\s[^<>]*"), re.compile(rb"""\b(t=["']e["'])"""), b't="str"'),
    "content.xml": (
        re.compile(rb"""<table:table-cell\s(?=[^<>]*\bcalcext:value-type="error")[^<>]*"""),
        re.compile(rb"""\boffice:(?:value-type|value|string-value)="[^"]*"|\b(calcext:value-type="error")"""),
        b'office:value-type="string"',
    ),
}
ERROR_SIGNS = (b't="e"', b"t='e'", b'value-type="error"')
FIRST_1904, END_1904 = 31_412, 53_327  # 1 January 1990 and 2050, in days since 1904

Row = tuple[int, list[str]]


class RefusedError(Exception):
    """Name of a fault that ``tables.py`` has a sentence for, and the line where it was met, if it is of one."""

    def __init__(self, fault: str, line: int | None = None) -> None:
        super().__init__(fault, line)
        self.fault, self.line = fault, line


@dataclass
class Amount:
    """What was read so far, kept or not."""

    cell_count: int = 0
    blank_count: int = 0
    char_count: int = 0

    def add(self, cell_count: int, char_count: int) -> None:
        """Counts a row.

        Raises:
            RefusedError: If that makes too much.
        """
        self.cell_count += cell_count
        self.char_count += char_count
        self.blank_count += not char_count
        if self.blank_count > MAX_BLANK_ROWS:
            raise RefusedError("blank")
        if self.cell_count > MAX_CELLS or self.char_count > MAX_ALL_CHARS:
            raise RefusedError("large")


def read_workbook(path: str, wanted: str | None) -> tuple[dict, Iterator[Row]]:
    """The wanted sheet, else the first visible one that is filled, else the first that is."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 (not for a Parquet)

    told = with_errors_told(path)
    workbook = CalamineWorkbook.from_path(path) if told is None else CalamineWorkbook.from_filelike(told)
    tables = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    tables.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
    if wanted is not None and wanted not in workbook.sheet_names:
        raise RefusedError("sheet")
    names = [wanted] if wanted is not None else [sheet.name for sheet in tables]
    is_1904, amount = has_other_origin(path), Amount()
    for name in names:
        rows = workbook.get_sheet_by_name(name).iter_rows()
        rows = _filled(_without_bare_days(rows) if is_1904 else rows, amount)
        first = next(rows, None)
        if first is not None:
            return {"sheet": name, "sheets": workbook.sheet_names}, chain([first], rows)
    return {"sheet": names[0] if names else "", "sheets": workbook.sheet_names}, iter(())


def read_parquet(path: str) -> tuple[dict, Iterator[Row]]:
    """Every row group in turn; the first row is said to stand on line 2, as under headings."""
    import pyarrow as pa  # noqa: PLC0415 (0.5 s, not for a workbook)
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    pa.set_cpu_count(1)
    file = ParquetFile(path, memory_map=False)
    batches = file.iter_batches(batch_size=BATCH_ROWS, use_threads=False)
    rows = (row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
    return {"sheet": None, "sheets": [], "headings": file.schema_arrow.names}, _filled(rows, Amount(), 2)


def has_other_origin(path: str) -> bool:
    """Whether a workbook counts its days from another one than the usual: 1904, as those of old Macintoshes."""
    if not is_zipfile(path):
        return OTHER_ORIGIN_OF_XLS in Path(path).read_bytes()
    with ZipFile(path) as archive:
        for name in OTHER_ORIGIN.keys() & set(archive.namelist()):
            with archive.open(name) as member:
                if OTHER_ORIGIN[name].search(member.read(HEAD_BYTES)):
                    return True
    return False


def with_errors_told(path: str) -> BytesIO | None:
    """The workbook with its cells in error made cells of text; None where it has none, or is not of XML."""
    if not is_zipfile(path):
        return None
    with ZipFile(path) as archive:
        found = [name for name in archive.namelist() if _rule_of(name) and _has_errors(archive, name)]
        return _rewritten(archive, set(found)) if found else None


def _rule_of(member: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes], bytes] | None:
    return next((rule for place, rule in ERRORS.items() if member.startswith(place)), None)


def _has_errors(archive: ZipFile, name: str) -> bool:
    return any(sign in block for block in _pieces(archive, name) for sign in ERROR_SIGNS)


def _rewritten(archive: ZipFile, told: set[str]) -> BytesIO:
    copy = BytesIO()
    with ZipFile(copy, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for name in archive.namelist():
            with target.open(name, "w") as member:
                for piece in _pieces(archive, name):
                    member.write(_told(piece, name) if name in told else piece)
    copy.seek(0)
    return copy


def _told(piece: bytes, member: str) -> bytes:
    rule = _rule_of(member)
    assert rule is not None, "a member without rule holds no error"
    tag, part, text = rule
    return tag.sub(lambda found: part.sub(lambda said: text if said[1] else b"", found[0]), piece)


def _pieces(archive: ZipFile, name: str) -> Iterator[bytes]:
    """A member by blocks, none of which ends within a tag."""
    rest = b""
    with archive.open(name) as member:
        while block := member.read(HEAD_BYTES):
            whole, sign, end = block.rpartition(b"<")
            if not sign and len(rest) < MAX_ROW_CHARS:
                rest += block
                continue
            yield rest + whole
            rest = sign + end
    yield rest


def _without_bare_days(rows: Iterator) -> Iterator:
    """Dates come right from the native reader; a bare number would be read as a day four years too early."""
    for line, row in enumerate(rows, 1):
        if any(isinstance(value, (int, float)) and FIRST_1904 <= value < END_1904 for value in row):
            raise RefusedError("origin", line)
        yield row


def _filled(rows: Iterator, amount: Amount, first_line: int = 1) -> Iterator[Row]:
    for line, row in enumerate(rows, first_line):
        cells = [text_of(value) for value in row]
        char_count = len("".join(cells))
        amount.add(len(cells), char_count)
        if char_count:
            while not cells[-1]:
                cells.pop()
            yield line, _short(cells, line) if char_count > MAX_CELL_CHARS else cells


def _short(cells: list[str], line: int) -> list[str]:
    """The cells of a row, the longest cut."""
    kept = [shortened(text) for text in cells]
    if sum(map(len, kept)) > MAX_ROW_CHARS:
        raise RefusedError("row", line)
    return kept


def shortened(text: str) -> str:
    """The beginning of a text that is too long, and a print of the whole: two that differ still do."""
    if len(text) <= MAX_CELL_CHARS:
        return text
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{text[:MAX_CELL_CHARS]}… (cellule coupée, {len(text)} caractères, empreinte {digest})"


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows by messages, short in rows and in characters."""
    batch: list[Row] = []
    char_count = 0
    for row in rows:
        batch.append(row)
        char_count += sum(map(len, row[1])) + len(row[1])
        if len(batch) == BATCH_ROWS or char_count > BATCH_CHARS:
            yield batch
            batch, char_count = [], 0
    if batch:
        yield batch


def text_of(value: object) -> str:  # noqa: C901, PLR0911 (one case per kind of cell)
    """A cell as a person would type it: dates in ISO form, integers without «.0»."""
    match value:
        case str():
            return value.strip()
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case float() if not math.isfinite(value):
            return ""
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes = int(value.total_seconds()) // 60
            return f"{minutes // 60:02d}:{minutes % 60:02d}"
        case bytes():
            return value.decode("utf-8", "replace").strip()
        case _:
            return str(value).strip()


def fault_of(error: BaseException) -> RefusedError:
    """The fault that an error tells."""
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, MemoryError):
        return RefusedError("memory")
    return RefusedError("protected" if type(error).__name__ == "PasswordError" else "damaged")


def main(kind: str, path: str, wanted: str | None) -> None:
    """Writes what the file holds, or its fault."""
    _bound(resource.RLIMIT_AS, MAX_MEMORY_BYTES)
    _bound(resource.RLIMIT_CPU, MAX_CPU_SECONDS)
    _bound(resource.RLIMIT_CORE, 0)
    try:
        found, rows = read_parquet(path) if kind == "parquet" else read_workbook(path, wanted)
        _say(found)
        for batch in batches(rows):
            _say(batch)
        _say([])
    except BrokenPipeError:
        sys.stdout = None  # the reader wanted no more
    except BaseException as error:  # noqa: BLE001 (a panic of the native reader is a BaseException)
        said = fault_of(error)
        _say({"fault": said.fault, "line": said.line})


def _bound(what: int, limit: int) -> None:
    with suppress(ValueError, OSError):  # a system that does not count this
        resource.setrlimit(what, (limit, limit))


def _say(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], str(Path(sys.argv[2])), sys.argv[3] if len(sys.argv) > 3 else None)
