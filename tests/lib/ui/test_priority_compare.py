import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lib.analysis.criteria import DEFAULT_WEIGHTS, GOALPOSTS, POOLED, Criterion, Unit
from lib.analysis.priorities import Drawn, ranking, shared
from lib.analysis.reasons import smallest_swap
from lib.ui.priority import Ranked
from tests.screen import tables, told

CRITERIA = tuple(GOALPOSTS[Unit.RESIDENCE])
COUNT = 12


def utilities(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).random((COUNT, len(CRITERIA)))


def made(
    values: np.ndarray, is_missing: np.ndarray | None = None, *, weights=DEFAULT_WEIGHTS, pooled: Sequence = ()
) -> Ranked:
    """Places P0, P1… of these utilities, none of which varies, the first in the list the first in the table."""
    count = len(values)
    missing = np.zeros(values.shape, dtype=bool) if is_missing is None else is_missing
    drawn = Drawn(pd.Index(range(count)), CRITERIA, values, missing, {}, 200)
    counted = ("severity_index", "staff_count", "complaint_count", "eligible_known_count", "incident_count")
    months = ("reporting_month_count", "touched_month_count", "hall_month_count", "hall_reporting_month_count")
    places = ranking(drawn, weights, rng=np.random.default_rng(0)).assign(
        row=range(count), place_name=[f"P{rank}" for rank in range(count)], commune_name=None, force=None
    )
    places = places.assign(previous_incident_count=1, **dict.fromkeys(counted, 2), **dict.fromkeys(months, 12))
    places = places.assign(**{column: one in pooled for one, column in POOLED.items()})
    places = places.assign(**{one.value: values[:, at] for at, one in enumerate(CRITERIA)})
    places = places.sort_values("score", ascending=False, kind="stable", ignore_index=True)
    return Ranked(Unit.RESIDENCE, 10, weights, places, places.iloc[:0], drawn)


def compared(found: Ranked) -> AppTest:
    def script(found):  # run by Streamlit: its imports are its own
        from lib.ui.priority_compare import compare  # noqa: PLC0415

        compare(found, "novembre 2025 à octobre 2026")

    return AppTest.from_function(script, args=(found,), default_timeout=60).run()


def held(found: Ranked) -> str:
    def script(found):
        from lib.ui.priority_compare import held  # noqa: PLC0415

        held(found)

    return told(AppTest.from_function(script, args=(found,), default_timeout=60).run())


def test_two_first_places_are_compared_at_once():
    found = made(utilities())
    app = compared(found)
    (lines,) = tables(app)
    assert [line[:2] for line in lines[:3]] == [
        ["Bande", ""],
        ["Probabilité part des tirages où le lieu est dans les 10 premières", ""],
        ["Rang le plus souvent, dans 9 tirages sur 10", ""],
    ]
    assert "novembre 2025 à octobre 2026" in told(app)
    assert len(lines) == 3 + len(CRITERIA) + 1
    assert {len(line) for line in lines} == {4}
    assert app.multiselect[0].value == found.places["place_key"].tolist()[:2]


def test_points_of_the_criteria_add_up_to_the_gap():
    (lines,) = tables(compared(made(utilities())))
    for column in (2, 3):
        points = [int(re.findall(r"([+−]?\d+) points?$", line[column])[0].replace("−", "-")) for line in lines[3:]]
        assert sum(points[:-1]) == points[-1]


def test_three_places_are_compared_and_each_sentence_on_a_swap_is_true():
    found = made(utilities())
    app = compared(found)
    keys = [*found.places["place_key"].tolist()[:2], found.places["place_key"].iloc[5]]
    app.multiselect[0].set_value(keys).run()
    (lines,) = tables(app)
    assert {len(line) for line in lines} == {5}
    weights = shared(DEFAULT_WEIGHTS, CRITERIA)
    scores = found.drawn.utilities @ weights
    said = told(app)
    pairs = [(keys[0], keys[1]), (keys[0], keys[2]), (keys[1], keys[2])]
    sentences = 0
    for first, second in pairs:
        assert scores[first] > scores[second]
        swap = smallest_swap(found.drawn.utilities[first], found.drawn.utilities[second], weights)
        if swap is None:
            assert f"ne met P{second} avant P{first}." in said
            continue
        sentences += 1
        words = re.search(
            rf"P{first} et P{second} échangeraient leurs places si le poids .*? allait de ([\d,]+) % à ([\d,]+) %", said
        )
        assert words
        assert float(words.group(1).replace(",", ".")) == pytest.approx(100 * swap.weight_now, abs=0.5)
        assert float(words.group(2).replace(",", ".")) == pytest.approx(100 * swap.weight_then, abs=0.5)
        beyond = swap.weight_then + 0.001 * np.sign(swap.weight_then - swap.weight_now)
        moved = weights * (1 - beyond) / (1 - swap.weight_now)
        moved[swap.criterion] = beyond
        assert found.drawn.utilities[second] @ moved > found.drawn.utilities[first] @ moved
    assert sentences


