"""Times of a register: minutes of the civil day, alone or as a range."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lib.ingest.cleaning import Reason, is_unknown
from lib.ingest.dates import time_after
from lib.ingest.privacy import words

DAY_MINUTES = 1440
ABOUT_MINUTES = 30  # «vers 18h» is half an hour before and after
# Minutes of the civil day; the night goes over midnight.
PARTS_OF_DAY = {
    "matin": (6 * 60, 12 * 60),
    "matinee": (6 * 60, 12 * 60),
    "midi": (12 * 60, 14 * 60),
    "apresmidi": (12 * 60, 18 * 60),
    "aprem": (12 * 60, 18 * 60),
    "soir": (18 * 60, 22 * 60),
    "soiree": (18 * 60, 22 * 60),
    "nuit": (22 * 60, 6 * 60),
    "journee": (8 * 60, 18 * 60),
}
_POINTS = {"midi": 12 * 60, "minuit": 0}
_CLOCK = re.compile(
    r"(?:(?P<hour>\d{1,2})\s*(?:heures?|hrs?|h|:)\s*(?P<minute>\d{2})?(?::\d{2}(?:[.,]\d+)?)?(?:\s*(?:mn|min))?"
    r"|(?P<compact>\d{3,4})|(?P<bare>\d{1,2}))(?:\s*(?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"0?[.,]\d+")
_RANGE = re.compile(r"(?:de\s+|entre\s+)?(?P<start>\S.*?)\s*(?:-|–|—|à|et|/)\s*(?P<end>\S.*)", re.IGNORECASE)
_ABOUT = re.compile(r"(?:vers|environ|env\.?|aux? (?:alentours|environs) de|~|±)\s*(?P<time>\S.*)", re.IGNORECASE)
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}")  # 18.30.00 is no date
_ARTICLES = frozenset(
    {"en", "dans", "cette", "pendant", "durant", "au", "cours", "le", "la", "l", "d", "de", "du", "toute"}
)
_PORTIONS = frozenset({"debut", "milieu", "fin"})
ILLEGIBLE = Reason("heure illisible\u00a0: 18h30, 18:30, 1830 ou une plage comme 22h-2h est attendu")


@dataclass(frozen=True)
class ReadTime:
    """Minutes of the civil day, 0–1439; ``end_minute`` before ``start_minute`` is over midnight."""

    start_minute: int
    end_minute: int | None


def read_time(text: str) -> ReadTime | Reason | None:
    """A moment or a range; None where the register does not know it.

    A cell that holds a date and a time gives its time; a date alone, or at 00:00, gives none, since spreadsheets write
    midnight for «no time». A part of the day is a range: «matin» 6h–12h, «midi» 12h–14h, «après-midi» 12h–18h,
    «soirée» 18h–22h, «nuit» 22h–6h, «journée» 8h–18h; «début», «milieu» and «fin de…» give the whole part. «minuit»
    is 0h00. «vers 18h» is 17h30–18h30. A number below one is a spreadsheet's share of the day.
    """
    bare = text.strip()
    after = None if _DOTTED.fullmatch(bare) else time_after(bare)
    if after is not None:
        bare = after
    found = _bare_time(bare)
    return None if after is not None and found == ReadTime(0, None) else found


def read_minute(text: str) -> int | Reason | None:
    """A single moment, for a column that holds the end of a range."""
    found = read_time(text)
    if not isinstance(found, ReadTime):
        return found
    return found.start_minute if found.end_minute is None else Reason("une plage n’est pas attendue ici")


@lru_cache(maxsize=8_192)  # the times of a register are few, its moments many
def _bare_time(text: str) -> ReadTime | Reason | None:
    return None if not text or is_unknown(text) else _moment_or_range(text)


def _moment_or_range(text: str) -> ReadTime | Reason:
    part = _part_of_day(text)
    if part is not None:
        return part
    about = _ABOUT.fullmatch(text)
    if about is not None:
        return _around(_minute(about["time"]))
    moment = _minute(re.sub(r"^(?:à|a)\s+", "", text, flags=re.IGNORECASE))
    return ReadTime(moment, None) if moment is not None else _range(text)


def _range(text: str) -> ReadTime | Reason:
    ends = _RANGE.fullmatch(text)
    if ends is None:
        return ILLEGIBLE
    start, end = _minute(ends["start"]), _minute(ends["end"])
    if start is None or end is None:
        return ILLEGIBLE
    return ReadTime(start, None if start == end else end)


def _around(minute: int | None) -> ReadTime | Reason:
    if minute is None:
        return ILLEGIBLE
    return ReadTime((minute - ABOUT_MINUTES) % DAY_MINUTES, (minute + ABOUT_MINUTES) % DAY_MINUTES)


def _part_of_day(text: str) -> ReadTime | None:
    """The range of «en soirée», «fin de matinée», «nuit du 12 au 13»; None for anything else."""
    bare = re.sub(r"(nuit) du \d.*", r"\1", text.casefold())
    said = [word for word in words(bare) if word not in _ARTICLES | _PORTIONS]
    found = PARTS_OF_DAY.get("".join(said))
    return ReadTime(*found) if found else None


def _minute(text: str) -> int | None:
    """Minute of the day, or None where the text is no time; 24h is midnight."""
    bare = text.strip()
    if bare.casefold() in _POINTS:
        return _POINTS[bare.casefold()]
    if _FRACTION.fullmatch(bare):
        return min(round(float(bare.replace(",", ".")) * DAY_MINUTES), DAY_MINUTES - 1)
    found = _CLOCK.fullmatch(bare)
    return _clock_minute(found.groupdict()) if found else None


def _clock_minute(parts: dict[str, str | None]) -> int | None:
    compact = parts["compact"]
    hour = int(compact[:-2] if compact else parts["hour"] or parts["bare"] or 0)
    minute = int(compact[-2:] if compact else parts["minute"] or 0)
    half = (parts["half"] or "").casefold()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute) == (24, 0):
        return 0
    return hour * 60 + minute if hour < 24 and minute < 60 else None
