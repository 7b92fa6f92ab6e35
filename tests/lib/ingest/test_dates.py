from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.ingest import dates
from lib.ingest.cleaning import Reason
from lib.ingest.dates import DEFAULT_FORMATS, FORMATS, ReadDate, read_date, read_day, time_after

TODAY = date(2026, 10, 31)


def decide_formats(texts: Iterable[str], declared: tuple[str, ...] | None = None) -> tuple[tuple[str, ...], str]:
    return dates.decide_formats(texts, declared, today=TODAY)


FRENCH, _ = decide_formats([])
AMERICAN, _ = decide_formats(["03/25/2026"])
MONTHS = [
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre"),
    "décembre",
]
SHORT = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
days = st.dates(date(1990, 1, 1), TODAY)


@pytest.mark.parametrize("text", ["05/03/2026", "5/3/2026", "05-03-2026", "05.03.2026", "2026-03-05", "2026/03/05",
                                  "2026-03-05 18:30:00", "05/03/2026 18h30", "2026-03-05T18:30:00"])  # fmt: skip
def test_a_day_is_read_in_french_and_iso_forms(text):
    assert read_date(text, DEFAULT_FORMATS, TODAY) == ReadDate(date(2026, 3, 5), False)


@pytest.mark.parametrize(
    "text",
    ["12/07/18", "12-07-18", "12 juillet 2018", "jeudi 12 juillet 2018", "le 12 juil. 18", "12-juil-18", "12 Jul 2018",
     "20180712", "12072018", "43293", "43293.75", "43293,0", "12/07/18 18h30", "12 juillet 2018 à 18h30",
     "12/07/2018 soirée", "12/07/2018, entre 22h et 2h", "2018-07-12T18:30:00.000+02:00"],
)  # fmt: skip
def test_a_day_is_read_in_each_other_form(text):
    assert read_date(text, FRENCH, TODAY) == ReadDate(date(2018, 7, 12), False)


def test_a_month_keeps_its_precision():
    assert read_date("2018-07", DEFAULT_FORMATS, TODAY) == ReadDate(date(2018, 7, 1), True)
    for text in ("07/2018", "juillet 2018", "Juil. 18", "juil-18", "JUILLET 2018"):
        assert read_date(text, FRENCH, TODAY) == ReadDate(date(2018, 7, 1), True)


def test_the_declared_order_decides_day_and_month():
    assert read_date("05/03/2026", ("MM/JJ/AAAA",), TODAY) == ReadDate(date(2026, 5, 3), False)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31/02/2026", "date impossible\u00a0: ce jour n’existe pas"),
        ("31/02/26", "date impossible\u00a0: ce jour n’existe pas"),
        ("30 février 2026", "date impossible\u00a0: ce jour n’existe pas"),
        ("2026-13", "date impossible\u00a0: ce mois n’existe pas"),
        ("03/25/2026", "date impossible\u00a0: ce mois n’existe pas"),
        ("01/11/2026", "date future"),
        ("01/11/26", "date future"),
        ("99999", "date future"),
        ("31/12/1989", "date antérieure à 1990"),
        ("31/12/89", "date antérieure à 1990"),
        ("32873", "date antérieure à 1990"),
        ("jui 2018", "date illisible\u00a0: JJ/MM/AAAA ou AAAA-MM-JJ ou AAAA-MM est attendu"),
        ("2018", "date illisible\u00a0: JJ/MM/AAAA ou AAAA-MM-JJ ou AAAA-MM est attendu"),
        ("05/03/2026 ou 06/03/2026", "date illisible\u00a0: JJ/MM/AAAA ou AAAA-MM-JJ ou AAAA-MM est attendu"),
        ("12 juillet 18h30", "date illisible\u00a0: JJ/MM/AAAA ou AAAA-MM-JJ ou AAAA-MM est attendu"),
    ],
)
def test_a_date_that_cannot_be_has_its_reason(text, sentence):
    assert read_date(text, FRENCH, TODAY) == Reason(sentence)


def test_the_limits_are_included():
    assert read_date("31/10/2026", DEFAULT_FORMATS, TODAY) == ReadDate(TODAY, False)
    assert read_date("01/01/1990", DEFAULT_FORMATS, TODAY) == ReadDate(date(1990, 1, 1), False)


def test_a_year_of_two_digits_is_at_most_ten_years_after_today():
    assert read_date("05/03/36", FRENCH, TODAY) == Reason("date future")
    assert read_date("05/03/37", FRENCH, TODAY) == Reason("date antérieure à 1990")
    assert read_date("05/03/99", FRENCH, TODAY) == ReadDate(date(1999, 3, 5), False)
    assert read_date("05/03/37", FRENCH, date(2038, 1, 1)) == ReadDate(date(2037, 3, 5), False)


