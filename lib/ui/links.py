"""Addresses of pages that keep the filters and the projection: every level is a link that can be sent."""

from urllib.parse import urlencode

import streamlit as st

from lib.ui.filters import KEYS
from lib.ui.server import base_path

PROJECTION = "projection"
PANEL = "panel"  # the switch of the trends page
KEPT = (*KEYS, PROJECTION, PANEL)


def href(page: str, /, **query: object) -> str:
    """Address of a page with the filters of the present one and the given place.

    Args:
        page: Path of the page (``circonscriptions``); empty for the home page.
        query: Names and values of the place; None is left out.
    """
    present = st.query_params.to_dict()  # one question rather than one per key: a table has a hundred addresses
    kept = [(k, value) for k in KEPT if k in present and k not in query for value in st.query_params.get_all(k)]
    place = [(key, str(value)) for key, value in query.items() if value is not None]
    asked = urlencode(kept + place)
    return f"{base_path()}/{page}" + (f"?{asked}" if asked else "")
