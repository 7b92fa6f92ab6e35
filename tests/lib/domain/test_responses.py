import csv
import re
from math import nan

import pytest

from lib.config import REFERENCE
from lib.domain.responses import answering, as_rows, differences, from_rows, merged
from lib.domain.versions import ERASED
from lib.domain.vocabulary import Partner
from lib.store.choices import default_rules

RULES = default_rules()
ROWS = as_rows(RULES)


def test_rules_give_back_their_rows():
    assert from_rows(as_rows(RULES)) == RULES
    assert from_rows(reversed(as_rows(RULES))) == RULES


@pytest.mark.parametrize("wrong", [{"min_share": "beaucoup"}, {"pilot": "moi"}, {"share_of": "x"}], ids=str)
def test_row_that_cannot_be_read_is_refused(wrong: dict):
    with pytest.raises(ValueError, match=next(iter(wrong.values()))):
        from_rows([as_rows(RULES)[0] | wrong])


def test_force_that_answers_leads_and_either_may_where_both_do_or_nobody_knows():
    hall, lease = (next(rule for rule in RULES if rule.rule_code == code) for code in ("OCC-HALL", "JOU-BAIL"))
    assert answering(hall.pilot, "PN") == (Partner.POLICE,)
    assert answering(hall.pilot, "GN") == (Partner.GENDARMERIE,)
    assert {answering(hall.pilot, force) for force in ("", None, nan)} == {(Partner.POLICE, Partner.GENDARMERIE)}
    assert {answering(lease.pilot, force) for force in ("PN", "GN", None)} == {(Partner.LANDLORD,)}


def test_differences_of_two_tables_tell_the_order_apart_from_the_words():
    first, second, third = ROWS[:3]
    raised = second | {"min_count": 9, "pilot": "justice"}
    assert differences(ROWS[:3], ROWS[:3]) == ((), {}, (), False)
    assert differences((first, second), (raised, third)) == (
        (third["rule_code"],),
        {second["rule_code"]: ("min_count", "pilot")},
        (first["rule_code"],),
        False,
    )
    assert differences((first, second), (second | {"position": 1}, first | {"position": 2})) == ((), {}, (), True)


def test_order_of_the_codes_of_a_list_changes_nothing():
    first = ROWS[0]
    turned = {name: " ".join(reversed(first[name].split())) for name in ("type_codes", "partners")}
    assert turned["partners"] != first["partners"]
    assert differences([first], [first | turned]) == ((), {}, (), False)


def merged_of(theirs: list[dict], mine: list[dict]) -> list[dict]:
    return list(merged(ROWS[:3], theirs, mine).rows)


def test_each_partner_keeps_what_each_alone_changed():
    first, second, third = ROWS[:3]
    theirs = [first | {"min_count": 5}, second | {"pilot": "police"}, third]
    mine = [first | {"min_share": 0.5}, second | {"pilot": "justice"}, third]
    assert merged_of(theirs, mine) == [first | {"min_count": 5, "min_share": 0.5}, second | {"pilot": "justice"}, third]


def test_rules_added_and_taken_out_by_either_are_and_one_changed_stays():
    first, second, third = ROWS[:3]
    theirs, mine = ROWS[3], ROWS[4]
    changed = third | {"min_count": 9}
    assert merged_of([first, theirs], [second, changed, mine]) == [changed, mine, theirs]
    base = [first, second, third]
    assert merged_of([*base, theirs], [first, mine, second, third]) == [first, mine, second, third, theirs]


def test_what_both_changed_each_in_their_way_is_said():
    first, second, third = ROWS[:3]
    theirs = [first | {"pilot": "mediation", "min_count": 5}, second | {"response": "Eux."}, third | {"min_count": 7}]
    mine = [first | {"pilot": "justice", "min_share": 0.5}, second | {"response": "Moi."}, third | {"min_count": 7}]
    both = (first["rule_code"], "pilot"), (second["rule_code"], "response")
    assert merged(ROWS[:3], theirs, mine).disputed == both
    assert merged(ROWS[:3], mine, theirs).disputed == both
    assert merged(ROWS[:3], theirs, ROWS[:3]).disputed == ()
    assert merged([second, third], mine, theirs).disputed[0] == (first["rule_code"], "min_share")  # of both, added


def test_rule_that_one_took_out_and_the_other_changed_stays_and_is_said():
    first, second, third = ROWS[:3]
    changed = [first | {"response": "Autre."}, second, third]
    assert merged(ROWS[:3], changed, [second, third]) == (tuple(changed), ((first["rule_code"], ""),))
    assert merged(ROWS[:3], [second, third], changed) == (tuple(changed), ((first["rule_code"], ""),))
    assert merged(ROWS[:3], ROWS[:3], [second, third]) == ((second, third), ())


def test_text_taken_out_of_all_versions_does_not_come_back_by_a_draft_that_did_not_write_it():
    first = ROWS[0]
    bare, named = first | {"response": ERASED}, first | {"response": "Voir M. Martin."}
    assert merged([named], [bare], [named | {"min_count": 9}]).rows == (bare | {"min_count": 9},)
    assert merged([first], [bare], [named], past=[named]) == ((bare,), ())
    assert merged([], [bare], [named], past=[named]).rows == (bare,)
    assert merged([named], [bare], [first]) == ((first,), ((first["rule_code"], "response"),))


def test_order_is_that_of_who_moved_a_rule():
    first, second, third = ROWS[:3]
    moved = [third, first, second]
    assert merged_of([first, second, third], moved) == merged_of(moved, [first, second, third]) == moved
    assert merged_of([first, ROWS[3], second, third], moved) == [third, first, ROWS[3], second]


def test_table_names_only_types_and_families_of_the_nomenclature():
    with (REFERENCE / "nomenclature.csv").open(encoding="utf-8", newline="") as file:
        types = {row["type_code"]: row["family_code"] for row in csv.DictReader(file)}
    assert {code for rule in RULES for code in rule.type_codes} <= set(types)
    assert {code for rule in RULES for code in rule.family_codes} <= set(types.values())
    assert all(code.split("-")[0] == family for code, family in types.items())  # what analysis.responses rests on


def test_table_answers_each_mix_that_the_trade_file_names():
    looked_at = {code for rule in RULES for code in (*rule.type_codes, *rule.family_codes)}
    assert {"OCC-02", "OCC-03", "TRA", "CAD", "JOU-03", "PER"} <= looked_at
    assert all(rule.min_count >= 3 and 0 < rule.min_share <= 1 and rule.legal_ground for rule in RULES)


def test_table_is_written_in_french_typography():
    texts = [text for rule in RULES for text in (rule.response, rule.legal_ground)]
    assert [text for text in texts if re.search(r"[^\u00a0][:;?!]", text) or "'" in text] == []
