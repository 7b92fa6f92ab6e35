import csv
import re
from dataclasses import replace
from math import nan

import pytest

from lib.config import REFERENCE
from lib.domain.responses import answering, as_rows, differences, from_rows
from lib.domain.vocabulary import Partner
from lib.store.choices import default_rules

RULES = default_rules()


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
    first, second, third = RULES[:3]
    raised = replace(second, min_count=9)
    assert differences(RULES[:3], RULES[:3]) == ((), (), (), False)
    assert differences((first, second), (raised, third)) == (
        (third.rule_code,),
        (second.rule_code,),
        (first.rule_code,),
        False,
    )
    assert differences((first, second), (replace(second, position=1), replace(first, position=2))) == ((), (), (), True)


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
