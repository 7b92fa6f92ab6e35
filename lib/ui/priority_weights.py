"""The weights of the criteria: those of the committee, those tried on the page and written in its address."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from sqlalchemy import Connection

from lib.analysis.criteria import DEFAULT_WEIGHTS, GOALPOSTS, Criterion, Unit
from lib.domain.labels import date_label, number, share
from lib.domain.meetings import Choice
from lib.domain.terms import PARTNERS
from lib.domain.vocabulary import ChoiceKind
from lib.store.choices import choices, latest_choice
from lib.ui import components as c
from lib.ui import data
from lib.ui.import_desk import faults_told
from lib.ui.priority_words import CRITERIA, MEANINGS
from lib.ui.session import Visit

TRIED = "poids"  # in the address: «30-20-15-15-5-10-5», in the order of the criteria
STEP = 5
MAX_VERSIONS = 10
WEIGHTS = "weights"  # in the content of a choice
AUTHOR = "poids-auteur"


def committee_choice(connection: Connection) -> Choice:
    """The weights in force: those last set by the committee, else those that the observatory proposes."""
    proposed = {name.value: round(100 * weight) for name, weight in DEFAULT_WEIGHTS.items()}
    return latest_choice(connection, ChoiceKind.WEIGHTS, {WEIGHTS: proposed})


def points(choice: Choice) -> dict[Criterion, int]:
    """Weights of a choice as the sliders have them, 0 to 100; one that it does not know is 0."""
    return {name: round(choice.content[WEIGHTS].get(name.value, 0)) for name in Criterion}


def weights(visit: Visit, unit: Unit, steps: Any) -> Mapping[Criterion, float]:
    """Draws the sliders and returns what they say; the address keeps what differs from the committee's choice."""
    chosen = data.record(committee_choice, visit.snapshot)
    committee = points(chosen)
    _begin(committee)
    with st.expander(f"Poids des critères\u00a0: {choice_words(chosen)}", key="poids-tiroir"):
        with st.grid(4, min_column_width=190):
            for criterion in GOALPOSTS[unit]:
                st.slider(
                    CRITERIA[criterion], 0, 100, step=STEP, key=_key(criterion), help=MEANINGS[criterion], format="%d"
                )
        tried = {criterion: int(st.session_state[_key(criterion)]) for criterion in Criterion}
        _told(tried, committee, unit)
        if tried != committee:
            _adopt(visit, tried, steps)
        _versions(visit)
    _keep(tried, committee)
    return {criterion: float(weight) for criterion, weight in tried.items()}


def choice_words(chosen: Choice) -> str:
    """«version 3, retenue le 17 septembre 2026 au nom de la préfecture»."""
    if not chosen.version or chosen.made_by is None or chosen.made_at is None:
        return "proposition de l’observatoire, aucun comité ne les a encore fixés"
    on = date_label(chosen.made_at.date())
    return f"version {chosen.version} du comité, retenue le {on} ({PARTNERS[chosen.made_by]})"


def _key(criterion: Criterion) -> str:
    return f"poids-{criterion.value}"


def _begin(committee: Mapping[Criterion, int]) -> None:
    """Weights that the session has not: those of the address if it has seven readable ones, else the committee's.

    Streamlit forgets a slider that a unit does not draw: it alone is asked for again, the others may just have moved.
    """
    absent = [criterion for criterion in committee if _key(criterion) not in st.session_state]
    if not absent:
        return
    asked = read(st.query_params.get(TRIED, "")) or committee
    st.session_state.update({_key(criterion): asked[criterion] for criterion in absent})


def read(text: str) -> dict[Criterion, int] | None:
    """Weights written in an address, or None: seven whole numbers from 0 to 100."""
    parts = text.split("-")
    if len(parts) != len(Criterion) or not all(
        part.isascii() and part.isdecimal() and len(part) <= 3 for part in parts
    ):
        return None
    values = dict(zip(Criterion, map(int, parts), strict=True))
    return values if max(values.values()) <= 100 else None


def _keep(tried: Mapping[Criterion, int], committee: Mapping[Criterion, int]) -> None:
    if tried == committee:
        st.query_params.pop(TRIED, None)
    else:
        st.query_params[TRIED] = "-".join(str(tried[criterion]) for criterion in Criterion)


def _told(tried: Mapping[Criterion, int], committee: Mapping[Criterion, int], unit: Unit) -> None:
    total = sum(tried[criterion] for criterion in GOALPOSTS[unit])
    parts = (
        ", ".join(f"{CRITERIA[one].lower()} {share(tried[one] / total)}" for one in GOALPOSTS[unit]) if total else ""
    )
    c.source(
        f"Parts une fois ramenées à 100\u00a0%\u00a0: {parts}. Les tirages font varier ces poids autour de leur valeur."
    )
    st.button(
        "Revenir aux poids du comité",
        disabled=tried == committee,
        on_click=_back,
        args=(committee,),
        key="poids-retour",
    )


def _back(committee: Mapping[Criterion, int]) -> None:
    st.session_state.update({_key(criterion): weight for criterion, weight in committee.items()})


def _versions(visit: Visit) -> None:
    """Every choice of the committee, the newest first."""
    held = data.record(choices, visit.snapshot, ChoiceKind.WEIGHTS)
    if not held:
        return
    c.table(
        ["Version", "Au nom de", "Poids"],
        [
            [
                f"{one.version}, {date_label(one.made_at.date()) if one.made_at else ''}",
                PARTNERS[one.made_by] if one.made_by else "",
                ", ".join(f"{CRITERIA[name].lower()} {weight}" for name, weight in points(one).items()),
            ]
            for one in held[:MAX_VERSIONS]
        ],
        caption="Poids retenus par le comité",
    )


def _adopt(visit: Visit, tried: Mapping[Criterion, int], steps: Any) -> None:
    """Makes the weights tried those of the committee: a new version, dated, in the name of a partner."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    author = left.selectbox("Au nom de", list(PARTNERS), format_func=PARTNERS.__getitem__, key=AUTHOR)
    if not right.button("Retenir ces poids pour le comité", key="poids-retenir"):
        return
    with faults_told():
        saved = steps.store_weights(data.engine(), {one.value: weight for one, weight in tried.items()}, by=author)
        st.toast(f"Poids retenus\u00a0: version {number(saved.version)}.")
        st.rerun(scope="app")
