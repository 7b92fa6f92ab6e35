"""What a person types in a form: texts tidied, faults told under the name of their field."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import isfinite

from lib.domain.labels import number
from lib.errors import FormError
from lib.ingest.privacy import looks_personal

FIRST_YEAR, LAST_YEAR = 2000, 2100
MAX_NUMBER = 999_999_999  # what both engines keep as a whole number, and no form needs more
IDLE = re.compile(r"[^\S\u00a0\u202f]+")  # every space but those that French typography wants
PERSONAL = (
    "retirez ce qui désigne une personne (courriel, téléphone, numéro de sécurité sociale, compte, plaque)\u00a0; "
    "le registre n’en garde aucune"
)
Fault = tuple[str, str]  # a field, and what to do in French, as it stands after a colon


def tidy(text: str, *, is_line: bool = False) -> str:
    """A text without invisible signs nor idle spaces: on one line, or with at most one blank line in a row."""
    kept = (c if c.isspace() or unicodedata.category(c)[0] != "C" else "" for c in unicodedata.normalize("NFC", text))
    lines = [IDLE.sub(" ", line).strip() for line in "".join(kept).splitlines()]
    if is_line:
        return " ".join(line for line in lines if line)
    return "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1])).strip()


def text_faults(field: str, text: str, max_chars: int) -> Iterator[Fault]:
    """A text too long, or that holds a person's data."""
    if len(text) > max_chars:
        yield field, f"raccourcissez à {number(max_chars)} signes (il y en a {number(len(text))})"
    if looks_personal(text):
        yield field, PERSONAL


def day_faults(field: str, day: date | None) -> Iterator[Fault]:
    """A day of another century."""
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        yield field, f"donnez une année de {FIRST_YEAR} à {LAST_YEAR}"


def number_faults(field: str, value: float | None, highest: float = MAX_NUMBER) -> Iterator[Fault]:
    """A number below 0, above the highest, or that is none."""
    if value is not None and not (isfinite(value) and 0 <= value <= highest):
        yield field, f"donnez un nombre de 0 à {number(highest)}"


def refuse(faults: Iterable[Fault], labels: Mapping[str, str]) -> None:
    """Raises what is wrong, the first fault of each field.

    Args:
        faults: Fields and what to do.
        labels: In French, what a screen calls each field.

    Raises:
        FormError: If there is a fault.
    """
    told: dict[str, str] = {}
    for field, sentence in faults:
        told.setdefault(field, f"{labels[field]}\u00a0: {sentence}.")
    if told:
        raise FormError(told)
