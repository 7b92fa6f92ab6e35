"""Two invented communes, one QPV, eight residences, and a switch for all that a map may be given."""

import geopandas as gpd
import pandas as pd
import streamlit as st
from shapely.geometry import box

from lib.maps import layers
from lib.maps.carte import Look, Palette
from lib.maps.files import PUBLIC_FILES, SECRET_FILES, residence_positions
from lib.maps.values import FLAT, HIDDEN, MapValues, Residences, Ring
from lib.ui import carte

HOSTILE = "<img src=x onerror='window.hostile=1'> {{ 'abc' }} </script>"
LATITUDES = [48.50, 48.51, 48.52, 48.52, 48.60, 48.61, 48.55, 48.56]
LONGITUDES = [2.10, 2.11, 2.15, 2.15, 2.20, 2.30, 2.25, 2.35]
HOMES = [10, 20, 30, 40, 50, 60, 70, 80]
NAMES = [HOSTILE, *(f"Résidence inventée {letter}" for letter in "BCDEFGH")]
HALLS = ["", "A-1, A-2, B", "", "", "C", ", ".join(f"H{number}" for number in range(1, 21)), "", ""]
FACTS = {"Tous": [3, 0, 12, 5, -1, -2, None, 20], "Biens": [1, 1, 1, 1, 1, 1, None, 1]}
FIRST = [4]  # drawn filled, when residences are named
RING = Ring("À moins de 300 m du quartier", [[(48.41, 2.01), (48.41, 2.07), (48.47, 2.07), (48.47, 2.01)]])
QPV = ["QN07701M", "QN07702M"]
CODES = {
    "qpv": QPV, "qpv2015": QPV, "communes": ["77901", "91902"], "departements": ["77", "91"], "districts": ["1", "2"],
}  # fmt: skip
LOOK = Look(
    Palette(
        paper="#fcfdfc", sea="#e9eeec", thread="#cfd8d7", card="#ffffff", ink="#15222a", muted="#4b5a61",
        edge="#76868b", hatch="#6f7d81", accent="#0d5263", warn="#8a4b00",
        ramp=("#d5e3d4", "#aacabf", "#76aaab", "#387d8b", "#0b4557"),
    )
)  # fmt: skip


@st.cache_resource
def addresses() -> dict[str, str]:
    columns = {"commune_code": CODES["communes"], "commune_name": ["Ouest", "Est"], "district_id": [1, 2]}
    columns |= {"departement_code": CODES["departements"]}
    squares = [box(2.0, 48.4, 2.2, 48.7), box(2.2, 48.4, 2.4, 48.7)]
    light = layers.simplified_communes(gpd.GeoDataFrame(columns, geometry=squares, crs=4326))
    services = pd.DataFrame({"district_id": [1, 2], "district_name": ["Ouest", "Est"], "force": ["PN", "GN"]})
    shapes = layers.district_shapes(light, services)
    outlines = [box(2.02, 48.42, 2.06, 48.46), box(2.30, 48.62, 2.33, 48.64)]
    named = {"qpv_code": QPV, "qpv_name": ["Quartier inventé", "Second quartier"]}
    qpv = layers.qpv_layer(layers.qpv_shapes(gpd.GeoDataFrame(named, geometry=outlines, crs=4326)))
    made = {
        "communes": layers.commune_layer(light),
        "departements": layers.departement_layer(light, {"77": "Couchant", "91": "Levant"}),
        "districts": layers.district_layer(shapes),
        "limits": layers.district_edge_layer(shapes),
        "qpv": qpv,
        "qpv2015": qpv,
    }
    return {name: PUBLIC_FILES.add(f"{name}.json", content) for name, content in made.items()}


@st.fragment
def draw(key: str, kind: str, level: str, asked: list[str]) -> None:
    positions = residence_positions(LATITUDES, LONGITUDES, homes=HOMES, names=NAMES, halls=HALLS)
    url = SECRET_FILES.publish(st.session_state, positions)
    chosen = carte.chosen(key)
    seen = carte.view(key)
    first, second = CODES[level]
    states = {"Tous": "zero", "Biens": 3}[kind], FLAT if "Évolution" in asked else HIDDEN
    values = MapValues(
        level=level,
        scale="diverging" if "Évolution" in asked else "sequential",
        shapes={first: (states[0], f"{kind} {HOSTILE}"), second: (states[1], "second")},
        labels={first: kind},
        residences=Residences(url, positions.name, FACTS[kind], *((FIRST, True) if "Nommer" in asked else ())),
        selection=None if chosen is None else (chosen.level, chosen.code),
        bounds=((48.4, 2.0), (48.7, 2.4)),
        focus=((48.55, 2.25), (48.65, 2.35)) if "Aller à l’est" in asked else None,
        ring=RING if "Périmètre" in asked else None,
        lit=["77"] if "Estomper" in asked else None,
        tells_view="Suivre" in asked,
    )
    carte.show(addresses(), values, key=key, look=LOOK, title=f"Carte d’essai {key}", height=480)
    st.text(f"Choisi : {'rien' if chosen is None else f'{chosen.level} {chosen.code}'}")
    st.text(f"Vue : {'rien' if seen is None else ' '.join(f'{degrees:.4f}' for corner in seen for degrees in corner)}")


facts = st.radio("Faits", list(FACTS), horizontal=True)
switches = ["Évolution", "Aller à l’est", "Périmètre", "Estomper", "Suivre", "Nommer"]
on = [name for column, name in zip(st.columns(6), switches, strict=True) if column.checkbox(name)]
for column, map_key in zip(st.columns(int(st.query_params.get("cartes", "1"))), ("carte", "autre"), strict=False):
    with column:
        draw(map_key, facts, st.query_params.get("niveau", "qpv"), on)
st.html("<div style='height:1200px'>Suite de la page</div>")
