import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.ingest.cleaning import (
    Reason,
    code_reader,
    plain,
    read_amount,
    read_day_count,
    read_severity,
    text_reader,
)


def test_headings_are_compared_without_case_accent_space_nor_punctuation():
    assert plain(" N° de  Fiche ") == plain("n° DE fiche") == "ndefiche"
    assert plain("Hall d’entrée") == "halldentree"
    assert plain("?") == "?"


@pytest.mark.parametrize(
    ("text", "euros"),
    [("1 234,50 €", 1234.5), ("1\u202f234,50\u00a0€", 1234.5), ("1234.5", 1234.5), ("1.234,50", 1234.5), ("0", 0.0),
     ("80 euros TTC", 80.0), ("12.345.678", 12345678.0), ("1.5", 1.5), ("NC", None), ("1,234.50", 1234.5),
     ("1,234,567", 1234567.0), ("1’234.50", 1234.5), ("0,125", 0.12), ("12,345678", 12.35)],
)  # fmt: skip
def test_amounts_are_read_in_french_and_in_english(text, euros):
    assert read_amount(text) == euros


@pytest.mark.parametrize("text", ["-5", "environ 80", "12,3,4", "99999999999", "1e5", "€", "1,234"])
def test_an_amount_that_cannot_be_is_refused(text):
    assert isinstance(read_amount(text), Reason)


@pytest.mark.parametrize(("text", "days"), [("0", 0), ("12", 12), ("8 jours", 8), ("3 j", 3), ("nc", None), ("8.0", 8)])
def test_days_are_whole_numbers(text, days):
    assert read_day_count(text) == days


@pytest.mark.parametrize("text", ["-1", "1,5", "9999", "deux"])
def test_other_numbers_of_days_are_refused(text):
    assert isinstance(read_day_count(text), Reason)


def test_severity_goes_from_one_to_four():
    assert [read_severity(text) for text in ("1", " 4 ", "?", "2.0")] == [1, 4, None, 2]
    assert all(isinstance(read_severity(text), Reason) for text in ("0", "5", "grave", "1.5"))


def test_a_reference_keeps_its_zeros_and_its_length():
    assert text_reader(10)("00 12  3") == "00 12 3"
    assert isinstance(text_reader(3)("ABCD"), Reason)


def test_a_label_is_found_by_the_landlords_words_then_by_our_code_then_by_the_star():
    read = code_reader(frozenset({"hall", "lift", "unknown"}), {"porche": "hall"})
    assert [read(text) for text in ("Porche", "LIFT", "non renseigné")] == ["hall", "lift", "unknown"]
    assert read("toit") == Reason("libellé inconnu")
    starred = code_reader(frozenset({"hall", "unknown"}), {"porche": "hall", "*": "unknown"})
    assert [starred(text) for text in ("Porche", "toit")] == ["hall", "unknown"]


def test_a_type_is_never_unknown():
    assert isinstance(code_reader(frozenset({"BIE-02"}), {})("inconnu"), Reason)


@settings(deadline=None)
@given(st.integers(0, 10**11))
def test_every_written_form_of_an_amount_gives_that_amount(cents):
    euros, rest = divmod(cents, 100)
    french = f"{euros:,}".replace(",", "\u202f")
    texts = [f"{euros},{rest:02} €", f"{euros}.{rest:02}", f"{french},{rest:02}\u00a0€", f"{euros:,}.{rest:02}"]
    texts.append(f"{euros:,}".replace(",", ".") + f",{rest:02}")
    assert {read_amount(text) for text in texts} == {cents / 100}


@settings(deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"[-+]?\d{0,9}[.,' ]?\d{0,9}[.,]?\d{0,4} ?€?", fullmatch=True))
def test_no_text_ever_raises(text):
    assert isinstance(read_amount(text), float | Reason | None)
    assert isinstance(read_day_count(text), int | Reason | None)
    assert isinstance(read_severity(text), int | Reason | None)
