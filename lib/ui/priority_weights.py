"""The weights of the criteria: those of the committee, those tried on the page and written in its address."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import streamlit as st
from sqlalchemy import Connection

from lib.analysis.criteria import DEFAULT_WEIGHTS, GOALPOSTS, Criterion, Unit
from lib.domain.labels import number, share
from lib.domain.meetings import Choice
from lib.domain.terms import PARTNERS
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.errors import ConflictError
from lib.store.choices import WEIGHTS, choices, latest_choice
from lib.ui import components as c
from lib.ui import data
from lib.ui.action_words import day_words
from lib.ui.authors import signed
from lib.ui.import_desk import faults_told, refusal
from lib.ui.marks import late
from lib.ui.priority_words import CRITERIA, MEANINGS
from lib.ui.session import Visit

TRIED = "poids"  # in the address: «30-20-15-15-5-10-5», in the order of the criteria
STEP = 5
MAX_VERSIONS = 10
SEEN, CONFLICT = "poids-lus", "poids-conflit"  # in the session
EARLIER = "poids-anterieurs"
ON_TRIAL = "poids-essayes"  # in the session: what was last tried, which the menu of pages takes out of the address


PROPOSED = Choice(
    ChoiceKind.WEIGHTS, 0, {WEIGHTS: {name.value: round(100 * weight) for name, weight in DEFAULT_WEIGHTS.items()}}
)


class Seen(NamedTuple):
    """The choice of the committee that the sliders began from: what a new one answers."""

    version: int
    points: Mapping[Criterion, int]


def committee_choice(connection: Connection) -> Choice:
    """The weights in force: those last set by the committee, else those that the observatory proposes."""
    return latest_choice(connection, ChoiceKind.WEIGHTS, PROPOSED.content)


def points(choice: Choice) -> dict[Criterion, int]:
    """Weights of a choice as the sliders have them, 0 to 100; one that it does not know is 0."""
    return {name: round(choice.content[WEIGHTS].get(name.value, 0)) for name in Criterion}


def weights(visit: Visit, unit: Unit, steps: Any) -> Mapping[Criterion, float]:
    """Draws the sliders and returns what they say; the address keeps what differs from the committee's choice."""
    chosen = data.record(committee_choice, visit.snapshot)
    committee = points(chosen)
    _begin(Seen(chosen.version, committee))
    with st.expander("Régler les poids des critères", key="poids-tiroir"):
        with st.grid(4, min_column_width=190):
            for criterion in GOALPOSTS[unit]:
                st.slider(
                    CRITERIA[criterion], 0, 100, step=STEP, key=_key(criterion), help=MEANINGS[criterion], format="%d"
                )
        tried = {criterion: int(st.session_state[_key(criterion)]) for criterion in Criterion}
        _told(tried, committee, unit, is_set=bool(chosen.version))
        if tried != committee:
            _adopt(tried, chosen, steps)
        _versions(visit)
    _keep(tried, committee)
    return {criterion: float(weight) for criterion, weight in tried.items()}


def is_trial(visit: Visit, tried: Mapping[Criterion, float]) -> bool:
    """Whether weights are others than those in force."""
    return dict(tried) != points(data.record(committee_choice, visit.snapshot))


def in_force(visit: Visit) -> str:
    """The weights of the committee in words, else those proposed."""
    return choice_words(data.record(committee_choice, visit.snapshot))


def whose_weights(visit: Visit, tried: Mapping[Criterion, float], unit: Unit) -> None:
    """Whose weights the list is made with: those of the committee, or others, which a reader must not take for them."""
    chosen = data.record(committee_choice, visit.snapshot)
    if not is_trial(visit, tried):
        c.source(f"Poids des critères\u00a0: {in_force(visit)}.")
    else:
        whose = "par le comité" if chosen.version else "par un comité"
        c.findings([late(f"Poids à l’essai, non retenus {whose}\u00a0: {_parts(tried, unit)}")])
        c.source(f"En vigueur\u00a0: {in_force(visit)}.")


def _parts(tried: Mapping[Criterion, float], unit: Unit) -> str:
    """«gravité 30 %, persistance 20 %…»; empty where all are zero."""
    total = sum(tried[criterion] for criterion in GOALPOSTS[unit])
    return ", ".join(f"{CRITERIA[one].lower()} {share(tried[one] / total)}" for one in GOALPOSTS[unit]) if total else ""


def choice_words(chosen: Choice) -> str:
    """«version 3, retenue le 17 septembre 2026 au nom de la préfecture»."""
    if not chosen.version or chosen.made_by is None or chosen.made_at is None:
        return "proposition de l’observatoire, aucun comité ne les a encore fixés"
    on = day_words(chosen.made_at)
    return f"version {chosen.version} du comité, retenue le {on} ({PARTNERS[chosen.made_by]})"


