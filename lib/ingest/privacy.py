"""What must never enter the store: a person's data, in a heading or in a value (DOMAIN §5)."""

import re
import unicodedata

MASKED = "(masqué)"
PERSONAL_VALUE = (
    "cette cellule ressemble à une donnée personnelle (nom, courriel, téléphone, sécurité sociale, compte ou plaque)"
)
PERSONAL_HEADING = (
    "Colonne non reprise\u00a0: son intitulé ressemble à une donnée sur une personne ou à du texte libre."
)


def words(text: str) -> list[str]:
    """Words of a heading or label, without case nor accents."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in bare if not unicodedata.combining(c)))


# Words are compared in the singular: see ``_said``.
PERSON_WORDS = frozenset(
    words(
        "prenom patronyme civilite naissance nais ddn age nationalite telephone tel mobile portable gsm fax mail email "
        "mel courriel bail nir secu interlocuteur contact login utilisateur redacteur iban identite surname firstname "
        "lastname phone birth birthdate madame monsieur mme mlle sexe religion handicap ethnie ethnique"
    )
)
PERSON_PHRASES = (
    "ne le", "nee le", "mis en cause", "mise en cause", "saisi par", "n ss", "no ss", "num ss", "numero ss",
    "courrier electronique", "adresse electronique",
)  # fmt: skip
NAMING_WORDS = frozenset(words("nom name contrat matricule immatriculation plaque"))
ROLE_WORDS = frozenset(
    words(
        "locataire occupant auteur plaignant temoin signataire agresseur gardien agent resident suspect habitant client"
    )
)
FREE_TEXT_WORDS = frozenset(
    words(
        "commentaire observation remarque description descriptif recit narratif texte detail note libre circonstance "
        "resume precision expose histoire"
    )
)
# Headings of closed lists («Victime: gardien, prestataire»), of persons anywhere else.
LIST_WORDS, LIST_PHRASES = frozenset(words("victime demandeur declarant")), ("signale par",)
# A category is no person: «Type d’auteur», «Statut du contrat».
CATEGORY_WORDS = frozenset(
    words("type categorie nature statut nombre nb qualite fonction profil canal origine itt arret")
)
# What else than a person has a name: «Nom de la résidence», where «Bâtiment du plaignant» is of a person.
PLACE_WORDS = frozenset(
    words(
        "residence programme groupe site quartier batiment hall commune ville service lieu rue voie ensemble cite "
        "immeuble tour agence bailleur organisme societe entreprise secteur patrimoine esi operation zone qpv"
    )
)
# Found inside a longer word too: «NOMLOCATAIRE», «datenaissance».
STEMS = (
    "prenom", "patronyme", "naissance", "nationalite", "telephone", "courriel", "email", "locataire", "plaignant",
    "temoin", "agresseur", "commentaire", "observation", "remarque", "description",
)  # fmt: skip

SHORTEST = 7  # «AA123AA», the shortest of what is looked for
# Letters of other scripts drawn as ours, then what stands for a dash or a space.
_DRAWN_ALIKE = str.maketrans(
    "АВЕКМНОРСТХУавекмнорстхуΑΒΕΖΗΚΜΝΟΡΤΥΧ‐‑‒–—―−∕·•∙⋅",
    "ABEKMHOPCTXYABEKMHOPCTXYABEZHKMNOPTYX-------/    ",
)
# Most of the distinct values of a register, judged at once: moments, coordinates, amounts, references of the year.
_DECIMAL = r"-?(?:0|[1-9]\d{0,2})[.,]\d{1,16}"
_HARMLESS = re.compile(
    r"(?:\d\d/\d\d/(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?:[ T]\d\d:\d\d(?::\d\d)?)?"
    rf"|{_DECIMAL}(?:,? {_DECIMAL})?|\d{{1,6}}(?:[.,]\d\d)?(?: ?€)?|[A-Z]{{1,4}}-?(?:19|20)\d\d-?\d{{1,6}}",
    re.ASCII,
)
_AT_SIGN, _DIGIT = re.compile(r"[@(\[{]|arobase"), re.compile(r"\d")
_FOREIGN = re.compile(r"[^\x00-\x7f\xa0-\xac\xae-\xb1\xb4-\xff’€œŒ]")
_SIGNS = str.maketrans(dict.fromkeys("_·()[]{}|*", " "))
_AT = re.compile(
    r"[\w.+-]\s?(?:@|[(\[{]\s?(?:at|arobase)\s?[)\]}]|\sarobase\s)\s?"
    r"[\w-]{1,63}\s?(?:\.|[(\[{]\s?(?:dot|point)\s?[)\]}])\s?\w",
    re.IGNORECASE,
)
# Nine signs that a number may be of, in a row: what is searched before any number.
_NINE_SIGNS = re.compile(r"\d(?:[\s.,:;/-]{0,3}[\dAB]){8}")
# All below is read in capitals, spaces reduced to one, «_» and brackets being spaces: see ``folded``.
_BEFORE, _AFTER = r"(?<![0-9A-Z])(?<!\d[.,])", r"(?![0-9A-Z]|[.,]\d)"
# Glued to a word («TEL0612345678»), but not in a fingerprint.
_WORD, _AFTER_WORD = "[A-Z]{0,12}", r"(?!\d|[.,]\d|[A-Z]+\d)"
_DAY, _MONTH = "(?:0[1-9]|[12]\\d|3[01])", "(?:0[1-9]|1[0-2])"
_TWO_DAYS = re.compile(rf"(?<!\d){_DAY}\s{_MONTH}\s\d\d\s{_DAY}\s{_MONTH}\s\d\d(?!\d)")
# National numbers, or those of France and its overseas territories from abroad.
_ABROAD = r"(?:(?:\+|00)\s?(?:33|262|508|590|594|596|687|689)[\s.-]?(?:0[\s.-]?)?|33\s?(?:0\s?)?)"
_PHONE = re.compile(_BEFORE + _WORD + rf"(?:{_ABROAD}|0)[1-9]\d{{8}}" + _AFTER_WORD)
# «01, 02, 03, 04, 05» are halls, «0 1 2 3» floors.
_NO_LIST = "(?!" + "|".join(r"\D{1,3}".join(f"0{n + k}" for k in range(5)) for n in range(1, 6)) + r"|0\D1\D2\D3)"
# Pairs apart by one sign, the same throughout, a longer chain of which is a date with its time or a list of numbers.
_PAIRS = "|".join(
    rf"(?<!\d{cut}){first}(?:\s?{cut}\s?\d\d){{4}}(?!\s?{cut}\s?\d)"
    for cut, first in (
        ("[.]", "(?:0[1-9]|[67])"),
        ("[/]", "(?:0[1-9]|[67])"),
        ("-", "(?:0[1-9]|[67])"),
        (",", "0[1-9]"),
        (";", "0[1-9]"),
        (":", "0[1-9]"),
    )
)
_SPACES = "|".join(
    [
        r"(?:0[1-9]|[67])(?:\s\d\d){4}(?!:)",
        r"0[1-9]\s(?:\d{8}|\d{4}\s\d{4})",
        r"0\d{3}(?:\s\d{3}\s\d{3}|(?:\s\d\d){3})",
        r"0\s[1-9]\d\d\s\d{3}\s\d{3}",
    ]
)
_SPACED_PHONE = re.compile(
    _BEFORE + _WORD + rf"{_NO_LIST}(?:{_ABROAD}[1-9](?:[\s./-]?\d\d){{4}}(?<!\d{{9}})|{_PAIRS}|{_SPACES})" + _AFTER_WORD
)
# Ten digits spaced anyhow, unless they begin with a date; one by one; from any country.
_NO_DATE = rf"(?!{_DAY}\s{_MONTH}\s(?:(?:19|20)\d\d|\d\d)(?!\d))"
_ANY_PHONE = re.compile(
    rf"(?<![0-9A-Z])(?<!\d[\s.,]){_NO_LIST}"
    rf"(?:{_NO_DATE}0\s?[1-9](?:\s?\d){{8}}(?!\s?\d|:)|0(?:[.-]\d){{9}}(?![.-]?\d)"
    r"|00\s?[2-9](?:[\s-]?\d){9,12}(?!\s?\d))"
    + _AFTER
    + r"|(?<!\d)\+\s?[1-9](?:(?:[\s/-]?\d){8,13}|\d{0,2}(?:\.\d{2,4}){3,6})(?!\d|[.,]\d)"
)
_SPACED_NIR = re.compile(
    _BEFORE
    + r"[12](?P<cut>[\s./-])\d\d(?P=cut)\d\d(?P=cut)\d[\dAB](?P=cut)\d{3}(?P=cut)\d{3}(?:[\s./-]?\d\d)?"
    + _AFTER
)
# Spaced anyhow, but for two coordinates in Lambert-93.
_NIR = re.compile(
    rf"{_BEFORE}(?<!\d\s){_WORD}(?!\d{{6}}\s\d{{7}}(?!\d))"
    r"([12](?:\s?\d){4}\s?(?:\d\s?\d|2\s?[AB])(?:\s?\d){6})(?:[\s/-]*(\d\s?\d))?" + _AFTER
)
# Month and département of birth, where no key tells a NIR from another number of thirteen digits.
_BORN = re.compile(r"[12]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[0-57-9]|2[AB])")
_IBAN = re.compile(r"(?<![0-9A-Z])[A-Z]{2}\d{2}(?:[\s-]?[0-9A-Z]){11,30}")
_IBAN_LENGTHS = {
    "FR": 27, "MC": 27, "BE": 16, "LU": 20, "DE": 22, "ES": 24, "IT": 27, "PT": 25, "CH": 21, "GB": 22, "NL": 18,
}  # fmt: skip
_PAIR, _MIDDLE = "[A-HJ-NP-TV-Z]{2}", r"(?!000)\d{3}"
# «LE 124 BD», «DE 100 AV» stand in addresses, «12 BAT 03», «05 MAR 26» in codes and dates.
_NOT_FIRST = "(?!LE|LA|DE|ET|ES|BT|ZA|RN|RD|EN|CE|SE|NE|AV|BD|CH|ST|HT)"
_NOT_LAST = "(?!AV|BD|CH|PL|RN|RD|SQ|BT|ET|DE|LE|LA|AL|RT|EN|ST|KM|CM|MM|KG|DB|HT)"
_NO_WORD = (
    "(?!(?:RUE|BAT|ESC|ENT|HAL|HAB|LGT|APT|APP|BAR|REZ|RDC|TER|BIS|ETG|PAV|BLD|ALL|PAS|RES|GPE|MAR|AVR|MAI|SEP|FEV|JAN"
    "|DEC|NBR|AV|BD|CH|PL|SQ|ET|DE|KM|CM|MM|KG|HT|MN|HR|HRS|VS)(?![A-Z]))"
)
_DEPARTEMENT = "(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])"
_LETTERS = rf"{_NO_WORD}[A-HJ-NP-TV-Z]"
_OLD = rf"[1-9]\d(?:\d{{0,2}}(?:\s{_LETTERS}{{2,3}}\s|-{_LETTERS}{{3}}-)|\d{{1,2}}{_LETTERS}{{2,3}}){_DEPARTEMENT}"
_CUT = r"\s?[-.]\s?"
_NEW = (
    rf"{_PAIR}(?:{_CUT}{_MIDDLE}{_CUT}|{_MIDDLE}){_PAIR}|{_NOT_FIRST}{_PAIR}[\s.-]?{_MIDDLE}[\s.-]?{_NOT_LAST}{_PAIR}"
)
_PLATE = re.compile(rf"(?<![0-9A-Z-])(?:{_NEW}|{_OLD})(?![0-9A-Z-])")
# What every plate holds: quick to search, so that few texts are searched for plates themselves.
_PLATE_SIGNS = (re.compile(r"[A-Z][\s.-]{0,3}\d{3}[\s.-]{0,3}[A-Z]"), re.compile(r"\d[\s-]?[A-Z]{2,3}[\s-]?\d"))

_FILE_SUFFIX = re.compile(r"\.(?:csv|tsv|txt|xls[xm]?|ods|parquet|jsonl?|ndjson|gz|zip)$", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}\s?@\s?[\w.-]{1,255}")


def heading_words(heading: str) -> list[str]:
    """As ``words``, «NomLocataire» being two."""
    return words(re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])", " ", heading))


def is_forbidden_heading(heading: str, *, is_list: bool = True) -> bool:
    """True for a column that looks like a person's data or like free text.

    Args:
        heading: As the file has it.
        is_list: Whether it is read as a closed list, the only use of «Victime» or «Déclarant».
    """
    said = _said(heading)
    phrase = f" {' '.join(heading_words(_in_our_script(heading)))} "
    categories = len(said & CATEGORY_WORDS)
    if said & (FREE_TEXT_WORDS | PERSON_WORDS) or _has_phrase(phrase, PERSON_PHRASES):
        return True
    if not is_list and not categories and (said & LIST_WORDS or _has_phrase(phrase, LIST_PHRASES)):
        return True
    names = max(len(said & NAMING_WORDS) - len(said & PLACE_WORDS), 0)
    return names + len(said & ROLE_WORDS) > categories


def looks_personal(text: str, *, is_reference: bool = False) -> bool:
    """True for a value that holds an e-mail address, a phone number, a NIR, an IBAN or a French plate.

    Args:
        text: The cell.
        is_reference: Whether it is one of references that software may have made: only what no software writes is then
            seen; neither a plate, nor ten digits in a row, nor a NIR without its key.
    """
    if _HARMLESS.fullmatch(text):
        return False
    if not text.isascii() and _FOREIGN.search(text):
        text = _in_our_script(text)
    if _AT_SIGN.search(text) and _AT.search(text):
        return True
    if len(text) < SHORTEST or not _DIGIT.search(text):
        return False
    bare = folded(text)
    if _NINE_SIGNS.search(bare) and _has_number(bare, is_reference):
        return True
    return not is_reference and any(sign.search(bare) for sign in _PLATE_SIGNS) and bool(_PLATE.search(bare))


def folded(text: str) -> str:
    """Capitals, spaces reduced to one, «_» and brackets being spaces."""
    return " ".join(text.upper().translate(_SIGNS).split())


def form_of(text: str) -> str:
    """What a reference shares with others made alike: «AB-123-CD» is «A-9-A»; a number keeps its length."""
    bare = text.strip()
    return "9" * len(bare) if bare.isdecimal() else re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", bare))


def masked_file_name(name: str) -> str:
    """A file name without e-mail address, phone number, NIR, IBAN nor plate; a person's name alone is not seen."""
    suffix = _FILE_SUFFIX.search(name)
    stem, end = (name[: suffix.start()], suffix[0]) if suffix else (name, "")
    if not looks_personal(stem):
        return name
    bare = " ".join(_in_our_script(stem).translate(_SIGNS).split())
    for pattern in (_ADDRESS, _IBAN, _SPACED_NIR, _NIR, _SPACED_PHONE, _PHONE, _ANY_PHONE, _PLATE):
        bare = re.sub(pattern.pattern, MASKED, bare, flags=re.IGNORECASE)
    return (MASKED if looks_personal(bare) else bare) + end


