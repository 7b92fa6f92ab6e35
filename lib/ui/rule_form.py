"""The form of one rule of response at a time: what is typed of all of them is one draft, kept in the session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import streamlit as st

from lib.domain.responses import (
    FREE_TEXTS,
    LEAST_COUNT,
    LEAST_SHARE,
    LISTED,
    MAX_TEXT_CHARS,
    Row,
    ShareOf,
    differences,
    merged,
)
from lib.domain.terms import RESPONSE_FIELDS, SHARES_OF
from lib.ui.rule_words import RULE_PARTNERS, row_name

DRAFT = "regles-brouillon"  # in the session
CHOSEN = "regles-choisie"
HUNDRED = 100
LEAST_PERCENT = round(HUNDRED * LEAST_SHARE)
BLANK: Row = dict.fromkeys(RESPONSE_FIELDS, "") | {
    "position": 0,
    "share_of": ShareOf.FACTS.value,
    "min_share": 0.2,
    "min_count": LEAST_COUNT,
}


@dataclass(frozen=True)
class Draft:
    """Rules being edited.

    Attributes:
        base: Those it began from.
        rows: Those typed, in their order; plain rows, as a rule just added has neither facts nor pilot.
        read_version: The newest version that the person has seen: what a new one answers.
        chosen: Code of the rule that the form shows.
        past: The earlier version that was put in it, if any.
    """

    base: tuple[Row, ...]
    rows: tuple[Row, ...]
    read_version: int
    chosen: str
    past: tuple[Row, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether something was typed that the rules it began from do not say."""
        found = differences(self.base, self.rows)
        return bool(found.added or found.changed or found.removed or found.is_reordered)


def opened(version: int, held: Sequence[Row]) -> Draft:
    """What is being edited: the rules in force, until something is typed."""
    draft: Draft | None = st.session_state.get(DRAFT)
    if draft is None or (draft.read_version != version and not draft.is_changed):
        draft = _keep(Draft(tuple(held), tuple(held), version, _first(held)))
    return draft


def close() -> None:
    """Forgets what was typed."""
    st.session_state.pop(DRAFT, None)


def take_up(rows: Sequence[Row]) -> None:
    """Puts the rules of an earlier version in the draft."""
    _keep(replace(_held(), rows=tuple(rows), chosen=_first(rows), past=tuple(rows)))


