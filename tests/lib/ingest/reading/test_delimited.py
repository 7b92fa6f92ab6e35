from pathlib import Path

import pytest

from lib.errors import FileError
from lib.ingest.reading import ReadingOptions, delimited, open_register, read_sheet

DATA = Path(__file__).parents[3] / "data"
REGISTERS = DATA / "registers"
FIRST = ["F-1", "00123", "05/03/2026", "18h30", "Tag", "Hall d’entrée", "1 234,50 €"]


@pytest.mark.parametrize(
    ("name", "said", "first_line"),
    [
        ("utf-8.csv", "CSV, UTF-8, séparateur point-virgule", 2),
        ("utf-8-bom.csv", "CSV, UTF-8 avec BOM, séparateur point-virgule", 2),
        ("utf-16.csv", "CSV, UTF-16 avec BOM, séparateur point-virgule", 2),
        ("utf-16-sans-bom.csv", "CSV, UTF-16, séparateur point-virgule", 2),
        ("utf-16-gros-boutiste.csv", "CSV, UTF-16 gros-boutiste, séparateur point-virgule", 2),
        ("windows-1252.csv", "CSV, Windows-1252, séparateur point-virgule", 2),
        ("mac-ancien.csv", "CSV, Mac Roman, séparateur point-virgule", 2),
        ("virgule.csv", "CSV, UTF-8, séparateur virgule", 2),
        ("tabulation.tsv", "CSV, UTF-8, séparateur tabulation", 2),
        ("barre.csv", "CSV, UTF-8, séparateur barre verticale", 2),
        ("tilde.csv", "CSV, UTF-8, séparateur tilde", 2),
        ("paragraphe.csv", "CSV, UTF-8, séparateur signe paragraphe", 2),
        (
            "sep-excel.csv",
            "CSV, UTF-8, séparateur point-virgule, intitulés à la ligne 2, 1\u00a0ligne de préambule non reprise",
            3,
        ),
        (
            "preambule.csv",
            "CSV, UTF-8, séparateur point-virgule, intitulés à la ligne 5, 3\u00a0lignes de préambule non reprises",
            6,
        ),
        (
            "preambule-sans-separateur.csv",
            "CSV, UTF-8, séparateur point-virgule, intitulés à la ligne 3, 2\u00a0lignes de préambule non reprises",
            4,
        ),
    ],
)
def test_the_same_table_is_read_however_it_was_exported(name, said, first_line):
    sheet = read_sheet(REGISTERS / name)
    assert sheet.detected == said
    assert list(sheet.cells.columns) == [
        "N° de fiche",
        "Code résidence",
        "Date du fait",
        "Heure",
        "Nature",
        "Lieu",
        "Coût estimé",
    ]
    assert sheet.cells.iloc[0].tolist() == FIRST
    assert sheet.cells["Lieu"].tolist() == ["Hall d’entrée", "Été", None]
    assert sheet.cells.index.tolist() == [first_line, first_line + 1, first_line + 2]
    assert sheet.overflows == {}


def test_quoted_delimiters_quotes_and_line_breaks_stay_in_their_cell_and_lines_are_those_of_the_file():
    sheet = read_sheet(DATA / "registre-virgule-guillemets.csv")
    assert sheet.cells["Nature"].tolist() == ["Tag, grand format", "Tag", "Tag"]
    assert sheet.cells["Lieu"].tolist() == ["Hall\ngauche", 'dit "le porche"', None]
    assert sheet.cells.index.tolist() == [2, 4, 6]


def test_a_comment_on_two_lines_that_holds_a_delimiter_is_not_taken_for_swallowed_rows():
    sheet = read_sheet(REGISTERS / "guillemets.csv")
    assert sheet.cells["Nature"].tolist() == ["Tag, grand", "Tag\ngrand"]


def test_short_rows_are_completed_and_only_filled_cells_in_excess_are_told():
    sheet = read_sheet(DATA / "registre-lignes-inegales.csv")
    assert sheet.cells["Nature"].tolist() == ["Tag", None, "Tag", "Tag"]
    assert sheet.overflows == {4: 1}


