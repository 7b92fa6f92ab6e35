"""The rules of response: read by everyone, changed by partners, version after version."""

from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from lib.domain.labels import date_label, number, quoted, share
from lib.domain.meetings import Choice
from lib.domain.responses import ResponseRule, ShareOf, as_rows
from lib.domain.terms import PARTNERS, RESPONSE_FIELDS, SHARES_OF
from lib.domain.vocabulary import ChoiceKind
from lib.snapshot import directory
from lib.store.choices import latest_choice, response_rules
from lib.ui import components as c
from lib.ui import data
from lib.ui.import_desk import faults_told
from lib.ui.session import Visit

SHARES = {ShareOf.FACTS: "des faits", ShareOf.SEVERITY: "de la gravité"}


def rules(visit: Visit, steps: Any) -> None:
    """The table, then the way to change it."""
    chosen = data.record(_chosen, visit.snapshot)
    held = data.record(response_rules, visit.snapshot)
    c.section("Règles de réponse", _said(chosen))
    labels = _labels(visit)
    c.table(
        ["Quand ces faits pèsent", "Réponse proposée", "Fondement", "Pilote et partenaires"],
        [[_when(rule, labels), rule.response, rule.legal_ground, _partners(rule)] for rule in held],
    )
    c.reading(
        "La première règle qui s’applique à un lieu est celle dont les faits y pèsent le plus lourd. Elle propose "
        "seulement\u00a0: les partenaires décident, et vérifient le droit applicable."
    )
    with st.expander("Modifier les règles", key="regles-tiroir"):
        _editor(held, steps)


def _chosen(connection: Connection) -> Choice:
    return latest_choice(connection, ChoiceKind.RESPONSES, {})


def _said(chosen: Choice) -> str:
    if chosen.made_at is None or chosen.made_by is None:
        return "proposition de l’observatoire"
    return f"version {number(chosen.version)}, {date_label(chosen.made_at.date())} ({PARTNERS[chosen.made_by]})"


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
    others = [PARTNERS[one] for one in rule.partners if one != rule.pilot]
    return ", ".join([f"{PARTNERS[rule.pilot]} (pilote)", *others])


def _editor(held: tuple[ResponseRule, ...], steps: Any) -> None:
    """The same rows as cells; what is wrong is said and nothing is lost."""
    texts = {name: st.column_config.TextColumn(label, width="medium") for name, label in RESPONSE_FIELDS.items()}
    partners = ", ".join(PARTNERS.values())
    written = st.data_editor(
        pd.DataFrame(as_rows(held))[list(RESPONSE_FIELDS)].assign(
            share_of=[SHARES_OF[rule.share_of] for rule in held],
            pilot=[PARTNERS[rule.pilot] for rule in held],
            partners=[[PARTNERS[one] for one in rule.partners] for rule in held],
        ),
        num_rows="dynamic",
        hide_index=True,
        key="regles",
        column_config=texts
        | {
            "share_of": st.column_config.SelectboxColumn(RESPONSE_FIELDS["share_of"], options=list(SHARES_OF.values())),
            "min_share": st.column_config.NumberColumn(RESPONSE_FIELDS["min_share"]),
            "min_count": st.column_config.NumberColumn(RESPONSE_FIELDS["min_count"]),
            "pilot": st.column_config.SelectboxColumn(RESPONSE_FIELDS["pilot"], options=list(PARTNERS.values())),
            "partners": st.column_config.MultiselectColumn(
                RESPONSE_FIELDS["partners"], options=list(PARTNERS.values()), help=partners
            ),
        },
    )
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    author = left.selectbox("Au nom de", list(PARTNERS), format_func=PARTNERS.__getitem__, key="regles-auteur")
    if right.button("Retenir ces règles", key="regles-retenir"):
        with faults_told():
            saved = steps.store_responses(data.engine(), written.to_dict("records"), by=author)
            st.toast(f"Règles retenues\u00a0: version {number(saved.version)}, au nom de {quoted(PARTNERS[author])}.")
            st.rerun(scope="app")
