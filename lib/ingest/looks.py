"""What the values of a column look like: the second evidence for what the column is."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from lib.ingest.cleaning import is_unknown, plain
from lib.ingest.privacy import looks_personal

_MONTHS = (
    "janv(?:ier)? fevr(?:ier)? mars avr(?:il)? mai juin juil(?:let)? aout sept(?:embre)? oct(?:obre)? nov(?:embre)?"
)
_MONTH = "|".join([*_MONTHS.split(" "), "dec(?:embre)?"])
_DAY = "|".join(
    [
        r"\d{1,2}[/.\- ]\d{1,2}[/.\- ](?:\d{4}|\d{2})",
        r"\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}",
        r"(?:19|20)\d{2}[/\-](?:0?[1-9]|1[0-2])",
        r"(?:19|20)\d{2}[01]\d[0-3]\d",
        r"\d{1,2}/\d{4}",
    ]
)
_CLOCK = r"\d{1,2}\s*(?:h|:)\s*(?:\d{2})?(?:\s*:\s*\d{2})?(?:\s*mi?n)?"
_PART = r"soir(?:ee)?|matin(?:ee)?|nuit|apres.?midi|midi|journee|minuit"
_RANGE = rf"(?:de |entre |vers )?{_CLOCK}(?:\s*(?:-|–|a|et|/)\s*{_CLOCK})?"
_AMOUNT = r"[+-]?(?:\d{1,3}(?:[ .]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)\s*(?:€|eur|euros|j|jours?)?"
_KINDS = (
    ("datetime", re.compile(rf"(?:{_DAY})[t ,]+(?:a )?{_CLOCK}.*")),
    ("date", re.compile(rf"(?:{_DAY})|(?:\d{{1,2}}\s)?(?:{_MONTH})\.?[\s-]\d{{2,4}}")),
    ("hour", re.compile(rf"{_RANGE}|(?:en |le |la |l.)?(?:{_PART})")),
    ("point", re.compile(r"[\[(]?-?\d{1,3}[.,]\d{3,}\s*[,; ]\s*-?\d{1,3}[.,]\d{3,}[\])]?")),
    ("number", re.compile(_AMOUNT)),
    ("flag", re.compile(r"oui|non|o|n|x|vrai|faux")),
    ("code", re.compile(r"(?=.*\d)\S{1,20}(?: \S{1,6})?|[a-z]{1,3}")),
)  # fmt: skip
DATES, NUMBERS, NAMES = {"date", "datetime"}, {"number"}, {"text"}
# By column of ours: what its values look like, and what they never look like.
LOOKS: dict[str, tuple[set[str], set[str]]] = {
    **dict.fromkeys(
        ("occurred_on", "reported_on", "complaint_filed_on"), (DATES, {"hour", "text", "flag", "code", "point"})
    ),
    **dict.fromkeys(("start_minute", "end_minute"), ({"hour", "datetime"}, {"date", "text", "flag", "point"})),
    **dict.fromkeys(
        ("repair_cost_estimated", "repair_cost_invoiced", "itt_days", "sick_leave_days", "severity_override"),
        (NUMBERS, DATES | {"hour", "text", "flag", "code", "point"}),
    ),
    **dict.fromkeys(("longitude", "latitude"), ({"number", "point"}, DATES | {"hour", "text", "flag"})),
    **dict.fromkeys(
        ("external_reference", "residence_reference"), ({"code", "number"}, DATES | {"hour", "flag", "point"})
    ),
    **dict.fromkeys(("building_code", "hall_code"), ({"code", "number"}, DATES | {"hour", "point"})),
    **dict.fromkeys(("postal_code", "commune_code"), (NUMBERS | {"code"}, DATES | {"hour", "text", "flag"})),
    **dict.fromkeys(
        ("address", "residence_name", "commune_name"), (NAMES, DATES | NUMBERS | {"hour", "flag", "point"})
    ),
}
LIST_LOOK = (set[str](), DATES | NUMBERS | {"hour", "point"})
FEW, MOST = 0.5, 0.6
MIN_PROSE_LENGTH, MIN_PROSE_ROWS, PROSE_SHARE = 60, 3, 0.5
# «Madame la gardienne» is a function, «M. Hall» a place, «à 3 m. du hall» a distance.
_TITLES = "mme|mmes|mlle|melle|mr|mrs|madame|monsieur|mademoiselle|mesdames|messieurs"
_CIVILITY = re.compile(
    rf"(?<![\w.])(?:(?i:{_TITLES})\.?\s+(?!(?i:le|la|les|l|du|des|un|une|et|ou)\b)"
    r"|(?:MM?\.|(?:^|(?<=: ))mm?\.)\s?(?!(?i:hall|esc|escalier|bat|b[aâ]timent|porte|entr[ée]e|etage|étage|cage)\b))"
    r"[^\W\d_]"
)


def kind_of(text: str) -> str:
    """One of «datetime», «date», «hour», «point», «number», «flag», «code», «text»."""
    bare = " ".join(_bare(text).split())
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(bare)), "text")


def kinds_of(sample: Sequence[str]) -> dict[str, float]:
    """Share of each kind among the values that say something."""
    said = [text for text in sample if not is_unknown(text)]
    return {kind: count / len(said) for kind, count in Counter(map(kind_of, said)).items()}


def agreement(column: str, kinds: dict[str, float]) -> bool | None:
    """True where the values confirm the column, False where they belie it, None where they say nothing."""
    good, bad = LOOKS.get(column, LIST_LOOK)
    if sum(kinds.get(kind, 0.0) for kind in bad) >= FEW:
        return False
    return True if sum(kinds.get(kind, 0.0) for kind in good) >= MOST else None


def is_prose(sample: Sequence[str]) -> bool:
    """True for sentences: mostly long texts, none like another."""
    long = [text for text in sample if len(text) >= MIN_PROSE_LENGTH and len(text.split()) > 6]
    return len(long) >= MIN_PROSE_ROWS and len(long) >= PROSE_SHARE * len(sample)


def names_a_person(text: str) -> bool:
    """True where «Mme X» or «M. Y» is said, at any place; a name without its civility is not seen."""
    bare = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return bool(_CIVILITY.search(bare.replace("_", " ").strip()))


def is_of_a_person(text: str) -> bool:
    """True for a label or a heading that must not be kept: see ``looks_personal`` and ``names_a_person``."""
    return looks_personal(text) or names_a_person(text)


def _bare(text: str) -> str:
    lowered = text.strip().casefold().translate(str.maketrans("éèêûôàç", "eeeuoac"))
    return lowered if plain(lowered) else text
