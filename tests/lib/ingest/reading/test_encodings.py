from pathlib import Path

import pytest

from lib.errors import FileError
from lib.ingest.reading import ReadingOptions, open_register, read_sheet
from lib.ingest.reading.encodings import decide_encoding

REGISTERS = Path(__file__).parents[3] / "data" / "registers"


def test_an_accent_at_the_very_end_of_a_long_file_decides(text_file):
    path = text_file(b"Ref;Lieu\n" + b"1;hall d'immeuble\n" * 100_000 + "2;dégradé à côté\n".encode("cp1252"))
    assert decide_encoding(path, None) == "cp1252"


def test_a_letter_cut_by_the_size_of_a_block_is_still_utf_8(text_file):
    path = text_file("é".encode() * 700_000)
    assert decide_encoding(path, None) == "utf-8"


@pytest.mark.parametrize("name", ["cp1252", "mac-roman", "cp850"])
@pytest.mark.parametrize("text", ["Été", "dégradé à côté", "N°", "Hall déposé"])
def test_one_word_is_enough_to_tell_the_old_encodings(text_file, name, text):
    assert decide_encoding(text_file(f"Lieu\n{text}\n".encode(name)), None) == name


def test_letters_of_another_language_are_left_to_charset_normalizer(text_file):
    path = text_file("Ime;Mjesto\n1;Señor Núñez, año nuevo, mañana por la tarde\n".encode("cp1252"))
    assert decide_encoding(path, None) == "cp1252"


def test_mixed_encodings_are_refused():
    with pytest.raises(FileError, match="mélange plusieurs encodages"):
        open_register(REGISTERS / "encodages-meles.csv")


def test_mixed_encodings_are_read_when_a_person_states_one():
    sheet = read_sheet(REGISTERS / "encodages-meles.csv", ReadingOptions(encoding="cp1252"))
    assert sheet.cells.iloc[:, 1].tolist() == ["Ã‰tÃ©", "Été"]


@pytest.mark.parametrize("stated", ["CP1252", "windows-1252", "Windows_1252"])
def test_an_encoding_may_be_stated_by_any_of_its_names(text_file, stated):
    register = open_register(text_file("Réf\nÉté\n".encode("cp1252")), ReadingOptions(encoding=stated))
    assert register.options.encoding == "cp1252"


@pytest.mark.parametrize("stated", ["klingon", "rot13", "idna", "", "unicode_escape"])
def test_an_encoding_that_is_not_ours_is_one_sentence(text_file, stated):
    with pytest.raises(FileError, match="non pris en charge"):
        open_register(text_file(b"a;b\n"), ReadingOptions(encoding=stated))


def test_a_stated_encoding_that_does_not_fit_is_one_sentence(text_file):
    with pytest.raises(FileError, match="ne peut pas être lu en UTF-8"):
        open_register(text_file("Réf\nÉté\n".encode("cp1252")), ReadingOptions(encoding="utf-8"))


def test_utf_16_cut_in_the_middle_of_a_letter_is_refused(text_file):
    with pytest.raises(FileError, match="coupé"):
        open_register(text_file("Réf;Lieu\n1;Hall\n".encode("utf-16")[:-1]))


def test_bytes_of_no_language_are_refused(text_file):
    noise = bytes((1 + place * 7 % 31, 0x81 + place * 13 % 62)[place % 2] for place in range(400))
    with pytest.raises(FileError, match="encodage du fichier n’est pas reconnu"):
        open_register(text_file(b"a;b\n" + noise))


@pytest.mark.parametrize("name", ["utf-32", "utf-32-le", "utf-32-be"])
def test_utf_32_is_named(text_file, name):
    with pytest.raises(FileError, match="est en UTF-32, qui n’est pas lu"):
        open_register(text_file("Réf;Lieu\n1;Été\n".encode(name)))
