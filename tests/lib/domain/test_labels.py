from datetime import date

import numpy as np
import pandas as pd
import pytest

from lib.domain.labels import (
    change,
    change_interval_label,
    date_label,
    interval_label,
    month_label,
    month_short_label,
    number,
    of_month_label,
    percent,
    plural,
    quoted,
    service_label,
    share,
    shift,
    time_label,
)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 0, "0"),
        (14236, 0, "14\u00a0236"),
        (1234567, 0, "1\u00a0234\u00a0567"),
        (-18, 0, "\u221218"),
        (12.45, 1, "12,5"),
        (1234.5, 2, "1\u00a0234,50"),
        (2.5, 0, "3"),
        (-2.5, 0, "\u22123"),
        (np.int64(7), 0, "7"),
        (np.float64(340.2), 0, "340"),
    ],
)
def test_number_is_written_in_french(value, digits, text):
    assert number(value, digits) == text


def test_number_that_rounds_to_zero_has_no_sign():
    assert number(-0.4) == "0"
    assert number(-0.4, sign=True) == "0"


def test_sign_is_shown_on_demand_and_never_on_zero():
    assert (number(23, sign=True), number(0, sign=True)) == ("+23", "0")


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_missing_is_a_dash_everywhere(missing):
    assert {number(missing), percent(missing), share(missing), change(missing)} == {"—"}
    assert {date_label(missing), month_label(missing), time_label(missing)} == {"—"}


def test_percent_has_a_no_break_space():
    assert percent(12.5, 1) == "12,5\u00a0%"


def test_share_is_multiplied_by_a_hundred():
    assert share(0.93) == "93\u00a0%"


def test_share_reads_whole_or_none_only_when_it_is():
    assert [share(0.0), share(0.002), share(0.998), share(1.0)] == [
        "0\u00a0%",
        "moins de 1\u00a0%",
        "99\u00a0%",
        "100\u00a0%",
    ]


def test_change_is_the_distance_of_a_ratio_to_one():
    assert (change(1.23), change(0.82), change(1.0)) == ("+23\u00a0%", "\u221218\u00a0%", "0\u00a0%")


def test_shift_keeps_both_counts_on_one_line():
    assert shift(0, 6) == "0\u00a0→\u00a06"


def test_interval_gives_both_bounds():
    assert interval_label(334.2, 345.8) == "334 à 346"
    assert interval_label(-2, 15, sign=True) == "\u22122 à +15"


def test_interval_with_an_infinite_or_missing_bound_is_a_dash():
    assert {interval_label(3, float("inf")), interval_label(None, 3), interval_label(float("nan"), 3)} == {"—"}
    assert change_interval_label(0.5, float("inf")) == "—"
    assert change_interval_label(None, 1.2) == "—"


def test_change_interval_is_signed_with_one_percent_sign():
    assert change_interval_label(0.74, 0.91) == "\u221226 à \u22129\u00a0%"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0\u00a0fait"), (1, "1\u00a0fait"), (2, "2\u00a0faits"), (1200, "1\u00a0200\u00a0faits")]
)
def test_french_noun_is_singular_below_two(count, text):
    assert plural(count, "fait") == text


def test_noun_that_ends_in_s_does_not_change():
    assert plural(12, "mois") == "12\u00a0mois"


def test_irregular_plural_is_given():
    assert plural(3, "fait recensé", "faits recensés") == "3\u00a0faits recensés"
    assert plural(1, "fait recensé", "faits recensés") == "1\u00a0fait recensé"


def test_first_day_of_a_month_is_ordinal():
    assert date_label(date(2026, 10, 1)) == "1er octobre 2026"
    assert date_label(date(2026, 10, 31)) == "31 octobre 2026"


def test_months_are_french():
    assert month_label(pd.Timestamp("2026-08-01")) == "août 2026"
    assert month_short_label(date(2026, 2, 1)) == "févr. 2026"


def test_time_of_day_omits_whole_hours_minutes():
    assert [time_label(0), time_label(1325), time_label(1320)] == ["0\u00a0h", "22\u00a0h\u00a005", "22\u00a0h"]


def test_quotation_marks_hold_their_words():
    assert quoted("Hors QPV") == "«\u00a0Hors QPV\u00a0»"


def test_service_is_named_without_its_force():
    assert service_label("Gendarmerie - Brigade d'Étampes") == "Brigade d’Étampes"
    assert service_label("Évry-Corbeil") == "Évry-Corbeil"


def test_month_after_de_is_elided_before_a_vowel():
    said = [of_month_label(date(2026, month, 1)) for month in (3, 4, 8, 10)]
    assert said == ["de mars 2026", "d’avril 2026", "d’août 2026", "d’octobre 2026"]
    assert of_month_label(None) == "de —"
