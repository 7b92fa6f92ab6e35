from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from lib.domain.labels import month_ranges
from lib.domain.vocabulary import BatchKind
from lib.ingest import corrections
from lib.ui.import_words import IDENTIFIER, JOINER, batch_name, literal, safe_csv, stated_months


def statement(file_name: str, kind: BatchKind = BatchKind.REPORTING) -> SimpleNamespace:
    return SimpleNamespace(kind=kind, file_name=file_name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tags et graffitis (2 lignes)", "Tags et graffitis (2 lignes)"),
        ("![x](https://evil.example/p.png)", rf"!\[x\](https:{JOINER}//evil.example/p.png)"),
        ("**gras** _et_ `code`", r"\*\*gras\*\* \_et\_ \`code\`"),
        (":red[rouge] :material/delete:", rf":{JOINER}red\[rouge\] :{JOINER}material/delete:"),
        ("$x^2$ <b> &amp; ~non~", r"\$x^2\$ \<b\> \&amp; \~non\~"),
        ("1. un", r"1\. un"),
        ("- un", r"\- un"),
        ("# titre\n suite", r"\# titre suite"),
        ("a@b.fr", f"a@{JOINER}b.fr"),
        ("www.evil.example", f"www{JOINER}.evil.example"),
        ("A -> B", rf"A -{JOINER}\> B"),
        ("C:\\x", r"C:" + JOINER + r"\\x"),
        ("Lieu : hall", "Lieu : hall"),
    ],
)
def test_label_has_no_markup_left(text: str, shown: str):
    assert literal(text) == shown


def test_months_that_follow_each_other_are_a_range():
    months = [date(2026, 3, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 6, 1), date(2026, 7, 1)]
    assert month_ranges(months) == "décembre 2025 à janvier 2026, mars 2026, juin à juillet 2026"
    assert month_ranges([]) == ""


def test_statement_is_named_by_its_months_and_a_list_cut_says_so():
    assert (
        batch_name(statement("Rien à signaler\u00a0: 01/2026, 02/2026"))
        == "Rien à signaler\u00a0: janvier à février 2026"
    )
    assert stated_months(statement("Rien à signaler\u00a0: 01/2026, 02/20")) == "janvier 2026…"
    assert stated_months(statement("Rien à signaler\u00a0: 01/2026.csv", BatchKind.INCIDENTS)) == ""


def test_csv_of_rows_runs_nothing_in_a_spreadsheet():
    rows = pd.DataFrame({"Réf": ["=1+1", "-12,5", "@x"], "=b": ["007", "a;b", ""]}, dtype=object)
    assert safe_csv(rows).decode("utf-8-sig").splitlines() == [
        "rejet\u00a0: identifiant;Réf;'=b",
        "0;'=1+1;007",
        '1;-12,5;"a;b"',
        "2;'@x;",
    ]
    assert safe_csv(rows).startswith(b"\xef\xbb\xbf")


def test_identifier_of_the_csv_is_the_one_read_back():
    assert IDENTIFIER == corrections.IDENTIFIER
