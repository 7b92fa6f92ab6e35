"""What must never enter the store: a person's data, in a heading or in a value (DOMAIN §5)."""

import re
import unicodedata

MASKED = "(masqué)"
PERSONAL_VALUE = "cette cellule ressemble à une donnée personnelle (courriel, téléphone ou numéro de sécurité sociale)"

PERSON_WORDS = frozenset(
    {
        "prenom",
        "prenoms",
        "patronyme",
        "civilite",
        "naissance",
        "age",
        "nationalite",
        "telephone",
        "tel",
        "mobile",
        "portable",
        "mail",
        "email",
        "mel",
        "courriel",
        "bail",
        "nir",
        "secu",
        "interlocuteur",
        "contact",
    }
)
NAMING_WORDS = frozenset(
    {"nom", "noms", "locataire", "occupant", "auteur", "plaignant", "temoin", "signataire", "agresseur", "contrat"}
)
FREE_TEXT_WORDS = frozenset(
    {
        "commentaire",
        "commentaires",
        "observation",
        "observations",
        "remarque",
        "remarques",
        "description",
        "descriptif",
        "recit",
        "narratif",
        "texte",
        "detail",
        "details",
        "note",
        "notes",
        "libre",
        "circonstances",
    }
)
# What a name or a category is of: «Nom de la résidence», «Type d’auteur», «Statut du contrat».
EXEMPT_WORDS = frozenset(
    {
        "residence",
        "programme",
        "groupe",
        "site",
        "quartier",
        "batiment",
        "hall",
        "commune",
        "service",
        "type",
        "categorie",
        "nature",
        "statut",
        "nombre",
        "lieu",
    }
)

_BEFORE, _AFTER = r"(?<![0-9A-Za-z.,])", r"(?![0-9A-Za-z])"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_SPACED_PHONE = re.compile(_BEFORE + r"(?:(?:\+|00)33[\s.-]?(?:\(0\))?[1-9]|0[1-9])(?:[\s.-]\d{2}){4}" + _AFTER)
_PHONE = re.compile(_BEFORE + r"(?:(?:\+|00)33|0)[1-9]\d{8}" + _AFTER)
_SPACED_NIR = re.compile(_BEFORE + r"[12]\s\d{2}\s\d{2}\s\d[\dAB]\s\d{3}\s\d{3}(?:\s\d{2})?" + _AFTER)
_NIR = re.compile(_BEFORE + r"([12]\d{4}(?:\d{2}|2[AB])\d{6})(\d{2})" + _AFTER)


def words(text: str) -> list[str]:
    """Words of a heading or label, without case nor accents."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in bare if not unicodedata.combining(c)))


def is_forbidden_heading(heading: str) -> bool:
    """True for a column that looks like a person's data or like free text."""
    said = set(words(heading))
    if said & (FREE_TEXT_WORDS | PERSON_WORDS):
        return True
    return len(said & NAMING_WORDS) > len(said & EXEMPT_WORDS)


def looks_personal(text: str, *, is_reference: bool = False) -> bool:
    """True for a value that holds an e-mail address, a phone number or a NIR.

    Ten digits in a row are a phone number, except in a column of references, where software writes such codes too.
    """
    if any(pattern.search(text) for pattern in (_EMAIL, _SPACED_PHONE, _SPACED_NIR)):
        return True
    if not is_reference and _PHONE.search(text):
        return True
    return any(_has_valid_key(number, key) for number, key in _NIR.findall(text))


def _has_valid_key(number: str, key: str) -> bool:
    """The two last digits of a NIR are 97 less the remainder of the others; Corsica counts 2A as 19 and 2B as 18."""
    return 97 - int(number.replace("2A", "19").replace("2B", "18")) % 97 == int(key)
