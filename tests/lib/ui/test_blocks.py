from types import SimpleNamespace

import pandas as pd
import pytest

from lib.analysis.trends import Verdict
from lib.ui.blocks import change_mark, dwellings_words, part_words, place_cell, rate_words
from lib.ui.marks import NONE

NAN = float("nan")


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [
        (0, 0, "aucun"),
        (0, 50, "aucun"),
        (3, 7, "3 sur 7"),
        (9, 9, "9 sur 9"),
        (1, 10, "10,0\u00a0%"),
        (51, 1000, "5,1\u00a0%"),
        (9999, 10000, "99,9\u00a0%"),
        (1, 100000, "moins de 0,1\u00a0%"),
        (10, 10, "100,0\u00a0%"),
    ],
)
def test_part_is_a_percentage_only_on_a_base_of_ten(count: int, total: int, expected: str):
    assert part_words(count, total) == expected


def rated(rate: float, low: float, high: float) -> SimpleNamespace:
    return SimpleNamespace(rate_per_1000_dwellings=rate, rate_low=low, rate_high=high)


def test_rate_stands_with_its_interval():
    assert rate_words(rated(180.0, 37.1, 526.0)) == "180<small>37 à 526</small>"


def test_rate_where_nobody_reported_is_missing_and_not_zero():
    assert rate_words(rated(NAN, NAN, NAN)) == NONE


def test_true_zero_rate_is_zero():
    assert rate_words(rated(0.0, 0.0, 18.4)) == "0<small>0 à 18</small>"


def counted(dwellings: int, months: int, reported: int) -> SimpleNamespace:
    return SimpleNamespace(dwelling_count=dwellings, dwelling_months=months, reporting_dwelling_months=reported)


def test_dwellings_stand_with_their_coverage():
    row = pd.DataFrame([vars(counted(1200, 14400, 7200))]).iloc[0]
    assert dwellings_words(row).replace("\u00a0", " ") == "1 200, 50 % déclarés"


def test_dwellings_of_no_known_month_have_no_coverage():
    row = pd.DataFrame([vars(counted(0, 0, 0))]).iloc[0]
    assert dwellings_words(row) == "0, sans déclaration"


def changed(verdict: Verdict) -> SimpleNamespace:
    return SimpleNamespace(verdict=verdict, year_on_year_ratio=1.23, previous_incident_count=3, incident_count=7)


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [
        (Verdict.RISE, "o-rise"),
        (Verdict.FALL, "o-fall"),
        (Verdict.FLAT, "o-flat"),
        (Verdict.FEW, "o-few"),
        (Verdict.UNKNOWN, "o-few"),
    ],
)
def test_mark_of_a_change_is_that_of_its_verdict(verdict: Verdict, mark: str):
    assert f"o-verdict {mark}" in change_mark(changed(verdict))


def test_arrow_is_never_drawn_without_a_test():
    assert not any(mark in change_mark(changed(Verdict.FEW)) for mark in ("o-rise", "o-fall", "%"))


def place(name: str, *, force: object = None, commune: object = None) -> SimpleNamespace:
    return SimpleNamespace(place_name=name, force=force, commune_name=commune)


@pytest.mark.parametrize("missing", [None, NAN])
def test_place_without_force_or_commune_has_its_name_alone(missing: object):
    assert place_cell(place("Lieu", force=missing, commune=missing), None) == "Lieu"


def test_place_bears_its_force_or_its_commune():
    assert "Police" in place_cell(place("Lieu", force="PN", commune="Ville"), None)
    assert place_cell(place("Lieu", commune="Ville"), "/x") == '<a href="/x">Lieu</a><small>Ville</small>'
