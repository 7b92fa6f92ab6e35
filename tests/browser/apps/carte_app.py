"""A page with nothing but the map, on invented points: what tests/browser/test_carte_layer.py drives."""

from pathlib import Path

import streamlit as st
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from lib.maps import files

ROOT = Path(__file__).resolve().parents[3]
PAGE = Path(__file__).with_name("carte_page.py")

app = st.App(PAGE, routes=[*files.routes(), Mount("/fonts", StaticFiles(directory=ROOT / "static" / "fonts"))])
