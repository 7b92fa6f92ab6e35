"""Rules of response: what partners propose to do where facts of some types are many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from lib.domain.vocabulary import Force, Partner

SEPARATOR = " "


class ShareOf(StrEnum):
    """What the share of a rule is counted on."""

    FACTS = "facts"
    SEVERITY = "severity"


@dataclass(frozen=True)
class ResponseRule:
    """Where facts of some types make a share of those of a place, a response is proposed.

    Attributes:
        rule_code: Short name, one per rule.
        position: Order in the table, from 1.
        type_codes, family_codes: The facts it looks at: those of one of the types or of one of the families.
        min_share: Least share of the place, 0–1, of its facts or of its severity index (``share_of``).
        min_count: Least count of these facts.
        response: In French, what is proposed.
        legal_ground: In French, the texts it rests on.
        pilot: Who leads it.
        partners: Who takes part.
    """

    rule_code: str
    position: int
    type_codes: tuple[str, ...]
    family_codes: tuple[str, ...]
    share_of: ShareOf
    min_share: float
    min_count: int
    response: str
    legal_ground: str
    pilot: Partner
    partners: tuple[Partner, ...]


def as_rows(rules: Iterable[ResponseRule]) -> list[dict[str, Any]]:
    """Rules as plain rows, lists as codes apart by a space: what a table, JSON and a CSV hold."""
    return [
        {
            "rule_code": rule.rule_code,
            "position": rule.position,
            "type_codes": SEPARATOR.join(rule.type_codes),
            "family_codes": SEPARATOR.join(rule.family_codes),
            "share_of": rule.share_of.value,
            "min_share": rule.min_share,
            "min_count": rule.min_count,
            "response": rule.response,
            "legal_ground": rule.legal_ground,
            "pilot": rule.pilot.value,
            "partners": SEPARATOR.join(rule.partners),
        }
        for rule in rules
    ]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[ResponseRule, ...]:
    """Rules from plain rows, in the order of their positions.

    Raises:
        ValueError: If a number or a code of a closed list cannot be read.
        KeyError: If a column is absent.
    """
    rules = [
        ResponseRule(
            rule_code=str(row["rule_code"]),
            position=int(row["position"]),
            type_codes=tuple(str(row["type_codes"]).split()),
            family_codes=tuple(str(row["family_codes"]).split()),
            share_of=ShareOf(row["share_of"]),
            min_share=float(row["min_share"]),
            min_count=int(row["min_count"]),
            response=str(row["response"]),
            legal_ground=str(row["legal_ground"]),
            pilot=Partner(row["pilot"]),
            partners=tuple(map(Partner, str(row["partners"]).split())),
        )
        for row in rows
    ]
    return tuple(sorted(rules, key=lambda rule: rule.position))


def answering(partner: Partner, force: str | None) -> tuple[Partner, ...]:
    """Who a partner of a rule is at a place: in the tables, «police» stands for whichever force answers there.

    Args:
        partner: Of the table.
        force: That of the place; anything but a ``Force`` where both answer, or where it is not known.

    Returns:
        The partner; both forces, police first, where either may be it.
    """
    if partner != Partner.POLICE:
        return (partner,)
    own = {Force.PN.value: (Partner.POLICE,), Force.GN.value: (Partner.GENDARMERIE,)}
    return own.get(str(force), (Partner.POLICE, Partner.GENDARMERIE))


class Differences(NamedTuple):
    """What one table of rules has against another: codes of the rules, in their order."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    is_reordered: bool


def differences(before: Sequence[ResponseRule], after: Sequence[ResponseRule]) -> Differences:
    """What changed from a table of rules to another; the order of a rule counts apart from what it says."""
    old, new = ({rule.rule_code: replace(rule, position=0) for rule in rules} for rules in (before, after))
    kept = [code for code in new if code in old]
    return Differences(
        added=tuple(code for code in new if code not in old),
        changed=tuple(code for code in kept if new[code] != old[code]),
        removed=tuple(code for code in old if code not in new),
        is_reordered=kept != [code for code in old if code in new],
    )
