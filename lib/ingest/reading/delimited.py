"""Delimited text: CSV of any delimiter, read line by line."""

import csv
import re
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from lib.errors import FileError
from lib.ingest.reading.encodings import ENCODINGS, decide_encoding
from lib.ingest.reading.shapes import (
    MAX_BLANK_ROWS,
    TOO_MANY_BLANKS,
    ReadingOptions,
    Row,
    Source,
    endless_line,
    is_filled,
)

SAMPLE_LINES, SAMPLE_CHARS = 200, 4_000_000
MAX_RECORD_CHARS = 4_000_000
DELIMITERS = {
    ";": "point-virgule",
    ",": "virgule",
    "\t": "tabulation",
    "|": "barre verticale",
    "^": "accent circonflexe",
    "~": "tilde",
    "§": "signe paragraphe",
    "¤": "signe monétaire",
}
LINE_END = re.compile(r"\r\n|\r|\n")
SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)


def open_delimited(path: Path, options: ReadingOptions) -> Source:
    """Recognises encoding and delimiter.

    Raises:
        FileError: If the encoding is not recognised, or an option is impossible.
    """
    encoding = decide_encoding(path, options.encoding)
    sample = _sample(path, encoding)
    delimiter = _stated(options.delimiter) or _detected_delimiter(sample)
    width = _usual_width(sample, delimiter)[1]
    known = DELIMITERS.get(delimiter, f"«\u00a0{delimiter}\u00a0»")
    return Source(
        rows=partial(_rows, path, encoding, (delimiter, width)),
        said=f"CSV, {ENCODINGS[encoding]}, séparateur {known}",
        options=replace(options, encoding=encoding, delimiter=delimiter),
    )


def _sample(path: Path, encoding: str) -> list[str]:
    """The first lines that are not blank, among those of a few millions of characters."""
    kept: list[str] = []
    char_count = 0
    for line in islice(text_lines(path, encoding), SAMPLE_LINES):
        char_count += len(line)
        if kept and char_count > SAMPLE_CHARS:
            break
        kept += [line] if line.strip() else []
    return kept


def text_lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines of a text with their ends (LF, CR LF or CR).

    Raises:
        FileError: If a line is longer than any register's.
    """
    with path.open(encoding=encoding, newline="") as text:
        line_number = 0
        while line := text.readline(MAX_RECORD_CHARS):
            line_number += 1
            if len(line) == MAX_RECORD_CHARS:
                raise FileError(endless_line(line_number))
            yield line


def _stated(delimiter: str | None) -> str | None:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise FileError("Le séparateur doit être un seul caractère, autre qu’un guillemet\u00a0: corrigez-le.")
    return delimiter


def _detected_delimiter(sample: list[str]) -> str:
    """The delimiter that cuts most of the first lines alike; the widest cut breaks a tie. Excel's «sep=» decides."""
    stated = SEPARATOR_LINE.fullmatch(sample[0].strip()) if sample else None
    if stated:
        return stated[1]
    return max(DELIMITERS, key=lambda delimiter: _usual_width(sample, delimiter))


def _usual_width(sample: list[str], delimiter: str) -> tuple[float, int]:
    """Share of the lines that have the most frequent width above 1, and that width; (0, 1) when nothing is cut."""
    try:
        widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if is_filled(row))
    except csv.Error:  # a cell beyond the limit of the reader: not the delimiter
        return 0.0, 1
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(1, 0))
    return (count / widths.total(), width) if width > 1 else (0.0, 1)


def _rows(path: Path, encoding: str, cut: tuple[str, int]) -> Generator[Row]:
    delimiter, width = cut
    state = _Progress()
    reader = csv.reader(_followed(text_lines(path, encoding), state), delimiter=delimiter, strict=True)
    start = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if is_filled(cells):
                yield start, cells
                state.count(len(row), width)
            else:
                state.count_blank()
            if reader.line_num > start and _swallows_rows(row, delimiter, width):
                raise FileError(_open_quote(start))
            start = reader.line_num + 1
            state.char_count = 0
    except csv.Error as error:
        is_too_long = "field limit" in str(error)
        raise FileError(_long_cell(start) if is_too_long else _open_quote(start)) from error
    if state.is_cut():
        raise FileError(
            "La dernière ligne s’arrête avant la dernière colonne\u00a0: le fichier est coupé, exportez-le de nouveau."
        )


@dataclass
class _Progress:
    """What has been read so far: characters of the record under way, whether its last line is ended, widths met."""

    char_count: int = 0
    is_ended: bool = True
    full_count: int = 0
    narrow_count: int = 0
    blank_count: int = 0
    is_last_narrow: bool = False

    def count(self, row_width: int, width: int) -> None:
        """Counts a row; those before the first full one may be a preamble."""
        self.is_last_narrow = row_width < width
        self.full_count += not self.is_last_narrow
        self.narrow_count += self.is_last_narrow and self.full_count > 0

    def count_blank(self) -> None:
        """Counts a row without anything in it.

        Raises:
            FileError: If there are too many.
        """
        self.blank_count += 1
        if self.blank_count > MAX_BLANK_ROWS:
            raise FileError(TOO_MANY_BLANKS)

    def is_cut(self) -> bool:
        """Whether the last line, alone of the table to be narrow, has no line end: the file was cut there."""
        return self.is_last_narrow and self.narrow_count == 1 and self.full_count > 1 and not self.is_ended


def _followed(lines: Iterator[str], state: _Progress) -> Iterator[str]:
    """The same lines; refuses a record that spreads over too many of them."""
    for line_number, line in enumerate(lines, 1):
        state.char_count += len(line)
        if state.char_count > MAX_RECORD_CHARS:
            raise FileError(endless_line(line_number))
        state.is_ended = line[-1] in "\r\n"
        yield line


def _swallows_rows(row: list[str], delimiter: str, width: int) -> bool:
    """Whether a cell of several lines holds whole rows, as a quote opened by mistake makes it do.

    Its first line then ends a row begun before it, its last one begins the row that ends after it, and those between
    are as wide as the table: counts that a comment on several lines does not meet by chance.
    """
    for place, cell in enumerate(row):
        first, *others = [piece.count(delimiter) for piece in LINE_END.split(cell)]
        if others and width > 1:
            widths = [place + first, *others[:-1], others[-1] + len(row) - 1 - place]
            if all(count == width - 1 for count in widths):
                return True
    return False


def _open_quote(line_number: int) -> str:
    return f"Un guillemet est mal placé à partir de la ligne {line_number}\u00a0: corrigez-la."


def _long_cell(line_number: int) -> str:
    return (
        f"Une cellule de la ligne {line_number} dépasse {csv.field_size_limit()} caractères\u00a0: "
        "raccourcissez-la, ou fermez le guillemet qui l’ouvre."
    )
