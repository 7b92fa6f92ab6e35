"""Meetings of partners, series by series: what was done since the last one."""

from datetime import date
from typing import Any

import streamlit as st
from markupsafe import Markup

from lib.domain.actions import JointAction, Progress
from lib.domain.labels import MISSING, date_label, plural
from lib.domain.meetings import Decision, Meeting, Series, series_of
from lib.domain.terms import ACTION_STATUSES, MEETING_BODIES, PARTNERS
from lib.snapshot import directory
from lib.store.actions import since
from lib.ui import blocks, data
from lib.ui import components as c
from lib.ui.action_list import places_words
from lib.ui.action_state import ACTION, MEETING, NEW_MEETING, Register, here, today
from lib.ui.action_words import Names, awaited_words, measure_words, meeting_words
from lib.ui.marks import late
from lib.ui.session import Visit


def meetings(visit: Visit, register: Register) -> None:
    """The series chosen: what was done since its last meeting, then its meetings."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    names = _series(visit, register)
    with left:
        series = st.selectbox("Instance", list(names), format_func=names.__getitem__, key="instance")
    own = [meeting for meeting in register.meetings if series_of(meeting) == series]
    c.source("Une réunion porte sur tout son territoire\u00a0: les filtres de la page ne s’y appliquent pas.")
    with right:
        c.html(c.link_cell("Préparer une réunion", here(**{NEW_MEETING: own[0].meeting_id if own else series[0]})))
    if not own:
        c.source("Aucune réunion n’est encore inscrite pour cette instance.")
        return
    last = next((one for one in own if one.held_on <= today(visit)), None)
    if last is not None:
        done_since(visit, register, last)
    c.section(f"Réunions\u00a0: {names[series]}", plural(len(own), "réunion"))
    blocks.paged_table(
        "reunions",
        ["Réunion", "Présents", "Décisions"],
        [
            [
                c.link_cell(
                    f"{date_label(one.held_on)}{', ' if one.label else ''}{one.label}",
                    here(**{MEETING: one.meeting_id}),
                ),
                ", ".join(PARTNERS[partner] for partner in one.partners) or MISSING,
                len(one.decisions),
            ]
            for one in own
        ],
        numeric=(2,),
    )


def _series(visit: Visit, register: Register) -> dict[Series, str]:
    """What each series is called, in the order of the bodies: «Comité de pilotage (COPIL), Essonne (91)».

    Every body where nothing was ever held, so that a first meeting can be prepared.
    """
    places = dict(visit.ask_store(directory.departements, visit.scope).itertuples(index=False))
    held = {series_of(one): one for one in reversed(register.meetings)}
    shown = held or {series_of(one): one for one in (Meeting(body, date.min) for body in MEETING_BODIES)}
    names = {}
    for series in sorted(shown, key=lambda series: (list(MEETING_BODIES).index(series[0]), series[1] or "", series[2])):
        label = shown[series].label if series[2] else ""
        place = places.get(series[1], series[1]) if held and series[1] else ""
        names[series] = ", ".join(filter(None, (MEETING_BODIES[series[0]], place, label)))
    return names


def done_since(
    visit: Visit,
    register: Register,
    last: Meeting,
    *,
    until: date | None = None,
    title: str = "Ce qui a été fait depuis",
) -> None:
    """Decisions of a meeting and where they are, then all that moved since.

    ``until``: the day of the meeting that followed, past: what moved from then on is for the next ones.
    """
    on = today(visit)
    seen_from = f"vu du {date_label(on)}" if until is None else f"jusqu’à la réunion du {date_label(until)}"
    c.section(title, f"{meeting_words(last)}, {seen_from}")
    if last.decisions:
        heads = ["Décision", "Où elle en est" if until is None else "Où elle en est aujourd’hui"]
        blocks.paged_table("decisions-avant", heads, [_decision(register, one, on) for one in last.decisions])
    moved: list[Progress] = data.record(_since, visit.snapshot, last.held_on, visit.scope, until or on, until)
    told = {one.action_id for one in last.decisions}
    others = [one for one in moved if one.action.action_id not in told]
    if not others:
        c.source("Aucune autre intervention n’a été créée, n’a changé d’état ni n’est en retard depuis.")
        return
    heads = ["Autre intervention", "Depuis la réunion" if until is None else "D’une réunion à l’autre"]
    blocks.paged_table("autres", heads, [_moved(one, register.names, until or on) for one in others])


def _since(connection: Any, day: date, scope: Any, on: date, until: date | None) -> list[Progress]:
    return since(connection, day, scope, on=on, until=until)


def _decision(register: Register, decision: Decision, on: date) -> list[object]:
    action = register.actions.get(decision.action_id or 0)
    return (
        [decision.text, unlinked(decision)]
        if action is None
        else [decided(decision, action, register), _where(action, on)]
    )


def unlinked(decision: Decision) -> str:
    """Why no action is told with a decision."""
    return "aucune intervention liée" if decision.action_id is None else "intervention hors de votre périmètre"


def decided(decision: Decision, action: JointAction, register: Register) -> Markup:
    """The words of a decision and, beneath them, its action and where it takes place."""
    beneath = Markup("{}, {}").format(_link(action), places_words(action, register.names))
    return c.two_lines(decision.text, beneath)


def _link(action: JointAction) -> Markup:
    return c.link_cell(action.title, here(**{ACTION: action.action_id}))


def _where(action: JointAction, on: date):
    if not action.is_open:
        return ". ".join(filter(None, (ACTION_STATUSES[action.status], action.abandon_reason, measure_words(action))))
    said = f"{ACTION_STATUSES[action.status]}, {awaited_words(action, on)}"
    return late(said) if action.is_overdue(on) else said


def _moved(progress: Progress, names: Names, on: date) -> list[object]:
    action, before = progress.action, progress.status_before
    if before is None:
        said = f"Inscrite, {ACTION_STATUSES[action.status].lower()}"
    elif before != action.status:
        said = f"{ACTION_STATUSES[before]} → {ACTION_STATUSES[action.status].lower()}"
    else:
        said = f"{ACTION_STATUSES[action.status]}, {awaited_words(action, on)}"
    return [c.two_lines(_link(action), places_words(action, names)), late(said) if progress.is_overdue else said]