def test_a_moment_in_utc_is_brought_to_paris_and_midnight_is_left_alone():
    assert read_date("2018-07-12T22:30:00Z", FRENCH, TODAY) == ReadDate(date(2018, 7, 13), False)
    assert read_date("2018-01-12T22:30:00Z", FRENCH, TODAY) == ReadDate(date(2018, 1, 12), False)
    assert read_date("2018-07-12T00:00:00Z", FRENCH, TODAY) == ReadDate(date(2018, 7, 12), False)
    assert read_date("2018-07-12T23:30:00-04:00", FRENCH, TODAY) == ReadDate(date(2018, 7, 12), False)
    assert isinstance(read_date("2018-02-31T23:30:00Z", FRENCH, TODAY), Reason)


def test_a_complaint_date_needs_its_day():
    assert read_day("2026-03", DEFAULT_FORMATS, TODAY) == Reason("le jour manque")
    assert read_day("juillet 2018", FRENCH, TODAY) == Reason("le jour manque")
    assert read_day("05/03/2026", DEFAULT_FORMATS, TODAY) == date(2026, 3, 5)


def test_one_value_above_twelve_decides_of_the_whole_column():
    formats, said = decide_formats(["02/03/2026", "03/25/2026", "04/26/26"])
    assert said.startswith("Dates lues mois d’abord (MM/JJ/AAAA)\u00a0: 2 valeurs ne se lisent qu’ainsi.")
    assert read_date("02/03/2026", formats, TODAY) == ReadDate(date(2026, 2, 3), False)
    formats, said = decide_formats(["02/03/2026", "25/03/2026"])
    assert said.startswith("Dates lues jour d’abord (JJ/MM/AAAA)\u00a0: 1 valeur ne se lit qu’ainsi.")
    assert read_date("02/03/2026", formats, TODAY) == ReadDate(date(2026, 3, 2), False)


def test_without_proof_the_french_order_is_kept_and_said():
    formats, said = decide_formats(["02/03/2026", "04/03/2026"])
    assert "à la française\u00a0: aucune valeur ne permet de trancher" in said
    assert read_date("02/03/2026", formats, TODAY) == ReadDate(date(2026, 3, 2), False)


def test_a_column_that_contradicts_itself_says_so_and_rejects_what_is_not_french():
    formats, said = decide_formats(["25/03/2026", "03/25/2026", "03/26/2026"])
    assert said.startswith(
        "Dates contradictoires\u00a0: 1 valeur ne se lit que jour d’abord, 2 valeurs que mois d’abord"
    )
    assert isinstance(read_date("03/25/2026", formats, TODAY), Reason)
    assert read_date("25/03/2026", formats, TODAY) == ReadDate(date(2026, 3, 25), False)


def test_what_a_person_declared_is_not_decided_again():
    declared = ("MM/JJ/AAAA",)
    assert decide_formats(["25/03/2026"], declared) == (declared, "Dates lues comme déclaré\u00a0: MM/JJ/AAAA.")
    assert decide_formats(["03/25/2026"], DEFAULT_FORMATS)[0] == AMERICAN


def test_the_forms_met_are_said_the_most_frequent_first():
    said = decide_formats(["43291", "43292", "juillet 2018", "05/03/18"])[1]
    assert "Écritures reconnues\u00a0: nombre Excel, mois AAAA, JJ/MM/AA." in said
    assert "dépasse de 10 ans au plus l’année en cours" in said
    assert decide_formats(["x"])[1] == "Aucune date reconnue."


def test_what_follows_a_day_is_left_to_the_time():
    assert time_after("05/03/2026 18h30") == "18h30"
    assert time_after("43291.75") == "0.75"
    assert time_after("05/03/2026") == time_after("juillet 2018") == time_after("2018-07") == ""
    assert time_after("18h30") is None
    assert time_after("2200-2") is None


@settings(deadline=None)
@given(days)
def test_every_written_form_of_a_day_gives_that_day(day):
    serial = (day - date(1899, 12, 30)).days
    two = f"{day:%y}"
    french = [
        *(f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}", f"{day.day}/{day.month}/{day.year}"),
        *(day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day:%d%m%Y}", f"{day:%d/%m/}{two}"),
        *(f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"{day.day}-{SHORT[day.month - 1]}-{two}"),
        *(str(serial), f"{serial}.5", f"{day.isoformat()}T10:00:00Z", f"{day:%d/%m/%Y} 18:30"),
    ]
    assert {read_date(text, FRENCH, TODAY) for text in french} == {ReadDate(day, False)}
    american = [f"{day:%m/%d/%Y}", f"{day:%m-%d-}{two}"]
    assert {read_date(text, AMERICAN, TODAY) for text in american} == {ReadDate(day, False)}


@settings(deadline=None)
@given(days)
def test_every_written_form_of_a_month_gives_that_month(day):
    name, short = MONTHS[day.month - 1], SHORT[day.month - 1]
    texts = [f"{day:%Y-%m}", f"{day:%m/%Y}", f"{name} {day.year}", f"{short} {day:%y}", f"{name.upper()} {day.year}"]
    assert {read_date(text, FRENCH, TODAY) for text in texts} == {ReadDate(day.replace(day=1), True)}


