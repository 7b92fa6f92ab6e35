"""Blocks of the rows that wait: labels to qualify, rows to correct in place or in a spreadsheet, then judged again."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from lib.domain.labels import plural
from lib.domain.vocabulary import RejectionStatus
from lib.store.rejections import waiting_rows
from lib.ui import components as c
from lib.ui import data, import_mapping, import_report
from lib.ui.import_desk import Desk, faults_told
from lib.ui.session import Visit

MAX_ROWS = 500  # in the grid; the workbook has them all
ROW_HEIGHT_PX = 64  # two lines of reasons
READ_ONLY = 3  # first columns: reasons, file, line
REPLAYED = "import-replayed"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def to_qualify(visit: Visit, desk: Desk) -> None:
    """Labels without a code of ours: given one, their rows are judged again and the declaration has a new version."""
    rows = data.record(waiting_rows, visit.snapshot, desk.landlord_code, RejectionStatus.TO_QUALIFY)
    c.section("Lignes à qualifier", f"{plural(len(rows), 'ligne')}, {desk.landlord_name}")
    _replayed(visit, desk, "qualify")
    if rows.empty:
        c.source("Aucune ligne n’attend un code.")
        return
    proposed = desk.steps.labels_to_qualify(desk.engine, desk.landlord_code)
    chosen = {}
    for ours, ones in proposed.items():
        c.source(f"{import_mapping.REGISTER_COLUMNS[ours]}\u00a0: {plural(len(ones), 'libellé')} sans correspondance")
        chosen[ours] = import_mapping.ask_codes(visit, ours, ones, f"qualify-{desk.landlord_id}")
    labels = {ours: {label: code for label, code in table.items() if code} for ours, table in chosen.items()}
    words = "Enregistrer ces libellés et rejouer les lignes"
    if st.button(words, key="import-qualify", type="primary", disabled=not any(labels.values())):
        _replay(desk, "qualify", lambda: desk.steps.qualify(desk.engine, desk.landlord_code, labels))
    _workbook(desk, rows, "a-qualifier")


def rejected(visit: Visit, desk: Desk) -> None:
    """Rows refused, with their reasons: corrected here, or in a spreadsheet sent back as a register."""
    waiting = data.record(waiting_rows, visit.snapshot, desk.landlord_code, RejectionStatus.OPEN)
    c.section("Lignes rejetées", f"{plural(len(waiting), 'ligne')}, {desk.landlord_name}")
    _replayed(visit, desk, "correct")
    if waiting.empty:
        c.source("Aucune ligne n’attend une correction.")
        return
    rows = desk.steps.rows_to_correct(waiting)
    key = f"import-grid-{desk.landlord_id}-{visit.snapshot.revision}"
    shown = rows.head(MAX_ROWS)
    edited = st.data_editor(
        shown,
        key=key,
        hide_index=True,
        row_height=ROW_HEIGHT_PX,
        disabled=list(shown.columns[:READ_ONLY]),
        column_config={shown.columns[0]: st.column_config.TextColumn(width="large")},
        alt="Lignes rejetées\u00a0: motifs, fichier, ligne, puis leurs cellules, à corriger",
    )
    if len(rows) > MAX_ROWS:
        c.source(f"Les {MAX_ROWS} premières sont ici\u00a0; le classeur les contient toutes.")
    corrected = _corrected(shown, edited)
    words = f"Rejouer, avec {plural(len(corrected), 'ligne corrigée', 'lignes corrigées')}"
    if st.button(words if len(corrected) else "Rejouer les lignes en attente", key="import-correct", type="primary"):
        _replay(desk, "correct", lambda: desk.steps.correct(desk.engine, desk.landlord_code, corrected))
    _workbook(desk, waiting, "a-corriger")
    c.source(
        "Corrigez une cellule puis rejouez, ou complétez le classeur et importez-le comme un registre\u00a0: une ligne "
        "corrigée cesse d’attendre. Rejouer reprend aussi celles qu’une résidence ajoutée rend lisibles."
    )


def _corrected(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows with a cell changed: ``rejected_row_id``, then their cells under the file's headings."""
    cells, asked = before.iloc[:, READ_ONLY:], after.iloc[:, READ_ONLY:].fillna("")
    is_changed = (cells != asked).any(axis="columns")
    return asked[is_changed].reset_index()


def _replay(desk: Desk, block: str, step: Callable) -> None:
    """Judges the rows again; the page is then drawn anew, with what it did at the head of the block."""
    done = False
    with faults_told(), st.spinner("Lignes en attente relues…"):
        st.session_state[REPLAYED] = (block, desk.landlord_id, step())
        done = True
    if done:
        st.rerun()


def _replayed(visit: Visit, desk: Desk, block: str) -> None:
    held = st.session_state.get(REPLAYED)
    if held is not None and held[:2] == (block, desk.landlord_id):
        import_report.show(held[2], visit=visit, is_trial=False)


def _workbook(desk: Desk, waiting: pd.DataFrame, name: str) -> None:
    st.download_button(
        "Télécharger ces lignes et leurs motifs (XLSX)",
        lambda: desk.steps.workbook(desk.steps.rows_to_correct(waiting)),
        f"{name}-{desk.landlord_code}.xlsx",
        SPREADSHEET,
        key=f"import-workbook-{name}",
        on_click="ignore",
    )
