from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.merging import merged_lists

REPEATED = st.lists(st.sampled_from("AB"), max_size=6).map(tuple)
LISTS = st.lists(st.sampled_from("ABCDE"), unique=True).map(tuple)


def test_what_either_added_is_there_and_what_either_took_out_is_gone():
    assert merged_lists(("A", "B", "C"), ("A", "C", "D"), ("E", "B", "A")) == ("A", "D", "E")


def test_order_is_ours_where_they_changed_nothing_and_theirs_elsewhere():
    assert merged_lists(("A", "B"), ("A", "B"), ("B", "A")) == ("B", "A")
    assert merged_lists(("A", "B"), ("B", "A"), ("A", "B", "C")) == ("B", "A", "C")


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "both"),
    [
        ("A", "AB", "AA", "ABA"),
        ("", "A", "AA", "AA"),
        ("A", "AAB", "AA", "AAB"),
        ("AA", "AAB", "A", "AB"),
        ("AA", "AB", "A", "AB"),
        ("AA", "AB", "", "B"),
        ("AAA", "AA", "AA", "AA"),
    ],
)
def test_item_counts_as_many_times_as_it_is_written(base: str, theirs: str, mine: str, both: str):
    assert "".join(merged_lists(tuple(base), tuple(theirs), tuple(mine))) == both


@given(REPEATED, REPEATED, REPEATED)
def test_laws_of_two_changes_hold_for_lists_that_repeat_themselves(base: tuple, theirs: tuple, mine: tuple):
    both = Counter(merged_lists(base, theirs, mine))
    assert both == Counter(merged_lists(base, mine, theirs))
    assert merged_lists(base, theirs, base) == theirs
    assert merged_lists(base, base, mine) == mine


@given(LISTS, LISTS, LISTS)
def test_laws_of_two_changes_made_one(base: tuple, theirs: tuple, mine: tuple):
    both = merged_lists(base, theirs, mine)
    assert set(both) == (set(theirs) - (set(base) - set(mine))) | (set(mine) - set(base))
    assert set(both) == set(merged_lists(base, mine, theirs))
    assert len(both) == len(set(both))
    assert merged_lists(base, theirs, base) == theirs
    assert merged_lists(base, base, mine) == mine