def answer(version: int, theirs: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Takes the draft up again on rules that another partner kept meanwhile; what both changed, as ``merged`` says."""
    draft = _held()
    rows, disputed = merged(draft.base, theirs, draft.rows, past=draft.past)
    is_there = any(row["rule_code"] == draft.chosen for row in rows)
    _keep(Draft(tuple(theirs), rows, version, draft.chosen if is_there else _first(rows), draft.past))
    return disputed


def draw(draft: Draft, labels: Mapping[str, str]) -> None:
    """The list of rules, then the fields of the one chosen."""
    names = {row["rule_code"]: f"{rank}. {row_name(row, labels)}" for rank, row in enumerate(draft.rows, 1)}
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    right.button("Ajouter une règle", on_click=_add, key="regles-ajouter", width="stretch")
    row = next((row for row in draft.rows if row["rule_code"] == draft.chosen), None)
    if row is None:
        return
    st.session_state[CHOSEN] = draft.chosen  # at each run: the browser keeps the former name of a rule otherwise
    left.selectbox("Règle à modifier", list(names), format_func=names.__getitem__, key=CHOSEN, on_change=_choose)
    facts, answered = st.columns(2, gap="large")
    with facts:
        _facts(row, labels)
    with answered:
        _answered(row)
    _order(list(names), draft.chosen)


def _facts(row: Row, labels: Mapping[str, str]) -> None:
    families = [code for code in labels if "-" not in code]
    _several(row, "family_codes", {code: labels[code] for code in families}, "Aucune famille entière")
    _several(row, "type_codes", {code: labels[code] for code in labels if code not in families}, "Aucun type")
    st.number_input(
        f"{RESPONSE_FIELDS['min_share']} (%)",
        step=1,
        **_field(row, "min_share", _percent(row["min_share"])),
    )
    st.selectbox(RESPONSE_FIELDS["share_of"], list(SHARES_OF), format_func=SHARES_OF.get, **_field(row, "share_of"))
    st.number_input(RESPONSE_FIELDS["min_count"], step=1, **_field(row, "min_count"))


def _percent(share: float) -> int:
    """A share as its field can show it; the draft keeps its own until another is typed."""
    return max(LEAST_PERCENT, round(HUNDRED * share))


def _answered(row: Row) -> None:
    for name in FREE_TEXTS:
        st.text_area(RESPONSE_FIELDS[name], height=150, max_chars=MAX_TEXT_CHARS, **_field(row, name))
    pilots = {"": "Choisissez qui pilote"} if not row["pilot"] else {}
    labels = pilots | RULE_PARTNERS
    st.selectbox(RESPONSE_FIELDS["pilot"], list(labels), format_func=labels.__getitem__, **_field(row, "pilot"))
    _several(row, "partners", RULE_PARTNERS, "Choisissez les partenaires")


def _several(row: Row, name: str, labels: Mapping[Any, str], none: str) -> None:
    held = row[name].split()
    options = list(dict.fromkeys([*labels, *held]))  # a code that left the nomenclature can still be taken out
    st.multiselect(
        RESPONSE_FIELDS[name],
        options,
        format_func=lambda code: labels.get(code, code),
        placeholder=none,
        select_all=False,
        wrap=True,
        **_field(row, name, held),
    )


def _field(row: Row, name: str, shown: Any = None) -> dict[str, Any]:
    """Key and callback of the widget of a field, which then shows what the draft says (``shown``, else the cell)."""
    code = row["rule_code"]
    key = f"regle-{code}-{name}"
    _seed(key, row[name] if shown is None else shown)
    return {"key": key, "on_change": _typed, "args": (code, name)}


def _order(codes: Sequence[str], chosen: str) -> None:
    rank = codes.index(chosen)
    with st.container(horizontal=True, gap="small"):
        moves = (("Monter", -1, rank == 0), ("Descendre", 1, rank == len(codes) - 1))
        for label, step, is_last in moves:
            st.button(label, disabled=is_last, on_click=_move, args=(chosen, step), key=f"regles-{label.lower()}")
        st.button("Retirer cette règle", on_click=_remove, args=(chosen,), key="regles-retirer")


def _typed(code: str, name: str) -> None:
    """Writes in the draft what a widget holds; run before the page, so that nothing typed is lost by what follows.

    A draft given up by the same click has nothing to be written in.
    """
    if DRAFT not in st.session_state:
        return
    value = st.session_state[f"regle-{code}-{name}"]
    if name in LISTED:
        value = " ".join(value)
    if name == "min_share":
        value /= HUNDRED
    draft = _held()
    rows = (row if row["rule_code"] != code else {**row, name: value} for row in draft.rows)
    _keep(replace(draft, rows=tuple(rows)))


def _choose() -> None:
    _keep(replace(_held(), chosen=st.session_state[CHOSEN]))


def _add() -> None:
    draft = _held()
    code = uuid4().hex[:8].upper()  # nobody reads it; another rule never had it
    _keep(replace(draft, rows=(*draft.rows, {**BLANK, "rule_code": code}), chosen=code))


def _remove(code: str) -> None:
    draft = _held()
    codes = [row["rule_code"] for row in draft.rows]
    rows = tuple(row for row in draft.rows if row["rule_code"] != code)
    following = rows[min(codes.index(code), len(rows) - 1)]["rule_code"] if rows else ""
    _keep(replace(draft, rows=rows, chosen=following))


def _move(code: str, step: int) -> None:
    draft, rows = _held(), list(_held().rows)
    rank = next(rank for rank, row in enumerate(rows) if row["rule_code"] == code)
    rows.insert(rank + step, rows.pop(rank))
    _keep(replace(draft, rows=tuple(rows)))


def _seed(key: str, value: Any) -> None:
    """Gives a widget what the draft says, only where it says something else: what is being typed is not touched."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _first(rows: Sequence[Row]) -> str:
    return rows[0]["rule_code"] if rows else ""


def _held() -> Draft:
    return st.session_state[DRAFT]


def _keep(draft: Draft) -> Draft:
    st.session_state[DRAFT] = draft
    return draft
