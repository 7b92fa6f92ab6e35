from dataclasses import replace
from math import nan

import pandas as pd

from lib.analysis.near_repeat import FollowUps, NearRepeat
from lib.ui.profile_blocks import left_out_words, repeat_words
from tests.screen import plain

TOLD = FollowUps(
    followed_count=34,
    watched_count=100,
    followed_share=0.34,
    chance_share=0.21,
    chance_low=0.18,
    chance_high=0.24,
    p_value=0.001,
)
FOUND = NearRepeat(
    table=pd.DataFrame(),
    at_residence=TOLD,
    in_hall=TOLD,
    of_type=TOLD,
    fact_count=120,
    duplicate_count=0,
    undated_count=0,
    older_count=0,
    unplaced_count=0,
    since=None,
)
HALL = "Dans le même hall"


def said(told: FollowUps) -> str:
    return plain(str(repeat_words(told, HALL)))


def test_share_stands_beside_that_of_chance():
    assert said(TOLD).endswith(
        "Dans le même hall : 34 % (34 sur 100), pour 21 % (18 à 24 %) au hasard des dates : au-delà du hasard"
    )


def test_share_that_chance_explains_is_said_so():
    assert said(replace(TOLD, p_value=0.4)).endswith("peut tenir au hasard")


def test_share_without_anything_to_compare_with_has_no_verdict():
    alone = replace(TOLD, chance_share=nan, chance_low=nan, chance_high=nan, p_value=nan)
    assert said(alone).endswith("34 % (34 sur 100), rien à quoi le comparer")


def test_nothing_watched_is_said_so():
    assert "aucun fait daté" in said(replace(TOLD, watched_count=0, followed_count=0, followed_share=nan))


def test_facts_left_out_are_counted_by_reason():
    assert (
        plain(left_out_words(FOUND, "du lieu"))
        == "120 faits du lieu comptés. Laissés de côté ou sans voisinage : aucun."
    )
    words = plain(left_out_words(replace(FOUND, undated_count=3, duplicate_count=1), "du lieu"))
    assert words.endswith("3 faits sans jour sûr, 1 double inscription d’un même fait.")