@settings(deadline=None)
@given(st.sets(days, min_size=1))
def test_a_column_written_in_one_order_is_read_in_it_or_cannot_be_told(column):
    for pattern, own in (("%d/%m/%Y", "JJ/MM/AAAA"), ("%m/%d/%Y", "MM/JJ/AAAA")):
        formats, said = decide_formats([f"{day:{pattern}}" for day in column])
        assert own in formats or "aucune valeur ne permet de trancher" in said
        assert "contradictoires" not in said


@settings(deadline=None)
@given(days.filter(lambda day: day < TODAY), st.times())
def test_a_moment_in_utc_is_one_or_two_hours_later_in_paris(day, time):
    moment = datetime.combine(day, time, tzinfo=UTC)
    found = read_date(f"{moment:%Y-%m-%dT%H:%M:%SZ}", FRENCH, TODAY)
    later = {(moment + timedelta(hours=hours)).date() for hours in (0, 1, 2)}
    assert isinstance(found, ReadDate)
    assert found.day in later


@settings(deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"\d{1,5}[/.\- ]\d{1,4}[/.\- T]\d{1,5}Z?", fullmatch=True))
def test_no_text_ever_raises_and_no_date_out_of_the_limits_is_read(text):
    for formats in (FRENCH, AMERICAN, tuple(FORMATS)):
        found = read_date(text, formats, TODAY)
        assert isinstance(found, Reason) or date(1990, 1, 1) <= found.day <= TODAY
    assert len(decide_formats([text])) == 2


LONG = [
    "01/01/2026" + " " * 8_000 + "x",
    "1" * 20_000,
    "le " * 5_000,
    "12 juillet " * 2_000,
    "1/" * 9_000,
    "T" * 20_000,
]


@pytest.mark.parametrize("text", LONG)
def test_no_form_is_tried_on_a_text_longer_than_a_date(monkeypatch, text):
    seen = [""]

    class Spy:
        def fullmatch(self, tried: str) -> None:
            seen.append(tried)

    monkeypatch.setattr(dates, "FORMATS", dict.fromkeys(FORMATS, Spy()))
    for name in ("_ORDERED", "_ZONED"):
        monkeypatch.setattr(dates, name, Spy())
    decide_formats([text])
    time_after(text)
    assert isinstance(read_date(text, FRENCH, TODAY), Reason)
    assert max(map(len, seen)) <= dates.MAX_CHARS


def test_spaces_between_a_day_and_its_hour_are_one():
    assert read_date("05/03/2026" + " " * 500 + "18h30", FRENCH, TODAY) == ReadDate(date(2026, 3, 5), False)
    assert time_after("05/03/2026\u00a0\n\t 18h30 ") == "18h30"


def test_the_year_stands_first_where_every_short_date_is_so_and_one_only_so():
    formats, said = decide_formats(["26-03-31", "26-03-05", "25/12/30 18h30", "2026-01-02"])
    assert read_date("26-03-05", formats, TODAY) == ReadDate(date(2026, 3, 5), False)
    assert read_date("26-03-31", formats, TODAY) == ReadDate(date(2026, 3, 31), False)
    assert said.startswith("Dates à deux chiffres lues année d’abord (AA-MM-JJ)\u00a0: 2 valeurs ne se lisent qu’ainsi")
    assert "Écritures reconnues\u00a0: AA-MM-JJ, AAAA-MM-JJ." in said
    assert "dépasse de 10 ans au plus" in said


@pytest.mark.parametrize(
    "texts",
    [
        ["26-03-05", "26-03-12"],  # both ways possible
        ["26-03-31", "31-03-26"],  # 2031
        ["26-03-31", "26-13-05"],  # no thirteenth month
        ["26-03-31", "5/3/26"],  # not two digits
        ["27-11-30"],  # future either way
        ["31-02-26", "05-03-26"],  # 31 February: a slip, not another order
    ],
)
def test_the_year_does_not_stand_first_where_one_value_is_otherwise_or_none_proves_it(texts):
    formats, said = decide_formats(texts)
    assert "AA-MM-JJ" not in formats
    assert "année d’abord" not in said


def test_the_order_of_long_dates_is_told_beside_short_ones_whose_year_stands_first():
    formats, said = decide_formats(["26-03-31", "03/25/2026"])
    assert read_date("26-03-31", formats, TODAY) == ReadDate(date(2026, 3, 31), False)
    assert read_date("03/25/2026", formats, TODAY) == ReadDate(date(2026, 3, 25), False)
    assert said.startswith("Dates lues mois d’abord (MM/JJ/AAAA)\u00a0: 1 valeur ne se lit qu’ainsi. Dates à deux")


@settings(deadline=None)
@given(st.sets(days, min_size=1))
def test_a_column_of_short_dates_whose_year_stands_first_is_read_so_or_cannot_be_told(column):
    formats, said = decide_formats([f"{day:%y-%m-%d}" for day in column])
    if "AA-MM-JJ" in formats:
        assert {read_date(f"{day:%y-%m-%d}", formats, TODAY) for day in column} == {
            ReadDate(day, False) for day in column
        }
    else:
        assert "année d’abord" not in said
