"""A new action begun from what a rule of response proposes, named by the address."""

from collections.abc import Sequence

import streamlit as st

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.responses import ResponseRule
from lib.domain.vocabulary import Partner
from lib.store.choices import response_rules
from lib.ui import data
from lib.ui.action_state import PILOT, RULE
from lib.ui.session import Visit

FAMILY_CHARS = 3  # «OCC» of «OCC-02»


def response_words(rule: ResponseRule, pilots: Sequence[Partner]) -> dict[str, str]:
    """What the address of a new action says of a rule that applies, and of who may lead it where one alone may."""
    return {RULE: rule.rule_code} | ({PILOT: pilots[0].value} if len(pilots) == 1 else {})


def begun_action(visit: Visit, places: tuple[ActionPlace, ...]) -> JointAction:
    """A new action in these places, with what the rule of the address proposes: to be put right before it is kept.

    A rule or a pilot that is not known proposes nothing.
    """
    asked, leads = (st.query_params.get(word, "") for word in (RULE, PILOT))
    rule = next((one for one in data.record(response_rules, visit.snapshot) if one.rule_code == asked), None)
    if rule is None:
        return JointAction("", places=places)
    families = {*rule.family_codes, *(code[:FAMILY_CHARS] for code in rule.type_codes)}
    return JointAction(
        "",
        places=places,
        family_code=families.pop() if len(families) == 1 else None,
        pilot=Partner(leads) if leads in set(Partner) else None,
        partners=rule.partners,
        means=rule.response,
        legal_ground=rule.legal_ground,
    )
