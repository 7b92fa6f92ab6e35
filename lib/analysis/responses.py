"""Responses proposed for a place, by rule, from the mix of its facts."""

from collections.abc import Sequence

import pandas as pd

from lib.domain.responses import ResponseRule, ShareOf

COLUMNS = ["place_key", "rule_code", "share", "incident_count", "total_count"]
MEASURES = {ShareOf.FACTS: "incident_count", ShareOf.SEVERITY: "severity_index"}


def responses(mix: pd.DataFrame, rules: Sequence[ResponseRule]) -> pd.DataFrame:
    """The rules that apply to each place, in the order of their table: that which the committee set.

    A share of facts and a share of severity are not of one scale: no order by strength would mean anything.
    A rule applies where the facts it looks at are at least ``min_count`` and make at least ``min_share`` of the facts,
    or of the severity index, of the place. It proposes: partners decide.

    Args:
        mix: ``place_key``, ``type_code``, ``incident_count`` and ``severity_index``, one row per place and type; a
            type has the code of its family before its hyphen.
        rules: ``rule_code`` once each.

    Returns:
        ``place_key``, ``rule_code``, ``share`` (0–1, the one that triggered the rule), ``incident_count`` (facts that
        the rule looks at), ``total_count`` (facts of the place); by place, then by position of the rule. Nothing for a
        place without a rule that applies.
    """
    weighed = _weighed(mix, rules)
    return weighed.loc[weighed["applies"], COLUMNS].reset_index(drop=True)


def nearest(mix: pd.DataFrame, rules: Sequence[ResponseRule]) -> pd.DataFrame:
    """The rule nearest to applying, in each place where none applies.

    The distance of a rule is the worst of its two conditions: the share reached over the one it asks, and the count
    reached over the one it asks. The nearest has the highest; of two equal ones, the first of the table.

    Args:
        mix: As for ``responses``.
        rules: The same.

    Returns:
        The columns of ``responses``, one row per place, by place. Nothing for a place where a rule applies, nor for one
        that has no fact that a rule looks at.
    """
    weighed = _weighed(mix, rules)
    without = weighed[~weighed["place_key"].isin(weighed.loc[weighed["applies"], "place_key"])]
    first = without.sort_values("reach", ascending=False, kind="stable").drop_duplicates("place_key")
    return first.sort_values("place_key")[COLUMNS].reset_index(drop=True)


def _weighed(mix: pd.DataFrame, rules: Sequence[ResponseRule]) -> pd.DataFrame:
    """Each rule at each place that has facts it looks at: ``COLUMNS``, ``applies`` and ``reach``, by place."""
    totals = _sums(mix)
    found = [_of_rule(mix, totals, rule) for rule in sorted(rules, key=lambda rule: rule.position)]
    none = pd.DataFrame(columns=[*COLUMNS, "applies", "reach"]).astype({"applies": bool})
    weighed = pd.concat(found, ignore_index=True) if found else none
    return weighed.sort_values("place_key", kind="stable", ignore_index=True)


def _of_rule(mix: pd.DataFrame, totals: pd.DataFrame, rule: ResponseRule) -> pd.DataFrame:
    looked_at = mix["type_code"].isin(rule.type_codes) | mix["type_code"].str.split("-").str[0].isin(rule.family_codes)
    own = _sums(mix[looked_at])
    counts, measure = own["incident_count"], MEASURES[rule.share_of]
    share = own[measure] / totals[measure].reindex(own.index)
    return pd.DataFrame(
        {
            "rule_code": rule.rule_code,
            "share": share,
            "incident_count": counts,
            "total_count": totals["incident_count"].reindex(own.index),
            "applies": (counts >= rule.min_count) & (share >= rule.min_share),
            "reach": (share / rule.min_share).clip(upper=1).combine((counts / rule.min_count).clip(upper=1), min),
        }
    ).reset_index()


def _sums(mix: pd.DataFrame) -> pd.DataFrame:
    return mix.groupby("place_key")[list(MEASURES.values())].sum()
