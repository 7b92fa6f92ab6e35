"""JSON lines: one object per line; its keys are the headings."""

import json
import math
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from lib.errors import FileError
from lib.ingest.reading.delimited import text_lines
from lib.ingest.reading.encodings import ENCODINGS, decide_encoding
from lib.ingest.reading.shapes import (
    MAX_BLANK_ROWS,
    MAX_COLUMNS,
    TOO_MANY_BLANKS,
    ReadingOptions,
    Row,
    Source,
    is_filled,
)

Pairs = list[tuple[str, object]]


def open_json_lines(path: Path, options: ReadingOptions) -> Source:
    """Reads the keys of every line; an object may lack some.

    Raises:
        FileError: If a line is not an object, or repeats a key.
    """
    encoding = decide_encoding(path, options.encoding)
    keys: dict[str, None] = {}
    for line, item in _objects(path, encoding):
        keys.update(dict.fromkeys(item))
        if len(keys) > MAX_COLUMNS:
            raise FileError(
                f"La ligne {line} porte à plus de {MAX_COLUMNS} le nombre de colonnes\u00a0: vérifiez l’export."
            )
    if not keys:
        raise FileError("Le fichier ne contient aucune ligne.")
    return Source(
        rows=partial(_rows, path, encoding, list(keys)),
        said=f"JSON par lignes, {ENCODINGS[encoding]}",
        options=replace(options, encoding=encoding),
        headings=list(keys),
    )


def _rows(path: Path, encoding: str, keys: list[str]) -> Generator[Row]:
    for line, item in _objects(path, encoding):
        cells = [_text(item.get(key)) for key in keys]
        if is_filled(cells):
            yield line, cells


def _objects(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, object]]]:
    blank_count = 0
    for line, text in enumerate(text_lines(path, encoding), 1):
        item = _object(line, text) if text.strip() else {}
        blank_count += not any(value or value is False for value in item.values())
        if blank_count > MAX_BLANK_ROWS:
            raise FileError(TOO_MANY_BLANKS)
        if item:
            yield line, item


def _object(line: int, text: str) -> dict[str, object]:
    try:
        # Numbers stay as they are written: 12.50 does not become 12.5.
        item = json.loads(text, object_pairs_hook=_distinct, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise FileError(_unreadable(line)) from error
    if not isinstance(item, dict):
        raise FileError(_unreadable(line))
    return item


def _distinct(pairs: Pairs) -> dict[str, object]:
    item = dict(pairs)
    if len(item) < len(pairs):
        raise ValueError("a key is repeated: one of its values would be lost")
    return item


def _unreadable(line: int) -> str:
    return f"La ligne {line} n’est pas un objet JSON complet aux clés distinctes\u00a0: exportez de nouveau le fichier."


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case float():  # the constants NaN and Infinity, the only numbers that are not given as text
            return "" if math.isnan(value) else str(value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value).strip()
