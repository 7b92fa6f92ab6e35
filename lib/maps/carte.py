"""The folium map: a script that never changes, and one call that carries the values."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple

import folium
from branca.element import MacroElement
from folium.template import Template

from lib.maps.files import PUBLIC_FILES, digest
from lib.maps.values import MapValues

HERE = Path(__file__).parent
UP = "../.."  # from the frame of the component to the root of the site, whatever server.baseUrlPath is
SCRIPTS = (  # in order of use
    *("words.js", "clusters.js", "symbols.js", "polygons.js", "overlays.js"),
    *("labels.js", "moves.js", "gestures.js", "carte.js"),
)
SYMBOL_BREAKS = (1, 20, 200, 1_000, 5_000)  # facts per symbol, fixed across periods and filters
MIN_ZOOM, MAX_ZOOM = 6, 18
START = (48.7, 2.45)  # Île-de-France, until the first bounds arrive
TEXT_PX = 16  # LOOK §1: nothing smaller

SCRIPT = PUBLIC_FILES.add("carte.js", b"\n".join((HERE / name).read_bytes() for name in SCRIPTS), "text/javascript")
SHEET = PUBLIC_FILES.add("carte.css", (HERE / "carte.css").read_bytes(), "text/css")


@dataclasses.dataclass(frozen=True)
class Palette:
    """Colours of the map, which always lies on light paper: values of ``lib.figures.tokens``.

    Attributes:
        ramp: Sequential classes, from little to much.
        diverging: Strong fall, fall, rise, strong rise.
        flat: A change not told from chance.
    """

    paper: str
    sea: str
    thread: str
    card: str
    ink: str
    muted: str
    edge: str
    hatch: str
    accent: str
    warn: str
    ramp: tuple[str, ...]
    diverging: tuple[str, ...] = ("#3d55a5", "#93a4d6", "#dfae6c", "#8a4600")
    flat: str = "#e3e6e6"


@dataclasses.dataclass(frozen=True)
class Look:
    """What a reader's theme, projection or settings change: another look is another map.

    Attributes:
        palette: Colours.
        text_px: Size of names and figures; 16, more in projection.
        tiles: Address of a tile basemap (``{z}/{x}/{y}``), or None: no request to any other host.
        credit: Source of the outlines and of the tiles, written in the corner.
    """

    palette: Palette
    text_px: int = TEXT_PX
    tiles: str | None = None
    credit: str = ""


class Drawing(NamedTuple):
    """What ``st_folium`` needs: the constant map, the changing group, and the name of the component."""

    carte: folium.Map
    changing: folium.FeatureGroup
    name: str


class Carte(folium.Map):
    """A Leaflet map that asks nothing of any other host."""

    default_js: ClassVar = [("leaflet", f"{UP}/vendor/leaflet/leaflet.js"), ("carte", UP + SCRIPT)]
    default_css: ClassVar = [("leaflet", f"{UP}/vendor/leaflet/leaflet.css"), ("carte", UP + SHEET)]


class Call(MacroElement):
    """One call to the script of the map, its argument already written as JSON."""

    _template = Template("{% macro script(this, kwargs) %}carte.{{ this.verb }}({{ this.arguments }});{% endmacro %}")

    def __init__(self, verb: str, arguments: str) -> None:
        super().__init__()
        self._name, self.verb, self.arguments = "Call", verb, _inert(arguments)


def build(layers: Mapping[str, str], values: MapValues, *, key: str, look: Look, title: str) -> Drawing:
    """The map and its values.

    Everything constant (layers, look, title) is digested into the name: streamlit-folium rebuilds a map only when its
    script changes, and its hash ignores what follows an underscore. Values are only in the group, compared as a whole.

    Args:
        layers: Paths from ``PUBLIC_FILES``: «communes» always; «limits», «departements» and each ``Level`` if drawn.
        values: What this rerun shows.
        key: Name of the map on its page.
        look: Colours, text size, basemap.
        title: Spoken name of the map.
    """
    constant = json.dumps(_settings(layers, look, title), ensure_ascii=False)
    # Half zooms fit a territory better; tiles would be blurred by them.
    snap = 1 if look.tiles else 0.5
    carte = Carte(location=START, zoom_start=9, tiles=None, min_zoom=MIN_ZOOM, max_zoom=MAX_ZOOM, zoom_snap=snap)
    carte.options["maxZoom"] = MAX_ZOOM
    carte.add_child(Call("install", f"map_div,{constant}"))
    changing = folium.FeatureGroup()
    changing.add_child(Call("update", values.as_json()))
    return Drawing(carte, changing, key + digest(constant.encode()))


def _settings(layers: Mapping[str, str], look: Look, title: str) -> dict[str, object]:
    return {
        "layers": dict(layers),
        "colours": dataclasses.asdict(look.palette),
        "breaks": SYMBOL_BREAKS,
        "minZoom": MIN_ZOOM,
        "maxZoom": MAX_ZOOM,
        "textPx": look.text_px,
        "tiles": look.tiles,
        "credit": look.credit,
        "title": title,
    }


def _inert(arguments: str) -> str:
    """JSON that neither the component (which rewrites ``{{ 'x' }}``) nor a script element can read as anything else."""
    return arguments.replace("{{", "{\\u007b").replace("</", "<\\/")
