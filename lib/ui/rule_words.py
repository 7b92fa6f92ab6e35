"""What is said of a rule of response: its name, when it applies, who answers, what changed in a table of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from lib.domain.labels import number, plural, quoted, share
from lib.domain.responses import ResponseRule, Row, ShareOf, answering, differences
from lib.domain.terms import PARTNERS, RESPONSE_FIELDS
from lib.domain.vocabulary import Partner
from lib.snapshot import directory
from lib.ui.priority_words import partner_words
from lib.ui.session import Visit

SHARES = {ShareOf.FACTS: "des faits", ShareOf.SEVERITY: "de la gravité"}
NEW = "Nouvelle règle"
SEPARATOR = "\u00a0; "
RULE_PARTNERS = {one: partner_words(answering(one, None)) for one in PARTNERS}  # of a rule, at no place in particular


def fact_labels(visit: Visit) -> dict[str, str]:
    """Labels of the families, then of the types of facts, by code."""
    types = visit.ask_store(directory.incident_types)
    families = dict(zip(types["family_code"], types["family_label"], strict=True))
    return families | dict(zip(types["type_code"], types["type_label"], strict=True))


def row_name(row: Row, labels: Mapping[str, str]) -> str:
    """A rule is called by the facts it looks at: «Tags et graffitis et 4 autres types»."""
    return facts_name([*row["family_codes"].split(), *row["type_codes"].split()], labels)


def facts_name(codes: Sequence[str], labels: Mapping[str, str]) -> str:
    """The first of some families and types of facts, and how many others."""
    if not codes:
        return NEW
    first, others = labels.get(codes[0], codes[0]), codes[1:]
    nouns = ("autre type", "autres types") if all("-" in code for code in others) else ("autre",)
    return f"{first} et {plural(len(others), *nouns)}" if others else first


def when_words(rule: ResponseRule, labels: Mapping[str, str]) -> str:
    """The facts of a rule, all of them, and its two conditions."""
    kinds = SEPARATOR.join(labels.get(code, code) for code in (*rule.family_codes, *rule.type_codes))
    return (
        f"{kinds}\u00a0: au moins {share(rule.min_share)} {SHARES[rule.share_of]} du lieu et "
        f"{number(rule.min_count)} faits"
    )


def who_words(rule: ResponseRule) -> str:
    """The pilot, then the partners, each once."""
    pilot, *others = (RULE_PARTNERS[Partner(one)] for one in dict.fromkeys((rule.pilot, *rule.partners)))
    return ", ".join([f"{pilot} (pilote)", *others])


def changed_words(before: Sequence[Row], after: Sequence[Row], labels: Mapping[str, str]) -> str:
    """«ajout de «Trafics»; modification de «Incendies» (part minimale)»; «rien» where nothing changed."""
    found = differences(before, after)
    old, new = ({row["rule_code"]: quoted(row_name(row, labels)) for row in rows} for rows in (before, after))
    changed = [f"{new[code]} ({_columns(names)})" for code, names in found.changed.items()]
    named: tuple[tuple[str, Iterable[str]], ...] = (
        ("ajout de", map(new.__getitem__, found.added)),
        ("modification de", changed),
        ("retrait de", map(old.__getitem__, found.removed)),
    )
    said = [f"{what} {', '.join(listed)}" for what, names in named if (listed := list(names))]
    return SEPARATOR.join([*said, *(["ordre changé"] if found.is_reordered else [])]) or "rien"


def _columns(names: Collection[str]) -> str:
    return ", ".join(label.lower() for name, label in RESPONSE_FIELDS.items() if name in names)
