"""Style sheet, language and soft links: what each run puts on the page before its content."""

from pathlib import Path

import streamlit as st

from lib.config import ROOT
from lib.maps.files import PUBLIC_FILES
from lib.ui.french import as_script
from lib.ui.server import base_path

LOOK = ROOT / "static" / "look.css"
LOGOS = ROOT / "static"
SETUP = (Path(__file__).parent / "setup.js").read_text("utf-8").replace("FRENCH", as_script())
LANGUAGE = '<script>document.documentElement.lang = "fr";</script>'  # even where the script below cannot be fetched
# Fetched once and kept by the browser: a run sends its address alone.
ADDRESS = PUBLIC_FILES.add("setup.js", SETUP.encode(), "text/javascript")


def apply_style() -> None:
    """Look, French language, soft links and the logo of the theme."""
    theme = st.context.theme.type or "light"
    logo, mark = LOGOS / f"logo-{theme}.svg", LOGOS / f"mark-{theme}.svg"
    st.logo(str(logo), size="large", icon_image=str(mark))
    with st.container(key="setup"):  # hidden by the style sheet, so that these leave no gap above the page
        st.html(LOOK)
        st.html(f'{LANGUAGE}<script src="{base_path()}{ADDRESS}"></script>', unsafe_allow_javascript=True)
