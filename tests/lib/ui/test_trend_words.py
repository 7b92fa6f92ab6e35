from types import SimpleNamespace

import pandas as pd
import pytest

from lib.analysis.trends import Verdict
from lib.ui.trend_words import headlines, panel_words, types_title
from tests.screen import plain

NAN = float("nan")


def row(verdict: Verdict, before: int, after: int, label: str = "Tags", months: float = 1200) -> dict:
    tested = verdict in {Verdict.RISE, Verdict.FALL, Verdict.FLAT}
    return {
        "type_label": label,
        "verdict": verdict,
        "previous_incident_count": before,
        "incident_count": after,
        "year_on_year_ratio": after / before if tested else NAN,
        "reporting_dwelling_months": months,
    }


def said(whole: dict, *types: dict) -> list[str]:
    told = SimpleNamespace(whole=pd.Series(whole), types=pd.DataFrame(types, columns=list(whole)))
    return [plain(str(line)) for line in headlines(told, lambda label: f"/tendances?types={label}")]


WHOLE = row(Verdict.FLAT, 480, 482)


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (WHOLE, "Ensemble des faits : 480 → 482, évolution non significative"),
        (row(Verdict.RISE, 100, 123), "Ensemble des faits : 100 → 123, +23 %, hausse significative"),
        (row(Verdict.FALL, 100, 82), "Ensemble des faits : 100 → 82, −18 %, baisse significative"),
        (row(Verdict.FEW, 3, 7), "Ensemble des faits : 3 → 7, effectif insuffisant pour conclure"),
        (row(Verdict.UNKNOWN, 0, 7), "Ensemble des faits : 0 → 7, sans comparaison possible"),
    ],
)
def test_whole_comes_first_in_the_words_of_its_verdict(whole: dict, expected: str):
    assert said(whole)[0] == expected


def test_types_that_passed_the_test_are_named_those_that_moved_most_first():
    lines = said(
        WHOLE,
        row(Verdict.RISE, 20, 60, "Épaves"),
        row(Verdict.RISE, 300, 400, "Tags"),
        row(Verdict.FALL, 90, 40, "Rodéos"),
        row(Verdict.FLAT, 50, 52, "Bruit"),
    )
    assert lines[1:] == [
        "« Tags » : 300 → 400, +33 %, significatif",
        "« Épaves » : 20 → 60, +200 %, significatif",
        "« Rodéos » : 90 → 40, −56 %, significatif",
        "1 type : évolution non significative",
    ]


def test_beyond_three_the_others_are_counted():
    rises = [row(Verdict.RISE, 100, 200 + rank, f"Type {rank}") for rank in range(5)]
    assert said(WHOLE, *rises)[4] == "2 autres évolutions significatives"


def test_small_base_that_moved_is_named_without_a_percentage():
    lines = said(WHOLE, row(Verdict.FEW, 3, 9, "Incendies"), row(Verdict.FEW, 5, 6, "Armes"))
    assert lines[1:] == ["« Incendies » : 3 → 9, effectif insuffisant pour conclure"]


def test_name_of_a_type_is_escaped_and_leads_to_it():
    told = SimpleNamespace(whole=pd.Series(WHOLE), types=pd.DataFrame([row(Verdict.RISE, 20, 60, "<b>x</b>")]))
    line = str(headlines(told, lambda label: "/tendances?types=x")[1])
    assert "<b>" not in line
    assert 'href="/tendances?types=x"' in line


def test_panel_says_what_it_keeps_and_what_it_changes():
    outside, inside = row(Verdict.FALL, 1000, 700, months=1000), row(Verdict.FLAT, 800, 790, months=860)
    assert panel_words(pd.Series(inside), pd.Series(outside)) == (
        "Panel constant : seuls comptent les mois que chaque résidence a déclarés les deux années, soit 86 % de "
        "ce que les bailleurs ont déclaré sur la période ; l’ensemble des faits passe de « −30 %, significatif » à "
        "« non significatif »."
    ).replace(" :", "\u00a0:").replace(" ;", "\u00a0;").replace(" %", "\u00a0%").replace("« ", "«\u00a0").replace(
        " »", "\u00a0»"
    )


def test_panel_that_changes_nothing_says_so():
    same = pd.Series(row(Verdict.FLAT, 800, 790, months=1000))
    assert "le verdict reste «\u00a0non significatif\u00a0»" in panel_words(same, same)


@pytest.mark.parametrize(
    ("verdicts", "title"),
    [
        (
            [Verdict.RISE, Verdict.RISE, Verdict.FALL, Verdict.FLAT],
            "2 types en hausse significative, 1 en baisse, sur 4",
        ),
        ([Verdict.RISE, Verdict.FEW], "1 type en hausse significative, sur 2"),
        ([Verdict.FALL], "1 type en baisse significative, sur 1"),
        ([Verdict.FLAT, Verdict.FEW, Verdict.UNKNOWN], "aucun type en évolution significative, sur 3"),
    ],
)
def test_title_of_a_family_counts_the_types_that_moved(verdicts, title):
    assert plain(types_title("Biens", pd.Series(verdicts))) == f"Biens : {title}"
