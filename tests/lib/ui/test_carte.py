import pytest

from lib.ui import carte


def told(view: object) -> object:
    """What is kept of a view that the browser tells."""
    carte._keep("essai", {"niveau": carte.VIEW, "code": [48.4, 2.0, 48.6, 2.2]})
    carte._keep("essai", {"niveau": carte.VIEW, "code": view})
    return carte.view("essai")


def test_view_is_its_south_west_and_its_north_east():
    assert told([48.5, 2, 48.7, 180]) == ((48.5, 2.0), (48.7, 180.0))


@pytest.mark.parametrize(
    "view",
    [
        None,
        "48,2,49,3",
        [48.5, 2.1, 48.7],
        [48.5, "2.1", 48.7, 2.3],
        [48.5, 2.1, 48.7, 180.1],
        [48.5, -180.1, 48.7, 2.3],
        [48.5, 2.1, 48.7, float("nan")],
        [48.5, 2.1, 48.7, float("inf")],
    ],
)
def test_view_that_is_none_leaves_the_one_before(view: object):
    assert told(view) == ((48.4, 2.0), (48.6, 2.2))


@pytest.mark.parametrize(
    "said",
    [
        "x",
        1,
        None,
        [],
        {"niveau": "qpv"},
        {"niveau": "qpv", "code": {"a": [1]}},
        {"niveau": "residence", "code": "9" * 5000},
        {"niveau": 3, "code": "QN1"},
        {"vue": {"south": 1}},
    ],
)
def test_forged_message_chooses_nothing(said: object):
    carte.choose("essai", None)
    carte._keep("essai", said)
    assert carte.chosen("essai") is None
