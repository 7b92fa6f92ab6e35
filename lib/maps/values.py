"""The values of the map: classes of polygons, facts of residences, and the JSON that carries them."""

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from lib.maps.files import digest

HIDDEN = -1  # known and not published
NO_DATA = -2  # nobody reported
ZERO: Literal["zero"] = "zero"  # a true zero, drawn as such and never as the lowest class
FLAT: Literal["flat"] = "flat"  # a change that cannot be told from chance

Level = Literal["qpv", "qpv2015", "districts", "communes", "departements"]
Scale = Literal["sequential", "diverging"]
State = int | Literal["zero", "flat"]
Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Residences:
    """Facts of the residences of a scope, in the order of their positions.

    ``facts`` holds a count ≥ 0, ``HIDDEN``, ``NO_DATA``, or None for a residence outside the filter (no symbol).
    A hidden count never travels. ``url`` and ``digest`` are those of the positions (``SECRET_FILES.publish``).
    ``prominent`` are the ranks of those drawn filled, as is a cluster that holds one; ``is_named`` writes the names of
    those that stand alone.
    """

    url: str
    digest: str
    facts: Sequence[int | None]
    prominent: Sequence[int] = ()
    is_named: bool = False


@dataclass(frozen=True)
class Ring:
    """What lies within reach of a place: its name, and its outline as rings of (latitude, longitude)."""

    name: str
    outline: Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class MapValues:
    """All that changes on the map at a rerun.

    Attributes:
        level: Layer that carries values, or None for residences alone.
        scale: Colours of the classes of ``shapes``: from few to many, or from a fall to a rise.
        shapes: By code, the state of the polygon and what is said after its name, in its tooltip and aloud; a code left
            out is outside the filter.
        labels: By code, the short value written after the name on the map («512», «non diffusé»).
        residences: None leaves the symbols as they are: a map given none has none.
        selection: ``(level, code)`` or ``("residence", index in the positions)``.
        bounds: South-west and north-east (latitude, longitude). The view moves when they change, and only then.
        focus: Where a search leads: the view flies there when it changes; None leaves the view where it is.
        ring: Drawn around a place on demand.
        lit: Codes of the départements of the selection, the others being dimmed; None dims nothing.
        tells_view: Whether the browser tells its bounds after each move (``lib.ui.carte.view``).
    """

    level: Level | None = None
    scale: Scale = "sequential"
    shapes: Mapping[str, tuple[State, str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    residences: Residences | None = None
    selection: tuple[str, str | int] | None = None
    bounds: Bounds | None = None
    focus: Bounds | None = None
    ring: Ring | None = None
    lit: Sequence[str] | None = None
    tells_view: bool = False

    def as_json(self) -> str:
        """The argument of ``carte.update``, with ``version``, the digest of all the rest."""
        residences = self.residences and _sent(self.residences)
        content = {"level": self.level, "scale": self.scale, "values": dict(self.shapes), "labels": dict(self.labels)}
        content |= {"residences": residences, "selection": self.selection, "bounds": self.bounds, "focus": self.focus}
        content |= {"ring": self.ring and vars(self.ring), "lit": self.lit, "tellsView": self.tells_view}
        version = digest(_compact(content).encode())
        return _compact({**content, "version": version})


def _sent(residences: Residences) -> dict[str, object]:
    own = vars(residences).copy()
    return own | {"isNamed": own.pop("is_named")}


def class_of(value: float | None, breaks: Sequence[float]) -> State:
    """Class of a published value: 0 below the first break, ``len(breaks)`` from the last one on.

    Args:
        value: The value as shown on screen, so that the figure and its class agree; None or NaN is ``NO_DATA``.
        breaks: Lower bounds of the second class and of those that follow, ascending, fixed across periods.
    """
    if value is None or math.isnan(value):
        return NO_DATA
    return ZERO if value == 0 else bisect_right(breaks, value)


def class_labels(breaks: Sequence[int]) -> list[str]:
    """What a legend writes for whole breaks: «moins de 150», «150 à 249», …, «500 et plus»; «2» for 2 to 2."""
    between = [_span(low, high - 1) for low, high in pairwise(breaks)]
    return [f"moins de {_thousands(breaks[0])}", *between, f"{_thousands(breaks[-1])} et plus"]


def _span(low: int, high: int) -> str:
    return _thousands(low) if low == high else f"{_thousands(low)} à {_thousands(high)}"


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", "\u00a0")


def _compact(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
