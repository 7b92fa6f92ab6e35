from dataclasses import replace

import pytest

from lib.domain.responses import ShareOf
from lib.store.choices import default_rules
from lib.ui.priority_responses import Proposal, nearest_words

(RULE,) = (rule for rule in default_rules() if rule.rule_code == "TRA")  # 20 % of the severity and 3 facts
LABELS = {"TRA": "Trafics"}


def said(share: float, count: int, total: int, **rule: object) -> str:
    words = nearest_words(Proposal(replace(RULE, **rule), (), share, count, total), LABELS)
    return words.replace("\u00a0", " ").removeprefix("Aucune règle ne s’applique. La plus proche : trafics, ")


@pytest.mark.parametrize(
    ("share", "count", "total", "words"),
    [
        (0.14, 6, 40, "14 % de la gravité pour 20 % demandés."),
        (0.1996, 6, 40, "19,9 % de la gravité pour 20 % demandés."),
        (0.14, 2, 40, "14 % de la gravité pour 20 % demandés et 2 faits pour 3 demandés."),
        (0.5, 1, 40, "1 fait pour 3 demandés."),
        (0.1, 3, 9, "moins de 20 % de la gravité (3 faits sur 9)."),
    ],
)
def test_nearest_rule_says_what_it_lacks(share: float, count: int, total: int, words: str):
    assert said(share, count, total) == words


def test_share_of_facts_is_said_of_facts():
    assert said(0.14, 6, 40, share_of=ShareOf.FACTS) == "14 % des faits pour 20 % demandés."
