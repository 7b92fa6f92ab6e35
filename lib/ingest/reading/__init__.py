"""Bytes of a register → tables of text, every cell as it was typed, with the line it stands on."""

from lib.ingest.reading.files import MAX_FILE_BYTES, clean_file_name
from lib.ingest.reading.register import CHUNK_ROWS, Register, open_register, read_sheet
from lib.ingest.reading.shapes import MAX_COLUMNS, ReadingOptions, Sheet

__all__ = [
    "CHUNK_ROWS",
    "MAX_COLUMNS",
    "MAX_FILE_BYTES",
    "ReadingOptions",
    "Register",
    "Sheet",
    "clean_file_name",
    "open_register",
    "read_sheet",
]
