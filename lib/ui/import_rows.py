"""Blocks of the rows that wait: labels to qualify, rows to correct in place or in a spreadsheet, then judged again."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from lib.domain.labels import plural
from lib.domain.vocabulary import RejectionStatus
from lib.store.rejections import waiting_rows
from lib.ui import components as c
from lib.ui import data, import_mapping, import_report
from lib.ui.downloads import downloads
from lib.ui.import_desk import Desk, faults_told
from lib.ui.import_words import safe_csv
from lib.ui.session import Visit

MAX_ROWS = 500  # in the grid; the files have them all
MAX_REASONS, MAX_LINES = 20, 12  # drawn above the grid
BETWEEN_REASONS = "\u00a0; "  # as store.rejections.waiting_rows joins them
READ_ONLY = 3  # first columns: reasons, file, line
REPLAYED = "import-replayed"


def to_qualify(visit: Visit, desk: Desk) -> None:
    """Labels without a code of ours: given one, their rows are judged again and the declaration has a new version."""
    rows = _waiting(visit, desk, RejectionStatus.TO_QUALIFY, "Lignes à qualifier")
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
        _replay(desk, RejectionStatus.TO_QUALIFY, lambda: desk.steps.qualify(desk.engine, desk.landlord_code, labels))
    _downloads(desk, rows, "a-qualifier")


def rejected(visit: Visit, desk: Desk) -> None:
    """Rows refused, with their reasons: corrected here, or in a spreadsheet sent back as a register."""
    waiting = _waiting(visit, desk, RejectionStatus.OPEN, "Lignes rejetées")
    if waiting.empty:
        c.source("Aucune ligne n’attend une correction.")
        return
    _reasons(waiting)
    rows = desk.steps.rows_to_correct(waiting)
    key = f"import-grid-{desk.landlord_id}-{visit.snapshot.revision}"
    shown = rows.head(MAX_ROWS)
    why, file, line, *cells = shown.columns
    edited = st.data_editor(
        shown,
        key=key,
        hide_index=True,
        column_order=[line, *cells, why, file],
        disabled=[why, file, line],
        column_config={
            line: st.column_config.TextColumn("Ligne", width=70, pinned=True),
            why: st.column_config.TextColumn("Motif", width="large"),
            file: st.column_config.TextColumn("Fichier"),
        },
        alt="Lignes rejetées\u00a0: ligne du fichier, ses cellules, à corriger, puis le motif et le fichier",
    )
    if len(rows) > MAX_ROWS:
        c.source(f"Les {MAX_ROWS} premières sont ici\u00a0; les fichiers à télécharger les contiennent toutes.")
    corrected = _corrected(shown, edited)
    words = f"Rejouer, avec {plural(len(corrected), 'ligne corrigée', 'lignes corrigées')}"
    if st.button(words if len(corrected) else "Rejouer les lignes en attente", key="import-correct", type="primary"):
        _replay(desk, RejectionStatus.OPEN, lambda: desk.steps.correct(desk.engine, desk.landlord_code, corrected))
    _downloads(desk, waiting, "a-corriger")
    c.source(
        "Corrigez une cellule puis rejouez, ou complétez le fichier téléchargé et importez-le comme un registre\u00a0: "
        "une ligne corrigée cesse d’attendre. Rejouer reprend aussi celles qu’une résidence ajoutée rend lisibles."
    )


def _reasons(waiting: pd.DataFrame) -> None:
    """Each reason in full, the most frequent first, with the rows that wait for it."""
    lines: dict[str, list[str]] = {}
    for row in waiting.itertuples():
        for reason in str(row.reasons).split(BETWEEN_REASONS):
            lines.setdefault(reason, []).append(str(row.line_number))
    ordered = sorted(lines.items(), key=lambda pair: -len(pair[1]))
    shown = [[reason, len(found), _some(found)] for reason, found in ordered[:MAX_REASONS]]
    c.table(["Motif", "Lignes", "Lesquelles"], shown, numeric=(1,))
    hidden = len(ordered) - MAX_REASONS
    if hidden > 0:
        c.source(f"Et {plural(hidden, 'autre motif', 'autres motifs')}, dans le tableau et les fichiers à télécharger.")


def _some(found: list[str]) -> str:
    first = ", ".join(found[:MAX_LINES])
    return f"{first}…" if len(found) > MAX_LINES else first


def _waiting(visit: Visit, desk: Desk, status: RejectionStatus, title: str) -> pd.DataFrame:
    """The rows that wait, counted at the head of their block, under what the last replay of the block did."""
    rows = data.record(waiting_rows, visit.snapshot, desk.landlord_code, status)
    c.section(title, f"{plural(len(rows), 'ligne')}, {desk.landlord_name}")
    block, landlord_id, report = st.session_state.get(REPLAYED, (None, None, None))
    if (block, landlord_id) == (status, desk.landlord_id):
        import_report.show(report, visit=visit, is_trial=False)
    return rows


def _corrected(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows with a cell changed: ``rejected_row_id``, then their cells under the file's headings."""
    cells, asked = before.iloc[:, READ_ONLY:], after.iloc[:, READ_ONLY:].fillna("")
    is_changed = (cells != asked).any(axis="columns")
    return asked[is_changed].reset_index()


def _replay(desk: Desk, block: RejectionStatus, step: Callable) -> None:
    """Judges the rows again; the page is then drawn anew, with what it did at the head of the block."""
    report = None
    with faults_told(), st.spinner("Lignes en attente relues…"):
        report = step()
    if report is not None:
        st.session_state[REPLAYED] = (block, desk.landlord_id, report)
        st.rerun()


def _downloads(desk: Desk, waiting: pd.DataFrame, name: str) -> None:
    """The rows and their reasons, to be completed in a spreadsheet and sent back as a register."""

    def rows() -> pd.DataFrame:
        return desk.steps.rows_to_correct(waiting)

    downloads(
        f"{name}-{desk.landlord_code}",
        {"xlsx": lambda: desk.steps.workbook(rows()), "csv": lambda: safe_csv(rows())},
        label="Télécharger ces lignes et leurs motifs",
    )
