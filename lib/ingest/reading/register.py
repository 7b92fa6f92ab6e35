"""A register opened and understood; its rows are read in chunks, as often as wanted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd

from lib.domain.labels import plural
from lib.errors import FileError
from lib.ingest.reading.delimited import open_delimited
from lib.ingest.reading.files import CHANGED, Kind, OpenedFile, check_unchanged, open_file
from lib.ingest.reading.headings import Headings, find_headings, sample_size, stated_headings
from lib.ingest.reading.json_lines import open_json_lines
from lib.ingest.reading.shapes import (
    HIDDEN,
    MAX_CELLS,
    MAX_ROWS,
    TOO_MANY_CELLS,
    ReadingOptions,
    Row,
    Sheet,
    Source,
    is_filled,
    too_many_columns,
)
from lib.ingest.reading.tables import open_parquet, open_workbook

CHUNK_ROWS, CHUNK_CELLS, CHUNK_CHARS = 50_000, 2_000_000, 20_000_000  # a chunk ends at the first of them
MAX_WIDTH = 16_384  # of a row, blanks included: a spreadsheet's
MAX_SHEET_CELLS = 20_000_000  # of a table read whole
DETECTED = ReadingOptions()
OPENERS: dict[Kind, Callable[[Path, ReadingOptions], Source]] = {
    Kind.TEXT: open_delimited,
    Kind.JSON_LINES: open_json_lines,
    Kind.ZIP: open_workbook,
    Kind.OLE: open_workbook,
    Kind.PARQUET: open_parquet,
}


@dataclass(frozen=True)
class Register:
    """A file opened and understood, its rows not in memory.

    Attributes:
        file_name: Without its folders nor hidden characters.
        file_sha256: Fingerprint of its bytes.
        detected: What was recognised, in French.
        headings: Distinct names, in the order of the file.
        sheets: Names of the sheets of a workbook.
        row_count: Rows that ``chunks`` will give; counted when the file was opened.
        options: Those given, completed by what was detected: given again, they read the file alike.
    """

    file_name: str
    file_sha256: str
    detected: str
    headings: list[str]
    sheets: list[str]
    row_count: int
    options: ReadingOptions
    rows: Callable[[], Iterator[Row]] = field(repr=False, compare=False)

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Sheet]:
        """Rows in the order of the file, at most ``size`` at a time; may be called again.

        Raises:
            FileError: If the file is no longer the one that was opened.
        """
        rows, read_count = self.rows(), 0
        size = max(1, min(size, CHUNK_CELLS // len(self.headings)))
        while not (sheet := self.sheet(_some(rows, size))).cells.empty:
            read_count += len(sheet.cells)
            yield sheet
        if read_count != self.row_count:
            raise FileError(CHANGED)

    def sheet(self, rows: Iterable[Row]) -> Sheet:
        """Some rows of this register as a table."""
        width = len(self.headings)
        lines: list[int] = []
        overflows: dict[int, int] = {}
        flat: list[str] = []  # a list per row, kept, would have the garbage collector visit them all again and again
        for line, cells in rows:
            lines.append(line)
            flat += cells[:width]
            flat += [""] * (width - len(cells))
            if len(cells) > width and any(cells[width:]):
                overflows[line] = sum(map(bool, cells[width:]))
        table = np.array(flat, dtype=object)
        table[table == ""] = None
        index = pd.Index(lines, name="line_number", dtype="int64")
        cells = pd.DataFrame(table.reshape(len(lines), width), index, self.headings, dtype=object)
        return Sheet(cells, self.detected, self.file_name, self.file_sha256, overflows)


def open_register(path: Path, options: ReadingOptions = DETECTED) -> Register:
    """Recognises a register and reads it once through: every fault of the file is told here.

    Args:
        path: CSV of any delimiter, XLSX, XLS, ODS, Parquet or JSON lines.
        options: What a person states; the rest is detected.

    Raises:
        FileError: If the file is absent, empty, too large, damaged, of another kind, or not as the options say.
    """
    file = open_file(path)
    try:
        source = OPENERS[file.kind](path, options)
        with closing(source.begun or source.rows()) as rows:
            return _register(file, source, _no_wider(rows))
    except OSError as error:
        raise FileError(f"Le fichier «\u00a0{file.name}\u00a0» ne peut plus être lu\u00a0: recommencez.") from error


def read_sheet(path: Path, options: ReadingOptions = DETECTED) -> Sheet:
    """The whole of a register as one table; see ``open_register`` for what is read and refused."""
    register = open_register(path, options)
    if register.row_count * len(register.headings) > MAX_SHEET_CELLS:
        raise FileError(TOO_MANY_CELLS)
    return register.sheet(register.rows())


def _register(file: OpenedFile, source: Source, rows: Iterator[Row]) -> Register:
    first = list(islice(rows, sample_size(source.options)))
    headings = stated_headings(source.headings) if source.headings else find_headings(first, source.options)
    seen: Counter[str] = Counter()
    for _ in _below(chain(first, rows), headings.last_line, seen):
        seen["rows"] += 1
        if seen["rows"] > MAX_ROWS:
            raise FileError(f"Le fichier a plus de {MAX_ROWS} lignes\u00a0: découpez-le par période.")
        if seen["rows"] * len(headings.names) > MAX_CELLS:
            raise FileError(TOO_MANY_CELLS)
    options = source.options
    if headings.row_count:
        options = replace(options, heading_line=headings.first_line, heading_rows=headings.row_count)
    return Register(
        file_name=file.name,
        file_sha256=file.sha256,
        detected=", ".join([source.said, *_said(headings), *_said_of_cells(seen["hidden"])]),
        headings=headings.names,
        sheets=list(source.sheets),
        row_count=seen["rows"],
        options=options,
        rows=partial(_rows_below, file, source, headings.last_line),
    )


def _some(rows: Iterator[Row], size: int) -> Iterator[Row]:
    """The next rows, ``size`` at most, fewer where their texts are long."""
    char_count = 0
    for row in islice(rows, size):
        yield row
        char_count += sum(map(len, row[1]))
        if char_count > CHUNK_CHARS:
            return


def _no_wider(rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows; refuses one that has more cells than a spreadsheet has columns."""
    for row in rows:
        if len(row[1]) > MAX_WIDTH:
            raise FileError(too_many_columns(len(row[1])))
        yield row


