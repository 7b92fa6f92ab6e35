"""Blocks of the history of the registers: every import, and taking one back whole after a confirmation."""

import pandas as pd
import streamlit as st

from lib.domain.labels import plural
from lib.domain.vocabulary import BatchKind
from lib.store.incidents import batches
from lib.ui import blocks, data
from lib.ui import components as c
from lib.ui.import_desk import Desk, faults_told, note
from lib.ui.session import Visit

UNDONE, ASKED = "import-undone", "import-undo-asked"


def history(visit: Visit, desk: Desk | None) -> None:
    """Every register imported, the newest first; one may be taken back whole, after a confirmation."""
    found = data.record(batches, visit.snapshot)
    c.section("Historique des imports", plural(len(found), "import"))
    if found.empty:
        c.source("Aucun registre n’a encore été importé.")
        return
    heads = ["N°", "Jour", "Bailleur", "Fichier", "Lues", "Acceptées", "Déjà connues", "Mises à jour", "À qualifier"]
    with blocks.paged(len(found), "Historique") as shown:
        lines = [_batch(row) for row in found.iloc[shown].itertuples()]
        c.table([*heads, "Rejetées", "État"], lines, numeric=(4, 5, 6, 7, 8, 9))
    if desk is not None:
        _undo(visit, desk, found[found["undone_at"].isna()])


def _batch(row) -> list[object]:
    counts = [row.read_count, row.accepted_count, row.known_count, row.updated_count, row.to_qualify_count]
    state = "en place" if pd.isna(row.undone_at) else "annulé"
    day = pd.Timestamp(row.imported_at).date()
    return [str(row.batch_id), day, row.landlord_name, row.file_name, *counts, row.rejected_count, state]


def _undo(visit: Visit, desk: Desk, standing: pd.DataFrame) -> None:
    said = st.session_state.pop(UNDONE, None)
    if said:
        note(said)
    if standing.empty:
        return
    named = {int(row.batch_id): row for row in standing.itertuples()}
    left, right = st.columns([2.4, 1], vertical_alignment="bottom", gap="medium")
    with left:
        chosen = st.selectbox(
            "Import à annuler",
            list(named),
            format_func=lambda key: _name(named[key]),
            key=f"import-undo-{visit.snapshot.revision}",
        )
    with right:
        if st.button("Annuler cet import…", key="import-undo", width="stretch"):
            st.session_state[ASKED] = chosen
    if st.session_state.get(ASKED) != chosen:
        return
    note(
        f"Annuler {_name(named[chosen])}\u00a0? Ses faits, ses mises à jour, ses lignes en attente et les mois qu’il "
        "déclarait sont retirés. Le fichier pourra être importé de nouveau."
    )
    with st.container(horizontal=True):
        is_sure = st.button("Confirmer l’annulation", key="import-undo-confirm", type="primary")
        st.button("Ne rien annuler", key="import-undo-leave", on_click=st.session_state.pop, args=(ASKED, None))
    if is_sure:
        _take_back(desk, chosen)


def _take_back(desk: Desk, batch_id: int) -> None:
    done = None
    with faults_told(), st.spinner("Annulation…"):
        done = desk.steps.take_back(desk.engine, batch_id)
    if done is not None:
        st.session_state.pop(ASKED, None)
        st.session_state[UNDONE] = (
            f"Import n°\u00a0{batch_id} ({done.file_name}) annulé\u00a0: "
            f"{plural(done.removed_count, 'fait retiré', 'faits retirés')}, "
            f"{plural(done.restored_count, 'fait rétabli', 'faits rétablis')}."
        )
        st.rerun()


def _name(row) -> str:
    told = "calendrier" if row.kind == BatchKind.REPORTING else plural(int(row.accepted_count), "fait")
    return f"n°\u00a0{row.batch_id}, {row.file_name}, {row.landlord_name or 'tous bailleurs'} ({told})"
