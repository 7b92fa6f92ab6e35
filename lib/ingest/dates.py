"""Dates of a register: civil days, or months where the register knows no more."""

import re
from dataclasses import dataclass
from datetime import date

from lib.ingest.cleaning import Reason

FIRST_DAY = date(1990, 1, 1)
_DAY, _MONTH, _YEAR, _CUT = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<year>\d{4})", r"[/.\-]"
# A time of day may follow: it is read by times.py.
_TAIL = r"(?:[ T]\D{0,3}\d.*)?"
FORMATS = {
    "JJ/MM/AAAA": re.compile(_DAY + _CUT + _MONTH + _CUT + _YEAR + _TAIL),
    "MM/JJ/AAAA": re.compile(_MONTH + _CUT + _DAY + _CUT + _YEAR + _TAIL),
    "AAAA-MM-JJ": re.compile(_YEAR + _CUT + _MONTH + _CUT + _DAY + _TAIL),
    "AAAA-MM": re.compile(_YEAR + _CUT + _MONTH),
    "MM/AAAA": re.compile(_MONTH + _CUT + _YEAR),
}
DEFAULT_FORMATS = ("JJ/MM/AAAA", "AAAA-MM-JJ", "AAAA-MM")


@dataclass(frozen=True)
class ReadDate:
    """A day, or the first day of a month when only the month is known."""

    day: date
    is_month: bool


def read_date(text: str, formats: tuple[str, ...], today: date) -> ReadDate | Reason:
    """The date, by the first format that fits.

    Args:
        text: The cell.
        formats: Names of ``FORMATS``, in the order they are tried.
        today: Last day a fact may bear.
    """
    found = next((match for name in formats if (match := FORMATS[name].fullmatch(text.strip()))), None)
    if found is None:
        return Reason(f"date illisible\u00a0: {' ou '.join(formats)} est attendu")
    parts = found.groupdict()
    try:
        day = date(int(parts["year"]), int(parts["month"]), int(parts.get("day") or 1))
    except ValueError:
        return Reason("date impossible\u00a0: ce jour n’existe pas")
    if day > today:
        return Reason("date future")
    if day < FIRST_DAY:
        return Reason(f"date antérieure à {FIRST_DAY.year}")
    return ReadDate(day, "day" not in parts)


def read_day(text: str, formats: tuple[str, ...], today: date) -> date | Reason:
    """As ``read_date``, refusing a month without its day."""
    found = read_date(text, formats, today)
    if isinstance(found, Reason):
        return found
    return Reason("le jour manque") if found.is_month else found.day