def _rows_below(file: OpenedFile, source: Source, last_heading_line: int) -> Iterator[Row]:
    try:
        with closing(source.rows()) as rows:
            yield from _below(rows, last_heading_line, Counter())
        check_unchanged(file)
    except (OSError, UnicodeError) as error:
        raise FileError("Le fichier a changé ou disparu pendant sa lecture\u00a0: recommencez.") from error


def _below(rows: Iterable[Row], last_heading_line: int, seen: Counter[str]) -> Iterator[Row]:
    """Rows under the headings, without the characters nobody sees; ``seen`` counts the rows that had some."""
    for line, cells in rows:
        if line <= last_heading_line:
            continue
        if "".join(cells).isprintable():
            yield line, cells
            continue
        cleaned = [HIDDEN.sub("", cell).strip() for cell in cells]
        seen["hidden"] += cleaned != cells
        if is_filled(cleaned):
            yield line, cleaned


def _said(headings: Headings) -> Iterator[str]:
    if headings.row_count == 2:
        yield f"intitulés sur les lignes {headings.first_line} et {headings.last_line}"
    elif headings.preamble_count or headings.is_doubtful:
        yield f"intitulés à la ligne {headings.first_line}"
    if headings.preamble_count:
        yield plural(headings.preamble_count, "ligne de préambule non reprise", "lignes de préambule non reprises")
    if headings.is_doubtful:
        yield "à vérifier\u00a0: ces intitulés ressemblent à des valeurs"


def _said_of_cells(hidden_count: int) -> Iterator[str]:
    if hidden_count:
        yield f"caractères invisibles retirés de {plural(hidden_count, 'ligne')}"