def _in_our_script(text: str) -> str:
    """Latin letters and our digits for those of other scripts or widths, without accents nor invisible signs."""
    if text.isascii():
        return text
    plainer = unicodedata.normalize("NFKD", text).translate(_DRAWN_ALIKE)
    kept = (c for c in plainer if unicodedata.category(c) not in {"Mn", "Me", "Cf"})
    return "".join(c if c.isascii() else str(unicodedata.decimal(c, c)) for c in kept)


def _said(heading: str) -> set[str]:
    """Words of a heading in the singular, with the stems glued into them and the words spelt letter by letter."""
    found = heading_words(_in_our_script(heading))
    spelt = re.findall(r"\b[a-z](?: [a-z]\b){2,}", " ".join(found))
    said = {word.removesuffix("s") for word in (*found, *(word.replace(" ", "") for word in spelt))} - {""}
    return said | {stem for word in said for stem in STEMS if len(word) > len(stem) and stem in word}


def _has_phrase(text: str, phrases: tuple[str, ...]) -> bool:
    return any(f" {phrase} " in text for phrase in phrases)


def _has_number(bare: str, is_reference: bool) -> bool:
    return _is_phone(_TWO_DAYS.sub(" ", bare), is_reference) or _is_nir(bare, is_reference) or _is_iban(bare)


