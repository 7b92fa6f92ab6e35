from datetime import date

import pytest

from lib.errors import FormError
from lib.ingest.forms import day_faults, number_faults, refuse, text_faults, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Bruit   le\tsoir ", "Bruit le soir"),
        ("Un\r\n\r\n\r\n\r\nDeux \n", "Un\n\nDeux"),
        ("a\x00b\u200bc\ud800", "abc"),
        ("e\u0301te\u0301", "été"),
        (" \n ", ""),
        ("Quoi\u00a0? ", "Quoi\u00a0?"),
    ],
)
def test_text_is_tidied(typed: str, kept: str):
    assert tidy(typed) == kept
    assert tidy(kept) == kept


def test_title_stands_on_one_line():
    assert tidy(" Un\n\n  deux ", is_line=True) == "Un deux"


def test_each_field_is_told_once_by_its_label():
    with pytest.raises(FormError, match="Titre\u00a0: trop court") as raised:
        refuse(
            [("title", "trop court"), ("title", "trop long"), ("due_on", "trop tard")],
            {"title": "Titre", "due_on": "Fin"},
        )
    assert raised.value.faults == {"title": "Titre\u00a0: trop court.", "due_on": "Fin\u00a0: trop tard."}
    refuse([], {})


def test_text_is_judged_by_its_length_and_by_what_it_holds():
    assert list(text_faults("means", "x" * 10, 10)) == []
    assert [field for field, _ in text_faults("means", "x" * 11, 10)] == ["means"]
    assert len(list(text_faults("means", "Joindre le 06 12 34 56 78", 100))) == 1


@pytest.mark.parametrize("number", [-0.01, 101, float("nan"), float("inf")])
def test_number_out_of_bounds_is_a_fault(number: float):
    assert list(number_faults("target", number, 100))
    assert not list(number_faults("target", 100, 100))
    assert not list(number_faults("target", None))


def test_year_of_another_century_is_a_fault():
    assert [bool(list(day_faults("due_on", date(year, 1, 1)))) for year in (1999, 2000, 2100, 2101)] == [
        True,
        False,
        False,
        True,
    ]
