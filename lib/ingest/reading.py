"""Bytes of a register → a table of text, every cell as it was typed, with the line it stands on."""

import csv
import hashlib
import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pandas as pd
from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, XmlError, ZipError

from lib.errors import FileError

MAX_FILE_BYTES = 200 * 1024 * 1024
SAMPLE_LINES = 50
DELIMITERS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
ENCODINGS = {"utf_8": "UTF-8", "utf_8_sig": "UTF-8 avec BOM", "cp1252": "Windows-1252"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Lines = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Sheet:
    """A file read, nothing interpreted.

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


def read_sheet(path: Path) -> Sheet:
    """Reads a CSV or XLSX register.

    Raises:
        FileError: If the file is absent, empty, too large, or of another kind.
    """
    data = _read_bytes(path)
    lines, detected = _read_workbook(data) if data.startswith(ZIP) else _read_csv(data)
    if not lines:
        raise FileError("Le fichier ne contient aucune ligne.")
    width = _width(lines[0][1])
    rows = [_fit(cells, width) for _, cells in lines[1:]]
    overflows = {line: sum(map(bool, cells[width:])) for line, cells in lines[1:] if any(cells[width:])}
    index = pd.Index([line for line, _ in lines[1:]], name="line_number", dtype="int64")
    cells = pd.DataFrame(rows, columns=_headings(lines[0][1][:width]), index=index, dtype=object)
    return Sheet(cells, detected, path.name, hashlib.sha256(data).hexdigest(), overflows)


def _read_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise FileError(f"Le fichier dépasse {MAX_FILE_BYTES // 1024**2} Mo\u00a0: découpez-le par période.")
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"Le fichier «\u00a0{path.name}\u00a0» est introuvable ou ne peut pas être ouvert.") from error
    if not data.strip():
        raise FileError("Le fichier est vide.")
    if data.startswith(OLE) or (b"\0" in data and not data.startswith(ZIP)):
        raise FileError(
            "Ce fichier n’est ni un CSV ni un classeur XLSX\u00a0: enregistrez-le dans l’un de ces formats."
        )
    return data


def _read_csv(data: bytes) -> tuple[Lines, str]:
    text, encoding = _decode(data)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: Lines = []
    start = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                lines.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileError(f"Un guillemet est mal placé à partir de la ligne {start}\u00a0: corrigez-la.") from error
    return lines, f"CSV, {ENCODINGS[encoding]}, séparateur {DELIMITERS[delimiter]}"


def _decode(data: bytes) -> tuple[str, str]:
    """UTF-8 when the bytes allow it, else what charset-normalizer accepts of the encodings registers come in."""
    encoding = "utf_8_sig" if data.startswith(b"\xef\xbb\xbf") else "utf_8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        best = from_bytes(data, cp_isolation=["cp1252"]).best()
    if best is None:
        raise FileError("L’encodage du fichier n’est pas reconnu\u00a0: enregistrez-le en UTF-8.")
    return data.decode(best.encoding), best.encoding


def _delimiter(text: str) -> str:
    """The delimiter that cuts most of the first lines as it cuts the heading; the widest cut breaks a tie."""
    sample = [line for line in text.splitlines()[:SAMPLE_LINES] if line.strip()]

    def regularity(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        return (sum(w == widths[0] for w in widths) / len(widths) if widths[0] > 1 else 0.0, widths[0])

    return max(DELIMITERS, key=regularity)


def _read_workbook(data: bytes) -> tuple[Lines, str]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = ((name, _filled(workbook.get_sheet_by_name(name))) for name in workbook.sheet_names)
        name, lines = next(((name, lines) for name, lines in tables if lines), ("", []))
    except (CalamineError, PasswordError, XmlError, ZipError) as error:
        raise FileError(
            "Le classeur est endommagé, protégé, ou n’est pas un classeur\u00a0: enregistrez-le en XLSX."
        ) from error
    return lines, f"XLSX, feuille «\u00a0{name}\u00a0» (classeur de {len(workbook.sheet_names)} feuille(s))"


def _filled(sheet: CalamineSheet) -> Lines:
    rows = ((line, [_text(value) for value in row]) for line, row in enumerate(sheet.iter_rows(), 1))
    return [(line, cells) for line, cells in rows if any(cells)]


def _text(value: object) -> str:
    """A spreadsheet cell as a person would type it: dates in ISO form, integers without «.0»."""
    match value:
        case bool():
            return "oui" if value else "non"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes = int(value.total_seconds()) // 60
            return f"{minutes // 60:02d}:{minutes % 60:02d}"
        case _:
            return str(value).replace("\0", "").strip()


def _width(heading: list[str]) -> int:
    return max((place for place, cell in enumerate(heading, 1) if cell), default=0)


def _fit(cells: list[str], width: int) -> list[str | None]:
    return [cell or None for cell in cells[:width]] + [None] * (width - len(cells))


def _headings(cells: list[str]) -> list[str]:
    """Headings made distinct: the second «Date» becomes «Date (2)», a blank one «colonne 4»."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell or f"colonne {place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