def _is_phone(bare: str, is_reference: bool) -> bool:
    if _SPACED_PHONE.search(bare):
        return True
    return not is_reference and bool(_PHONE.search(bare) or _ANY_PHONE.search(bare))


def _is_nir(bare: str, is_reference: bool) -> bool:
    if _SPACED_NIR.search(bare):
        return True
    return any(_is_born(number, key, is_reference) for number, key in _NIR.findall(bare))


def _is_born(number: str, key: str, is_reference: bool) -> bool:
    """By its key; by month and département where it has none, or spaces that no other number has."""
    signs, is_spaced = number.replace(" ", ""), " " in number
    if key and _has_valid_key(signs, key.replace(" ", "")):
        return True
    return not is_reference and (is_spaced or not key) and bool(_BORN.match(signs))


def _has_valid_key(number: str, key: str) -> bool:
    """The two last digits of a NIR are 97 less the remainder of the others; Corsica counts 2A as 19 and 2B as 18."""
    return 97 - int(number.replace("2A", "19").replace("2B", "18")) % 97 == int(key)


def _is_iban(bare: str) -> bool:
    """Its remainder by 97 is 1, once its four first signs are put last and its letters counted from 10."""
    for found in _IBAN.findall(bare):
        rest = _IBAN_LENGTHS.get(found[:2], 1) - 1
        whole = re.match(rf"(?:[0-9A-Z][\s-]?){{{rest}}}[0-9A-Z](?![0-9A-Z])", found)  # not the head of a fingerprint
        signs = re.sub(r"[\s-]", "", whole[0]) if whole else ""
        if signs and int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1:
            return True
    return False
