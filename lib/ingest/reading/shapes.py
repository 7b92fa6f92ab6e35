"""What reading takes and gives: options a person may state, tables of text, the source each kind of file opens as."""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import pandas as pd

MAX_COLUMNS = 1_000
MAX_ROWS = 5_000_000
MAX_BLANK_ROWS = 2_000_000
MAX_CELLS = 200_000_000  # rows by columns, blank or not: five million rows of forty columns
TOO_MANY_BLANKS = (
    f"Le fichier a plus de {MAX_BLANK_ROWS} lignes vides\u00a0: enregistrez le tableau seul, sans ses lignes vides."
)
TOO_MANY_CELLS = (
    "Le tableau a trop de cellules, ou de trop longues, pour être lu\u00a0: "
    "retirez les colonnes inutiles, ou découpez-le par période."
)
# Control characters but tab and line ends, soft hyphen, zero-width and bidirectional marks, surrogates, tags: what no
# person types, and what makes two cells that look alike differ, or one read the other way round.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)

Row = tuple[int, list[str]]  # 1-based line of the file, stripped texts, "" where blank


@dataclass(frozen=True)
class ReadingOptions:
    """What a person states of a file; None is detected.

    Attributes:
        encoding: Name of an encoding of ``encodings.ENCODINGS``.
        delimiter: One character.
        sheet: Name of a sheet of a workbook.
        heading_line: 1-based line of the first row of headings.
        heading_rows: 1, or 2 for merged headings.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    heading_line: int | None = None
    heading_rows: int | None = None


@dataclass(frozen=True)
class Sheet:
    """A file read, or some of its rows, nothing interpreted.

    Attributes:
        cells: Text or None, one column per heading, indexed by ``line_number`` (1-based line of the file, the heading
            included); lines wholly blank are not rows.
        overflows: Number of filled cells beyond the last heading, by line; such a row cannot be trusted.
        detected: What was recognised, in French.
        file_name: Name of the file, without its folders.
        file_sha256: Fingerprint of its bytes.
    """

    cells: pd.DataFrame
    detected: str
    file_name: str
    file_sha256: str
    overflows: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A file whose kind is understood, its headings not yet.

    Attributes:
        rows: Gives the rows from the first one, each time it is called, blank ones left out.
        said: What was recognised, in French.
        options: Those given, completed by what was detected.
        sheets: Names of the sheets of a workbook.
        headings: Names of the columns, where the format states them: every row is then data.
        begun: The same as ``rows()``, already under way where opening had to begin it.
    """

    rows: Callable[[], Generator[Row]]
    said: str
    options: ReadingOptions
    sheets: tuple[str, ...] = ()
    headings: list[str] | None = None
    begun: Generator[Row] | None = None


def too_many_columns(count: int) -> str:
    """Sentence for a table wider than any register."""
    return (
        f"Le tableau a {count} colonnes, plus que les {MAX_COLUMNS} admises\u00a0: "
        "vérifiez le séparateur, ou retirez les colonnes inutiles."
    )


def endless_line(line_number: int) -> str:
    """Sentence for a line that no register has."""
    return f"La ligne {line_number} est démesurée\u00a0: vérifiez l’export, ce n’est pas une ligne de registre."


def shown(text: str) -> str:
    """A text without the characters nobody sees."""
    return text if text.isprintable() else HIDDEN.sub("", text).strip()


def is_filled(cells: list[str]) -> bool:
    """Whether a row has anything in it."""
    return any(cells)
