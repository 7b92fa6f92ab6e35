"""The residence that a row of a register names: by the landlord's reference, else by its point, else by its address."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.spatial import cKDTree
from sqlalchemy import Connection

from lib.ingest.addresses import Address, commune_form, read_address
from lib.ingest.cleaning import Reason, is_unknown
from lib.ingest.columns import ResidenceKey
from lib.ingest.coordinates import point_reference
from lib.ingest.privacy import MASKED, PERSONAL_VALUE
from lib.store import housing, territories

REACH_M = 50.0
OWN_POINT_M = 2.0  # five decimals of a degree: the residence's own point, copied
APART_M = 10.0  # residences nearer to each other than this, seen from the row's point, cannot be told apart
CANDIDATES_SAID = 4
UNKNOWN = Reason("résidence inconnue")
NOTHING_NEAR = Reason("aucune résidence du bailleur à moins de 50 m")
UNKNOWN_ADDRESS = Reason("adresse d’aucune résidence du bailleur")
NO_POSTAL_CODE = Reason("code postal sans cinq chiffres à la suite")
FIVE_DIGITS = re.compile(r"(?<!\d)[0-9]{5}(?!\d)")
ADDRESS_COLUMNS = ("address", "postal_code", "commune_name", "commune_code")
Geocode = Callable[[list[str]], list[tuple[float, float] | Reason]]
Found = int | Reason | None


@dataclass(frozen=True)
class Place:
    """A residence, as a row of a register may name it; ``commune`` as ``commune_form`` reduces it."""

    residence_id: int
    reference: str
    residence_name: str
    commune_code: str
    commune: tuple[str, str]


@dataclass(frozen=True)
class ResidenceIndex:
    """Residences of one landlord, ready to be found.

    Attributes:
        residences: In the order the other attributes number them.
        by_reference: Place of each reference.
        by_form: Places of the references that are the same without case, spaces nor leading zeros.
        tree: Residences that have a point, in metres (EPSG:4978, hence overseas too); None where none has.
        placed: Place of each point of the tree.
        by_address: Places by street and number, the number empty where the address has none.
        addresses: Reduced address of each place that has one.
    """

    residences: list[Place]
    by_reference: Mapping[str, int]
    by_form: Mapping[str, list[int]]
    tree: cKDTree | None
    placed: np.ndarray
    by_address: Mapping[tuple[str, str], list[int]]
    addresses: Mapping[int, Address]

    def identity(self, place: int) -> int:
        """``residence_id`` of a place."""
        return self.residences[place].residence_id

    def named(self, places: list[int]) -> str:
        """Some residences, as a person knows them: «Les Tilleuls (R-012) ou Les Ormes (R-013)»."""
        rows = [self.residences[place] for place in places[:CANDIDATES_SAID]]
        said = [
            row.reference if row.residence_name == row.reference else f"{row.residence_name} ({row.reference})"
            for row in rows
        ]
        return " ou ".join(said) + (f" ou {len(places) - CANDIDATES_SAID} autres" if len(places) > len(said) else "")


def load_index(connection: Connection, landlord_id: int) -> ResidenceIndex:
    """The index of a landlord's residences as the store holds them."""
    held = housing.residences(connection)
    names = territories.communes(connection)[["commune_code", "commune_name"]]
    return residence_index(held[held["landlord_id"] == landlord_id], names)


def residence_index(residences: pd.DataFrame, communes: pd.DataFrame) -> ResidenceIndex:
    """The index of some residences.

    Args:
        residences: ``residence_id, reference, residence_name, address, commune_code, longitude, latitude`` of ONE
            landlord; missing where unknown.
        communes: ``commune_code``, ``commune_name``.
    """
    names = dict(zip(communes["commune_code"], communes["commune_name"], strict=True))
    codes = [code if isinstance(code, str) else "" for code in residences["commune_code"]]
    forms = {code: commune_form(names.get(code, "")) for code in set(codes)}
    told = (residences["residence_id"].tolist(), residences["reference"], residences["residence_name"], codes)
    rows = [Place(*row, forms[row[-1]]) for row in zip(*told, strict=True)]
    by_form: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        by_form.setdefault(_form(row.reference), []).append(place)
    read = {at: read_address(text) for at, text in enumerate(residences["address"]) if isinstance(text, str) and text}
    by_address: dict[tuple[str, str], list[int]] = {}
    for place, address in read.items():
        for number in (address.numbers or {""}) if address.street else ():
            by_address.setdefault((address.street, number), []).append(place)
    points = residences[["longitude", "latitude"]].to_numpy(float, na_value=np.nan)
    placed = np.flatnonzero(~np.isnan(points).any(axis=1))
    tree = cKDTree(_metres(points[placed])) if len(placed) else None
    by_reference = {row.reference: place for place, row in enumerate(rows)}
    return ResidenceIndex(rows, by_reference, by_form, tree, placed, by_address, read)


