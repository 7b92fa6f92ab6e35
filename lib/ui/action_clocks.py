"""The legal delays of an action in its form: one line each, with the last day that the law gives."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from lib.domain.actions import JointAction
from lib.domain.clocks import LEGAL_TERMS, Clock, clock_state
from lib.domain.labels import plural
from lib.domain.terms import LEGAL_CLOCKS
from lib.domain.vocabulary import LegalClockKind
from lib.ui import components as c
from lib.ui import form_lines
from lib.ui.drafts import Form

WRITTEN = "delais-ecrits"  # in the session: what they say; no widget has this key, it outlives their page
FIELDS = ("kind", "starts_on", "answered_on")
LABELS = {"kind": "Délai", "starts_on": "Départ", "answered_on": "Fait le"}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


def fill(form: Form[JointAction], clocks: Sequence[Clock]) -> None:
    """Puts delays in the lines of a form; those last written there, if any: a half-written one is no delay yet."""
    state = st.session_state
    written = state.get(form.key(WRITTEN)) or [tuple(getattr(clock, name) for name in FIELDS) for clock in clocks]
    form_lines.begin(form, len(written))
    for line, values in enumerate(written):
        for name, value in zip(FIELDS, values, strict=True):
            state[_key(form, line, name)] = value


def draw(form: Form[JointAction], on: date) -> tuple[Clock, ...]:
    """The lines, and the delays that they say; ``on``: day from which they are seen."""
    c.section("Délais légaux")
    said = "\u00a0; ".join(
        f"{LEGAL_CLOCKS[kind].lower()}, {plural(term.day_count, 'jour')} après la {term.starts_with} ({term.ground})"
        for kind, term in LEGAL_TERMS.items()
    )
    c.source(f"Le dernier jour est calculé\u00a0: {said}.")
    for line in form_lines.numbers(form):
        _line(form, line, on)
    form_lines.add_button(form, "Ajouter un délai légal")
    written = [_values(form, line) for line in form_lines.numbers(form)]
    st.session_state[form.key(WRITTEN)] = written
    return tuple(clock for values in written if (clock := _clock(*values)) is not None)


def is_half_written(form: Form[JointAction]) -> bool:
    """Whether a line says something, but not what makes it a delay; a form that was never drawn has no line."""
    lines = st.session_state.get(form.key(WRITTEN), ())
    return any(_clock(*values) is None and any(value is not None for value in values) for values in lines)


def names(form: Form[JointAction]) -> list[str]:
    """What the session calls the widgets of the lines, within the form."""
    return [form_lines.LINES, *(_name(line, name) for line in form_lines.numbers(form) for name in FIELDS)]


def _line(form: Form[JointAction], line: int, on: date) -> None:
    kind, starts, answered, out = st.columns([3, 1.2, 1.2, 1], vertical_alignment="bottom")
    kind.selectbox(
        LABELS["kind"],
        list(LEGAL_CLOCKS),
        index=None,
        format_func=LEGAL_CLOCKS.__getitem__,
        placeholder="Choisissez le délai",
        key=_key(form, line, "kind"),
    )
    for column, name in ((starts, "starts_on"), (answered, "answered_on")):
        column.date_input(
            LABELS[name],
            value=None,
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            format="DD/MM/YYYY",
            key=_key(form, line, name),
        )
    out.button("Retirer", key=form.key(f"delai-{line}-retirer"), on_click=form_lines.remove, args=(form, line))
    clock = _clock(*_values(form, line))
    if clock is not None:
        c.source(f"{clock_state(clock, on).capitalize()}.")


def _values(form: Form[JointAction], line: int) -> tuple[Any, Any, Any]:
    kind, starts_on, answered_on = (st.session_state.get(_key(form, line, name)) for name in FIELDS)
    return kind, starts_on, answered_on


def _clock(kind: str | None, starts_on: date | None, answered_on: date | None) -> Clock | None:
    return None if kind is None or starts_on is None else Clock(LegalClockKind(kind), starts_on, answered_on)


def _name(line: int, name: str) -> str:
    return f"delai-{line}-{name}"


def _key(form: Form[JointAction], line: int, name: str) -> str:
    return form.key(_name(line, name))