def test_one_place_is_compared_with_nothing():
    app = compared(made(utilities()))
    app.multiselect[0].set_value([3]).run()
    assert tables(app) == []
    assert "Choisissez au moins deux lieux" in told(app)


def test_without_a_place_nothing_is_compared_and_nothing_fails():
    nothing = made(utilities()[:0])
    assert "Choisissez au moins deux lieux" in told(compared(nothing))
    assert "n’est pas renseigné" not in held(nothing)


def test_criteria_that_say_the_same_are_warned_about_with_their_correlation():
    values = utilities()
    values[:, 1] = values[:, 0] ** 2
    said = held(made(values))
    assert "« Gravité » et « Persistance » classent presque pareil (ρ = 1,00)" in said
    assert said.count("classent presque pareil") == 1


def test_criteria_that_say_the_opposite_are_warned_about_in_their_own_words():
    values = utilities()
    values[:, 1] = 1 - values[:, 0]
    said = held(made(values))
    assert "« Gravité » et « Persistance » classent presque à l’inverse l’un de l’autre (ρ = −1,00)" in said
    assert "classent presque pareil" not in said


def test_values_that_nobody_knows_and_criteria_without_weight_count_nothing_twice():
    values, is_missing = utilities(), np.zeros((COUNT, len(CRITERIA)), dtype=bool)
    values[:, 1] = values[:, 0]
    without = {name: weight for name, weight in DEFAULT_WEIGHTS.items() if name != CRITERIA[1]}
    assert "classent presque pareil" not in held(made(values, weights=without))
    values[2:, 1], is_missing[2:, 1] = utilities(9)[2:, 1], True  # two places are known: they say nothing
    assert "classent presque pareil" not in held(made(values, is_missing))
    values[:, 1], is_missing[:, 1] = values[:, 0], False
    values[0, 1], is_missing[0, 1] = 1 - values[0, 1], True  # the one that differs is not known
    assert "classent presque pareil (ρ = 1,00)" in held(made(values, is_missing))


def test_criterion_that_shows_no_difference_between_places_says_so_when_it_weighs():
    pooled = (Criterion.STAFF, Criterion.COMPLAINT_GAP)
    said = held(made(utilities(), pooled=pooled))
    assert "Rien ne montre que les résidences diffèrent sur « Personnel » : toutes y ont la même valeur" in said
    assert said.count("Rien ne montre") == 2
    without = {name: weight for name, weight in DEFAULT_WEIGHTS.items() if name not in pooled}
    assert "Rien ne montre" not in held(made(utilities(), pooled=pooled, weights=without))


def test_places_that_are_no_more_than_the_first_ones_have_neither_band_nor_chance():
    few = made(utilities()[:8])
    (lines,) = tables(compared(few))
    assert [line[0] for line in lines[:2]] == [
        "Rang le plus souvent, dans 9 tirages sur 10",
        "Gravité Indice de gravité pour 1 000 logements et par an, lissé (pour un hall : par an)",
    ]
    said = held(few)
    assert "8 résidences pour 10 places : aucune ne se distingue." in said
    assert "tirages" not in said


def test_chance_just_under_always_is_not_always():
    found = made(utilities())
    found.places.loc[:, found.chance] = 0.9995
    (lines,) = tables(compared(found))
    assert lines[1][2:] == ["99 %", "99 %"]


def test_criteria_that_differ_are_not_warned_about():
    assert "classent presque pareil" not in held(made(utilities()))


def test_criterion_that_is_not_known_everywhere_says_for_how_many():
    is_missing = np.zeros((COUNT, len(CRITERIA)), dtype=bool)
    is_missing[:3, 4] = True
    said = held(made(utilities(), is_missing))
    assert "« Écart de plainte » n’est pas renseigné pour 25 % des résidences" in said
    assert said.count("n’est pas renseigné") == 1


def test_sensitivity_is_always_said():
    assert "la place exacte dans la liste ne se lit pas" in held(made(utilities()))
