"""What is said of a rule of response: its name, when it applies, who answers, what changed in a table of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from lib.domain.labels import number, plural, quoted, share
from lib.domain.responses import FREE_TEXTS, LISTED, ResponseRule, Row, ShareOf, answering, differences
from lib.domain.terms import PARTNER_SUBJECTS, PARTNERS, RESPONSE_FIELDS, SHARES_OF
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


def disputed_words(
    disputed: Collection[tuple[str, str]],
    theirs: Sequence[Row],
    mine: Sequence[Row],
    labels: Mapping[str, str],
    by: Partner,
) -> list[str]:
    """What another partner says of what both changed, one sentence each, after one that says what becomes of it.

    ``disputed``: of ``merged``. ``theirs``, ``mine``: the rules that they kept, and those of the draft.
    """
    if not disputed:
        return []
    held, own = ({row["rule_code"]: row for row in rows} for rows in (theirs, mine))
    version = f"version retenue par {PARTNER_SUBJECTS[by]}"
    said = [
        "Vous avez changé tous deux ce qui suit\u00a0: votre brouillon garde vos mots, reprenez-y ceux qui manquent."
    ]
    for code, column in disputed:
        rule = f"Règle {quoted(row_name(own.get(code) or held[code], labels))}"
        if column:
            said.append(f"{rule}, {_columns([column])}, {version}\u00a0: {cell_words(held[code], column, labels)}.")
        elif code in held:
            said.append(
                f"{rule}\u00a0: vous l’aviez retirée, la {version} la modifie. Elle reste dans votre brouillon."
            )
        else:
            said.append(f"{rule}\u00a0: la {version} la retire, vous l’avez modifiée. Elle reste dans votre brouillon.")
    return said


def cell_words(row: Row, column: str, labels: Mapping[str, str]) -> str:
    """What a rule says in a column, as one reads it."""
    value = row[column]
    if column in FREE_TEXTS:
        return quoted(value)
    if column == "min_share":
        return share(value)
    named: Mapping[str, str] = {**labels, **RULE_PARTNERS, **SHARES_OF}
    words = value.split() if column in LISTED else [str(value)]
    return ", ".join(named.get(word, word) for word in words) or "rien"


def _columns(names: Collection[str]) -> str:
    return ", ".join(label.lower() for name, label in RESPONSE_FIELDS.items() if name in names)
