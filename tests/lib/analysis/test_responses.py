from dataclasses import replace

import pandas as pd
import pytest

from lib.analysis.responses import nearest, responses
from lib.domain.responses import ResponseRule, ShareOf
from lib.domain.vocabulary import Partner

HALL = ResponseRule("HALL", 1, ("OCC-02", "OCC-03"), (), ShareOf.FACTS, 0.5, 3, "…", "…", Partner.POLICE, ())
TRAFFIC = replace(HALL, rule_code="TRA", position=2, type_codes=(), family_codes=("TRA",), share_of=ShareOf.SEVERITY)


def mix(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["place_key", "type_code", "incident_count", "severity_index"])


def applied(facts: pd.DataFrame, *rules: ResponseRule) -> list[tuple]:
    return list(responses(facts, rules).itertuples(index=False, name=None))


FACTS = mix((1, "OCC-02", 4, 8), (1, "OCC-03", 2, 10), (1, "TRA-01", 4, 40), (2, "CAD-01", 9, 9), (2, "OCC-02", 1, 5))


def test_rules_come_by_place_in_the_order_of_their_table_with_the_share_that_triggered_them():
    found = applied(FACTS, HALL, TRAFFIC)
    assert [row[:2] + row[3:] for row in found] == [(1, "HALL", 6, 10), (1, "TRA", 4, 10)]
    assert [row[2] for row in found] == pytest.approx([6 / 10, 40 / 58])


def test_rule_put_first_by_the_committee_comes_first_whatever_its_share():
    """A few assaults among much damage: their share is the weakest, and still theirs is the first response."""
    facts = mix((1, "PER-01", 3, 30), (1, "OCC-02", 27, 54))
    assault = replace(HALL, rule_code="PER", position=1, type_codes=("PER-01",), min_share=0.1)
    damage = replace(HALL, position=2, share_of=ShareOf.SEVERITY)
    assert [row[1] for row in applied(facts, damage, assault)] == ["PER", "HALL"]
    swapped = (replace(assault, position=2), replace(damage, position=1))
    assert [row[1] for row in applied(facts, *swapped)] == ["HALL", "PER"]


def test_rule_that_looks_at_a_type_and_its_family_counts_each_fact_once():
    both = replace(HALL, family_codes=("OCC",))
    assert applied(FACTS, both)[0][3] == 6


def test_two_facts_trigger_nothing_whatever_their_share():
    assert applied(mix((1, "OCC-02", 2, 10)), HALL) == []
    assert applied(mix((1, "OCC-02", 3, 15)), HALL) == [(1, "HALL", 1.0, 3, 3)]


def test_share_just_reached_is_enough_and_just_missed_is_not():
    assert [row[1] for row in applied(mix((1, "OCC-02", 5, 5), (1, "CAD-01", 5, 5)), HALL)] == ["HALL"]
    assert applied(mix((1, "OCC-02", 5, 5), (1, "CAD-01", 6, 6)), HALL) == []


def test_order_of_the_rows_changes_nothing():
    assert applied(FACTS.iloc[::-1], HALL, TRAFFIC) == applied(FACTS, HALL, TRAFFIC)


def test_many_places_have_each_their_rules_in_order_with_their_own_totals():
    facts = mix(*((place, code, 4, 8) for place in range(40) for code in ("OCC-02", "TRA-01")), (40, "TRA-01", 4, 8))
    rules = [replace(rule, min_share=0.1) for rule in (HALL, TRAFFIC)]
    expected = [(place, code, 4, 8) for place in range(40) for code in ("HALL", "TRA")]
    assert [row[:2] + row[3:] for row in applied(facts, *rules)] == [*expected, (40, "TRA", 4, 4)]


def test_total_is_that_of_the_place_where_others_have_no_such_fact():
    facts = mix((1, "CAD-01", 9, 9), (2, "OCC-02", 4, 8), (2, "CAD-01", 2, 4))
    assert applied(facts, HALL) == [(2, "HALL", pytest.approx(4 / 6), 4, 6)]


def test_no_fact_and_no_rule_give_no_response():
    empty = responses(FACTS, [])
    assert list(empty.columns) == ["place_key", "rule_code", "share", "incident_count", "total_count"]
    assert applied(mix(), HALL) == applied(FACTS) == []


def near(facts: pd.DataFrame, *rules: ResponseRule) -> list[tuple]:
    return list(nearest(facts, rules).itertuples(index=False, name=None))


def test_nearest_rule_is_that_which_reaches_most_of_what_it_asks():
    facts = mix((1, "OCC-02", 4, 8), (1, "TRA-01", 3, 12), (1, "CAD-01", 13, 20))
    traffic = replace(TRAFFIC, min_share=0.4)
    # occupations: 4 of 20 facts for a half, 2 fifths of what is asked; trafficking: 12 of 40 for 0,4, 3 quarters.
    assert near(facts, HALL, traffic) == [(1, "TRA", pytest.approx(0.3), 3, 20)]
    assert near(facts, replace(HALL, min_share=0.25), traffic) == [(1, "HALL", pytest.approx(0.2), 4, 20)]


def test_two_facts_of_three_are_two_thirds_of_the_way_whatever_their_share():
    assert near(mix((1, "OCC-02", 2, 10)), HALL) == [(1, "HALL", 1.0, 2, 2)]
    facts = mix((1, "OCC-02", 2, 10), (1, "TRA-01", 3, 4))
    assert near(facts, HALL, TRAFFIC) == [(1, "HALL", pytest.approx(2 / 5), 2, 5)]


def test_first_of_two_rules_as_near_is_that_of_the_table():
    other = replace(HALL, rule_code="AUTRE", position=3)
    facts = mix((1, "OCC-02", 3, 3), (1, "CAD-01", 9, 9))
    assert [row[1] for row in near(facts, other, HALL)] == ["HALL"]


def test_place_where_a_rule_applies_or_that_no_rule_looks_at_has_no_nearest():
    assert near(FACTS, HALL, TRAFFIC) == [(2, "HALL", pytest.approx(1 / 10), 1, 10)]
    assert near(mix((3, "CAD-01", 9, 9)), HALL) == near(mix(), HALL) == near(FACTS) == []