def locate(
    index: ResidenceIndex, read: Mapping[str, pd.Series], key: ResidenceKey, geocode: Geocode | None = None
) -> pd.Series:
    """``residence_id`` of each row, the ``Reason`` why there is none, or None where the row names no place at all.

    Each row is looked for by its reference, then where that finds nothing by its point, then by its address, as far
    as the columns are there; the reasons of all the attempts are said. With ``ResidenceKey.POINTS`` the residence is
    the one made of this very point.

    Args:
        index: The landlord's residences.
        read: By our column name, same index: ``residence_reference`` (text, ``Reason`` or None), ``point`` (as
            ``coordinates.read_pairs`` gives), ``address, postal_code, commune_name, commune_code`` (text or None).
        key: How rows name their residence.
        geocode: Points of addresses that no residence has, or None to ask nobody; see geocoding.py.
    """
    rows = next(iter(read.values())).index
    found: list[Found] = [None] * len(rows)
    if key == ResidenceKey.POINTS:
        return pd.Series(_by_own_point(index, list(read["point"])), index=rows, dtype=object)
    attempts = [
        ("residence_reference", lambda left: _by_reference(index, list(read["residence_reference"].iloc[left]))),
        ("point", lambda left: _by_point(index, list(read["point"].iloc[left]))),
        ("address", lambda left: _by_address(index, _address_rows(read, left), geocode)),
    ]
    for column, attempt in attempts:
        left = [at for at, one in enumerate(found) if not isinstance(one, int)]
        if column in read and left:
            for at, one in zip(left, attempt(left), strict=True):
                found[at] = _joined(found[at], one)
    return pd.Series(found, index=rows, dtype=object)


def nearest(index: ResidenceIndex, points: list[tuple[float, float]]) -> list[int | Reason]:
    """The residence of each point (longitude, latitude): the nearest within 50 m.

    Where the point is that of one residence, within 2 m, it is that one. Else, when another within 50 m is less than
    10 m farther, they cannot be told apart: the reason names them.
    """
    if index.tree is None or not points:
        return [NOTHING_NEAR] * len(points)
    metres = _metres(np.array(points, dtype=float))
    distances, near = index.tree.query(metres, k=2, distance_upper_bound=REACH_M)
    limits = np.where(distances[:, 0] <= OWN_POINT_M, OWN_POINT_M, distances[:, 0] + APART_M)
    is_alone = distances[:, 1] > limits  # an absent second is at an infinite distance
    found: list[int | Reason] = [NOTHING_NEAR] * len(points)
    for at in np.flatnonzero(np.isfinite(distances[:, 0])).tolist():
        if is_alone[at]:
            found[at] = index.identity(index.placed[near[at, 0]])
        else:
            found[at] = _several(index, index.tree.query_ball_point(metres[at], min(limits[at], REACH_M)))
    return found


def _by_reference(index: ResidenceIndex, texts: list[Any]) -> list[Found]:
    known: dict[str, Found] = {text: _referenced(index, text) for text in {t for t in texts if isinstance(t, str)}}
    return [known[text] if isinstance(text, str) else text for text in texts]


def _referenced(index: ResidenceIndex, text: str) -> Found:
    """Exact, else the only one of the same form."""
    if text in index.by_reference:
        return index.identity(index.by_reference[text])
    if is_unknown(text):
        return None
    places = index.by_form.get(_form(text), [])
    if len(places) > 1:
        return Reason(f"référence ambiguë\u00a0: {index.named(places)}")
    return index.identity(places[0]) if places else UNKNOWN


def _by_point(index: ResidenceIndex, points: list[Any]) -> list[Found]:
    distinct = list({point for point in points if isinstance(point, tuple)})
    known = dict(zip(distinct, nearest(index, distinct), strict=True))
    return [known[point] if isinstance(point, tuple) else point for point in points]


def _by_own_point(index: ResidenceIndex, points: list[Any]) -> list[Found]:
    def own(point: tuple[float, float]) -> Found:
        place = index.by_reference.get(point_reference(*point))
        return UNKNOWN if place is None else index.identity(place)

    return [own(point) if isinstance(point, tuple) else point for point in points]