def _key(criterion: Criterion) -> str:
    return f"poids-{criterion.value}"


def _begin(newest: Seen) -> None:
    """Weights that the widgets have not: of the address if it has seven readable ones, last tried, of the committee.

    Streamlit forgets a slider that a unit does not draw: it alone is asked for again, the others may just have moved.
    Sliders that nobody moved follow a new choice of the committee; the others stay, with the version they began from.
    """
    absent = [criterion for criterion in Criterion if _key(criterion) not in st.session_state]
    if SEEN not in st.session_state or len(absent) == len(Criterion):
        st.session_state[SEEN] = newest
        st.session_state.pop(CONFLICT, None)
    seen: Seen = st.session_state[SEEN]
    asked = read(st.query_params.get(TRIED, "")) or st.session_state.get(ON_TRIAL) or seen.points
    st.session_state.update({_key(criterion): asked[criterion] for criterion in absent})
    tried = {criterion: st.session_state[_key(criterion)] for criterion in Criterion}
    if tried == newest.points:
        st.session_state.pop(CONFLICT, None)
    if seen.version != newest.version and tried in (seen.points, newest.points):
        st.session_state[SEEN] = newest
        _back(newest.points)


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
        st.session_state.pop(ON_TRIAL, None)
    else:
        st.session_state[ON_TRIAL] = dict(tried)
        st.query_params[TRIED] = "-".join(str(tried[criterion]) for criterion in Criterion)


def _told(tried: Mapping[Criterion, int], committee: Mapping[Criterion, int], unit: Unit, *, is_set: bool) -> None:
    c.source(
        f"Parts une fois ramenées à 100\u00a0%\u00a0: {_parts(tried, unit)}. "
        "Les tirages font varier ces poids autour de leur valeur."
    )
    st.button(
        "Revenir aux poids du comité" if is_set else "Revenir à la proposition de l’observatoire",
        disabled=tried == committee,
        on_click=_back,
        args=(committee,),
        key="poids-retour",
    )


def _back(committee: Mapping[Criterion, int]) -> None:
    st.session_state.update({_key(criterion): weight for criterion, weight in committee.items()})


def _versions(visit: Visit) -> None:
    """Every choice of the committee, the newest first, and the way to try an earlier one again."""
    held = data.record(choices, visit.snapshot, ChoiceKind.WEIGHTS)
    if not held:
        return
    c.table(
        ["Version", "Au nom de", "Poids"],
        [
            [
                f"{one.version}, {day_words(one.made_at) if one.made_at else ''}",
                PARTNERS[one.made_by] if one.made_by else "",
                _parts(points(one), Unit.RESIDENCE),
            ]
            for one in held[:MAX_VERSIONS]
        ],
        caption="Poids retenus par le comité",
    )
    earlier = {one.version: one for one in (*held[1:], PROPOSED)}
    st.selectbox(
        "Reprendre la proposition de l’observatoire ou une version antérieure",
        list(earlier),
        index=None,
        format_func=_name,
        placeholder="Choisissez une version",
        key=EARLIER,
        on_change=_try_again,
        args=({version: points(one) for version, one in earlier.items()},),
    )


def _name(version: int) -> str:
    return f"version {version}" if version else "proposition de l’observatoire"


def _try_again(earlier: Mapping[int, Mapping[Criterion, int]]) -> None:
    _back(earlier[st.session_state[EARLIER]])
    st.session_state[EARLIER] = None


def _adopt(tried: Mapping[Criterion, int], chosen: Choice, steps: Any) -> None:
    """Makes the weights tried those of the committee: a new version, dated, in the name of a partner.

    Where another was kept meanwhile it is shown first: the weights tried stay, and the button then answers it.
    """
    if CONFLICT in st.session_state:
        refusal(st.session_state[CONFLICT])
    with st.popover("Retenir ces poids pour le comité"):
        c.source(
            "Tous les partenaires verront la liste faite avec ces poids. Ils remplacent ceux en vigueur "
            f"({_name(chosen.version)}), qui pourront être repris."
        )
        by = signed("Retenir pour tous", author_key="poids-auteur", key="poids-retenir")
    if by is not None:
        _store(tried, steps, by)


def _store(tried: Mapping[Criterion, int], steps: Any, by: Partner) -> None:
    with faults_told():
        try:
            own = {one.value: weight for one, weight in tried.items()}
            saved = steps.store_weights(data.engine(), own, by=by, read_version=st.session_state[SEEN].version)
        except ConflictError as conflict:
            theirs: Any = conflict.theirs
            st.session_state[SEEN] = Seen(theirs.version, points(theirs))
            st.session_state[CONFLICT] = str(conflict)
        else:
            st.session_state.pop(CONFLICT, None)
            st.toast(f"Poids retenus\u00a0: version {number(saved.version)}.")
        st.rerun(scope="app")
