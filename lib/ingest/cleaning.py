"""One cell of text → a value of ours, or the reason in French why not."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lib.ingest.privacy import words

MAX_AMOUNT = 10_000_000_000  # the store keeps twelve digits, two of them cents
MAX_DAYS = 3_650
UNKNOWN_WORDS = frozenset(
    {
        *("inconnu", "inconnue", "nc", "nr", "na", "nd", "nsp", "null", "nan", "nesaitpas", "sansreponse"),
        *("nonrenseigne", "nonrenseignee", "nonprecise", "nonprecisee", "nonconnu", "nonconnue"),
        *("indetermine", "indeterminee", "?", "??", "-", "--", "—", "–"),
    }
)
ANY_OTHER = "*"  # in a value table: every label that is not listed


@dataclass(frozen=True)
class Reason:
    """Why a cell cannot be taken: one French sentence, without the value."""

    sentence: str


def plain(text: str) -> str:
    """A heading or label reduced to what is compared: no case, accent, space nor punctuation."""
    return "".join(words(text)) or text.strip()


def is_unknown(text: str) -> bool:
    """True for «inconnu», «NC», «N/A», «non renseigné», «?», «-»."""
    return not re.search(r"\d", text) and plain(text) in UNKNOWN_WORDS


def read_amount(text: str) -> float | Reason | None:
    """Euros, from «1 234,50 €», «1234.5», «1.234,50» or «1,234.50»; missing where the register says unknown.

    «1,234» may be thousands or thousandths: it is refused.
    """
    if is_unknown(text):
        return None
    bare = re.sub(r"(?i)[\s€'’]|eur(?:os?)?|ttc", "", text)
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", bare):
        return Reason("montant ambigu\u00a0: écrivez-le sans séparateur de milliers, avec deux décimales")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", bare):
        bare = bare.replace(".", "")
    elif re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)|\d{1,3}(,\d{3}){2,}", bare):
        bare = bare.replace(",", "")
    bare = bare.replace(",", ".")
    if re.fullmatch(r"-\d+(\.\d+)?", bare):
        return Reason("montant négatif")
    if not re.fullmatch(r"\d+(\.\d+)?", bare) or float(bare) >= MAX_AMOUNT:
        return Reason("montant illisible")
    return round(float(bare), 2)


def read_day_count(text: str) -> int | Reason | None:
    """A whole number of days, zero or more; a spreadsheet may write it «8.0»."""
    if is_unknown(text):
        return None
    number = re.fullmatch(r"(\d{1,4})(?:[.,]0+)?(?:\s*j(?:ours?)?\.?)?", text.strip())
    if number is None or int(number[1]) > MAX_DAYS:
        return Reason(f"nombre de jours illisible\u00a0: un entier de 0 à {MAX_DAYS} est attendu")
    return int(number[1])


def read_severity(text: str) -> int | Reason | None:
    """A severity of 1 to 4; a spreadsheet may write it «2.0»."""
    if is_unknown(text):
        return None
    found = re.fullmatch(r"([1-4])(?:[.,]0+)?", text.strip())
    return int(found[1]) if found else Reason("gravité inconnue\u00a0: 1, 2, 3 ou 4 est attendu")


def text_reader(limit: int) -> Callable[[str], str | Reason]:
    """Reads a code kept as it is, inner spaces reduced to one, at most ``limit`` characters."""

    def read(text: str) -> str | Reason:
        bare = " ".join(text.split())
        return bare if len(bare) <= limit else Reason(f"texte trop long\u00a0: {limit} caractères au plus")

    return read


def code_reader(codes: frozenset[str], labels: Mapping[str, str]) -> Callable[[str], str | Reason]:
    """Reads a value of a closed list: by the landlord's label, else by our own code.

    Args:
        codes: The values of the list.
        labels: Our code by ``plain`` label of the landlord; ``ANY_OTHER`` takes the labels not listed.
    """
    own = {plain(code): code for code in codes}

    def read(text: str) -> str | Reason:
        found = labels.get(plain(text)) or own.get(plain(text))
        if found is None and is_unknown(text) and "unknown" in codes:
            found = "unknown"
        found = found or labels.get(ANY_OTHER)
        return found or Reason("libellé inconnu")

    return read
