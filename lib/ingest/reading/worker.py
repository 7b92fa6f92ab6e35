"""Reads a workbook or a Parquet in a process of its own: run by ``tables.py`` as a script, imports nothing of ours.

The native readers trust their file: one forged cell makes them ask for all the memory there is, or panic. Here that
ends this process, whose memory and time are bounded, and not the server. Macros are never run: nothing here can.

Standard output is JSON, a line each: what was found (``{"sheet", "sheets", "headings"}``), then lists of
``[line, [text, …]]``; an empty list ends them. A fault is ``{"fault": name}``.
"""

import json
import math
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

MAX_MEMORY_BYTES = 2 * 1024**3
MAX_CPU_SECONDS = 300
BATCH_ROWS = 500

Row = tuple[int, list[str]]


class SheetAbsentError(Exception):
    """The sheet asked for is not in the workbook."""


def read_workbook(path: str, wanted: str | None) -> tuple[dict, Iterator[Row]]:
    """The wanted sheet, else the first visible one that is filled, else the first that is."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 (not for a Parquet)

    workbook = CalamineWorkbook.from_path(path)
    tables = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    tables.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
    if wanted is not None and wanted not in workbook.sheet_names:
        raise SheetAbsentError
    names = [wanted] if wanted is not None else [sheet.name for sheet in tables]
    for name in names:
        rows = _filled(workbook.get_sheet_by_name(name).iter_rows())
        first = next(rows, None)
        if first is not None:
            return {"sheet": name, "sheets": workbook.sheet_names}, _chain(first, rows)
    return {"sheet": names[0] if names else "", "sheets": workbook.sheet_names}, iter(())


def read_parquet(path: str) -> tuple[dict, Iterator[Row]]:
    """Every row group in turn; the first row is said to stand on line 2, as under headings."""
    import pyarrow as pa  # noqa: PLC0415 (0.5 s, not for a workbook)
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    pa.set_cpu_count(1)
    file = ParquetFile(path, memory_map=False)
    batches = file.iter_batches(batch_size=BATCH_ROWS, use_threads=False)
    rows = (row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
    return {"sheet": None, "sheets": [], "headings": file.schema_arrow.names}, _filled(rows, first_line=2)


def _filled(rows: Iterator, first_line: int = 1) -> Iterator[Row]:
    for line, row in enumerate(rows, first_line):
        cells = [text_of(value) for value in row]
        if any(cells):
            yield line, cells


def _chain(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


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


def fault_of(error: BaseException) -> str:
    """Name of a fault that ``tables.py`` has a sentence for."""
    if isinstance(error, SheetAbsentError):
        return "sheet"
    if isinstance(error, MemoryError):
        return "memory"
    return "protected" if type(error).__name__ == "PasswordError" else "damaged"


def main(kind: str, path: str, wanted: str | None) -> None:
    """Writes what the file holds, or its fault."""
    _bound(resource.RLIMIT_AS, MAX_MEMORY_BYTES)
    _bound(resource.RLIMIT_CPU, MAX_CPU_SECONDS)
    _bound(resource.RLIMIT_CORE, 0)
    try:
        found, rows = read_parquet(path) if kind == "parquet" else read_workbook(path, wanted)
        _say(found)
        while batch := list(islice(rows, BATCH_ROWS)):
            _say(batch)
        _say([])
    except BrokenPipeError:
        sys.stdout = None  # the reader wanted no more
    except BaseException as error:  # noqa: BLE001 (a panic of the native reader is a BaseException)
        _say({"fault": fault_of(error)})


def _bound(what: int, limit: int) -> None:
    with suppress(ValueError, OSError):  # a system that does not count this
        resource.setrlimit(what, (limit, limit))


def _say(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], str(Path(sys.argv[2])), sys.argv[3] if len(sys.argv) > 3 else None)
