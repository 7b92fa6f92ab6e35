import json
import subprocess
import sys

from streamlit_folium import generate_leaflet_string

from lib.figures.tokens import DIVERGING
from lib.maps.carte import HERE, SCRIPTS, Drawing, Look, Palette, build
from lib.maps.values import MapValues

PALETTE = Palette(
    paper="#fff", sea="#eee", thread="#ccc", card="#fff", ink="#111", muted="#444", edge="#777", hatch="#888",
    accent="#055", warn="#840", ramp=("#ddd", "#bbb", "#999", "#777", "#555"),
)  # fmt: skip
LAYERS = {"communes": "/carte/0/communes.json"}


def drawing(values: MapValues, look: Look | None = None) -> Drawing:
    return build(LAYERS, values, key="carte", look=look or Look(PALETTE), title="Carte des faits")


def labelled(text: str) -> MapValues:
    return MapValues(level="qpv", shapes={"QN07701M": (2, text)})


def script(made: Drawing) -> str:
    return generate_leaflet_string(made.carte)


def test_the_script_is_the_same_whatever_the_values():
    first, second = drawing(labelled("res_12")), drawing(labelled("res_13"))
    assert script(first) == script(second)
    assert first.name == second.name


def test_values_that_differ_after_an_underscore_only_are_both_sent():
    assert "res_12" in generate_leaflet_string(drawing(labelled("res_12")).changing)
    assert "res_13" in generate_leaflet_string(drawing(labelled("res_13")).changing)


def test_another_look_is_another_map():
    large = Look(PALETTE, text_px=26)
    assert drawing(MapValues()).name != drawing(MapValues(), large).name


def test_a_hostile_name_stays_a_text():
    name = "</script>{{ 'x' }}<img src=x onerror=alert(1)>"
    sent = generate_leaflet_string(drawing(labelled(name)).changing)
    assert "{{" not in sent
    assert "</script>" not in sent
    argument = sent.split("carte.update(", 1)[1].rsplit(");", 1)[0]
    assert json.loads(argument)["values"] == {"QN07701M": [2, name]}


def test_every_file_of_the_map_is_ours():
    links = [*drawing(MapValues()).carte.default_js, *drawing(MapValues()).carte.default_css]
    assert all(address.startswith("../../") for _, address in links)


def test_every_script_of_the_folder_is_sent():
    assert sorted(SCRIPTS) == sorted(path.name for path in HERE.glob("*.js"))


def test_changes_have_the_colours_of_the_charts():
    assert (*PALETTE.diverging[:2], PALETTE.flat, *PALETTE.diverging[2:]) == DIVERGING


def test_the_map_imports_neither_streamlit_nor_its_component():
    code = "import sys, lib.maps.carte; sys.exit(any(name.startswith('streamlit') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
