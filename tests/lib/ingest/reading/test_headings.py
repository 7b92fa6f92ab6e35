from itertools import count
from pathlib import Path

import pytest

from lib.errors import FileError
from lib.ingest.reading import ReadingOptions, headings, open_register, read_sheet

REGISTERS = Path(__file__).parents[3] / "data" / "registers"


def test_merged_headings_of_two_rows_are_joined():
    sheet = read_sheet(REGISTERS / "entetes-fusionnes.csv")
    assert list(sheet.cells.columns) == [
        "N°",
        "Fait Date",
        "Fait Heure",
        "Fait Nature",
        "Lieu Résidence",
        "Lieu Hall",
    ]
    assert sheet.cells.index.tolist() == [3, 4]
    assert sheet.detected.endswith("intitulés sur les lignes 1 et 2")


def test_merged_headings_half_empty_are_found_under_a_title():
    register = open_register(REGISTERS / "entetes-fusionnes-etroits.csv")
    assert register.headings == [
        "Fiche N°",
        "Fiche Canal",
        "Fait Date",
        "Fait Heure",
        "Lieu Résidence",
        "Lieu Hall",
    ]
    assert register.detected.endswith("intitulés sur les lignes 2 et 3, 1\u00a0ligne de préambule non reprise")
    assert register.row_count == 1


def test_headings_may_be_stated_as_one_row():
    register = open_register(REGISTERS / "entetes-fusionnes.csv", ReadingOptions(heading_line=1, heading_rows=1))
    assert register.headings == ["N°", "Fait", "colonne 3", "colonne 4", "Lieu"]
    assert register.row_count == 3


def test_headings_may_be_stated_as_two_rows(text_file):
    register = open_register(text_file(b"a;b\nc;d\n1;2\n"), ReadingOptions(heading_rows=2))
    assert (register.headings, register.row_count) == (["a c", "b d"], 1)


def test_the_line_of_the_headings_may_be_stated():
    register = open_register(REGISTERS / "preambule.csv", ReadingOptions(heading_line=2))
    assert register.headings == ["Bailleur", "HABITAT FICTIF"]
    assert register.row_count == 5


def test_what_was_detected_reads_the_file_alike_when_it_is_stated():
    found = open_register(REGISTERS / "entetes-fusionnes-etroits.csv")
    again = open_register(REGISTERS / "entetes-fusionnes-etroits.csv", found.options)
    assert (again.headings, again.row_count, again.options) == (found.headings, found.row_count, found.options)


@pytest.mark.parametrize("line", [4, 99])
def test_a_stated_line_that_is_blank_or_absent_is_one_sentence(line):
    with pytest.raises(FileError, match=f"La ligne {line}, indiquée pour les intitulés"):
        open_register(REGISTERS / "preambule.csv", ReadingOptions(heading_line=line))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (ReadingOptions(heading_line=-1), "entre 1 et 1000"),
        (ReadingOptions(heading_line=1001), "entre 1 et 1000"),
        (ReadingOptions(heading_rows=3), "1 ou 2 lignes"),
        (ReadingOptions(heading_line=8, heading_rows=2), "seconde ligne d’intitulés"),
    ],
)
def test_impossible_places_are_one_sentence(options, sentence):
    with pytest.raises(FileError, match=sentence):
        open_register(REGISTERS / "preambule.csv", options)


def test_headings_alike_or_blank_stay_distinct_even_from_numbered_ones():
    assert open_register(REGISTERS / "entetes-doubles.csv").headings == [
        "Date",
        "Date (3)",
        "Date (2)",
        "colonne 4",
        "Lieu",
    ]


def test_a_table_without_headings_loses_no_row_silently():
    register = open_register(REGISTERS / "sans-entete.csv")
    assert register.detected.endswith(
        "intitulés à la ligne 1, à vérifier\u00a0: ces intitulés ressemblent à des valeurs"
    )


def test_a_first_row_with_a_hole_is_not_merged_with_the_first_fact(text_file):
    register = open_register(text_file("Réf;;Nature\nF-1;;Tag\nF-2;a;Tag\n".encode()))
    assert (register.headings, register.row_count) == (["Réf", "colonne 2", "Nature"], 2)


def test_headings_narrower_than_the_rows_are_still_the_headings(text_file):
    register = open_register(text_file("Réf;Nature;Lieu\nF-1;Tag;Hall;x\nF-2;Tag;Hall;x\n".encode()))
    assert (register.headings, register.row_count) == (["Réf", "Nature", "Lieu"], 2)
    assert next(register.chunks()).overflows == {2: 1, 3: 1}


def test_a_heading_alone_is_a_table_without_row(text_file):
    sheet = read_sheet(text_file("Réf;Date\n".encode()))
    assert (list(sheet.cells.columns), len(sheet.cells)) == (["Réf", "Date"], 0)


@pytest.mark.parametrize("cell", ["1" * 20_000 + "x", "1 " * 10_000, " " * 20_000 + "x", "2026-03-05 " * 2_000])
def test_only_the_beginning_of_a_cell_is_looked_at_to_tell_a_value(monkeypatch, cell):
    seen: list[str] = []

    class Spy:
        def fullmatch(self, text: str) -> None:
            seen.append(text)

    monkeypatch.setattr(headings, "VALUE", Spy())
    headings._is_value(cell)
    assert len(seen[0]) <= headings.MAX_VALUE_CHARS


@pytest.mark.parametrize(
    "text", ["12", "1 234,50 €", "+33 6", "50 %", "05/03/2026", "2026-03-05T18:30", "18h30", "18 H"]
)
def test_values_are_told_from_headings(text):
    assert headings._is_value(text)
    assert not headings._is_value(f"Lieu {text}")


def test_a_heading_of_whole_pages_is_cut_and_stays_distinct(text_file):
    long = "x" * 5_000
    found = open_register(text_file(f"{long};{long};Lieu\n1;2;3\n".encode())).headings
    assert found == ["x" * 200 + "…", "x" * 200 + "… (2)", "Lieu"]


def test_each_heading_alike_tries_few_numbers(monkeypatch):
    drawn: list[int] = []
    monkeypatch.setattr(headings, "count", lambda start: (drawn.append(rank) or rank for rank in count(start)))
    found = headings._distinct(["a"] * 1_000)
    assert (found[0], found[-1], len(set(found))) == ("a", "a (1000)", 1_000)
    assert len(drawn) < 1_000
