import json

import pytest

from lib.maps.values import HIDDEN, NO_DATA, ZERO, MapValues, Residences, class_labels, class_of

BREAKS = [150, 250, 350, 500]


@pytest.mark.parametrize(
    ("value", "state"),
    [(1, 0), (149, 0), (150, 1), (249, 1), (250, 2), (499, 3), (500, 4), (9_000, 4)],
)
def test_a_value_on_a_break_belongs_to_the_class_that_starts_there(value: int, state: int):
    assert class_of(value, BREAKS) == state


def test_a_true_zero_is_not_the_lowest_class():
    assert class_of(0, BREAKS) == ZERO


@pytest.mark.parametrize("value", [None, float("nan")])
def test_a_missing_value_is_no_data(value: float | None):
    assert class_of(value, BREAKS) == NO_DATA


def test_the_states_of_a_polygon_are_all_different():
    assert len({HIDDEN, NO_DATA, ZERO, class_of(1, BREAKS)}) == 4


def test_a_legend_leaves_no_whole_value_between_two_classes():
    assert class_labels([150, 250, 1_500]) == [
        "moins de 150",
        "150 à 249",
        "250 à 1\u00a0499",
        "1\u00a0500 et plus",
    ]


def test_a_class_of_one_value_is_that_value():
    assert class_labels([2, 3, 10]) == ["moins de 2", "2", "3 à 9", "10 et plus"]


def test_values_carry_their_states_and_the_residences_left_out_by_the_filter():
    residences = Residences("/positions/abc", "0f", [3, HIDDEN, NO_DATA, None, 0], prominent=[0], is_named=True)
    sent = json.loads(MapValues(level="qpv", shapes={"QN07701M": (ZERO, "0 fait")}, residences=residences).as_json())
    assert sent["values"] == {"QN07701M": ["zero", "0 fait"]}
    facts = {"url": "/positions/abc", "digest": "0f", "facts": [3, -1, -2, None, 0]}
    assert sent["residences"] == facts | {"prominent": [0], "isNamed": True}


def test_the_version_follows_the_values_and_nothing_else():
    def version(label: str) -> str:
        return json.loads(MapValues(level="qpv", labels={"QN07701M": label}).as_json())["version"]

    assert version("12") == version("12") != version("13")
