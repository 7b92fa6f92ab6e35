from lib.analysis.concentration import places_holding


def test_half_of_the_facts_is_held_by_the_fewest_places():
    assert places_holding([1, 50, 9, 40]) == 1
    assert places_holding([10, 10, 10, 10]) == 2


def test_all_the_facts_take_only_places_that_have_some():
    assert places_holding([3, 0, 5, 0], share=1.0) == 2


def test_no_fact_is_held_by_no_place():
    assert places_holding([0, 0]) == 0
    assert places_holding([]) == 0
