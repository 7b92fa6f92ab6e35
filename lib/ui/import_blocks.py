"""Blocks of an import: the file, what was understood of it, the trial, the confirmation, the result."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lib.domain.labels import number, plural
from lib.ui import components as c
from lib.ui import import_mapping, import_report
from lib.ui.import_desk import Desk, faults_told, remember, remembered
from lib.ui.links import href
from lib.ui.session import Visit

ROUND, OPENED, LABELS, TRIED, DONE = (f"import-{name}" for name in ("round", "opened", "labels", "tried", "done"))
DETECTED = "Détecté"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register(visit: Visit, desk: Desk) -> None:
    """From the file to the store, one step after the other; nothing is written before the confirmation."""
    c.section("Importer un registre", desk.landlord_name)
    _result(visit, desk)
    left, right = st.columns([2.4, 1], vertical_alignment="bottom", gap="medium")
    with left:
        file = _uploader(desk)
    with right:
        st.download_button(
            "Modèle de registre (XLSX)",
            desk.steps.model,
            "modele-registre.xlsx",
            SPREADSHEET,
            on_click="ignore",
            width="stretch",
        )
    if file is None:
        c.source(
            "CSV, XLSX, XLS, ODS, Parquet ou JSON par lignes, 200\u00a0Mo au plus, tel que votre logiciel l’exporte. "
            "Le modèle s’importe sans rien régler."
        )
        return
    with faults_told():
        _steps(visit, desk, file)


def _uploader(desk: Desk) -> UploadedFile | None:
    """The file given; a new uploader after each import, so that none is imported twice by a stray click."""
    turn = st.session_state.setdefault(ROUND, 0)
    return st.file_uploader("Registre du bailleur", key=f"import-file-{turn}-{desk.landlord_id}")


def _steps(visit: Visit, desk: Desk, file: UploadedFile) -> None:
    reading, date_formats = _reading(desk, file)
    understood = _understood(desk, file, reading)
    if not understood.row_count:
        c.empty("Ce registre n’a aucune ligne", understood.detected, "Vérifiez l’export, ou la feuille choisie.")
        return
    chosen = import_mapping.columns(understood, file.file_id)
    if chosen is None:
        return
    proposed = _labels(desk, file, understood, chosen)
    labels = import_mapping.labels(visit, proposed, file.file_id)
    declared = desk.steps.declaration(understood.base, chosen, labels, reading=reading, date_formats=date_formats)
    _trial(visit, desk, file, declared)


def _understood(desk: Desk, file: UploadedFile, reading: Mapping[str, Any]) -> Any:
    """The register opened once per way of reading it; what was recognised is said."""
    asked = (file.file_id, desk.landlord_id, tuple(reading.items()))
    understood = remembered(OPENED, asked)
    if understood is None:
        with st.spinner("Lecture du fichier…"), desk.steps.held(file.getbuffer()) as path:
            understood = remember(OPENED, asked, desk.steps.understand(desk.engine, path, desk.landlord_id, reading))
    said = f"{understood.detected}. {plural(understood.row_count, 'ligne')}"
    start = f", colonnes d’après\u00a0: {understood.base_name}" if understood.base_name else ""
    c.definition_card("", {"Ce qui a été compris": f"{said}{start}."})
    return understood


def _reading(desk: Desk, file: UploadedFile) -> tuple[dict[str, Any], tuple[str, ...] | None]:
    """What the person states of the file, in a fold drawn first: a wrong choice can be undone."""
    held = st.session_state.get(OPENED)
    sheets = held[1].sheets if held is not None and held[0][0] == file.file_id else []
    with st.expander("Le fichier est mal lu\u00a0? Dire comment le lire"):
        left, right = st.columns(2)
        with left:
            encoding = _stated("Encodage", desk.steps.ENCODINGS, file)
            delimiter = _stated("Séparateur", desk.steps.DELIMITERS, file)
            sheet = _stated("Feuille", {name: name for name in sheets}, file) if len(sheets) > 1 else None
        with right:
            line = st.number_input(
                "Ligne des intitulés",
                min_value=1,
                value=None,
                step=1,
                placeholder=DETECTED,
                key=f"{file.file_id}-heading_line",
            )
            rows = _stated("Lignes d’intitulés", {"1": 1, "2, intitulés fusionnés": 2}, file)
            date_formats = _stated("Ordre du jour et du mois", desk.steps.DATE_ORDERS, file)
    stated = {
        "encoding": encoding,
        "delimiter": delimiter,
        "sheet": sheet,
        "heading_line": None if line is None else int(line),
        "heading_rows": rows,
    }
    return {name: value for name, value in stated.items() if value is not None}, date_formats


def _stated(label: str, options: Mapping[str, Any], file: UploadedFile) -> Any:
    """The value of a named option; None where it is left to what is detected."""
    chosen = st.selectbox(label, [DETECTED, *options], key=f"{file.file_id}-{label}")
    return options.get(chosen)


def _labels(desk: Desk, file: UploadedFile, understood: Any, chosen: Mapping[str, str]) -> dict[str, list]:
    """Labels of the whole file and our code for each, counted once per choice of columns."""
    wanted = tuple(sorted((ours, heading) for ours, heading in chosen.items() if ours in desk.steps.LABELLED))
    asked = (file.file_id, understood.options, wanted)
    found = remembered(LABELS, asked)
    if found is None:
        with st.spinner("Lecture des libellés…"), desk.steps.held(file.getbuffer()) as path:
            found = remember(LABELS, asked, desk.steps.label_proposals(desk.engine, path, understood, dict(wanted)))
    return found


def _trial(visit: Visit, desk: Desk, file: UploadedFile, declared: dict) -> None:
    """The dry run first, its counts, then the confirmation."""
    c.section("Essai, puis import")
    asked = (file.file_id, desk.landlord_id, json.dumps(declared, sort_keys=True, ensure_ascii=False))
    if st.button("Essayer sans rien écrire", key="import-try"):
        remember(TRIED, asked, _run(desk, file, declared, desk.steps.try_out))
    report = remembered(TRIED, asked)
    if report is None:
        c.source("L’essai lit tout le fichier et compte ce que l’import ferait. Rien n’est écrit.")
        return
    import_report.show(report, visit=visit, is_trial=True)
    if st.button("Importer", type="primary", key="import-confirm"):
        done = _run(desk, file, declared, partial(desk.steps.confirm, file_name=file.name))
        st.session_state[DONE] = (desk.landlord_id, done)
        st.session_state[ROUND] += 1
        for key in (OPENED, LABELS, TRIED):
            st.session_state.pop(key, None)
        st.rerun()


def _run(desk: Desk, file: UploadedFile, declared: dict, step: Callable) -> Any:
    """One step over the whole file, its progress shown; the bytes lie in a file of ours for that time only."""
    bar = st.progress(0.0, text="Lecture du registre…")

    def progress(done: int, total: int | None) -> None:
        said = f"{plural(done, 'ligne lue', 'lignes lues')}" + (f" sur {number(total)}" if total else "")
        bar.progress(min(done / total, 1.0) if total else 0.0, text=said)

    with desk.steps.held(file.getbuffer()) as path:
        report = step(desk.engine, path, declared, desk.landlord_code, progress=progress)
    bar.empty()
    return report


def _result(visit: Visit, desk: Desk) -> None:
    """What the last import of this session did, and where to see it."""
    held = st.session_state.get(DONE)
    if held is None or held[0] != desk.landlord_id:
        return
    import_report.show(held[1], visit=visit, is_trial=False)
    seen = [c.link_cell(words, href(path)) for path, words in (("carte", "la carte"), ("tendances", "les tendances"))]
    c.source(Markup("Ces faits sont dans {}.").format(Markup(" et ").join(seen)))
