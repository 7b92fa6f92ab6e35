"""Projection: any page, larger and without its chrome, told by the address so that it can be sent and opened."""

from collections.abc import Iterable

import streamlit as st
from markupsafe import Markup

from lib.config import ROOT
from lib.figures.template import PAGE_SIZE, PROJECTION_SIZE
from lib.ui import components as c
from lib.ui.links import KEPT, PROJECTION, href

ON = "oui"
SHEET = ROOT / "static" / "projection.css"


def is_projected() -> bool:
    """Whether the address asks for it."""
    return st.query_params.get(PROJECTION) == ON


def text_px() -> int:
    """Size of the text of figures and maps, which do not follow the page's rem."""
    return PROJECTION_SIZE if is_projected() else PAGE_SIZE


def door(page: str) -> None:
    """The link that projects the page as it stands: same place, same filters."""
    c.html(Markup('<p class="o-door">{}</p>').format(c.link_cell("Projeter cette page", _here(page, ON))))


def bar(pages: Iterable[tuple[str, str]], page: str) -> None:
    """In place of the chrome, which a style sheet hides: the pages, and the way back.

    Args:
        pages: Title and path of each.
        page: Path of the present one.
    """
    links = Markup("").join(
        Markup('<a href="{}"{}>{}</a>').format(
            href(path), Markup(' aria-current="page"') if path == page else "", title
        )
        for title, path in pages
    )
    with st.container(key="projected"):  # hidden as the rest of the setup, without a gap above the page
        st.html(SHEET)
    leave = c.link_cell("Quitter la projection", _here(page, None))
    c.html(Markup('<nav class="o-projected" aria-label="Pages projetées"><span>{}</span>{}</nav>').format(links, leave))


def _here(page: str, value: str | None) -> str:
    place = {key: value for key, value in st.query_params.items() if key not in KEPT}
    return href(page, **place, **{PROJECTION: value})
