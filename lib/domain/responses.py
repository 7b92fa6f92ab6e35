"""Rules of response: what partners propose to do where facts of some types are many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from lib.domain.vocabulary import Force, Partner

SEPARATOR = " "
LISTED = ("type_codes", "family_codes", "partners")  # columns of several codes
FREE_TEXTS = ("response", "legal_ground")
MAX_TEXT_CHARS = 500
LEAST_COUNT = 3  # one fact, or two, trigger nothing
Row = Mapping[str, Any]  # a rule as ``as_rows`` makes it


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


def from_rows(rows: Iterable[Row]) -> tuple[ResponseRule, ...]:
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
    """What one table of rules has against another: codes of the rules, in their order.

    Attributes:
        changed: By code, the columns that say something else.
    """

    added: tuple[str, ...]
    changed: dict[str, tuple[str, ...]]
    removed: tuple[str, ...]
    is_reordered: bool


def differences(before: Sequence[Row], after: Sequence[Row]) -> Differences:
    """What changed from a table of plain rows to another; the order of a rule counts apart from what it says.

    Neither the order of the codes of a list nor the last decimals of a share say anything.
    """
    old, new = ({row["rule_code"]: row for row in rows} for rows in (before, after))
    kept = [code for code in new if code in old]
    columns = {code: _changed(old[code], new[code]) for code in kept}
    return Differences(
        added=tuple(code for code in new if code not in old),
        changed={code: names for code, names in columns.items() if names},
        removed=tuple(code for code in old if code not in new),
        is_reordered=kept != [code for code in old if code in new],
    )


def merged(base: Sequence[Row], theirs: Sequence[Row], mine: Sequence[Row]) -> tuple[dict[str, Any], ...]:
    """A draft taken up again on rules that another partner kept meanwhile.

    Args:
        base: What the draft began from.
        theirs: What is kept now.
        mine: The draft.

    Returns:
        ``theirs``, with what the draft changed: its word on each column, its rules added and taken out, its order if it
        moved a rule. A rule that they took out stays if the draft changed it.
    """
    held, own = ({row["rule_code"]: dict(row) for row in rows} for rows in (theirs, mine))
    found = differences(base, mine)
    rows = {code: row for code, row in held.items() if code not in found.removed}
    rows |= {code: own[code] for code in (*found.added, *(code for code in found.changed if code not in held))}
    for code, names in found.changed.items():
        rows[code] = rows[code] | {name: own[code][name] for name in names}
    first, second = (own, held) if found.is_reordered else (held, own)
    return tuple(rows[code] for code in _in_order(list(first), list(second)) if code in rows)


def _in_order(first: list[str], second: list[str]) -> list[str]:
    """The codes of the first list, each one that the second alone has after the one that it follows there."""
    ranked = first.copy()
    for rank, code in enumerate(second):
        if code not in ranked:
            ranked.insert(ranked.index(second[rank - 1]) + 1 if rank else 0, code)
    return ranked


def _changed(old: Row, new: Row) -> tuple[str, ...]:
    return tuple(name for name in new if name != "position" and _plain(name, old[name]) != _plain(name, new[name]))


def _plain(name: str, value: Any) -> Any:
    if name in LISTED:
        return sorted(value.split())
    return round(value, 6) if name == "min_share" else value
