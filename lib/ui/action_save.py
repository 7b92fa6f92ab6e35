"""Keeping an action: faults told one by one, and two partners who wrote at once brought to one text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from sqlalchemy.exc import OperationalError

from lib.domain.actions import Conflict, JointAction, without_moot
from lib.domain.scope import Scope
from lib.domain.terms import ACTION_FIELDS, PARTNER_SUBJECTS, PARTNERS
from lib.domain.vocabulary import Partner
from lib.errors import ConflictError, FormError
from lib.ui import action_clocks, data
from lib.ui import components as c
from lib.ui.action_state import ACTION, open_at
from lib.ui.action_words import Names, day_words, field_words, is_known
from lib.ui.authors import signed
from lib.ui.drafts import SAVED, Form
from lib.ui.import_desk import BUSY, refusal
from lib.ui.import_words import literal

CONFLICT = "conflit"
HALF_CLOCK = (
    "Délais légaux\u00a0: choisissez le délai et donnez sa date de départ sur chaque ligne, ou retirez la ligne."
)
BEYOND = (
    "Cette intervention vient d’être portée hors de votre périmètre\u00a0: rien n’est enregistré, vos mots restent "
    "dans le formulaire. Voyez avec le partenaire qui l’a modifiée."
)
THEIRS, MINE = "theirs", "mine"


def bar(form: Form[JointAction], steps: Any, known: Names, scope: Scope) -> None:
    """In whose name, and the button; then what was refused, or the two texts to bring together."""
    conflict: ConflictError | None = st.session_state.get(form.key(CONFLICT))
    if conflict is not None:
        _reconcile(form, conflict, steps, known, scope)
        return
    by = signed("Enregistrer", author_key="au-nom-de", key=form.key("enregistrer"), type="primary")
    if form.is_just_saved():
        c.source(f"Enregistré\u00a0: version {form.base.version}.")
    if by is not None:
        _store(form, steps, by, known, scope=scope)


def _store(form: Form[JointAction], steps: Any, by: Partner, known: Names, *, scope: Scope) -> None:
    if action_clocks.is_half_written(form):
        refusal(HALF_CLOCK)
        return
    try:
        saved = steps.store_action(data.engine(), form.draft, by=by, scope=scope)
    except FormError as fault:
        for sentence in fault.faults.values():
            refusal(sentence)
    except ConflictError as conflict:
        theirs: Any = conflict.theirs
        if theirs.places and not any(is_known(place, known) for place in theirs.places):
            refusal(BEYOND)
            return
        st.session_state[form.key(CONFLICT)] = conflict
        st.rerun()
    except OperationalError:
        refusal(BUSY)
    else:
        form.close()
        st.session_state[SAVED] = saved
        open_at(**{ACTION: saved.action_id})
        st.toast(f"Enregistré\u00a0: version {saved.version}.")
        st.rerun()


def _reconcile(form: Form[JointAction], conflict: ConflictError, steps: Any, known: Names, scope: Scope) -> None:
    """Their text and ours, field by field where both changed; nothing is lost until a choice is made."""
    theirs = conflict.theirs
    assert isinstance(theirs, JointAction)
    base = form.base  # what was read, where the history may have lost a text since: it must not come back as ours
    together, disputed = steps.merged(base, theirs, form.draft)
    refusal(str(conflict))
    c.section("Deux versions à réunir", _whose(conflict))
    choices = {one.name: st.session_state.get(form.key(f"choix-{one.name}")) for one in disputed}
    chosen = replace(together, **{one.name: one.mine for one in disputed if choices[one.name] == MINE})
    kept = without_moot(chosen)
    moot = [name for name in ACTION_FIELDS if getattr(kept, name) != getattr(chosen, name)]
    _taken((base, theirs, form.draft), kept, {*moot, *choices}, known, other=_other(conflict))
    if moot:
        said = ", ".join(ACTION_FIELDS[name].lower() for name in moot)
        c.source(f"Non repris, sans objet pour cette nature ou cet état\u00a0: {said}.")
    for one in disputed:
        _choice(form, one, conflict, known)
    if not disputed:
        c.source("Aucun choix n’est à faire\u00a0: les deux versions se complètent.")
    by = signed("Enregistrer la version réunie", author_key="au-nom-de", key=form.key("reunir"), type="primary")
    waiting = unchosen_words([ACTION_FIELDS[name] for name, choice in choices.items() if choice is None])
    if by is not None and waiting:
        refusal(waiting)
    elif by is not None:
        form.restart(theirs, kept)
        _store(form, steps, by, known, scope=scope)
    if st.button("Abandonner mes modifications", key=form.key("abandonner")):
        form.close()
        st.rerun()


def unchosen_words(labels: Sequence[str]) -> str:
    """Why two versions cannot be stored yet: the fields that ask for a choice; blank where none does."""
    if not labels:
        return ""
    said = ", ".join(label.lower() for label in labels)
    return f"Rien n’est encore enregistré. Choisissez une version pour chaque champ en désaccord\u00a0: {said}."


def _taken(
    three: tuple[JointAction, JointAction, JointAction],
    kept: JointAction,
    disputed: set[str],
    known: Names,
    *,
    other: str,
) -> None:
    """Fields that ask for no choice, what they were and what they become: changed by one side, or by both together.

    ``three``: what both began from, theirs, ours. ``other``: whose theirs are.
    """
    lines = []
    for name in [name for name in ACTION_FIELDS if name not in disputed]:
        base, theirs, mine = (getattr(one, name) for one in three)
        if theirs == base == mine:
            continue
        who = "Vous" if theirs == base else other if mine == base else "Les deux"
        words = [field_words(name, value, known) for value in (base, getattr(kept, name))]
        lines.append([ACTION_FIELDS[name], "{} → {}".format(*words), who])
    if lines:
        c.table(["Champ", "Avant → maintenant", "Changé par"], lines, caption="Réuni sans choix à faire")


def _whose(conflict: ConflictError) -> str:
    if conflict.changed_at is None or conflict.changed_by is None:
        return ""
    return f"l’autre a été écrite par {PARTNER_SUBJECTS[conflict.changed_by]}, le {day_words(conflict.changed_at)}"


def _other(conflict: ConflictError) -> str:
    return "L’autre version" if conflict.changed_by is None else PARTNERS[conflict.changed_by]


def _choice(form: Form[JointAction], one: Conflict, conflict: ConflictError, known: Names) -> None:
    labels = {
        MINE: literal(f"La vôtre\u00a0: {field_words(one.name, one.mine, known)}"),
        THEIRS: literal(f"{_other(conflict)}\u00a0: {field_words(one.name, one.theirs, known)}"),
    }
    st.radio(
        ACTION_FIELDS[one.name],
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        key=form.key(f"choix-{one.name}"),
    )
