"""Main script: page set-up, visit, filter bar, navigation. It stands here and not beside pages/ (decision 0002)."""

import streamlit as st

from lib.config import ROOT
from lib.snapshot import directory
from lib.ui import components, projection, session
from lib.ui.filters import UNUSED_ON, Choices, complete_months, filter_bar, keep_in_address
from lib.ui.style import apply_style

PAGES = ROOT / "pages"


def page(name: str, title: str, path: str, *, default: bool = False) -> st.Page:
    """A page of ``pages/`` under a French address."""
    return st.Page(PAGES / f"{name}.py", title=title, url_path=path, default=default)


def choices(visit: session.Visit) -> Choices:
    """What the store offers to the filter bar."""
    assert visit.data_on is not None
    return Choices(
        months=complete_months(visit.ask_store(directory.months), visit.data_on),
        departements=visit.ask_store(directory.departements, visit.scope),
        districts=visit.ask_store(directory.districts, visit.scope),
        qpvs=visit.ask_store(directory.qpvs, visit.scope),
        landlords=visit.ask_store(directory.landlords, visit.scope),
        types=visit.ask_store(directory.incident_types),
    )


st.set_page_config(
    page_title="Observatoire de la tranquillité résidentielle",
    page_icon=str(ROOT / "static" / "icon.png"),
    layout="wide",
    initial_sidebar_state="auto",
)
pages = [
    page("home", "Accueil", "accueil", default=True),
    page("map", "Carte", "carte"),
    page("trends", "Tendances", "tendances"),
    page("districts", "Circonscriptions", "circonscriptions"),
    page("priorities", "Priorités", "priorites"),
    page("actions", "Interventions conjointes", "interventions"),
    page("imports", "Données", "donnees"),
]
current = st.navigation(pages, position="top")
apply_style()
visit = session.open_visit()
if visit.data_on is None:
    session.begin(visit, None, "")
else:
    is_unused = current.url_path in UNUSED_ON
    with st.sidebar:
        # Where they are of no use the widgets are hidden by the style sheet, not left out: the choice is kept.
        with st.container(key="filters-unused" if is_unused else "filters"):
            st.subheader("Filtres", anchor=False)
            keep_in_address(current.url_path)
            session.begin(visit, *filter_bar(choices(visit)))
        if is_unused:
            components.source("Aucun filtre sur cette page\u00a0: votre choix est gardé pour les autres.")
        projection.door(current.url_path)
if projection.is_projected():
    projection.bar([(shown.title, shown.url_path) for shown in pages], current.url_path)
if visit.is_synthetic:
    components.fictitious()
try:
    current.run()
finally:
    visit.snapshot.release()
