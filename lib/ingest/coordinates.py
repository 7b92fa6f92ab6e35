"""Coordinates of a register: which system, which order, and the point of each row.

A column is read in one way, the one that places most of its distinct pairs in France. What that way does not place
is refused row by row.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Transformer

from lib.geo.coordinates import LAMBERT_93, LAMBERT_93_BOX_M, WGS84, in_france
from lib.ingest.cleaning import Reason, is_unknown

DEGREES, LAMBERT, DMS, MERCATOR = "wgs84", "lambert93", "dms", "mercator"
SYSTEMS = {DEGREES: None, DMS: None, LAMBERT: LAMBERT_93, MERCATOR: "EPSG:3857"}
NAMES = {
    DEGREES: "degrés décimaux (WGS84)",
    DMS: "degrés, minutes et secondes (WGS84)",
    LAMBERT: "mètres en Lambert-93",
    MERCATOR: "mètres en projection Mercator du web",
}
MAX_TESTED = 20_000  # distinct pairs that decide of a column
MAX_CHARS = 100  # of a coordinate, or of a cell that holds both; a longer text is none
# Coarse outlines, wider by about 10 km (longitude, latitude), of the hexagone and of Corsica: they tell Lambert-93 from
# Mercator, whose numbers overlap. Where both remain possible Lambert-93 is taken.
_HEXAGONE = np.array(
    [
        *[(-5.3, 47.9), (-5.3, 48.8), (-3.0, 49.0), (-2.1, 49.9), (0.0, 49.9), (1.3, 50.5), (1.4, 51.2), (2.7, 51.3)],
        *[(4.4, 50.5), (6.3, 49.7), (8.4, 49.1), (7.8, 47.4), (6.8, 46.4), (7.3, 45.5), (7.2, 44.6), (7.8, 44.3)],
        *[(7.6, 43.6), (6.4, 42.8), (5.1, 43.1), (4.0, 43.3), (3.3, 43.0), (3.4, 42.3), (1.7, 42.2), (-0.2, 42.6)],
        *[(-1.9, 43.1), (-1.6, 44.2), (-1.4, 45.5), (-1.7, 46.0), (-2.5, 46.5), (-2.7, 47.1), (-4.6, 47.6)],
    ]
)
_CORSICA = np.array([(8.4, 41.2), (9.4, 41.2), (9.7, 42.0), (9.6, 43.1), (9.2, 43.1), (8.4, 42.6)])
ILLEGIBLE = Reason("coordonnées illisibles\u00a0: des degrés ou des mètres en Lambert-93 sont attendus")
MISSING = Reason("coordonnées manquantes")
NULL_POINT = Reason("coordonnées nulles (0, 0)\u00a0: le point n’est pas connu")
OUTSIDE = Reason("coordonnées hors de France, ou dans un autre système que celui de la colonne")
OUT_OF_RANGE = Reason("coordonnées hors des degrés possibles\u00a0: −180 à 180, et −90 à 90")

_NUMBER = r"[+-]?\d+(?:[.,]\d+)?"
_PLAIN = re.compile(r"[+-]?\d{1,8}(?:[.,]\d+)?")
_ANGLE = re.compile(
    r"(?P<sign>[+-])?\s*(?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|deg|d)?\s*"
    r"(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*(?:['’′]|min|mn)?\s*"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|''|’’|″|”|sec|s)?)?)?"
)
_SIDE = r"(nord|sud|est|ouest|north|south|east|west|[nsewo])"
_SIDED = re.compile(rf"(?:{_SIDE}\s*)?(.*?)(?:\s*{_SIDE})?", re.IGNORECASE | re.DOTALL)
_PAIRS = (
    rf"({_NUMBER})\s*[;|/]\s*({_NUMBER})",
    rf"({_NUMBER})\s*,?\s+({_NUMBER})",
    r"([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+\.\d+)|([+-]?\d+,\d+)\s*,\s*([+-]?\d+,\d+)",
    r"([^,;|/]*[NSEWO])\s*[,;|/]?\s*([^,;|/]*[NSEWO])",
)
_PAIR = [re.compile(pattern, re.IGNORECASE) for pattern in _PAIRS]


@dataclass(frozen=True)
class CoordinateReading:
    """How the coordinates of a register are read.

    Attributes:
        kind: ``wgs84``, ``dms``, ``lambert93`` or ``mercator``.
        is_swapped: The first column is the latitude, or the northing.
        is_worldwide: Points out of France are taken, in degrees only: a register without a list of residences.
    """

    kind: str = DEGREES
    is_swapped: bool = False
    is_worldwide: bool = False

    def read(self, x_text: str | None, y_text: str | None) -> tuple[float, float] | Reason:
        """Longitude and latitude in degrees; one cell that holds both may be given twice, or with None."""
        numbers = _numbers(x_text, y_text)
        if isinstance(numbers, Reason):
            return numbers
        longitude, latitude = (float(value[0]) for value in self.degrees(*(np.array([n]) for n in numbers)))
        reasons = self.refusals(np.array([longitude]), np.array([latitude]), numbers == (0.0, 0.0))
        return reasons[0] or (longitude, latitude)

    def degrees(self, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitudes and latitudes of pairs of numbers, in the order of the file."""
        east, north = (second, first) if self.is_swapped else (first, second)
        system = SYSTEMS[self.kind]
        if system is None:
            return east, north
        if self.kind == LAMBERT:  # far out of its box the projection is meaningless
            west, south, east_end, north_end = LAMBERT_93_BOX_M
            is_in = (east >= west) & (east <= east_end) & (north >= south) & (north <= north_end)
            east, north = np.where(is_in, east, np.nan), np.where(is_in, north, np.nan)
        longitude, latitude = _transformer(system).transform(east, north)
        return np.asarray(longitude), np.asarray(latitude)

    def refusals(self, longitude: np.ndarray, latitude: np.ndarray, is_null: Any = False) -> list[Reason | None]:
        """The reason for each point that cannot be, None for the others."""
        is_possible = (np.abs(longitude) <= 180) & (np.abs(latitude) <= 90)
        is_good = is_possible if self.is_worldwide else in_france(longitude, latitude)
        otherwise = OUT_OF_RANGE if self.is_worldwide else OUTSIDE
        nulls = np.broadcast_to(np.asarray(is_null), longitude.shape)
        is_good = np.atleast_1d(is_good)
        return [NULL_POINT if null else None if good else otherwise for null, good in zip(nulls, is_good, strict=True)]


