import pytest

from lib.snapshot.places import Level
from lib.snapshot.search import Found
from lib.ui.map_search import said


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Les Essais", "Les Essais"),
        ("Les Hauts-Essais", "Les Hauts-Essais"),
        ("1. Les Essais", r"1\. Les Essais"),
        ("2) Les Essais", r"2\) Les Essais"),
        ("- Les Essais", r"\- Les Essais"),
        ("[a](b) :red[c] <d> &lt; *e*", r"\[a\](b\) \:red\[c\] \<d\> \&lt; \*e\*"),
    ],
)
def test_name_of_a_place_is_no_markdown(name: str, written: str):
    assert said(Found(Level.QPV, "QN1", name, "Ville-A")) == f"{written}, QPV, Ville-A"


def test_what_a_place_is_follows_its_name_and_its_force_is_a_word():
    assert said(Found(Level.DISTRICT, "2", "Gendarmerie - Brigade d'essai", "GN")) == (
        "Brigade d’essai, circonscription, Gendarmerie"
    )
    assert said(Found(Level.RESIDENCE, "1", "Les Essais", "")) == "Les Essais, résidence"