@pytest.mark.parametrize(
    ("name", "line"),
    [("guillemet-jamais-ferme.csv", 3), ("guillemet-qui-avale.csv", 2)],
)
def test_a_quote_that_hides_rows_is_refused(name, line):
    with pytest.raises(FileError, match=f"guillemet est mal placé à partir de la ligne {line}"):
        open_register(REGISTERS / name)


def test_a_file_cut_in_its_last_row_is_refused():
    with pytest.raises(FileError, match="coupé, exportez-le de nouveau"):
        open_register(REGISTERS / "coupe.csv")


def test_a_short_last_row_with_its_line_end_is_a_row(text_file):
    assert len(read_sheet(text_file(b"a;b\n1;2\n3\n")).cells) == 2


def test_a_short_last_row_among_others_is_a_row(text_file):
    assert len(read_sheet(text_file(b"a;b\n1;2\n3\n4;5\n6")).cells) == 4


@pytest.mark.parametrize("delimiter", [":", "#", " "])
def test_a_stated_delimiter_is_obeyed(text_file, delimiter):
    path = text_file("Réf;x:y#z t\n1;2:3#4 5\n".replace(";", delimiter).encode())
    register = open_register(path, ReadingOptions(delimiter=delimiter))
    assert register.headings[0] == "Réf"
    assert f"séparateur «\u00a0{delimiter}\u00a0»" in register.detected


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n"])
def test_an_impossible_delimiter_is_one_sentence(text_file, delimiter):
    with pytest.raises(FileError, match="un seul caractère"):
        open_register(text_file(b"a;b\n"), ReadingOptions(delimiter=delimiter))


def test_a_line_without_end_is_refused_before_it_fills_the_memory(text_file, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_RECORD_CHARS", 100)
    with pytest.raises(FileError, match="La ligne 2 est démesurée"):
        open_register(text_file(b"a;b\n" + b"x" * 101 + b"\n"))


def test_a_record_of_endless_lines_is_refused_before_it_fills_the_memory(text_file, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_RECORD_CHARS", 100)
    with pytest.raises(FileError, match="démesurée"):
        open_register(text_file(b"a;b\n" + b'"x\nx";' * 50 + b"\n"))


def test_a_million_columns_are_refused(text_file):
    with pytest.raises(FileError, match="Le tableau a 1000000 colonnes, plus que les 1000 admises"):
        open_register(text_file(b";".join([b"x"] * 1_000_000) + b"\n"))


def test_five_hundred_columns_are_read(text_file):
    row = ";".join(f"c{place}" for place in range(500)).encode()
    assert read_sheet(text_file(row + b"\n" + row + b"\n")).cells.shape == (1, 500)


def test_one_column_is_a_table():
    assert read_sheet(REGISTERS / "une-colonne.csv").cells["Réf"].tolist() == ["F-1", "F-2"]


def test_blank_lines_without_end_are_one_sentence(text_file, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_BLANK_ROWS", 3)
    assert read_sheet(text_file(b"a;b\n\n\n;\n1;2\n")).cells.shape == (1, 2)
    with pytest.raises(FileError, match="lignes vides"):
        open_register(text_file(b"a;b\n1;2\n\n\n;\n \n"))


def test_a_cell_of_whole_pages_is_said_to_be_one(text_file):
    for data in (b"a;b\n1;" + b"x" * 131_073 + b"\n", b'a;b\n1;"' + b"x\n" * 66_000):
        with pytest.raises(FileError, match="Une cellule de la ligne 2 dépasse 131072 caractères"):
            open_register(text_file(data))


def test_lines_that_tell_the_delimiter_are_few_in_characters_too(text_file, monkeypatch):
    monkeypatch.setattr(delimited, "SAMPLE_CHARS", 10)
    path = text_file(b"a,b\n1,2\n" + b"1;2;3;4\n" * 10)
    assert sum(map(len, delimited._sample(path, "utf-8"))) <= 10
    assert open_register(path).options.delimiter == ","
