"""The rules of response: read by everyone, changed by partners, version after version."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from lib.domain.labels import number, quoted, share
from lib.domain.meetings import Choice
from lib.domain.responses import Differences, ResponseRule, ShareOf, answering, as_rows, differences, from_rows
from lib.domain.terms import PARTNERS, RESPONSE_FIELDS, SHARES_OF
from lib.domain.vocabulary import ChoiceKind
from lib.errors import ConflictError
from lib.snapshot import directory
from lib.store.choices import RULES, choices, default_rules, latest_choice, response_rules
from lib.ui import blocks, data
from lib.ui import components as c
from lib.ui.action_words import day_words
from lib.ui.authors import signed
from lib.ui.import_desk import faults_told, refusal
from lib.ui.priority_words import partner_words
from lib.ui.session import Visit

MAX_VERSIONS = 10
DRAFT, CONFLICT = "regles-brouillon", "regles-conflit"  # in the session
SHARES = {ShareOf.FACTS: "des faits", ShareOf.SEVERITY: "de la gravité"}


@dataclass(frozen=True)
class Draft:
    """Rules being edited.

    Attributes:
        version: The one that the cells began from.
        rules: Its rules.
        read_version: The newest that the person has seen: what a new one answers.
    """

    version: int
    rules: tuple[ResponseRule, ...]
    read_version: int

    @property
    def key(self) -> str:
        """Of the table of cells: another version is another table."""
        return f"regles-{self.version}"


def rules(visit: Visit, steps: Any) -> None:
    """The table, then the way to change it."""
    chosen = data.record(_chosen, visit.snapshot)
    held = data.record(response_rules, visit.snapshot)
    c.section("Règles de réponse", _said(chosen))
    labels = _labels(visit)
    blocks.paged_table(
        "regles",
        ["Quand ces faits pèsent", "Réponse proposée", "Fondement", "Pilote et partenaires"],
        [[_when(rule, labels), rule.response, rule.legal_ground, _partners(rule)] for rule in held],
    )
    c.reading(
        "Toutes les règles qui s’appliquent à un lieu y sont proposées, dans l’ordre de ce tableau, qui est celui du "
        "comité. Elles proposent seulement\u00a0: les partenaires décident, et vérifient le droit applicable."
    )
    with st.expander("Modifier les règles", key="regles-tiroir"):
        _edited(_draft(chosen.version, held), steps)
    _versions(visit)


def _chosen(connection: Connection) -> Choice:
    return latest_choice(connection, ChoiceKind.RESPONSES, {})


def _said(chosen: Choice) -> str:
    if chosen.made_at is None or chosen.made_by is None:
        return "proposition de l’observatoire"
    return f"version {number(chosen.version)}, {day_words(chosen.made_at)} ({PARTNERS[chosen.made_by]})"


def _labels(visit: Visit) -> dict[str, str]:
    types = visit.ask_store(directory.incident_types)
    return dict(zip(types["type_code"], types["type_label"], strict=True)) | dict(
        zip(types["family_code"], types["family_label"], strict=True)
    )


def _when(rule: ResponseRule, labels: dict[str, str]) -> str:
    kinds = "\u00a0; ".join(labels.get(code, code) for code in (*rule.family_codes, *rule.type_codes))
    return (
        f"{kinds}\u00a0: au moins {share(rule.min_share)} {SHARES[rule.share_of]} du lieu et "
        f"{number(rule.min_count)} faits"
    )


def _partners(rule: ResponseRule) -> str:
    pilot, *others = (partner_words(answering(one, None)) for one in dict.fromkeys((rule.pilot, *rule.partners)))
    return ", ".join([f"{pilot} (pilote)", *others])


def _draft(version: int, held: tuple[ResponseRule, ...]) -> Draft:
    """What is being edited: the rules in force, until a cell is changed."""
    draft: Draft | None = st.session_state.get(DRAFT)
    if draft is None or (draft.read_version != version and not _is_touched(draft)):
        draft = st.session_state[DRAFT] = Draft(version, held, version)
        st.session_state.pop(CONFLICT, None)
    return draft


def _is_touched(draft: Draft) -> bool:
    changes = st.session_state.get(draft.key) or {}
    return any(changes.get(name) for name in ("edited_rows", "added_rows", "deleted_rows"))


def _edited(draft: Draft, steps: Any) -> None:
    """The cells and the button. Where others changed the rules meanwhile, nothing is stored nor lost: it is said first.

    The rules in force are then above, those typed stay, and the button answers what was read of both.
    """
    written = _editor(draft)
    c.source(
        "Ne nommez personne\u00a0: décrivez des faits, des mesures et des fonctions. Un nom écrit n’est pas détecté, "
        "et chaque version est gardée."
    )
    if CONFLICT in st.session_state:
        refusal(st.session_state[CONFLICT])
        st.button("Reprendre les règles en vigueur", on_click=_begin_again, key="regles-reprendre")
    by = signed("Retenir ces règles", author_key="regles-auteur", key="regles-retenir")
    if by is None:
        return
    with faults_told():
        try:
            rows = written.to_dict("records")
            saved = steps.store_responses(data.engine(), rows, by=by, read_version=draft.read_version)
        except ConflictError as conflict:
            theirs: Any = conflict.theirs
            st.session_state[DRAFT] = replace(draft, read_version=theirs.version)
            st.session_state[CONFLICT] = str(conflict)
        else:
            _begin_again()
            st.toast(f"Règles retenues\u00a0: version {number(saved.version)}, au nom de {quoted(PARTNERS[by])}.")
        st.rerun(scope="app")


def _begin_again() -> None:
    for key in (DRAFT, CONFLICT):
        st.session_state.pop(key, None)


def _editor(draft: Draft) -> pd.DataFrame:
    """The same rows as cells."""
    held = draft.rules
    texts = {name: st.column_config.TextColumn(label, width="medium") for name, label in RESPONSE_FIELDS.items()}
    partners = ", ".join(PARTNERS.values())
    return st.data_editor(
        pd.DataFrame(as_rows(held))[list(RESPONSE_FIELDS)].assign(
            share_of=[SHARES_OF[rule.share_of] for rule in held],
            pilot=[PARTNERS[rule.pilot] for rule in held],
            partners=[[PARTNERS[one] for one in rule.partners] for rule in held],
        ),
        num_rows="dynamic",
        hide_index=True,
        key=draft.key,
        column_config=texts
        | {
            "position": st.column_config.NumberColumn(RESPONSE_FIELDS["position"], width="small"),
            "share_of": st.column_config.SelectboxColumn(RESPONSE_FIELDS["share_of"], options=list(SHARES_OF.values())),
            "min_share": st.column_config.NumberColumn(RESPONSE_FIELDS["min_share"]),
            "min_count": st.column_config.NumberColumn(RESPONSE_FIELDS["min_count"]),
            "pilot": st.column_config.SelectboxColumn(RESPONSE_FIELDS["pilot"], options=list(PARTNERS.values())),
            "partners": st.column_config.MultiselectColumn(
                RESPONSE_FIELDS["partners"], options=list(PARTNERS.values()), help=partners
            ),
        },
    )


def _versions(visit: Visit) -> None:
    """Every choice of the committee and what it changed, the newest first."""
    held = data.record(choices, visit.snapshot, ChoiceKind.RESPONSES)
    if not held:
        return
    tables = [*(from_rows(one.content[RULES]) for one in held), default_rules()]
    c.table(
        ["Version", "Au nom de", "Ce qui a changé"],
        [
            [
                f"{one.version}, {day_words(one.made_at) if one.made_at else ''}",
                PARTNERS[one.made_by] if one.made_by else "",
                changed_words(differences(before, after)),
            ]
            for one, after, before in list(zip(held, tables, tables[1:], strict=False))[:MAX_VERSIONS]
        ],
        caption="Règles retenues par le comité",
    )


def changed_words(found: Differences) -> str:
    """«ajout de TRA ; retrait de INC»; the first version is told against the table of the observatory."""
    named = (("ajout de", found.added), ("modification de", found.changed), ("retrait de", found.removed))
    said = [f"{what} {', '.join(codes)}" for what, codes in named if codes]
    return "\u00a0; ".join([*said, *(["ordre changé"] if found.is_reordered else [])]) or "rien"
