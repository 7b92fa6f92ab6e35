"""Dates of a register: civil days, or months where the register knows no more."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lib.ingest.cleaning import Reason
from lib.ingest.privacy import words

FIRST_DAY = date(1990, 1, 1)
EXCEL_ORIGIN = date(1899, 12, 30)  # day 0 of a spreadsheet, whose 29 February 1900 never was
MAX_CHARS = 100  # of a date with what follows it; a longer text is none
PIVOT_YEARS = 10  # a year of two digits is at most so far after the current one, else of the century before
CIVIL_TIME = ZoneInfo("Europe/Paris")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre"),
    *("novembre", "decembre", "january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)

_LEAD = r"(?:le\s+)?(?:(?:lun|mar|mer|jeu|ven|sam|dim)[a-z]*\.?,?\s+)?"
_DAY, _MONTH, _YEAR, _CUT = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<year>\d{4})", r"[/.\-]"
_SHORT_YEAR, _ANY_YEAR = r"(?P<year>\d{2})", r"['’]?(?P<year>\d{4}|\d{2})"
_WORD = r"(?P<word>[^\W\d_]{3,10})\.?"
# A time of day may follow, never a second date: it is read by times.py.
_PART_OF_DAY = r"(?:(?:en|dans|la|le|fin|début|de|l['’])\s*)*(?:matin|midi|apr|soir|nuit|journ|minuit)"
_TIME = r"(?:(?:à|a|vers|entre|de|-|–)\s*)?(?:\d{1,2}\s*[hH:]|\d{4}\b|\d{1,2}$|\d{1,2}\s*(?:-|–|à|et)\s*\d)"
_TAIL = rf"(?P<tail>(?:T|,?\s+)(?!.*\d[/.\-]\d{{1,2}}[/.\-]\d)(?:{_TIME}|{_PART_OF_DAY}).*)?"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


FORMATS = {
    "JJ/MM/AAAA": _form(_LEAD + _DAY + _CUT + _MONTH + _CUT + _YEAR + _TAIL),
    "MM/JJ/AAAA": _form(_MONTH + _CUT + _DAY + _CUT + _YEAR + _TAIL),
    "AAAA-MM-JJ": _form(_YEAR + _CUT + _MONTH + _CUT + _DAY + _TAIL),
    "AAAA-MM": _form(_YEAR + _CUT + _MONTH),
    "MM/AAAA": _form(_MONTH + _CUT + _YEAR),
    "JJ/MM/AA": _form(_LEAD + _DAY + _CUT + _MONTH + _CUT + _SHORT_YEAR + _TAIL),
    "MM/JJ/AA": _form(_MONTH + _CUT + _DAY + _CUT + _SHORT_YEAR + _TAIL),
    "AA-MM-JJ": _form(_SHORT_YEAR + _CUT + r"(?P<month>\d{2})" + _CUT + r"(?P<day>\d{2})" + _TAIL),
    "JJ mois AAAA": _form(_LEAD + _DAY + r"(?:er)?[\s/.\-]*" + _WORD + r"[\s/.\-,]*" + _ANY_YEAR + _TAIL),
    "mois AAAA": _form(_WORD + r"[\s/.\-]*" + _ANY_YEAR),
    # The year of the one is never a year of the other, since neither 19 nor 20 is a month.
    "AAAAMMJJ": _form(r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>\d{2})" + _TAIL),
    "JJMMAAAA": _form(r"(?P<day>\d{2})(?P<month>0[1-9]|1[0-2])(?P<year>(?:19|20)\d{2})" + _TAIL),
    "nombre Excel": _form(r"(?P<serial>\d{5})(?:[.,](?P<fraction>\d+))?"),
}
DEFAULT_FORMATS = ("JJ/MM/AAAA", "AAAA-MM-JJ", "AAAA-MM")
FORMATS_SAID = 3
_DAY_FIRST, _MONTH_FIRST = ("JJ/MM/AAAA", "JJ/MM/AA"), ("MM/JJ/AAAA", "MM/JJ/AA")
_YEAR_FIRST = "AA-MM-JJ"  # all that it fits, JJ/MM/AA fits too: read so only where it is decided
_ORDERED = _form(_LEAD + r"(\d{1,2})[/.\-](\d{1,2})[/.\-](?:\d{4}|\d{2})" + _TAIL)
_ZONED = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::\d\d(?:[.,]\d+)?)?\s?(Z|UTC|[+-]\d\d:?\d\d)")
_WITHOUT_OFFSET = frozenset({"Z", "UTC", "+00:00", "+0000", "-00:00", "-0000"})


@dataclass(frozen=True)
class ReadDate:
    """A day, or the first day of a month when only the month is known."""

    day: date
    is_month: bool


def decide_formats(
    texts: Iterable[str], declared: tuple[str, ...] | None = None, *, today: date
) -> tuple[tuple[str, ...], str]:
    """The formats of a whole column, and the French sentence that says them.

    Day and month are told apart on all the values: a value above 12 in first place proves the day first, in second
    place the month first. Without proof, or with proofs of both, the French order is kept; what does not fit it is
    rejected row by row. Three parts of two digits have the year first where all can be read so, and one only so.

    Args:
        texts: Every value of the column, or its distinct values; all chunks together.
        declared: Formats that a person imposed; ``None`` or ``DEFAULT_FORMATS`` leave the decision to the values.
        today: Last day a fact may bear: a date in the future is read wrongly.
    """
    if declared is not None and declared != DEFAULT_FORMATS:
        return declared, f"Dates lues comme déclaré\u00a0: {', '.join(declared)}."
    bare = list(dict.fromkeys(civil_text(text) for text in texts if text))
    year_first = _proofs_of_year_first(bare, today)
    ordered = [text for text in bare if not (year_first and FORMATS[_YEAR_FIRST].fullmatch(text))]
    pairs = [(int(found[1]), int(found[2])) for text in ordered if (found := _ORDERED.fullmatch(text))]
    day_first = sum(first > 12 >= second for first, second in pairs)
    month_first = sum(second > 12 >= first for first, second in pairs)
    own = _MONTH_FIRST if month_first and not day_first else _DAY_FIRST
    others = [name for name in FORMATS if name not in {*_DAY_FIRST, *_MONTH_FIRST, _YEAR_FIRST}]
    formats = (own[0], *others[:2], *([_YEAR_FIRST] if year_first else []), own[1], *others[2:])
    seen = Counter(found[0] for text in bare if (found := _first_fit(text, formats)))
    order = _order_said(len(pairs), day_first, month_first)
    order = order if pairs or not year_first else ""
    return formats, " ".join(_said(order, year_first, [name for name, _ in seen.most_common()]))


def read_date(text: str, formats: tuple[str, ...], today: date) -> ReadDate | Reason:
    """The date, by the first format that fits.

    A year of two digits is the one of the hundred years that end ``PIVOT_YEARS`` after today: on any day of 2026, 36
    is 2036 (future) and 37 is 1937. A moment in UTC is brought to the civil time of Paris; with another offset the day
    is kept as written.

    Args:
        text: The cell.
        formats: Names of ``FORMATS``, in the order they are tried.
        today: Last day a fact may bear.
    """
    bare = civil_text(text)
    found = _first_fit(bare, formats)
    if found is None:
        said = " ou ".join(formats[:FORMATS_SAID])
        return Reason(f"date illisible\u00a0: {said} est attendu")
    parts = found[1].groupdict()
    day = _civil_day(parts, today)
    if isinstance(day, Reason):
        return day
    if day > today:
        return Reason("date future")
    if day < FIRST_DAY:
        return Reason(f"date antérieure à {FIRST_DAY.year}")
    return ReadDate(day, not {"day", "serial"} & set(parts))


def read_day(text: str, formats: tuple[str, ...], today: date) -> date | Reason:
    """As ``read_date``, refusing a month without its day."""
    found = read_date(text, formats, today)
    if isinstance(found, Reason):
        return found
    return Reason("le jour manque") if found.is_month else found.day


def civil_text(text: str) -> str:
    """The text with single spaces, a moment in UTC rewritten in the civil time of Paris, another offset left out.

    Empty where it is too long to be a date: what would be tried on it could take for ever. Midnight is
    left as it is, since software writes it where it has no time.
    """
    bare = " ".join(text.split())
    if len(bare) > MAX_CHARS:
        return ""
    found = _ZONED.fullmatch(bare)
    if found is None:
        return bare
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    written = f"{found[1]}-{found[2]}-{found[3]} {found[4]}:{found[5]}"
    if found[6] not in _WITHOUT_OFFSET or (hour, minute) == (0, 0):
        return written
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=UTC).astimezone(CIVIL_TIME)
    except (ValueError, OverflowError):
        return written  # no such moment: refused where it is read
    return f"{moment:%Y-%m-%d %H:%M}"


def time_after(text: str) -> str | None:
    """What follows the date in a cell that holds one, empty where nothing does; None where there is no date.

    The fraction of a spreadsheet's number is given back as «0.75».
    """
    bare = civil_text(text)
    found = _first_fit(bare, tuple(FORMATS))
    if found is None:
        return None
    parts = found[1].groupdict()
    if "serial" in parts:
        return f"0.{parts['fraction']}" if parts["fraction"] else ""
    if "day" in parts:
        return (parts["tail"] or "").strip(" T,\u00a0")
    # «2200-2» is a range of hours, «2018-07» a month.
    is_month = "word" in parts or (parts["year"][:2] in {"19", "20"} and 1 <= int(parts["month"]) <= 12)
    return "" if is_month else None


def _first_fit(text: str, formats: tuple[str, ...]) -> tuple[str, re.Match[str]] | None:
    """The first format that fits, and what it finds."""
    for name in formats:
        found = FORMATS[name].fullmatch(text)
        if found and ("mois" not in name or _month_number(found["word"])):
            return name, found
    return None


def _month_number(word: str) -> int | None:
    """Number of a month by its name or a beginning of it, of three letters or more, that no other month has."""
    start = "".join(words(word))
    numbers = {number % 12 + 1 for number, name in enumerate(MONTHS) if len(start) > 2 and name.startswith(start)}
    numbers |= {2} if start == "fevr" else set()
    return numbers.pop() if len(numbers) == 1 else None


def _civil_day(parts: dict[str, str], today: date) -> date | Reason:
    if "serial" in parts:
        return EXCEL_ORIGIN + timedelta(days=int(parts["serial"]))
    month = _month_number(parts["word"]) if "word" in parts else int(parts["month"])
    assert month is not None, "the form fits"
    if not 1 <= month <= 12:
        return Reason("date impossible\u00a0: ce mois n’existe pas")
    try:
        return date(_year(parts["year"], today), month, int(parts.get("day") or 1))
    except ValueError:
        return Reason("date impossible\u00a0: ce jour n’existe pas")


def _year(digits: str, today: date) -> int:
    if len(digits) == 4:
        return int(digits)
    last = today.year + PIVOT_YEARS
    return last - (last - int(digits)) % 100


def _proofs_of_year_first(texts: list[str], today: date) -> int:
    """Number of texts of three parts of two digits that are dates the year first only; 0 where some are not so."""
    short = [text for text in texts if any(FORMATS[name].fullmatch(text) for name in (_DAY_FIRST[1], _MONTH_FIRST[1]))]
    if any(isinstance(read_date(text, (_YEAR_FIRST,), today), Reason) for text in short):
        return 0
    return sum(isinstance(read_date(text, (_DAY_FIRST[1],), today), Reason) for text in short)


def _said(order: str, year_first: int, seen: list[str]) -> list[str]:
    if not seen:
        return ["Aucune date reconnue."]
    forms = [order] if order else []
    if year_first:
        forms.append(
            f"Dates à deux chiffres lues année d’abord ({_YEAR_FIRST})\u00a0: {_values(year_first)} ne se "
            f"{_lit(year_first)} qu’ainsi, jour d’abord le jour serait impossible ou futur."
        )
    forms.append(f"Écritures reconnues\u00a0: {', '.join(seen)}.")
    if {_DAY_FIRST[1], _MONTH_FIRST[1], _YEAR_FIRST} & set(seen):
        forms.append(f"Une année à deux chiffres dépasse de {PIVOT_YEARS} ans au plus l’année en cours.")
    return forms


def _order_said(pair_count: int, day_first: int, month_first: int) -> str:
    if day_first and month_first:
        return (
            f"Dates contradictoires\u00a0: {_values(day_first)} ne se {_lit(day_first)} que jour d’abord, "
            f"{_values(month_first)} que mois d’abord\u00a0; l’ordre français (JJ/MM/AAAA) est gardé, "
            "les dates qui n’y entrent pas sont rejetées."
        )
    if day_first:
        return f"Dates lues jour d’abord (JJ/MM/AAAA)\u00a0: {_values(day_first)} ne se {_lit(day_first)} qu’ainsi."
    if month_first:
        return f"Dates lues mois d’abord (MM/JJ/AAAA)\u00a0: {_values(month_first)} ne se {_lit(month_first)} qu’ainsi."
    if pair_count:
        return "Dates lues jour d’abord (JJ/MM/AAAA), à la française\u00a0: aucune valeur ne permet de trancher."
    return "Dates sans ambiguïté entre jour et mois."


def _values(count: int) -> str:
    return f"{count} valeur" + ("s" if count > 1 else "")


def _lit(count: int) -> str:
    return "lisent" if count > 1 else "lit"