def decide_coordinates(
    x: pd.Series, y: pd.Series | None = None, *, is_worldwide: bool = False
) -> tuple[CoordinateReading, str]:
    """How a register's coordinates are read, and the French sentence that says it.

    Every system and order is tried on the distinct pairs: the one that places most of them in France wins; in case
    of a tie degrees before Lambert-93 before Mercator, and the declared order before the other.

    Args:
        x: Text of the column declared as longitude, all chunks together; None where blank.
        y: Text of the one declared as latitude, same index; None when ``x`` holds both.
        is_worldwide: Whether points out of France are accepted. Then the way that suits France is kept only if it
            places half of the pairs, else degrees in the declared order.
    """
    pairs = _distinct(x, x if y is None else y)[:MAX_TESTED]
    read = [numbers for pair in pairs if not isinstance(numbers := _numbers(*pair), Reason) and any(numbers)]
    if not read:
        return CoordinateReading(is_worldwide=is_worldwide), "Aucune coordonnée lisible."
    first, second = np.array(read).T
    ways = [CoordinateReading(kind, swap) for kind in (DEGREES, LAMBERT, MERCATOR) for swap in (False, True)]
    counts = [int(_fitting(way, first, second).sum()) for way in ways]
    best = max(range(len(ways)), key=lambda at: counts[at])
    is_abroad = is_worldwide and counts[best] * 2 < len(read)
    way = CoordinateReading(is_worldwide=True) if is_abroad else ways[best]
    if way.kind == DEGREES and sum(_is_dms(pair[0]) for pair in pairs) * 2 > len(pairs):
        way = replace(way, kind=DMS)
    return way, _said(way, counts[best], len(read))


def read_pairs(x: pd.Series, y: pd.Series | None, reading: CoordinateReading) -> pd.Series:
    """Each pair read once per distinct text: (longitude, latitude), a ``Reason``, or None where both are blank.

    Args:
        x: Text of the first column, None where blank.
        y: Text of the second, same index; None when ``x`` holds both.
        reading: As decided on the whole column.
    """
    other = x if y is None else y
    pairs = _distinct(x, other)
    numbers = {pair: _numbers(*pair) for pair in pairs}
    found: dict[tuple, Any] = {pair: value for pair, value in numbers.items() if isinstance(value, Reason)}
    sound = [pair for pair in pairs if pair not in found]
    if sound:
        first, second = np.array([numbers[pair] for pair in sound], dtype=float).T
        longitude, latitude = reading.degrees(first, second)
        reasons = reading.refusals(longitude, latitude, (first == 0) & (second == 0))
        points = zip(longitude.tolist(), latitude.tolist(), strict=True)
        found |= {pair: reason or point for pair, point, reason in zip(sound, points, reasons, strict=True)}
    texts = zip(_texts(x), _texts(other), strict=True)
    return pd.Series([found.get(pair) for pair in texts], index=x.index, dtype=object)


def point_reference(longitude: float, latitude: float) -> str:
    """Reference of a residence made from a point: its coordinates to five decimals, about a metre."""
    return f"{latitude:.5f},{longitude:.5f}"


def _texts(column: pd.Series) -> list[str | None]:
    return [text if isinstance(text, str) else None for text in column]


