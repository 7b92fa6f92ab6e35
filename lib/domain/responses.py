"""Rules of response: what partners propose to do where facts of some types are many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from lib.domain.versions import ERASED
from lib.domain.vocabulary import Force, Partner

SEPARATOR = " "
LISTED = ("type_codes", "family_codes", "partners")  # columns of several codes
FREE_TEXTS = ("response", "legal_ground")
MAX_TEXT_CHARS = 500
LEAST_COUNT = 3  # one fact, or two, trigger nothing
LEAST_SHARE = 0.01  # what a percentage without decimals can say
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


class Merged(NamedTuple):
    """Two changes of one table made one.

    Attributes:
        rows: The rules, in their order.
        disputed: Code of a rule and column that both changed, each in their way; the column is blank where one took the
            rule out and the other changed it.
    """

    rows: tuple[dict[str, Any], ...]
    disputed: tuple[tuple[str, str], ...]


def merged(base: Sequence[Row], theirs: Sequence[Row], mine: Sequence[Row], *, past: Sequence[Row] = ()) -> Merged:
    """A draft taken up again on rules that another partner kept meanwhile.

    Args:
        base: What the draft began from.
        theirs: What is kept now.
        mine: The draft.
        past: The earlier version that was put in the draft, if any.

    Returns:
        ``theirs``, with what the draft changed: its word on each column, its rules added and taken out, its order if it
        moved a rule. A rule that either changed stays, even if the other took it out. A text taken out of all versions
        meanwhile does not come back by a draft that did not write it.
    """
    read, held = ({row["rule_code"]: dict(row) for row in rows} for rows in (base, theirs))
    own = {row["rule_code"]: _without_erased(row, held, (*base, *past)) for row in mine}
    found, disputed = differences(base, list(own.values())), tuple(_disputed(read, held, own))
    gone = {code for code in found.removed if (code, "") not in disputed}
    rows = {code: row for code, row in held.items() if code not in gone}
    rows |= {code: own[code] for code in (*found.added, *(code for code in found.changed if code not in held))}
    for code, names in found.changed.items():
        rows[code] = rows[code] | {name: own[code][name] for name in names}
    first, second = (own, held) if found.is_reordered else (held, own)
    return Merged(tuple(rows[code] for code in _in_order(list(first), list(second)) if code in rows), disputed)


def _without_erased(row: Row, held: Mapping[str, Row], past: Sequence[Row]) -> dict[str, Any]:
    """A row of a draft, but for the texts of the past that were since taken out of all versions."""
    now = held.get(row["rule_code"], {})
    said = [one for one in past if one["rule_code"] == row["rule_code"]]
    erased = (name for name in FREE_TEXTS if now.get(name) == ERASED and row[name] in {one[name] for one in said})
    return {**row, **dict.fromkeys(erased, ERASED)}


def _disputed(read: Mapping[str, Row], held: Mapping[str, Row], own: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    for code in dict.fromkeys((*own, *held)):
        base, theirs, mine = (rows.get(code) for rows in (read, held, own))
        if theirs and mine:
            both = set(_changed(base, theirs)) & set(_changed(base, mine)) if base else set(theirs)
            yield from ((code, name) for name in _changed(theirs, mine) if name in both)
        elif base and _changed(base, theirs or mine or base):
            yield code, ""


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
