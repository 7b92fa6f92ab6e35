"""Blocks of the history of the registers: every import, and taking one back whole after a confirmation."""

import pandas as pd
import streamlit as st

from lib.domain.labels import date_label, plural
from lib.domain.vocabulary import BatchKind
from lib.store.incidents import batches
from lib.ui import blocks, data
from lib.ui import components as c
from lib.ui.import_desk import Desk, faults_told, note
from lib.ui.import_words import batch_name, batch_words, landlord_words, stated_months
from lib.ui.session import Visit

UNDONE, ASKED = "import-undone", "import-undo-asked"
INVENTED = "Les registres de la démonstration sont inventés\u00a0: aucun n’est venu d’un fichier."


def history(visit: Visit, desk: Desk | None) -> None:
    """Every register imported, the newest first; one may be taken back whole, after a confirmation."""
    found = data.record(batches, visit.snapshot)
    c.section("Historique des imports", "" if visit.is_synthetic else plural(len(found), "import"))
    if found.empty:
        c.source(INVENTED if visit.is_synthetic else "Aucun registre n’a encore été importé.")
        return
    with blocks.paged(len(found), "Historique") as shown:
        lines = [_batch(row) for row in found.iloc[shown].itertuples()]
        c.table(["N°", "Fichier", "Lues", "Acceptées", "Autres lignes", "État"], lines, numeric=(2, 3))
    if desk is not None:
        _undo(visit, desk, found[found["undone_at"].isna()])


def _batch(row) -> list[object]:
    state = "en place" if pd.isna(row.undone_at) else "annulé"
    day = date_label(pd.Timestamp(row.imported_at).date())
    file = c.two_lines(batch_name(row), f"{landlord_words(row)}, {day}")
    is_statement = row.kind == BatchKind.REPORTING
    counts = [None, None, "calendrier"] if is_statement else [row.read_count, row.accepted_count, _others(row)]
    return [str(row.batch_id), file, *counts, state]


def _others(row) -> str | None:
    """«3 déjà connues, 1 rejetée»; None where every row read is a new fact."""
    words = {
        "déjà connue": row.known_count,
        "mise à jour": row.updated_count,
        "à qualifier": row.to_qualify_count,
        "rejetée": row.rejected_count,
    }
    many = {"déjà connue": "déjà connues", "mise à jour": "mises à jour", "à qualifier": "à qualifier"}
    return ", ".join(plural(int(count), one, many.get(one, "")) for one, count in words.items() if count) or None


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
            format_func=lambda key: batch_words(named[key]),
            key=f"import-undo-{visit.snapshot.revision}",
        )
    with right:
        if st.button("Annuler cet import…", key="import-undo", width="stretch"):
            st.session_state[ASKED] = chosen
    if st.session_state.get(ASKED) != chosen:
        return
    note(_warning(named[chosen]))
    with st.container(horizontal=True):
        is_sure = st.button("Confirmer l’annulation", key="import-undo-confirm", type="primary")
        st.button("Ne rien annuler", key="import-undo-leave", on_click=st.session_state.pop, args=(ASKED, None))
    if is_sure:
        _take_back(desk, named[chosen])


def _warning(row) -> str:
    """What taking back a line of the history does."""
    asked = f"Annuler {batch_words(row)}\u00a0?"
    if row.kind == BatchKind.REPORTING:
        return f"{asked} Ces mois redeviennent silencieux, sauf ce que d’autres imports en disent."
    return (
        f"{asked} Ses faits, ses mises à jour, ses lignes en attente et les mois qu’il déclarait sont retirés. Le "
        "fichier pourra être importé de nouveau."
    )


def _take_back(desk: Desk, row) -> None:
    done = None
    with faults_told(), st.spinner("Annulation…"):
        done = desk.steps.take_back(desk.engine, int(row.batch_id))
    if done is not None:
        st.session_state.pop(ASKED, None)
        st.session_state[UNDONE] = f"{batch_name(row)}, n°\u00a0{row.batch_id}, annulé\u00a0: {_undone(row, done)}."
        st.rerun()


def _undone(row, done) -> str:
    if row.kind == BatchKind.REPORTING:
        months = stated_months(row) or plural(done.month_count, "résidence-mois", "résidences-mois")
        return f"la déclaration est retirée pour {months}"
    removed = plural(done.removed_count, "fait retiré", "faits retirés")
    return f"{removed}, {plural(done.restored_count, 'fait rétabli', 'faits rétablis')}"
