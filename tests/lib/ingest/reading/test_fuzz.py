"""10,000 mutated files: each is read whole, or refused in one sentence; nothing else, and nothing is lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from lib.errors import FileError
from lib.ingest.reading import Register, open_register
from lib.ingest.reading.archives import workbook_format
from lib.ingest.reading.delimited import open_delimited
from lib.ingest.reading.shapes import HIDDEN, ReadingOptions

REGISTERS = Path(__file__).parents[3] / "data" / "registers"
TEXTS = ["utf-8.csv", "utf-16.csv", "windows-1252.csv", "guillemets.csv", "entetes-fusionnes.csv", "preambule.csv"]
TEXT_MUTATIONS, JSON_MUTATIONS, ARCHIVE_MUTATIONS, NATIVE_MUTATIONS, PARQUET_MUTATIONS = 1200, 1300, 1300, 50, 50
ROWS = [["Réf", "Code", "Coût"], ["F-1", "00123", 12.5], ["F-2", "é", 3]]
NASTY = [b";", b'"', b"\n", b"\r", b"\0", b"\xff", b"\xe9", b"\xc3\xa9", b'";"', b"\xe2\x80\xae", b"{", b"}", b"\t"]

Write = Callable[..., Path]
edits = st.lists(
    st.tuples(
        st.sampled_from(["replace", "insert", "delete", "double", "cut"]),
        st.integers(0, 100_000),
        st.one_of(st.sampled_from(NASTY), st.binary(min_size=1, max_size=4)),
    ),
    min_size=1,
    max_size=5,
)


def few(count: int) -> settings:
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=slow)


def mutated(data: bytes, changes: list[tuple[str, int, bytes]]) -> bytes:
    for kind, where, piece in changes:
        place = where % (len(data) + 1)
        match kind:
            case "replace":
                data = data[:place] + piece + data[place + len(piece) :]
            case "insert":
                data = data[:place] + piece + data[place:]
            case "delete":
                data = data[:place] + data[place + len(piece) :]
            case "double":
                data = data[:place] + data[max(place - 20, 0) :]
            case "cut":
                data = data[: max(place, 1)]
    return data


def opened(path: Path) -> Register | None:
    """The register, its rows counted against its chunks; None when it was refused in one sentence."""
    try:
        register = open_register(path)
    except FileError as error:
        is_one_sentence = str(error).endswith(".") and "\n" not in str(error)
    else:
        return accounted(register)
    assert is_one_sentence
    return None


def accounted(register: Register) -> Register:
    """The same register, every row of it found once, every text fit to be stored."""
    sheets = list(register.chunks(3))
    lines = [line for sheet in sheets for line in sheet.cells.index]
    assert len(lines) == len(set(lines)) == register.row_count
    assert all(list(sheet.cells.columns) == register.headings for sheet in sheets)
    assert len(set(register.headings)) == len(register.headings)
    for text in (text for sheet in sheets for text in sheet.cells.to_numpy().ravel() if text is not None):
        assert text
        assert not HIDDEN.search(text)
        text.encode()
    return register


def solid(text: str, delimiter: str) -> str:
    """What no reader may lose: all but delimiters, quotes and blanks."""
    return re.sub(rf'[\s"{re.escape(delimiter)}]', "", text)


@pytest.mark.parametrize("name", TEXTS)
def test_a_mutated_text_loses_no_letter(text_file: Write, name: str):
    data = (REGISTERS / name).read_bytes()

    @few(TEXT_MUTATIONS)
    @given(edits)
    def check(changes: list[tuple[str, int, bytes]]) -> None:
        path = text_file(mutated(data, changes))
        register = opened(path)
        if register is None or not register.detected.startswith("CSV"):
            return
        source = open_delimited(path, ReadingOptions())
        encoding, delimiter = register.options.encoding or "", register.options.delimiter or ""
        read = [cell for _, cells in source.rows() for cell in cells]
        assert solid("".join(read), delimiter) == solid(path.read_bytes().decode(encoding), delimiter)
        below = [line for line, _ in source.rows() if line > (register.options.heading_line or 0)]
        assert register.row_count <= len(below) <= register.row_count + 1 + path.read_bytes().count(b"\0")

    check()


def test_a_mutated_json_is_read_whole_or_refused(text_file: Write):
    data = (REGISTERS / "lignes.jsonl").read_bytes()

    @few(JSON_MUTATIONS)
    @given(edits)
    def check(changes: list[tuple[str, int, bytes]]) -> None:
        opened(text_file(mutated(data, changes), "registre.jsonl"))

    check()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_mutated_archive_has_a_format_or_is_refused(text_file: Write, kind: str, request: pytest.FixtureRequest):
    data = request.getfixturevalue(f"{kind}_file")({"Export": ROWS}).read_bytes()

    @few(ARCHIVE_MUTATIONS // 2)
    @given(edits)
    def check(changes: list[tuple[str, int, bytes]]) -> None:
        try:
            known = workbook_format(text_file(mutated(data, changes)))
        except FileError:
            return
        assert known in {"XLSX", "XLSM", "XLSB", "ODS"}

    check()


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_mutated_workbook_is_read_whole_or_refused(text_file: Write, kind: str, request: pytest.FixtureRequest):
    write = request.getfixturevalue(f"{kind}_file")
    data = (write(ROWS) if kind == "xls" else write({"Export": ROWS})).read_bytes()

    @few(NATIVE_MUTATIONS)
    @given(edits)
    def check(changes: list[tuple[str, int, bytes]]) -> None:
        opened(text_file(mutated(data, changes)))

    check()


def test_a_mutated_parquet_is_read_whole_or_refused(text_file: Write, tmp_path: Path):
    parquet.write_table(pa.table({"Réf": ["F-1", "F-2"], "Coût": [12.5, None]}), tmp_path / "sain.parquet")
    data = (tmp_path / "sain.parquet").read_bytes()

    @few(PARQUET_MUTATIONS)
    @given(edits)
    def check(changes: list[tuple[str, int, bytes]]) -> None:
        opened(text_file(mutated(data, changes)))

    check()
