import csv
import re

import pytest

from lib.config import REFERENCE
from lib.domain.responses import as_rows, for_force, from_rows
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


def test_gendarmerie_leads_where_it_answers():
    hall, lease = (next(rule for rule in RULES if rule.rule_code == code) for code in ("OCC-HALL", "JOU-BAIL"))
    assert for_force(hall, "PN") == for_force(hall, "") == hall
    assert for_force(hall, "GN").pilot == Partner.GENDARMERIE
    assert for_force(lease, "GN") == lease


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
