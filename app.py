"""Entry point: ``streamlit run app.py``. The pages are drawn by lib/ui/frame.py (docs/decisions/0002)."""

from pathlib import Path

import streamlit as st

from lib.ui import server

app = st.App(
    Path(__file__).parent / "lib" / "ui" / "frame.py",
    lifespan=server.lifespan,
    routes=server.routes(),
    middleware=server.middleware(),
    on_script_error=server.on_script_error,
)
