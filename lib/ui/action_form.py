"""The form of a joint action: what is typed is kept until it is stored, even when another partner stored first."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import streamlit as st

from lib.domain.action_text import FREE_TEXTS
from lib.domain.actions import WEEKDAYS, ActionPlace, JointAction, without_moot
from lib.domain.clocks import Clock
from lib.domain.terms import (
    ACTION_FIELDS,
    ACTION_INDICATORS,
    ACTION_KINDS,
    ACTION_STATUSES,
    FAMILIES_SHORT,
    PARTNERS,
)
from lib.domain.vocabulary import ActionKind, ActionStatus
from lib.snapshot.places import Level
from lib.ui import action_clocks, map_search
from lib.ui import components as c
from lib.ui.action_measure import baseline_words
from lib.ui.action_state import NEW, found_place, hall_choices, today
from lib.ui.action_words import Names, is_known, key_of, place_words, seen_places
from lib.ui.drafts import Form
from lib.ui.import_words import literal
from lib.ui.session import Visit

# Fields that a widget holds as the action does.
SAME = [
    name
    for name in ACTION_FIELDS
    if name not in {"partners", "weekdays", "start_minute", "end_minute", "places", "clocks"}
]
LISTED = ("partners", "weekdays")
HOURS = ("start_minute", "end_minute")
SEARCH = "action-lieu-cherche"


def opened(action: JointAction) -> Form:
    """The form of an action as it is kept, or of a new one; with what was typed of it before, if anything was.

    A new action has one form for each place that it may begin from.
    """
    form: Form[JointAction] = Form(f"action-{action.action_id or _of_places(action)}")
    if not action_clocks.is_half_written(form):
        form.follow(without_moot(action))
    if form.key("title") not in st.session_state:
        _fill(form)
    return form


def _of_places(action: JointAction) -> str:
    keys = [f"{place.kind}:{key_of(place)}:{place.building_code}:{place.hall_code}:" for place in action.places]
    return f"{NEW}:{''.join(keys)}"


def _fill(form: Form[JointAction]) -> None:
    """Puts the draft in the widgets."""
    state, draft = st.session_state, form.draft
    action_clocks.fill(form, draft.clocks)
    for name in (*SAME, *LISTED):
        value = getattr(draft, name)
        state[form.key(name)] = list(value) if name in LISTED else value
    for name in HOURS:
        minute = getattr(draft, name)
        state[form.key(name)] = None if minute is None else time(*divmod(minute, 60))


def _written(form: Form[JointAction], clocks: tuple[Clock, ...], known: Names) -> JointAction:
    """The action as the widgets have it, with every place that the visitor may not see, hence not take out."""
    state, base = st.session_state, form.base
    values: dict[str, Any] = {name: state.get(form.key(name)) for name in SAME}
    values |= {name: tuple(state[form.key(name)]) for name in LISTED}
    values |= {name: _minute(state[form.key(name)]) for name in HOURS}
    values |= {name: values[name] or "" for name in FREE_TEXTS}
    beyond = [place for place in base.places if not is_known(place, known)]
    return without_moot(replace(base, **values, places=(*form.draft.places, *beyond), clocks=clocks))


def _minute(hour: time | None) -> int | None:
    return None if hour is None else 60 * hour.hour + hour.minute


def draw(visit: Visit, form: Form[JointAction], known: Names) -> None:
    """Every field, in the order in which partners speak of them.

    No number has bounds here: Streamlit would keep the one before without a word to the server, which then stored it.
    """
    c.source(
        "Ne nommez personne, ni habitant ni agent\u00a0: décrivez les lieux, les faits et les moyens. Un nom écrit "
        "dans un texte n’est pas détecté."
    )
    st.text_input(ACTION_FIELDS["title"], key=form.key("title"), max_chars=120)
    left, right = st.columns(2, gap="large")
    with left:
        _what(form)
        _where(visit, form, known)
        _when(form)
    with right:
        _aim(visit, form)
        _who(form)
        _state(form)
    clocks = action_clocks.draw(form, today(visit))
    form.drawn(_written(form, clocks, known), [*SAME, *LISTED, *HOURS, *action_clocks.names(form)])


def _one(form: Form[JointAction], name: str, labels: dict, *, none: str | None = "Non renseigné", **more: Any) -> None:
    options = ([None] if none is not None else []) + list(labels)
    st.selectbox(
        ACTION_FIELDS[name],
        options,
        key=form.key(name),
        format_func=lambda value: none if value is None else labels[value],
        placeholder=none or "",
        **more,
    )


def _what(form: Form[JointAction]) -> None:
    c.section("Quoi")
    _one(form, "kind", ACTION_KINDS, none=None)
    st.text_area(ACTION_FIELDS["problem"], key=form.key("problem"), height="content", max_chars=2000)
    _one(form, "family_code", FAMILIES_SHORT)
    if st.session_state[form.key("kind")] == ActionKind.SOCIAL:
        planned, done, unit = st.columns(3)
        for column, name in ((planned, "volume"), (done, "volume_done")):
            column.number_input(ACTION_FIELDS[name], step=1, value=None, key=form.key(name))
        unit.text_input(
            ACTION_FIELDS["volume_unit"], key=form.key("volume_unit"), placeholder="appels, colis", max_chars=60
        )


def _where(visit: Visit, form: Form[JointAction], known: Names) -> None:
    c.section("Où")
    seen, beyond = seen_places(form.draft.places, known)
    for rank, place in enumerate(seen):
        name, out = st.columns([4, 1], vertical_alignment="center")
        name.markdown(literal(place_words(place, known)))
        out.button("Retirer", key=form.key(f"retirer-{rank}"), on_click=_remove, args=(form, place))
    for words in beyond:
        st.markdown(words)
    if not form.draft.places:
        c.source("Aucun lieu pour l’instant\u00a0: cherchez-en un ci-dessous.")
    asked = st.text_input("Ajouter un lieu", key=SEARCH, placeholder="Résidence, référence, QPV, commune ou service")
    if not asked.strip():
        return
    found = [(one, found_place(visit, one)) for one in map_search.found(visit, asked)]
    shown = [(one, place) for one, place in found if place is not None and place not in form.draft.places]
    if not shown:
        c.source("Aucun lieu ne répond à cette recherche.")
    with st.container(key="lieux-trouves", horizontal=True, gap="small"):
        for one, place in shown:
            st.button(
                map_search.said(one), key=form.key(f"ajouter-{one.level}-{one.code}"), on_click=_add, args=(form, place)
            )
    for one, place in [pair for pair in shown if pair[0].level == Level.RESIDENCE][:1]:
        _one_hall(visit, form, one.name, key_of(place))


def _one_hall(visit: Visit, form: Form[JointAction], name: str, residence_id: int) -> None:
    """The halls on record of the residence that answers best, one of which may be the place."""
    choices = hall_choices(visit, residence_id)
    if not choices:
        return
    key = form.key(f"hall-{residence_id}")
    st.selectbox(
        f"Ou un seul hall, {literal(name)}",
        list(choices),
        index=None,
        format_func=choices.__getitem__,
        key=key,
        on_change=lambda: _add(form, st.session_state[key]),
        placeholder="Choisissez un hall",
    )


def _add(form: Form[JointAction], place: ActionPlace) -> None:
    st.session_state[form.key("draft")] = replace(form.draft, places=(*form.draft.places, place))
    st.session_state[SEARCH] = ""


def _remove(form: Form[JointAction], place: ActionPlace) -> None:
    kept = tuple(one for one in form.draft.places if one != place)
    st.session_state[form.key("draft")] = replace(form.draft, places=kept)


def _when(form: Form[JointAction]) -> None:
    c.section("Quand")
    st.multiselect(
        ACTION_FIELDS["weekdays"],
        range(7),
        key=form.key("weekdays"),
        format_func=WEEKDAYS.__getitem__,
        placeholder="Tous les jours, ou non renseigné",
    )
    for column, name in zip(st.columns(2), HOURS, strict=True):
        column.time_input(ACTION_FIELDS[name], value=None, key=form.key(name))
    for column, name in zip(st.columns(3), ("starts_on", "due_on", "evaluated_on"), strict=True):
        column.date_input(ACTION_FIELDS[name], value=None, key=form.key(name), format="DD/MM/YYYY", **_YEARS)


_YEARS: dict[str, Any] = {"min_value": date(2000, 1, 1), "max_value": date(2100, 12, 31)}


def _aim(visit: Visit, form: Form[JointAction]) -> None:
    c.section("Objectif mesurable")
    st.text_area(ACTION_FIELDS["objective"], key=form.key("objective"), height="content", max_chars=2000)
    _one(form, "indicator", ACTION_INDICATORS)
    st.number_input(
        ACTION_FIELDS["months_measured"],
        step=1,
        value=None,
        key=form.key("months_measured"),
        help="Sur combien de mois les trois valeurs ci-dessous sont comptées\u00a0: 12 pour une année.",
    )
    counted = baseline_words(visit, _aimed(form))
    if counted:
        c.source(counted)
    for column, name in zip(st.columns(3), ("baseline", "target", "reached"), strict=True):
        column.number_input(ACTION_FIELDS[name], step=1.0, value=None, key=form.key(name), format="%g")


def _aimed(form: Form[JointAction]) -> JointAction:
    """The draft, with what the widgets drawn so far say of how it is measured."""
    names = ("indicator", "months_measured", "family_code", "starts_on")
    return replace(form.draft, **{name: st.session_state[form.key(name)] for name in names})


def _who(form: Form[JointAction]) -> None:
    c.section("Qui et avec quels moyens")
    _one(form, "pilot", PARTNERS)
    st.multiselect(
        ACTION_FIELDS["partners"],
        list(PARTNERS),
        key=form.key("partners"),
        format_func=PARTNERS.__getitem__,
        placeholder="Choisissez les partenaires",
    )
    for name in ("means", "legal_ground"):
        st.text_area(ACTION_FIELDS[name], key=form.key(name), height="content", max_chars=2000)
    cost, part = st.columns(2)
    cost.number_input(ACTION_FIELDS["cost_euros"], value=None, key=form.key("cost_euros"), format="%g")
    part.number_input(ACTION_FIELDS["tfpb_pct"], step=1, value=None, key=form.key("tfpb_pct"))


def _state(form: Form[JointAction]) -> None:
    c.section("Où en est-elle")
    _one(form, "status", ACTION_STATUSES, none=None)
    if st.session_state[form.key("status")] == ActionStatus.ABANDONED:
        st.text_area(ACTION_FIELDS["abandon_reason"], key=form.key("abandon_reason"), height="content", max_chars=2000)
