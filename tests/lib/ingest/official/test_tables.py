import gzip

import pytest
import xlsxwriter

from lib.errors import FileError, LayoutError
from lib.ingest.official.tables import decimal, delimiter_of, headings_of, matched, read_text_table, simplified


def test_cells_stay_text_and_lines_keep_their_number(tmp_path):
    (tmp_path / "a.csv").write_text("code;nom\n01004;Ambérieu\n\n01005;  Ambérieux \n", encoding="utf-8-sig")
    found = read_text_table(tmp_path / "a.csv")
    assert found.loc[2].tolist() == ["01004", "Ambérieu"]
    assert found.loc[4].tolist() == ["01005", "Ambérieux"]


def test_windows_text_is_read(tmp_path):
    (tmp_path / "a.csv").write_bytes("nom\nÉpinay\n".encode("cp1252"))
    assert read_text_table(tmp_path / "a.csv").loc[2, "nom"] == "Épinay"


def test_a_workbook_keeps_whole_numbers_without_decimals(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "taux"])
        sheet.write_row(1, 0, [95001, 1.5])
    assert read_text_table(tmp_path / "a.xlsx").loc[2].tolist() == ["95001", "1.5"]
    assert headings_of(tmp_path / "a.xlsx") == ["code", "taux"]


def test_head_of_a_gzipped_table_is_read(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("\ufeffcode;taux\n1;2,5\n".encode()))
    assert (headings_of(tmp_path / "a.csv.gz"), delimiter_of(tmp_path / "a.csv.gz")) == (["code", "taux"], ";")


def test_what_is_no_gzipped_file_is_refused_in_french(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(b"code;taux\n")
    with pytest.raises(FileError, match="compressé"):
        headings_of(tmp_path / "a.csv.gz")


@pytest.mark.parametrize(("name", "content"), [("a.csv", b""), ("a.xlsx", b"bonjour"), ("a.csv", b"a\0b")])
def test_what_is_no_table_is_refused_in_french(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match="«"):
        read_text_table(tmp_path / name)


def test_headings_match_without_case_accents_nor_punctuation():
    assert matched(["Code.Département"], {"departement_code": ("code_departement",)}, what="X") == {
        "departement_code": "Code.Département"
    }


def test_the_sentence_names_what_is_absent_and_what_was_found():
    with pytest.raises(LayoutError, match=r"X\u00a0: colonnes attendues et absentes\u00a0: b.*trouvées\u00a0: a, c"):
        matched(["a", "c"], {"ours": ("b",), "other": ("a",)}, what="X")


def test_an_optional_column_may_be_absent():
    assert matched(["a"], {"ours": ("a",), "more": ("b",)}, what="X", optional=("more",)) == {"ours": "a"}


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,5", 1.5), ("1 234,5", 1234.5), ("1\u202f234", 1234.0), ("-2", -2.0), ("12%", None), ("", None), ("nan", None)],
)
def test_numbers_are_read_the_french_way(text, number):
    assert decimal(text) == number


def test_a_heading_is_simplified():
    assert simplified("Taux de pauvreté (60%)") == "tauxdepauvrete60%"
