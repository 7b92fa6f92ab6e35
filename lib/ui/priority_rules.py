"""The rules of response: read by everyone, changed by partners, version after version."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from sqlalchemy import Connection

from lib.domain.labels import number, quoted
from lib.domain.meetings import Choice
from lib.domain.responses import Row, as_rows
from lib.domain.terms import PARTNERS, RESPONSE_FIELDS
from lib.domain.vocabulary import ChoiceKind
from lib.errors import ConflictError
from lib.store.choices import RULES, TAKEN_OUT, choices, default_rules, latest_choice, response_rules
from lib.ui import blocks, data, rule_form
from lib.ui import components as c
from lib.ui.action_words import day_words
from lib.ui.authors import signed
from lib.ui.import_desk import faults_told, refusal
from lib.ui.marks import late
from lib.ui.rule_words import changed_words, disputed_words, fact_labels, row_name, when_words, who_words
from lib.ui.session import Visit

CONFLICT = "regles-conflit"  # in the session
PROPOSED = "proposition de l’observatoire"
TAKEN = "regles-version"


def rules(visit: Visit, steps: Any) -> None:
    """The table, the way to change it, its versions."""
    chosen = data.record(_chosen, visit.snapshot)
    held = data.record(response_rules, visit.snapshot)
    labels = fact_labels(visit)
    c.section("Règles de réponse", _said(chosen))
    blocks.paged_table(
        "regles",
        ["Quand ces faits pèsent", "Réponse proposée", "Fondement", "Pilote et partenaires"],
        [
            [f"{rule.position}. {when_words(rule, labels)}", rule.response, rule.legal_ground, who_words(rule)]
            for rule in held
        ],
    )
    c.reading(
        "Toutes les règles qui s’appliquent à un lieu y sont proposées, dans l’ordre de ce tableau, qui est celui du "
        "comité. Elles proposent seulement\u00a0: les partenaires décident, et vérifient le droit applicable."
    )
    draft = rule_form.opened(chosen.version, as_rows(held))
    with st.expander("Modifier les règles", key="regles-tiroir"):
        c.source(
            "Ne nommez personne\u00a0: décrivez des faits, des mesures et des fonctions. Un nom écrit n’est pas "
            "détecté, et chaque version est gardée."
        )
        rule_form.draw(draft, labels)
    _retained(draft, labels, steps)
    _versions(data.record(choices, visit.snapshot, ChoiceKind.RESPONSES), labels)


def _chosen(connection: Connection) -> Choice:
    return latest_choice(connection, ChoiceKind.RESPONSES, {})


def _said(chosen: Choice) -> str:
    if chosen.made_at is None or chosen.made_by is None:
        return PROPOSED
    return f"version {number(chosen.version)}, {day_words(chosen.made_at)} ({PARTNERS[chosen.made_by]})"


def _retained(draft: rule_form.Draft, labels: Mapping[str, str], steps: Any) -> None:
    """What the draft changes, and the button that makes it a version; drawn even where the form is closed.

    Where others changed the rules meanwhile, nothing is stored nor lost: it is said first. The draft is taken up again
    on their rules, now those above, and the button then answers them; what both changed is said word for word.
    """
    if CONFLICT in st.session_state:
        refusal(st.session_state[CONFLICT])
    if not draft.is_changed:
        st.session_state.pop(CONFLICT, None)
        return
    c.findings([late(f"Brouillon, non retenu\u00a0: {changed_words(draft.base, draft.rows, labels)}")])
    st.button("Reprendre les règles en vigueur", on_click=_begin_again, key="regles-reprendre")
    by = signed("Retenir ces règles", author_key="regles-auteur", key="regles-retenir")
    if by is None:
        return
    with faults_told():
        try:
            saved = steps.store_responses(data.engine(), draft.rows, by=by, read_version=draft.read_version)
        except ConflictError as conflict:
            theirs: Any = conflict.theirs
            disputed = rule_form.answer(theirs.version, theirs.content[RULES])
            said = disputed_words(disputed, theirs.content[RULES], draft.rows, labels, theirs.made_by)
            st.session_state[CONFLICT] = "\n".join([str(conflict), *said])
        else:
            _begin_again()
            st.toast(f"Règles retenues\u00a0: version {number(saved.version)}, au nom de {quoted(PARTNERS[by])}.")
        st.rerun(scope="app")


def _begin_again() -> None:
    rule_form.close()
    st.session_state.pop(CONFLICT, None)


def _versions(held: Sequence[Choice], labels: Mapping[str, str]) -> None:
    """Every choice of the committee and what it changed, the newest first; any but the newest can be taken up again."""
    if not held:
        return
    tables = {one.version: one.content[RULES] for one in held} | {0: as_rows(default_rules())}
    before = list(tables.values())[1:]
    names = {row["rule_code"]: row_name(row, labels) for rows in reversed(tables.values()) for row in rows}
    c.section("Versions des règles")
    blocks.paged_table(
        "regles-versions",
        ["Version", "Au nom de", "Ce qui a changé"],
        [
            [_version(one), PARTNERS[one.made_by] if one.made_by else "", _change(one, rows, labels, names)]
            for one, rows in zip(held, before, strict=True)
        ]
        + [[f"0, {PROPOSED}", "", "première table"]],
    )
    said = {one.version: _version(one) for one in held[1:]} | {0: f"0, {PROPOSED}"}
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    version = left.selectbox("Version à reprendre", list(said), format_func=said.__getitem__, key=TAKEN)
    right.button("Reprendre cette version", on_click=_take_up, args=(version,), key="regles-reprendre-version")
    c.source(
        "Reprendre une version la met dans le brouillon, à la place de ce qui y est\u00a0; la retenir en fait une "
        "nouvelle version, et aucune ancienne n’est effacée."
    )


def _take_up(version: int) -> None:
    """Puts in the draft what a version says now in the store: a text may have been taken out of it since the page."""
    with data.engine().connect() as connection:
        held = choices(connection, ChoiceKind.RESPONSES)
    tables = {one.version: one.content[RULES] for one in held} | {0: as_rows(default_rules())}
    if version in tables:
        rule_form.take_up(tables[version])


def _version(one: Choice) -> str:
    return f"{one.version}, {day_words(one.made_at) if one.made_at else ''}"


def _change(one: Choice, before: Sequence[Row], labels: Mapping[str, str], names: Mapping[str, str]) -> str:
    if TAKEN_OUT not in one.content:
        return changed_words(before, one.content[RULES], labels)
    code, field = one.content[TAKEN_OUT]
    return (
        f"texte retiré de {quoted(names.get(code, code))} ({RESPONSE_FIELDS[field].lower()}), dans toutes les versions"
    )
