from datetime import date

import pytest

from lib.ingest.cleaning import Reason
from lib.ingest.dates import DEFAULT_FORMATS, ReadDate, read_date, read_day

TODAY = date(2026, 10, 31)


@pytest.mark.parametrize("text", ["05/03/2026", "5/3/2026", "05-03-2026", "05.03.2026", "2026-03-05", "2026/03/05",
                                  "2026-03-05 18:30:00", "05/03/2026 18h30", "2026-03-05T18:30:00"])  # fmt: skip
def test_a_day_is_read_in_french_and_iso_forms(text):
    assert read_date(text, DEFAULT_FORMATS, TODAY) == ReadDate(date(2026, 3, 5), False)


def test_a_month_keeps_its_precision():
    assert read_date("2018-07", DEFAULT_FORMATS, TODAY) == ReadDate(date(2018, 7, 1), True)
    assert read_date("07/2018", ("MM/AAAA",), TODAY) == ReadDate(date(2018, 7, 1), True)


def test_the_declared_order_decides_day_and_month():
    assert read_date("05/03/2026", ("MM/JJ/AAAA",), TODAY) == ReadDate(date(2026, 5, 3), False)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31/02/2026", "date impossible\u00a0: ce jour n’existe pas"),
        ("2026-13", "date impossible\u00a0: ce jour n’existe pas"),
        ("01/11/2026", "date future"),
        ("31/12/1989", "date antérieure à 1990"),
        ("05/03/26", "date illisible\u00a0: JJ/MM/AAAA ou AAAA-MM-JJ ou AAAA-MM est attendu"),
        ("46086", "date illisible\u00a0: JJ/MM/AAAA ou AAAA-MM-JJ ou AAAA-MM est attendu"),
    ],
)
def test_a_date_that_cannot_be_has_its_reason(text, sentence):
    assert read_date(text, DEFAULT_FORMATS, TODAY) == Reason(sentence)


def test_the_limits_are_included():
    assert read_date("31/10/2026", DEFAULT_FORMATS, TODAY) == ReadDate(TODAY, False)
    assert read_date("01/01/1990", DEFAULT_FORMATS, TODAY) == ReadDate(date(1990, 1, 1), False)


def test_a_complaint_date_needs_its_day():
    assert read_day("2026-03", DEFAULT_FORMATS, TODAY) == Reason("le jour manque")
    assert read_day("05/03/2026", DEFAULT_FORMATS, TODAY) == date(2026, 3, 5)
