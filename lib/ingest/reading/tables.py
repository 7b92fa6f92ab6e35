"""Workbooks and Parquet, read by a process of their own whose memory and time are bounded: see ``worker.py``."""

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from lib.errors import FileError
from lib.ingest.reading.archives import BOMB, DAMAGED, workbook_format
from lib.ingest.reading.files import UNREADABLE
from lib.ingest.reading.shapes import TOO_MANY_BLANKS, TOO_MANY_CELLS, ReadingOptions, Row, Source, endless_line

WORKER = Path(__file__).with_name("worker.py")
ZIP_SIGNATURE = b"PK"
MAX_MESSAGE_BYTES = 64_000_000  # a row of four million characters, escaped, and those before it
FAULTS = {
    "damaged": DAMAGED,
    "protected": "Le classeur est protégé par un mot de passe\u00a0: enregistrez-le sans protection.",
    "memory": BOMB,
    "blank": TOO_MANY_BLANKS,
    "large": TOO_MANY_CELLS,
}
FAULTS_OF_PARQUET = {
    "damaged": "Le fichier Parquet est endommagé ou coupé\u00a0: exportez-le de nouveau.",
    "memory": TOO_MANY_CELLS,
}


def open_workbook(path: Path, options: ReadingOptions) -> Source:
    """Recognises the format and the sheet.

    Raises:
        FileError: If the workbook is damaged, protected, too large once expanded, or has no such sheet.
    """
    with path.open("rb") as file:
        is_zip = file.read(2) == ZIP_SIGNATURE
    kind = workbook_format(path) if is_zip else "XLS"
    messages = _messages("workbook", path, options.sheet)
    found = next(messages)
    sheet, sheets = found["sheet"], tuple(found["sheets"])
    return Source(
        rows=partial(_rows, "workbook", path, sheet),
        said=_said(kind, sheet, sheets),
        options=replace(options, sheet=sheet),
        sheets=sheets,
        begun=_flat(messages),
    )


def open_parquet(path: Path, options: ReadingOptions) -> Source:
    """Reads the names of the columns.

    Raises:
        FileError: If the file is damaged, or has no column.
    """
    messages = _messages("parquet", path, None)
    names = next(messages)["headings"]
    if not names:
        raise FileError("Le fichier ne contient aucune colonne.")
    return Source(partial(_rows, "parquet", path, None), "Parquet", options, headings=names, begun=_flat(messages))


def _said(kind: str, sheet: str, sheets: tuple[str, ...]) -> str:
    macros = " (macros ignorées)" if kind == "XLSM" else ""
    others = [f"«\u00a0{name}\u00a0»" for name in sheets if name != sheet]
    ignored = f" (autres feuilles, non lues\u00a0: {', '.join(others)})" if others else ""
    return f"{kind}{macros}, feuille «\u00a0{sheet}\u00a0»{ignored}"


def _rows(kind: str, path: Path, sheet: str | None) -> Generator[Row]:
    messages = _messages(kind, path, sheet)
    next(messages)
    yield from _flat(messages)


def _flat(messages: Generator) -> Generator[Row]:
    with closing(messages):
        for batch in messages:
            yield from batch


def _messages(kind: str, path: Path, sheet: str | None) -> Generator:
    """What the worker says, until the empty list that ends it.

    Raises:
        FileError: If it tells a fault, or ends before its end.
    """
    command = [sys.executable, "-I", str(WORKER), kind, str(path.resolve()), *([sheet] if sheet is not None else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as worker:  # noqa: S603
        assert worker.stdout is not None
        try:
            while (line := worker.stdout.readline(MAX_MESSAGE_BYTES)).endswith(b"\n"):
                message = json.loads(line)
                if isinstance(message, dict) and "fault" in message:
                    raise FileError(_sentence(kind, message["fault"], sheet, message["line"]))
                if message == []:
                    return
                yield message
        finally:
            worker.kill()
    raise FileError(_sentence(kind, "memory" if kind == "workbook" else "damaged", sheet))


def _sentence(kind: str, fault: str, sheet: str | None, line: int | None = None) -> str:
    if fault == "origin":
        return (
            f"Ce classeur compte ses jours depuis 1904, et sa ligne {line} porte un nombre qui peut être un jour"
            "\u00a0: donnez le format «\u00a0Date\u00a0» aux cellules qui en sont, «\u00a0Texte\u00a0» aux autres."
        )
    if fault == "sheet":
        return f"Le classeur n’a pas de feuille «\u00a0{sheet}\u00a0»\u00a0: choisissez-en une autre."
    if fault == "row":
        assert line is not None, "a row is told with its line"
        return endless_line(line)
    return (FAULTS | FAULTS_OF_PARQUET if kind == "parquet" else FAULTS).get(fault, UNREADABLE)