def _distinct(x: pd.Series, y: pd.Series) -> list[tuple[str | None, str | None]]:
    pairs: Iterable[tuple[str | None, str | None]] = zip(_texts(x), _texts(y), strict=True)
    return [pair for pair in dict.fromkeys(pairs) if pair != (None, None)]


def _fitting(way: CoordinateReading, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether each pair lies in France when read so; metres are those of the hexagone, inside its outline."""
    longitude, latitude = way.degrees(first, second)
    is_in = in_france(longitude, latitude)
    if way.kind == DEGREES:
        return is_in
    return is_in & (_within(_HEXAGONE, longitude, latitude) | _within(_CORSICA, longitude, latitude))


def _within(ring: np.ndarray, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Whether each point lies in a ring, by the parity of the edges it sees northwards."""
    is_in = np.zeros(longitude.shape, dtype=bool)
    for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        is_between = (x1 > longitude) != (x2 > longitude)
        if x1 != x2:
            is_in ^= is_between & (latitude < y1 + (longitude - x1) / (x2 - x1) * (y2 - y1))
    return is_in


@cache
def _transformer(system: str) -> Transformer:
    return Transformer.from_crs(system, WGS84, always_xy=True)


def _numbers(x_text: str | None, y_text: str | None) -> tuple[float, float] | Reason:
    """Both numbers of a pair, in the order of the file."""
    if max(len(x_text or ""), len(y_text or "")) > MAX_CHARS:  # what is tried below could take for ever
        return ILLEGIBLE
    if x_text and y_text and _PLAIN.fullmatch(x_text) and _PLAIN.fullmatch(y_text) and x_text != y_text:
        return float(x_text.replace(",", ".")), float(y_text.replace(",", "."))
    if x_text and (y_text is None or y_text == x_text):
        x_text, y_text = _split(x_text) or (x_text, y_text)
    if not x_text or not y_text or is_unknown(x_text) or is_unknown(y_text):
        return MISSING
    first, second = _number(x_text), _number(y_text)
    if first is None or second is None or not _agree(x_text, y_text):
        return ILLEGIBLE
    return first, second


def _split(text: str) -> tuple[str, str] | None:
    """The two halves of «48.85, 2.35», «48,85 ; 2,35», «POINT (2.35 48.85)», «48°51'N 2°21'E»."""
    bare = re.sub(r"(?i)^\s*point\b|[()\[\]]", " ", text).strip()
    for form in _PAIR:
        found = form.fullmatch(bare)
        if found is not None:
            halves = [half for half in found.groups() if half is not None]
            return halves[0], halves[1]
    return None


def _number(text: str) -> float | None:
    """Metres or degrees: «48,8566», «652 709,4», «48°51'24"N», «2.35 O»; None where it is no number."""
    bare = re.sub(r"(?<=\d)[\s](?=\d{3}(?:\D|$))", "", text.strip())
    if _PLAIN.fullmatch(bare):
        return float(bare.replace(",", "."))
    before, angle, after = _sided(text.strip())
    found = _ANGLE.fullmatch(angle.strip())
    if found is None or (before and after):
        return None
    return _angle(found.groupdict(), (before or after or "").casefold())


def _sided(text: str) -> tuple[str | None, str, str | None]:
    found = _SIDED.fullmatch(text)
    assert found is not None, "every text matches"
    return found[1], found[2], found[3]


def _angle(parts: dict[str, str | None], side: str) -> float | None:
    degrees, minutes, seconds = (
        float((parts[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")
    )
    if minutes >= 60 or seconds >= 60 or (side and parts["sign"]):
        return None
    is_negative = parts["sign"] == "-" or side[:1] in {"s", "o", "w"}
    return (degrees + minutes / 60 + seconds / 3600) * (-1 if is_negative else 1)


def _axis(text: str) -> str:
    """«y» for a text that says north or south, «x» for east or west, empty for one that says neither."""
    before, _, after = _sided(text.strip())
    side = (before or after or "").casefold()[:1]
    return "" if not side else "y" if side in {"n", "s"} else "x"


def _agree(x_text: str, y_text: str) -> bool:
    """Two texts that name their sides name one of each axis."""
    axes = _axis(x_text), _axis(y_text)
    return not axes[0] or axes[0] != axes[1]


def _is_dms(text: str | None) -> bool:
    return text is not None and any(sign in text for sign in "°º'’′″\"")


def _said(way: CoordinateReading, fit_count: int, count: int) -> str:
    if way.is_worldwide:
        return f"Coordonnées hors de France, lues en {NAMES[way.kind]}, longitude puis latitude."
    if fit_count == 0:
        return "Coordonnées d’aucun système reconnu en France (WGS84, Lambert-93)\u00a0: les lignes sont rejetées."
    order = ", colonnes inversées (latitude ou ordonnée d’abord)" if way.is_swapped else ""
    outside = f"\u00a0; {count - fit_count} sur {count} hors de France ou illisibles ainsi" if fit_count < count else ""
    return f"Coordonnées lues en {NAMES[way.kind]}{order}{outside}."
