"""French addresses and names of communes reduced to what is compared."""

import re
import unicodedata
from dataclasses import dataclass

from lib.ingest.privacy import words

# Abbreviations of the kind of way, understood only where a kind of way stands: first, or after the number.
WAYS = {
    **dict.fromkeys(("av", "ave", "aven"), "avenue"),
    **dict.fromkeys(("bd", "bld", "blvd", "boul", "bvd"), "boulevard"),
    **dict.fromkeys(("r",), "rue"),
    **dict.fromkeys(("pl", "plc"), "place"),
    **dict.fromkeys(("all", "al", "allees"), "allee"),
    **dict.fromkeys(("imp", "impas"), "impasse"),
    **dict.fromkeys(("ch", "che", "chem"), "chemin"),
    **dict.fromkeys(("sq",), "square"),
    **dict.fromkeys(("rte", "rt"), "route"),
    **dict.fromkeys(("qu", "q"), "quai"),
    **dict.fromkeys(("crs",), "cours"),
    **dict.fromkeys(("pas", "pass"), "passage"),
    **dict.fromkeys(("fg", "fbg"), "faubourg"),
    **dict.fromkeys(("res",), "residence"),
    **dict.fromkeys(("lot",), "lotissement"),
    **dict.fromkeys(("esp",), "esplanade"),
    **dict.fromkeys(("prom",), "promenade"),
    **dict.fromkeys(("vla",), "villa"),
    **dict.fromkeys(("ham",), "hameau"),
    **dict.fromkeys(("rpt", "rdpt"), "rondpoint"),
    **dict.fromkeys(("trav",), "traverse"),
    **dict.fromkeys(("ven",), "venelle"),
    **dict.fromkeys(("sent", "sen"), "sentier"),
}
KINDS = frozenset(WAYS.values()) | {"cite", "mail", "parvis", "rond", "clos", "parc", "sente", "voie", "cour"}
TITLES = {
    **dict.fromkeys(("st",), "saint"),
    **dict.fromkeys(("ste",), "sainte"),
    **dict.fromkeys(("gal", "gen", "gnl"), "general"),
    **dict.fromkeys(("mal", "mar"), "marechal"),
    **dict.fromkeys(("dr",), "docteur"),
    **dict.fromkeys(("pdt", "pres"), "president"),
    **dict.fromkeys(("cdt",), "commandant"),
    **dict.fromkeys(("col",), "colonel"),
    **dict.fromkeys(("cap", "cne"), "capitaine"),
    **dict.fromkeys(("prof", "pr"), "professeur"),
    **dict.fromkeys(("lt",), "lieutenant"),
    **dict.fromkeys(("fg", "fbg"), "faubourg"),
}
ARTICLES = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "aux", "au", "a", "en", "sur"})
_BESIDE_COMMUNES = frozenset({"arrondissement", "e", "er", "eme", "s", "ss", "sous"})
SUFFIXES = {"bis": "b", "ter": "t", "quater": "q", "b": "b", "t": "t", "q": "q", "a": "a", "c": "c", "d": "d"}
MAX_SPAN = 60  # a run of numbers longer than this is no run: only its ends are kept

_SUFFIX = r"(?:bis|ter|quater|[a-dqt])"
_ONE = rf"\d{{1,4}}\s*{_SUFFIX}?(?![a-z\d])"
_NUMBERS = re.compile(rf"(?<![a-z\d])(?P<numbers>{_ONE}(?:\s*(?:-|/|,|&|\bet\b|\ba\b)\s*{_ONE})*)\s*,?\s*(?=[a-z])")
_EACH = re.compile(rf"(\d{{1,4}})\s*({_SUFFIX}(?!\s*\d))?(?![a-z\d])")
_POSTAL = re.compile(r"(?<!\d)(\d{5})(?!\d)(.*)$", re.DOTALL)
_RUN = re.compile(r"\d\s*[a-z]*\s*(?:-|\ba\b)\s*\d")


@dataclass(frozen=True)
class Address:
    """An address reduced.

    Attributes:
        street: Kind and name of the way, without abbreviation, accent, article nor punctuation.
        numbers: «12», «12b» (bis); several for «12-16», empty where none is given.
        postal_code: Five digits found after the way, empty where there are none.
        commune: What follows the postal code, as ``commune_form`` reduces it.
    """

    street: str
    numbers: frozenset[str]
    postal_code: str
    commune: tuple[str, str]


def read_address(text: str) -> Address:
    """The parts of an address; what stands before its number (a building, a residence) is left out."""
    bare = _folded(text)
    postal = _POSTAL.search(bare)
    way = bare[: postal.start()] if postal else bare
    found = _number_before_way(way)
    numbers = _each_number(_own_numbers(way, found)) if found else frozenset()
    street = _street(way[found.end() :] if found else way)
    return Address(street, numbers, postal[1] if postal else "", commune_form(postal[2]) if postal else ("", ""))


def commune_form(name: str) -> tuple[str, str]:
    """Name of a commune without article, cedex nor accent, and its arrondissement («Paris 12e» → paris, 12)."""
    said = [TITLES.get(word, word) if word in {"st", "ste"} else word for word in words(name)]
    number = next((found[1] for word in said if (found := re.fullmatch(r"0?(\d{1,2})(?:e|er|eme|ieme)?", word))), "")
    if "cedex" in said:
        said, number = said[: said.index("cedex")], ""
    kept = [word for word in said if word.isalpha() and word not in ARTICLES | _BESIDE_COMMUNES]
    return " ".join(kept), number


def _folded(text: str) -> str:
    """Without case nor accents, punctuation kept."""
    single = " ".join(text.casefold().split())  # runs of spaces would be tried in every way
    spaced = re.sub(r"n\s?[°º]\s?(?=\d)", " ", single)
    bare = unicodedata.normalize("NFKD", spaced.replace("\u2013", "-"))
    return "".join(char for char in bare if not unicodedata.combining(char)).strip()


def _number_before_way(way: str) -> re.Match[str] | None:
    """The numbers that a kind of way follows, else the numbers the text begins with."""
    found = list(_NUMBERS.finditer(way))
    known = (one for one in found if _first_word(way[one.end() :]) in KINDS | set(WAYS))
    return next(known, next((one for one in found if not way[: one.start()].strip(" ,")), None))


def _own_numbers(way: str, found: re.Match[str]) -> str:
    """The numbers of the way: in «Bât 3, 14 rue…» those after the comma alone."""
    is_after_words = bool(way[: found.start()].strip(" ,-"))
    return found["numbers"].rsplit(",", 1)[-1] if is_after_words else found["numbers"]


def _first_word(text: str) -> str:
    return next(iter(words(text)), "")


def _each_number(text: str) -> frozenset[str]:
    each = [(int(digits), SUFFIXES.get(suffix, "")) for digits, suffix in _EACH.findall(text)]
    numbers = {f"{number}{suffix}" for number, suffix in each}
    if len(each) == 2 and _RUN.search(text):
        first, last = sorted(number for number, _ in each)
        if last - first <= MAX_SPAN and (last - first) % 2 == 0:
            numbers |= {str(number) for number in range(first, last + 1, 2)}
    return frozenset(numbers)


def _street(text: str) -> str:
    said = words(text)
    while len(said) > 1 and WAYS.get(said[0], said[0]) == WAYS.get(said[1], said[1]):
        said = said[1:]  # «RUE RUE DES LILAS», as some official files have it
    kind = [WAYS.get(word, word) for word in said[:1]]
    name = [TITLES.get(word, word) for word in said[1:]]
    return " ".join([*kind, *([word for word in name if word not in ARTICLES] or name)])
