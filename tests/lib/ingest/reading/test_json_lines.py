from pathlib import Path

import pytest

from lib.errors import FileError
from lib.ingest.reading import json_lines, open_register, read_sheet

REGISTERS = Path(__file__).parents[3] / "data" / "registers"


def test_keys_of_every_line_are_the_headings_and_numbers_stay_as_written():
    sheet = read_sheet(REGISTERS / "lignes.jsonl")
    assert sheet.detected == "JSON par lignes, UTF-8"
    assert list(sheet.cells.columns) == ["Réf", "Coût", "Plainte", "Lieu", "Hall", "Code"]
    assert sheet.cells.to_numpy().tolist() == [
        ["F-1", "12.50", "oui", None, None, None],
        ["F-2", None, None, None, '{"n": "1"}', "00123"],
    ]
    assert sheet.cells.index.tolist() == [1, 3]


@pytest.mark.parametrize(("name", "line"), [("lignes-coupees.jsonl", 2), ("lignes-cle-repetee.jsonl", 1)])
def test_a_broken_line_is_named(name, line):
    with pytest.raises(FileError, match=f"La ligne {line} n’est pas un objet JSON complet"):
        open_register(REGISTERS / name)


@pytest.mark.parametrize(
    "line", ['{"a": ' + "[" * 100_000 + "\n", '{"a": 1}\n[1]\n', '{"a": 1}\n"b"\n', '{"a": 1} {"a": 2}\n']
)
def test_what_is_not_one_object_is_one_sentence(text_file, line):
    with pytest.raises(FileError, match="n’est pas un objet JSON"):
        open_register(text_file(line.encode()))


def test_a_number_of_ten_thousand_digits_is_text(text_file):
    assert read_sheet(text_file(b'{"a": ' + b"9" * 10_000 + b"}\n")).cells.loc[1, "a"] == "9" * 10_000


def test_constants_that_are_no_value_are_blank_and_lone_surrogates_vanish(text_file):
    sheet = read_sheet(text_file(b'{"a": NaN, "b": "x\\ud800y", "c": ""}\n'))
    assert sheet.cells.loc[1].tolist() == [None, "xy", None]


def test_too_many_keys_are_refused(text_file, monkeypatch):
    monkeypatch.setattr(json_lines, "MAX_COLUMNS", 2)
    with pytest.raises(FileError, match="La ligne 2 porte à plus de 2 le nombre de colonnes"):
        open_register(text_file(b'{"a": 1, "b": 1}\n{"c": 1}\n'))


def test_objects_without_any_key_are_no_row(text_file):
    with pytest.raises(FileError, match="aucune ligne"):
        open_register(text_file(b"{}\n{}\n"))


@pytest.mark.parametrize("blank", [b"\n", b"{}\n", b'{"a": null}\n', b'{"a": ""}\n'])
def test_blank_lines_without_end_are_one_sentence(text_file, monkeypatch, blank):
    monkeypatch.setattr(json_lines, "MAX_BLANK_ROWS", 3)
    assert len(read_sheet(text_file(b'{"a": false}\n' * 5 + blank * 3)).cells) == 5
    with pytest.raises(FileError, match="lignes vides"):
        open_register(text_file(b'{"a": 1}\n' + blank * 4))
