from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from lib.analysis.trends import Verdict
from lib.domain.period import Period
from lib.ui.findings import change_words, concentration_title, whole_title

NAN = float("nan")
YEAR = Period(date(2025, 3, 1), date(2026, 3, 1))
NBSP = "\u00a0"


def row(verdict: Verdict, before: int, after: int, *, code: str = "BIE", label: str = "Tags") -> SimpleNamespace:
    """A row of ``compared``: the ratio is that of the counts, and missing unless it was tested."""
    tested = verdict in {Verdict.RISE, Verdict.FALL, Verdict.FLAT}
    return SimpleNamespace(
        verdict=verdict,
        previous_incident_count=before,
        incident_count=after,
        year_on_year_ratio=after / before if tested else NAN,
        family_code=code,
        type_label=label,
    )


def told(whole: SimpleNamespace, *families: SimpleNamespace, types: tuple = ()) -> str:
    return whole_title(whole, families, types, YEAR).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("verdict", "before", "after", "expected"),
    [
        (Verdict.RISE, 100, 123, "+23 %, significatif"),
        (Verdict.FALL, 100, 82, "−18 %, significatif"),
        (Verdict.FLAT, 100, 104, "non significatif"),
        (Verdict.FEW, 3, 7, "3 → 7"),
        (Verdict.UNKNOWN, 0, 7, "sans comparaison"),
    ],
)
def test_change_is_said_in_the_words_of_its_verdict(verdict: Verdict, before: int, after: int, expected: str):
    assert change_words(row(verdict, before, after)).replace(NBSP, " ") == expected


WHOLE = row(Verdict.FLAT, 480, 482)


def test_title_names_the_family_that_rose_and_the_one_that_fell():
    families = row(Verdict.RISE, 100, 123), row(Verdict.FALL, 100, 82, code="TRA")
    assert told(WHOLE, *families) == "Les atteintes aux biens augmentent de 23 %, les trafics reculent de 18 %"


def test_title_names_the_family_whose_number_of_facts_moved_most():
    families = row(Verdict.RISE, 10, 30, code="INC"), row(Verdict.RISE, 1000, 1200, code="JOU")
    assert told(WHOLE, *families) == "Les troubles de jouissance augmentent de 20 %"


def test_fall_alone_is_a_title():
    assert told(WHOLE, row(Verdict.FALL, 50, 25, code="OCC")) == "Les occupations d’espaces communs reculent de 50 %"


@pytest.mark.parametrize("verdict", [Verdict.FLAT, Verdict.FEW, Verdict.UNKNOWN])
def test_title_claims_nothing_of_a_family_that_did_not_pass_the_test(verdict: Verdict):
    title = told(WHOLE, row(verdict, 10, 200))
    assert title == "482 faits recensés en 12 mois, évolution non significative"


def test_title_falls_back_on_the_types_that_passed_the_test():
    types = (row(Verdict.RISE, 20, 50, label="Tags"), row(Verdict.FALL, 40, 10, label="Cave"))
    title = told(WHOLE, row(Verdict.FLAT, 60, 60), types=types)
    assert title == "« Tags » : +150 %, « Cave » : −75 % en un an, aucune famille n’évolue significativement"


@pytest.mark.parametrize("verdict", [Verdict.FLAT, Verdict.FEW, Verdict.UNKNOWN])
def test_title_claims_nothing_of_a_type_that_did_not_pass_the_test(verdict: Verdict):
    title = told(WHOLE, types=(row(verdict, 20, 50),))
    assert title == "482 faits recensés en 12 mois, évolution non significative"


def test_whole_that_changed_is_said_when_no_family_did():
    whole = row(Verdict.RISE, 400, 482)
    assert told(whole, row(Verdict.FLAT, 40, 48)) == "482 faits recensés en 12 mois, +21 % en un an"
    assert told(row(Verdict.FALL, 100, 50)) == "50 faits recensés en 12 mois, −50 % en un an"


def test_change_over_two_years_is_not_said_to_be_of_one():
    two_years = Period(date(2024, 3, 1), date(2026, 3, 1))
    title = whole_title(row(Verdict.FALL, 100, 50), (), (), two_years).replace(NBSP, " ")
    assert title == "50 faits recensés en 24 mois, −50 % en 2 ans"


@pytest.mark.parametrize("verdict", [Verdict.FEW, Verdict.UNKNOWN])
def test_whole_without_comparison_gives_no_direction(verdict: Verdict):
    assert told(row(verdict, 3, 1)) == "1 fait recensé en 12 mois, sans comparaison possible avec la période précédente"


def test_title_never_gives_a_percentage_on_a_small_base():
    assert "%" not in told(row(Verdict.FEW, 3, 9), row(Verdict.FEW, 3, 9), types=(row(Verdict.FEW, 3, 9),))


@pytest.mark.parametrize(
    ("qpvs", "residences", "expected"),
    [
        ([3, 3, 1, 1], [8], "2 QPV sur 4 concentrent la moitié des faits recensés en QPV"),
        ([9, 1], [10], "1 QPV sur 2 concentre la moitié des faits recensés en QPV"),
        ([0, 0], [50, 4, 0], "54 faits recensés dans 2 résidences, aucune en quartier prioritaire"),
        ([], [1, 0], "1 fait recensé dans 1 résidence, aucune en quartier prioritaire"),
    ],
)
def test_title_of_the_map_states_what_was_found(qpvs: list[int], residences: list[int], expected: str):
    found = concentration_title(pd.Series(qpvs, dtype=int), pd.Series(residences))
    assert found.replace(NBSP, " ") == expected


def test_title_of_a_store_without_quarters_places_nothing_outside_them():
    found = concentration_title(pd.Series([], dtype=int), pd.Series([5]), has_qpvs=False)
    assert found.replace(NBSP, " ") == "5 faits recensés dans 1 résidence, quartiers prioritaires non importés"
