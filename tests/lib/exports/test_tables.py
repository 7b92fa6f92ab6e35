import io
from datetime import date
from zipfile import ZipFile

import pandas as pd
import pytest

from lib.exports.tables import as_csv, as_xlsx

HEADINGS = ("Nom", "Nombre", "Jour")
LINES = [["Source", "Essai"], [], list(HEADINGS), ["Été", 1.5, date(2026, 1, 5)], ["=1+1", 12, None]]


def sheet(content: bytes) -> pd.DataFrame:
    return pd.read_excel(io.BytesIO(content), sheet_name="Registre", header=None, engine="calamine")


def test_csv_opens_in_french_and_nothing_runs_in_it():
    text = as_csv(LINES).decode("utf-8-sig")
    assert text.split("\r\n")[2:5] == ["Nom;Nombre;Jour", "Été;1,5;05/01/2026", "'=1+1;12;"]


def test_workbook_is_read_back_with_its_numbers_and_its_days():
    found = sheet(as_xlsx(LINES, sheet="Registre", headings=HEADINGS))
    assert found.iloc[2].tolist() == list(HEADINGS)
    assert found.iloc[3].tolist() == ["Été", 1.5, pd.Timestamp(2026, 1, 5)]
    assert found.iloc[4, :2].tolist() == ["=1+1", 12]
    assert pd.isna(found.iloc[4, 2])


@pytest.mark.parametrize("hostile", ["=1+1", "+A1", "@SUM(1)", "-A1", "http://exemple.fr", "{=1+1}"])
def test_text_of_a_workbook_is_written_as_it_is_and_never_run(hostile: str):
    with ZipFile(io.BytesIO(as_xlsx([[hostile]], sheet="Registre", headings=()))) as book:
        assert f"<t>{hostile}</t>" in book.read("xl/sharedStrings.xml").decode()
        page, styles = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "<f>" not in page
    assert "<hyperlink" not in page
    assert 'quotePrefix="1"' in styles


@pytest.mark.parametrize("day", [date(2000, 1, 1), date(2100, 12, 31)])
def test_days_of_every_year_that_is_taken_are_written(day: date):
    assert sheet(as_xlsx([[day]], sheet="Registre", headings=())).iloc[0, 0] == pd.Timestamp(day)
