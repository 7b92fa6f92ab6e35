"""Two invented communes, one QPV, eight residences, and a switch between two sets of values."""

import geopandas as gpd
import pandas as pd
import streamlit as st
from shapely.geometry import box

from lib.maps import layers
from lib.maps.carte import Look, Palette
from lib.maps.files import PUBLIC_FILES, SECRET_FILES, residence_positions
from lib.maps.values import MapValues, Residences
from lib.ui import carte

HOSTILE = "<img src=x onerror='window.hostile=1'> {{ 'abc' }} </script>"
LATITUDES = [48.50, 48.51, 48.52, 48.52, 48.60, 48.61, 48.55, 48.56]
LONGITUDES = [2.10, 2.11, 2.15, 2.15, 2.20, 2.30, 2.25, 2.35]
HOMES = [10, 20, 30, 40, 50, 60, 70, 80]
NAMES = [HOSTILE, *(f"Résidence inventée {letter}" for letter in "BCDEFGH")]
FACTS = {"Tous": [3, 0, 12, 5, -1, -2, None, 20], "Biens": [1, 1, 1, 1, 1, 1, None, 1]}
LOOK = Look(
    Palette(
        paper="#fcfdfc", sea="#e9eeec", thread="#cfd8d7", card="#ffffff", ink="#15222a", muted="#4b5a61",
        edge="#76868b", hatch="#6f7d81", accent="#0d5263", warn="#8a4b00",
        ramp=("#d5e3d4", "#aacabf", "#76aaab", "#387d8b", "#0b4557"),
    )
)  # fmt: skip


@st.cache_resource
def addresses() -> dict[str, str]:
    columns = {"commune_code": ["77901", "77902"], "commune_name": ["Ouest", "Est"], "district_id": [1, 2]}
    squares = [box(2.0, 48.4, 2.2, 48.7), box(2.2, 48.4, 2.4, 48.7)]
    light = layers.simplified_communes(gpd.GeoDataFrame(columns, geometry=squares, crs=4326))
    services = pd.DataFrame({"district_id": [1, 2], "district_name": ["Ouest", "Est"], "force": ["PN", "GN"]})
    shapes = layers.district_shapes(light, services)
    qpv = {"qpv_code": ["QN07701M"], "qpv_name": ["Quartier inventé"]}
    outline = gpd.GeoDataFrame(qpv, geometry=[box(2.02, 48.42, 2.06, 48.46)], crs=4326)
    made = {
        "communes": layers.commune_layer(light),
        "districts": layers.district_layer(shapes),
        "limits": layers.district_edge_layer(shapes),
        "qpv": layers.qpv_layer(layers.qpv_shapes(outline)),
    }
    return {name: PUBLIC_FILES.add(f"{name}.json", content) for name, content in made.items()}


@st.fragment
def draw(kind: str) -> None:
    positions = residence_positions(LATITUDES, LONGITUDES, homes=HOMES, names=NAMES)
    url = SECRET_FILES.publish(st.session_state, positions)
    chosen = carte.chosen("carte")
    values = MapValues(
        level="qpv",
        shapes={"QN07701M": ("zero" if kind == "Tous" else 3, f"{kind} {HOSTILE}")},
        labels={"QN07701M": kind},
        residences=Residences(url, positions.name, FACTS[kind]),
        selection=None if chosen is None else (chosen.level, chosen.code),
        bounds=((48.4, 2.0), (48.7, 2.4)),
    )
    carte.show(addresses(), values, key="carte", look=LOOK, title="Carte d’essai", height=480)
    st.text(f"Choisi : {'rien' if chosen is None else f'{chosen.level} {chosen.code}'}")


draw(st.radio("Faits", list(FACTS)))
