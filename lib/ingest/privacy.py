"""What must never enter the store: a person's data, in a heading or in a value (DOMAIN §5)."""

import re
import unicodedata

MASKED = "(masqué)"
PERSONAL_VALUE = (
    "cette cellule ressemble à une donnée personnelle (courriel, téléphone, numéro de sécurité sociale ou plaque)"
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
        "prenom patronyme civilite naissance age nationalite telephone tel mobile portable gsm fax mail email mel "
        "courriel bail nir secu interlocuteur contact login utilisateur redacteur iban"
    )
)
NAMING_WORDS = frozenset(
    words(
        "nom locataire occupant auteur plaignant temoin signataire agresseur contrat matricule gardien agent resident "
        "immatriculation plaque suspect"
    )
)
FREE_TEXT_WORDS = frozenset(
    words(
        "commentaire observation remarque description descriptif recit narratif texte detail note libre circonstance "
        "resume precision"
    )
)
# What a name or a category is of: «Nom de la résidence», «Type d’auteur», «Statut du contrat».
EXEMPT_WORDS = frozenset(
    words(
        "residence programme groupe site quartier batiment hall commune ville service type categorie nature statut "
        "nombre nb lieu qualite fonction profil canal origine itt arret rue voie ensemble "
        "cite immeuble tour agence bailleur organisme societe entreprise secteur patrimoine esi operation zone qpv"
    )
)
# Found inside a longer word too: «NOMLOCATAIRE», «datenaissance».
STEMS = (
    "prenom", "patronyme", "naissance", "nationalite", "telephone", "courriel", "email", "locataire", "plaignant",
    "temoin", "agresseur", "commentaire", "observation", "remarque", "description",
)  # fmt: skip

SHORTEST = 7  # «AA123AA», the shortest of what is looked for
_BEFORE, _AFTER = r"(?<![0-9A-Za-z.,])", r"(?![0-9A-Za-z]|[.,]\d)"
_TWO_DIGITS, _NINE_DIGITS = re.compile(r"\d\d"), re.compile(r"(?:\D*\d){9}")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w")
# National numbers, or those of France and its overseas territories from abroad.
_ABROAD = r"(?:\+|00)\s?(?:33|262|508|590|594|596|687|689)[\s.-]?(?:\(0\)[\s.-]?)?"
_PHONE = re.compile(_BEFORE + rf"(?:{_ABROAD}|0)[1-9]\d{{8}}" + _AFTER)
# Pairs apart by one sign, the same throughout, a longer chain of which is a date with its time or a list of numbers.
_PAIRS = "|".join(
    rf"(?<!\d{cut})(?:0[1-9]|[67])(?:\s?{cut}\s?\d\d){{4}}(?!\s?{cut}\s?\d)" for cut in ("[.]", "[/]", "[-]")
)
_SPACES = "|".join(
    [
        r"(?:0[1-9]|[67])(?:\s\d\d){4}(?!:)",
        r"0[1-9]\s(?:\d{8}|\d{4}\s\d{4})",
        r"0\d{3}(?:\s\d{3}\s\d{3}|(?:\s\d\d){3})",
        r"0\s[1-9]\d\d\s\d{3}\s\d{3}",
    ]
)
_SPACED_PHONE = re.compile(_BEFORE + rf"(?:{_ABROAD}[1-9](?:[\s./-]?\d\d){{4}}|{_PAIRS}|{_SPACES})" + _AFTER)
_SPACED_NIR = re.compile(
    _BEFORE
    + r"[12](?P<cut>[\s./-])\d\d(?P=cut)\d\d(?P=cut)\d[\dABab](?P=cut)\d{3}(?P=cut)\d{3}(?:[\s./-]?\d\d)?"
    + _AFTER
)
_NIR = re.compile(_BEFORE + r"([12]\d{4}(?:\d{2}|2[ABab])\d{6})(?:[\s/-]*(\d{2}))?" + _AFTER)
# Month and département of birth, where no key tells a NIR from another number of thirteen digits.
_BORN = re.compile(r"[12]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[0-57-9]|2[ABab])")
_PAIR, _MIDDLE = "[A-HJ-NP-TV-Z]{2}", r"(?!000)\d{3}"
_DASHED = rf"(?i:{_PAIR}-{_MIDDLE}-{_PAIR})"
# «LE 124 BD», «DE 100 AV» stand in addresses, «12 BAT 03», «05 MAR 26» in codes and dates.
_NOT_FIRST, _NOT_LAST = "(?!LE|LA|DE|ET|ES|BT|ZA|RN|RD)", "(?!AV|BD|CH|PL|RN|RD|SQ|BT|ET|DE|LE|LA|AL|RT)"
_NO_WORD = (
    "(?!RUE|BAT|ESC|ENT|HAL|LGT|APT|APP|BAR|REZ|RDC|TER|BIS|ETG|PAV|JAN|FEV|MAR|AVR|MAI|SEP|DEC|NBR|AV|BD|CH|PL|ET|DE)"
)
_DEPARTEMENT = "(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])"
_OLD = rf"[1-9]\d{{1,3}}(?:\s{_NO_WORD}[A-HJ-NP-TV-Z]{{2,3}}\s|-{_NO_WORD}[A-HJ-NP-TV-Z]{{3}}-){_DEPARTEMENT}"
_NEW = rf"{_PAIR}{_MIDDLE}{_PAIR}|{_NOT_FIRST}{_PAIR}\s{_MIDDLE}\s{_NOT_LAST}{_PAIR}"
_DASHED_PLATE = re.compile(r"(?<![0-9A-Za-z-])" + _DASHED + r"(?![0-9A-Za-z-])")
_PLATE = re.compile(rf"(?<![0-9A-Za-z-])(?:{_DASHED}|{_NEW}|{_OLD})(?![0-9A-Za-z-])")