def _several(index: ResidenceIndex, near: list[int]) -> Reason:
    named = index.named([int(index.placed[at]) for at in sorted(near)])
    return Reason(f"plusieurs résidences à moins de 50 m, sans que l’une soit la plus proche\u00a0: {named}")


def _address_rows(read: Mapping[str, pd.Series], left: list[int]) -> list[tuple[str, str, str, str]]:
    """Address, postal code, name and code of the commune of some rows, empty where blank."""
    columns = [read[name].iloc[left] if name in read else [None] * len(left) for name in ADDRESS_COLUMNS]
    return list(zip(*([text if isinstance(text, str) else "" for text in column] for column in columns), strict=True))


def _by_address(index: ResidenceIndex, rows: list[tuple[str, str, str, str]], geocode: Geocode | None) -> list[Found]:
    known = {row: _addressed(index, row) for row in set(rows)}
    asked = [row for row, one in known.items() if one == UNKNOWN_ADDRESS]
    if geocode and asked:
        points = geocode([" ".join(filter(None, row[:3])) for row in asked])
        known |= dict(zip(asked, _by_point(index, points), strict=True))
    return [known[row] for row in rows]


def _addressed(index: ResidenceIndex, row: tuple[str, str, str, str]) -> Found:
    text, postal_code, commune_name, commune_code = row
    if text == MASKED:
        return Reason(PERSONAL_VALUE)
    if not text or is_unknown(text):
        return None
    said = read_address(text)
    postal = said.postal_code if not postal_code.strip() or is_unknown(postal_code) else _five_digits(postal_code)
    if postal is None:
        return NO_POSTAL_CODE
    alike = {at for number in said.numbers or {""} for at in index.by_address.get((said.street, number), [])}
    name = commune_form(commune_name) if commune_name else said.commune
    places = sorted(at for at in alike if _is_there(index, at, (postal, name, commune_code.strip())))
    if len(places) > 1:
        return Reason(f"adresse de plusieurs résidences\u00a0: {index.named(places)}")
    return index.identity(places[0]) if places else UNKNOWN_ADDRESS


def _five_digits(postal_code: str) -> str | None:
    """The only five digits in a row of a postal code as it is written, «77000 Melun» included; None where none are."""
    found = FIVE_DIGITS.findall(postal_code)
    return found[0] if len(found) == 1 else None


def _is_there(index: ResidenceIndex, place: int, said: tuple[str, tuple[str, str], str]) -> bool:
    """Whether nothing of what a row says of the commune contradicts where the residence is."""
    postal, (name, number), code = said
    own_code, own = index.residences[place].commune_code, index.residences[place].commune
    own_postal = index.addresses[place].postal_code
    if postal and (postal != own_postal if own_postal else not _same_departement(postal, own_code)):
        return False
    if code and own_code and code != own_code and not _is_whole_of(code, own_code):
        return False
    return not name or not own[0] or (name == own[0] and (not number or not own[1] or number == own[1]))


def _same_departement(postal: str, commune_code: str) -> bool:
    """Whether a postal code and a commune share their département, or their arrondissement in the three cities.

    The département is told by two digits, three overseas; Corsica is 20.
    """
    if not commune_code:
        return True
    if commune_code.startswith(("751", "132", "6938")):
        return postal[:2] == commune_code[:2] and int(postal[-2:]) == int(commune_code[-2:]) % 80
    own = commune_code.replace("2A", "20").replace("2B", "20")
    width = 3 if own.startswith("97") else 2
    return postal[:width] == own[:width]


def _is_whole_of(code: str, arrondissement_code: str) -> bool:
    """Whether a code is that of Paris, Marseille or Lyon, and the other that of one of their arrondissements."""
    return (code, arrondissement_code[:3]) in {("75056", "751"), ("13055", "132"), ("69123", "693")}


def _joined(before: Found, now: Found) -> Found:
    if isinstance(before, Reason) and isinstance(now, Reason) and before != now:
        return Reason(f"{before.sentence}\u00a0; {now.sentence}")
    return before if now is None else now


def _form(reference: str) -> str:
    bare = re.sub(r"\s", "", reference).casefold()
    return bare.lstrip("0") or bare


@cache
def _geocentric() -> Transformer:
    return Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def _metres(points: np.ndarray) -> np.ndarray:
    """Longitudes and latitudes, one pair a row, → geocentric metres: the chord is the distance, anywhere on Earth."""
    return np.column_stack(_geocentric().transform(points[:, 0], points[:, 1], np.zeros(len(points))))
