"""Under a figure: its table, and the note of its method, read where it is kept."""

import re
from pathlib import Path

import pandas as pd
import streamlit as st

from lib.config import ROOT

METHODS = ROOT / "docs" / "methods"
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def under(note: str, key: str, table: pd.DataFrame | None = None) -> None:
    """A way to the figures and to the method, on one line.

    Args:
        note: Name of a file of ``docs/methods``, without its suffix.
        key: Unlike any other of the page.
        table: What the figure draws, headings in French; None where the figure is a table already.
    """
    figures, method = st.columns([5, 1], vertical_alignment="top")
    if table is not None:
        drawer = figures.expander("Voir les chiffres", key=f"{key}-tiroir", on_change="rerun")
        if drawer.open:  # a long table travels only to who asks for it
            drawer.dataframe(table, key=f"{key}-chiffres", width="stretch")
    if method.button("Méthode", key=f"{key}-methode", type="tertiary", help="La formule, ses limites, ses pièges"):
        _show(METHODS / f"{note}.md")


@st.dialog("Méthode", width="large")
def _show(path: Path) -> None:
    """The note as it stands in the documentation; its links lead to files that are not served."""
    st.markdown(LINK.sub(r"\1", path.read_text(encoding="utf-8")))
