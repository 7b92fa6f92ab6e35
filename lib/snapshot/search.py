"""Finding a place by what people call it: its name, the landlord's reference, its official code."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import Select, func, select

from lib.domain.scope import Scope
from lib.domain.vocabulary import QpvStatus
from lib.snapshot.columnar import Snapshot
from lib.snapshot.conditions import QPV_STATUSES, nameable, nameable_residences
from lib.snapshot.places import QPV_KEYS, Level
from lib.snapshot.tables import EXPOSURE
from lib.snapshot.territories import GENERATION_IN_FORCE
from lib.store import schema as s

MOST_FOUND = 8
LEAST_LIKE = 78  # of rapidfuzz's 100: «residance des tilleuls» is found, an unrelated name of the same length is not
LARGE_FIRST = (Level.DEPARTEMENT, Level.DISTRICT, Level.COMMUNE, Level.QPV, Level.RESIDENCE)
EXACT, PREFIX, WORD, CONTAINS, LIKE = range(5)


class Found(NamedTuple):
    """A place: its level and key, how it is called, and what tells it from another of the same name.

    ``code`` is what the address calls it: the key of a service or a residence, the official code of the others.
    """

    level: Level
    code: str
    name: str
    detail: str


@dataclass(frozen=True)
class Index:
    """Places of a scope, and what each may be called: a text without accents, and the place it leads to."""

    places: Sequence[Found]
    texts: Sequence[str]
    owners: Sequence[int]


def folded(text: str) -> str:
    """Small letters without accents; apostrophes and hyphens are spaces, as in «L’Haÿ-les-Roses»."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("œ", "oe"))
    kept = (letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join("".join(kept).split())


def index(snapshot: Snapshot, scope: Scope, generation: int = GENERATION_IN_FORCE) -> Index:
    """Every place that a visitor of this scope may see, the largest first; the QPV are those of one generation."""
    places: list[Found] = []
    texts: list[str] = []
    owners: list[int] = []
    for level in LARGE_FIRST:
        statement = _qpvs(scope, generation) if level == Level.QPV else _STATEMENTS[level](scope)
        for code, name, detail, reference in snapshot.rows(statement):
            for text in {folded(name or ""), folded(reference or "")} - {""}:
                texts.append(text)
                owners.append(len(places))
            places.append(Found(level, str(code), name, detail or ""))
    return Index(places, texts, owners)


def search(known: Index, asked: str, *, most: int = MOST_FOUND) -> list[Found]:
    """The places that best answer: same text, same beginning, a word that begins so, part of it, then what is alike.

    Within a rank the largest places come first, then the shortest names.
    """
    query = folded(asked)
    if not query:
        return []
    ranked = sorted(
        (rank, owner, text)
        for text, owner in zip(known.texts, known.owners, strict=True)
        if (rank := _rank(text, query)) < LIKE
    )
    best: dict[int, tuple] = {}
    for rank, owner, text in ranked:
        best.setdefault(owner, (rank, LARGE_FIRST.index(known.places[owner].level), len(text), owner))
    kept = [key[-1] for key in sorted(best.values())[:most]]
    if len(kept) < most and len(query) > 2:
        kept += [owner for owner in _alike(known, query, most) if owner not in best]
    return [known.places[owner] for owner in dict.fromkeys(kept)][:most]


def _rank(text: str, query: str) -> int:
    if query not in text:
        return LIKE
    if text == query:
        return EXACT
    if text.startswith(query):
        return PREFIX
    return WORD if f" {query}" in text else CONTAINS


def _alike(known: Index, query: str, most: int) -> list[int]:
    found = process.extract(query, known.texts, scorer=fuzz.WRatio, limit=2 * most, score_cutoff=LEAST_LIKE)
    return [known.owners[position] for _, _, position in found]


def _departements(scope: Scope) -> Select:
    used = select(EXPOSURE.c.departement_code).where(*nameable(scope))
    table = s.Departement
    return (
        select(table.departement_code, table.departement_name, table.departement_code, table.departement_code)
        .where(table.departement_code.in_(used))
        .order_by(table.departement_code)
    )


def _districts(scope: Scope) -> Select:
    used = select(EXPOSURE.c.district_id).where(*nameable(scope))
    return (
        select(s.District.district_id, s.District.district_name, s.District.force, s.District.district_name)
        .where(s.District.district_id.in_(used))
        .order_by(s.District.district_name)
    )


def _communes(scope: Scope) -> Select:
    used = select(EXPOSURE.c.commune_code).where(*nameable(scope))
    table = s.Commune
    return (
        select(table.commune_code, table.commune_name, s.Departement.departement_name, table.commune_code)
        .join(s.Departement, s.Departement.departement_code == table.departement_code)
        .where(table.commune_code.in_(used))
        .order_by(table.commune_name)
    )


def _qpvs(scope: Scope, generation: int) -> Select:
    inside = EXPOSURE.c[QPV_STATUSES[generation]] == QpvStatus.INSIDE
    used = select(EXPOSURE.c[QPV_KEYS[generation]]).where(*nameable(scope), inside)
    former = () if generation == GENERATION_IN_FORCE else (f"génération {generation}",)
    communes = (
        select(s.QpvCommune.qpv_id, func.min(s.Commune.commune_name).label("commune_name"))
        .join(s.Commune, s.Commune.commune_code == s.QpvCommune.commune_code)
        .group_by(s.QpvCommune.qpv_id)
        .subquery()
    )
    return (
        select(
            s.Qpv.qpv_code,
            s.Qpv.qpv_name,
            func.concat_ws(", ", *former, communes.c.commune_name),
            s.Qpv.qpv_code,
        )
        .outerjoin(communes, communes.c.qpv_id == s.Qpv.qpv_id)
        .where(s.Qpv.qpv_id.in_(used))
        .order_by(s.Qpv.qpv_name)
    )


def _residences(scope: Scope) -> Select:
    table = s.Residence
    detail = func.concat_ws(", ", s.Commune.commune_name, s.Landlord.landlord_name, table.reference)
    return (
        select(table.residence_id, table.residence_name, detail, table.reference)
        .join(s.Landlord, s.Landlord.landlord_id == table.landlord_id)
        .outerjoin(s.Commune, s.Commune.commune_code == table.commune_code)
        .where(*nameable_residences(scope))
        .order_by(table.residence_name, table.residence_id)
    )


_STATEMENTS = {
    Level.DEPARTEMENT: _departements,
    Level.DISTRICT: _districts,
    Level.COMMUNE: _communes,
    Level.RESIDENCE: _residences,
}
