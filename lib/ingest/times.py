"""Times of a register: minutes of the civil day, alone or as a range."""

import re
from dataclasses import dataclass

from lib.ingest.cleaning import Reason, is_unknown

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})\s*(?:h|H|:)\s*(?P<minute>\d{2})?(?::?\d{2})?(?:\s*mn|\s*min)?|(?P<compact>\d{4})|(?P<bare>\d{1,2})"
)
_RANGE = re.compile(r"(?:de\s+|entre\s+)?(?P<start>\S.*?)\s*(?:-|–|—|à|et|/)\s*(?P<end>\S.*)", re.IGNORECASE)
_DATED = re.compile(r"(?:\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}|\d{4}-\d{1,2}-\d{1,2})(?P<time>[ T].*)?")
ILLEGIBLE = Reason("heure illisible\u00a0: 18h30, 18:30, 1830 ou une plage comme 22h-2h est attendu")


@dataclass(frozen=True)
class ReadTime:
    """Minutes of the civil day, 0–1439; ``end_minute`` before ``start_minute`` is over midnight."""

    start_minute: int
    end_minute: int | None


def read_time(text: str) -> ReadTime | Reason | None:
    """A moment or a range; None where the register does not know it.

    A cell that holds a date and a time gives its time; a date alone, or at 00:00, gives none, since spreadsheets write
    midnight for «no time».
    """
    bare = text.strip()
    dated = _DATED.fullmatch(bare)
    if dated:
        bare = (dated["time"] or "").strip(" T")
    if not bare or is_unknown(bare):
        return None
    found = _moment_or_range(bare)
    return None if dated and found == ReadTime(0, None) else found


def read_minute(text: str) -> int | Reason | None:
    """A single moment, for a column that holds the end of a range."""
    found = read_time(text)
    if not isinstance(found, ReadTime):
        return found
    return found.start_minute if found.end_minute is None else Reason("une plage n’est pas attendue ici")


def _moment_or_range(text: str) -> ReadTime | Reason:
    moment = _minute(text)
    if moment is not None:
        return ReadTime(moment, None)
    ends = _RANGE.fullmatch(text)
    if ends is None:
        return ILLEGIBLE
    start, end = _minute(ends["start"]), _minute(ends["end"])
    if start is None or end is None:
        return ILLEGIBLE
    return ReadTime(start, None if start == end else end)


def _minute(text: str) -> int | None:
    """Minute of the day, or None where the text is no time; 24h is midnight."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    if found["compact"]:
        hour, minute = int(found["compact"][:2]), int(found["compact"][2:])
    else:
        hour, minute = int(found["hour"] or found["bare"]), int(found["minute"] or 0)
    if (hour, minute) == (24, 0):
        return 0
    return hour * 60 + minute if hour < 24 and minute < 60 else None
