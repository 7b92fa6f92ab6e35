"""French writing of numbers, dates and periods; the no-break space stands where LOOK §4 asks for it."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import isfinite

import pandas as pd

from lib.domain.period import add_months

NBSP = "\u00a0"  # not U+202F: the font draws it too thin to part thousands from afar
MINUS = "\u2212"
MISSING = "—"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
MONTHS_SHORT = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juill.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)


def _missing(value: object) -> bool:
    return bool(pd.isna(value))  # pyright: ignore[reportArgumentType, reportCallIssue, reportGeneralTypeIssues]


def number(value: float | None, digits: int = 0, *, sign: bool = False) -> str:
    """«14 236», «12,5», «−18»; «—» when missing. Halves are rounded away from zero, as readers expect."""
    if value is None or _missing(value):
        return MISSING
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{abs(rounded):,}".replace(",", NBSP).replace(".", ",")
    if rounded < 0:
        return MINUS + text
    return "+" + text if sign and rounded > 0 else text


def percent(value: float | None, digits: int = 0, *, sign: bool = False) -> str:
    """«12,5 %» from 12.5 (a ``_pct``, 0–100); «—» when missing."""
    text = number(value, digits, sign=sign)
    return text if text == MISSING else f"{text}{NBSP}%"


def share(value: float | None, digits: int = 0) -> str:
    """«93 %» from 0.93 (a ``_share``, 0–1); «—» when missing. Only a whole share reads «100 %», only none «0 %»."""
    if value is None or _missing(value):
        return MISSING
    rounded = percent(100 * value, digits)
    step = Decimal(1).scaleb(-digits)
    if value < 1 and rounded == percent(100, digits):
        return percent(float(100 - step), digits)
    if value > 0 and rounded == percent(0, digits):
        return f"moins de {percent(float(step), digits)}"
    return rounded


def change(ratio: float | None, digits: int = 0) -> str:
    """«+23 %» from 1.23, the ratio of a quantity to itself before; «—» when missing."""
    return MISSING if ratio is None or _missing(ratio) else percent(100 * (ratio - 1), digits, sign=True)


def shift(before: float | None, after: float | None, digits: int = 0) -> str:
    """«3 → 7»: what is said in place of a percentage on a small base."""
    return f"{number(before, digits)}{NBSP}→{NBSP}{number(after, digits)}"


def interval_label(low: float | None, high: float | None, digits: int = 0, *, sign: bool = False) -> str:
    """«334 à 346»; «—» when a bound is missing or infinite."""
    if low is None or high is None or not (isfinite(low) and isfinite(high)):
        return MISSING
    return f"{number(low, digits, sign=sign)} à {number(high, digits, sign=sign)}"


def change_interval_label(low: float | None, high: float | None) -> str:
    """«−26 à −9 %» from the bounds 0.74 and 0.91 of a ratio."""
    if low is None or high is None:
        return MISSING
    text = interval_label(100 * (low - 1), 100 * (high - 1), sign=True)
    return text if text == MISSING else f"{text}{NBSP}%"


def plural(count: float, singular: str, many: str = "") -> str:
    """«0 fait», «1 fait», «3 faits»: below two the French noun is singular.

    Args:
        count: How many.
        singular: The noun and its adjectives: «fait recensé».
        many: Their plural, needed unless the noun is one regular word.
    """
    noun = singular if abs(count) < 2 else many or _regular_plural(singular)
    return f"{number(count)}{NBSP}{noun}"


def _regular_plural(noun: str) -> str:
    return noun if noun.endswith(("s", "x", "z")) else f"{noun}s"


def date_label(day: date | None) -> str:
    """«31 octobre 2026», «1er octobre 2026»; «—» when missing."""
    if day is None or _missing(day):
        return MISSING
    return f"{'1er' if day.day == 1 else day.day} {month_label(day)}"


def month_label(day: date | None) -> str:
    """«octobre 2026» for any day of the month; «—» when missing."""
    if day is None or _missing(day):
        return MISSING
    return f"{MONTHS[day.month - 1]} {day.year}"


def of_month_label(day: date | None) -> str:
    """«d’octobre 2026», «de mars 2026»: the month after «de»."""
    label = month_label(day)
    return f"d’{label}" if label.startswith(("a", "o")) else f"de {label}"


def month_ranges(months: Iterable[date]) -> str:
    """«janvier à mars 2026, juin 2026»: first days of months, in any order; those that follow each other as a range."""
    ordered = sorted(set(months))
    starts = [month for before, month in pairwise([None, *ordered]) if before is None or add_months(before, 1) != month]
    ends = [month for month, after in pairwise([*ordered, None]) if after is None or add_months(month, 1) != after]
    return ", ".join(_month_range(first, last) for first, last in zip(starts, ends, strict=True))


def _month_range(first: date, last: date) -> str:
    if first == last:
        return month_label(first)
    begun = month_label(first).removesuffix(f" {last.year}")
    return f"{begun} à {month_label(last)}"


def month_short_label(day: date) -> str:
    """«oct. 2026», for axes."""
    return f"{MONTHS_SHORT[day.month - 1]} {day.year}"


def time_label(minute: int | None) -> str:
    """«22 h 05», «22 h» from minutes of the civil day; «—» when missing."""
    if minute is None or _missing(minute):
        return MISSING
    hours, minutes = divmod(int(minute), 60)
    return f"{hours}{NBSP}h" + (f"{NBSP}{minutes:02d}" if minutes else "")


def quoted(text: str) -> str:
    """«text», with its inner no-break spaces."""
    return f"«{NBSP}{text}{NBSP}»"


def years_label(count: int) -> str:
    """«un an», «2 ans»."""
    return "un an" if count == 1 else f"{number(count)}{NBSP}ans"


def alphabetical(label: str) -> str:
    """Key that sorts É with E."""
    return unicodedata.normalize("NFD", label).encode("ascii", "ignore").decode().casefold()


def service_label(name: str) -> str:
    """Name of a service as screens write it: without the force, which has its own mark, apostrophes curved."""
    return name.removeprefix("Gendarmerie - ").replace("'", "’")