def heading_words(heading: str) -> list[str]:
    """As ``words``, «NomLocataire» being two."""
    return words(re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])", " ", heading))


def is_forbidden_heading(heading: str) -> bool:
    """True for a column that looks like a person's data or like free text."""
    said = _said(heading)
    if said & (FREE_TEXT_WORDS | PERSON_WORDS):
        return True
    return len(said & NAMING_WORDS) > len(said & EXEMPT_WORDS)


def looks_personal(text: str, *, is_reference: bool = False) -> bool:
    """True for a value that holds an e-mail address, a phone number, a NIR or a French plate.

    In a column of references, where software writes such codes too, digits in a row are neither a phone nor a NIR
    without key, and only «AA-123-AA» is a plate.
    """
    if "@" in text and _EMAIL.search(text):
        return True
    if len(text) < SHORTEST or not _TWO_DIGITS.search(text):
        return False
    if _NINE_DIGITS.match(text) and (_is_phone(text, is_reference) or _is_nir(text, is_reference)):
        return True
    plate = _DASHED_PLATE if is_reference else _PLATE
    return bool(plate.search(text))


def _said(heading: str) -> set[str]:
    """Words of a heading in the singular, with the stems glued into them."""
    said = {word.removesuffix("s") for word in heading_words(heading)} - {""}
    return said | {stem for word in said for stem in STEMS if len(word) > len(stem) and stem in word}


def _is_phone(text: str, is_reference: bool) -> bool:
    return bool(_SPACED_PHONE.search(text)) or (not is_reference and bool(_PHONE.search(text)))


def _is_nir(text: str, is_reference: bool) -> bool:
    if _SPACED_NIR.search(text):
        return True
    return any(
        _has_valid_key(number.upper(), key) if key else not is_reference and bool(_BORN.match(number))
        for number, key in _NIR.findall(text)
    )


def _has_valid_key(number: str, key: str) -> bool:
    """The two last digits of a NIR are 97 less the remainder of the others; Corsica counts 2A as 19 and 2B as 18."""
    return 97 - int(number.replace("2A", "19").replace("2B", "18")) % 97 == int(key)
