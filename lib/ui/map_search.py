"""The search box of the map: what one types, the places it may mean, and the one that is chosen."""

import re

import streamlit as st

from lib.config import settings
from lib.domain.labels import quoted, service_label
from lib.domain.scope import Scope
from lib.domain.terms import FORCES
from lib.snapshot.columnar import Snapshot, StaleSnapshotError
from lib.snapshot.places import Level
from lib.snapshot.search import Found, Index, index, search
from lib.snapshot.territories import GENERATION_IN_FORCE
from lib.ui import components as c
from lib.ui.map_state import LEVEL, LEVELS, Choice, choose
from lib.ui.session import Visit

ASKED = "cherche"
MARKDOWN = re.compile(r"[\\`*_\[\]<>#~:$|&.)+]|^-")  # «1. Les Essais» would be the first line of a list


def box() -> None:
    """The box alone; ``answers`` says what it finds."""
    st.text_input("Chercher un lieu", key=ASKED, placeholder="Nom, référence ou code")


def answers(visit: Visit, generation: int) -> None:
    """Up to eight places as buttons, QPV of this generation; one of them chooses the place and empties the box."""
    asked = st.session_state.get(ASKED, "").strip()
    if not asked:
        return
    answering = found(visit, asked, generation)
    if not answering:
        c.source(f"Aucun lieu ne répond à {quoted(asked)} dans votre périmètre.")
    with st.container(key="mapfound", horizontal=True, gap="small"):
        for place in answering:
            st.button(said(place), key=f"lieu-{place.level}-{place.code}", on_click=_go_to, args=(place,))


def found(visit: Visit, asked: str, generation: int = GENERATION_IN_FORCE) -> list[Found]:
    """The places of the scope that best answer what is typed, eight at most; QPV of one generation."""
    return search(_index_of(visit, generation), asked)


def said(place: Found) -> str:
    """«Les Essais, QPV, Ville-A»: the name, what it is, and what tells it from another of the same name."""
    name = service_label(place.name) if place.level == Level.DISTRICT else place.name
    detail = FORCES[place.detail] if place.level == Level.DISTRICT else place.detail
    label = LEVELS[place.level].label
    words = f"{name}, {label if place.level == Level.QPV else label.lower()}, {detail}".removesuffix(", ")
    return MARKDOWN.sub(r"\\\g<0>", words)


def _go_to(place: Found) -> None:
    st.session_state[LEVEL] = LEVELS[place.level].label
    st.session_state[ASKED] = ""
    choose(Choice(place.level, place.code))


def _index_of(visit: Visit, generation: int) -> Index:
    try:
        return _index(settings().database_url, visit.snapshot.revision, visit.scope, generation, visit.snapshot)
    except StaleSnapshotError:  # the store moved: the whole page is drawn anew
        st.rerun()


@st.cache_resource(max_entries=4, show_spinner=False)
def _index(database_url: str, revision: int, scope: Scope, generation: int, _snapshot: Snapshot) -> Index:
    """Kept for a store, a revision, a scope and a generation of QPV: 25,000 names are folded once."""
    return index(_snapshot, scope, generation)
