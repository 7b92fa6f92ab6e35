"""Blocks of an import: the file, what was understood of it, the result."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from markupsafe import Markup
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lib.domain.labels import plural
from lib.ui import components as c
from lib.ui import import_mapping, import_report, import_trial
from lib.ui.downloads import XLSX
from lib.ui.import_desk import Desk, faults_told, remember, remembered
from lib.ui.links import href
from lib.ui.session import Visit

ROUND, OPENED, LABELS, SHEETS = (f"import-{name}" for name in ("round", "opened", "labels", "sheets"))
DETECTED = "Détecté"
TO_RESULT = """<script>
document.querySelector(".st-key-import-result")?.scrollIntoView({ block: "start" });
</script>"""


def register(visit: Visit, desk: Desk) -> None:
    """From the file to the store, one step after the other; nothing is written before the confirmation."""
    c.section("Importer un registre", desk.landlord_name)
    is_new = _close_done()
    result = st.container(key="import-result")
    left, right = st.columns([2.4, 1], vertical_alignment="bottom", gap="medium")
    with left:
        file = _uploader(desk)
    with right:
        st.download_button(
            "Modèle de registre (XLSX)",
            desk.steps.model,
            "modele-registre.xlsx",
            XLSX,
            on_click="ignore",
            width="stretch",
        )
    if file is None:
        with result:
            _result(visit, desk, is_new=is_new)
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
    with st.expander("Le fichier est mal lu\u00a0? Dire comment le lire"):
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
    reading |= {"sheet": sheet} if (sheet := _sheet(file)) else {}
    declared = desk.steps.declaration(understood.base, chosen, labels, reading=reading, date_formats=date_formats)
    import_trial.trial(visit, desk, file, understood, declared)


def _understood(desk: Desk, file: UploadedFile, stated: Mapping[str, Any]) -> Any:
    """The register opened once per way of reading it; what was recognised is said, above the choice of the sheet."""
    said, known = st.container(), remembered(SHEETS, file.file_id)
    if known is not None:  # before the reading: a sheet that cannot be read can be left
        _ask_sheet(file, *known)
    reading = {**stated, **({"sheet": sheet} if (sheet := _sheet(file)) else {})}
    asked = (file.file_id, desk.landlord_id, tuple(reading.items()))
    understood = remembered(OPENED, asked)
    if understood is None:
        with st.spinner("Lecture du fichier…"), desk.steps.held(file.getbuffer()) as path:
            understood = remember(OPENED, asked, desk.steps.understand(desk.engine, path, desk.landlord_id, reading))
    if known is None:
        _ask_sheet(file, *remember(SHEETS, file.file_id, (understood.sheets, understood.options.sheet)))
    start = f", colonnes d’après\u00a0: {understood.base_name}" if understood.base_name else ""
    with said:
        words = f"{understood.detected}. {plural(understood.row_count, 'ligne')}{start}."
        c.definition_card("", {"Ce qui a été compris": words})
    return understood


def _sheet(file: UploadedFile) -> str | None:
    """The sheet that the person chose; None for the one recognised."""
    return st.session_state.get(f"{file.file_id}-sheet")


def _ask_sheet(file: UploadedFile, sheets: list[str], recognised: str | None) -> None:
    if len(sheets) > 1:
        st.selectbox(
            f"Feuille à lire, parmi les {len(sheets)} du classeur",
            [None, *sheets],
            format_func=lambda name: f"{DETECTED}e\u00a0: {recognised}" if name is None else name,
            key=f"{file.file_id}-sheet",
        )


def _reading(desk: Desk, file: UploadedFile) -> tuple[dict[str, Any], tuple[str, ...] | None]:
    """What the person states of the file, but its sheet; drawn before it is read: a wrong choice can be undone."""
    left, right = st.columns(2)
    with left:
        encoding = _stated("Encodage", desk.steps.ENCODINGS, file)
        delimiter = _stated("Séparateur", desk.steps.DELIMITERS, file)
        date_formats = _stated("Ordre du jour et du mois", desk.steps.DATE_ORDERS, file)
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
    stated = {
        "encoding": encoding,
        "delimiter": delimiter,
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


def _close_done() -> bool:
    """Puts away the file of an import that has just been made; whether there was one.

    Asked at each run, not where the import ends: a click on «Arrêter» that comes too late leaves it made.
    """
    done = st.session_state.get(import_trial.DONE)
    if done is None or done.report is None or done.is_closed:
        return False
    done.is_closed = True
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    for key in (OPENED, LABELS, SHEETS, import_trial.TRIED):
        st.session_state.pop(key, None)
    return True


def _result(visit: Visit, desk: Desk, *, is_new: bool) -> None:
    """What the last import of this session did, and where to see it; the page moves there when it is new."""
    done = st.session_state.get(import_trial.DONE)
    if done is None or done.report is None or done.landlord_id != desk.landlord_id:
        return
    batch = done.report.batch
    number = done.report.batch_id
    title = "Aucune ligne n’a changé" if number is None else f"Import n°\u00a0{number} enregistré"
    said = Markup('<div class="o-done" role="status"><h3>{}</h3><p>{}</p></div>')
    c.html(said.format(title, done.file_name))
    import_report.show(done.report, visit=visit, is_trial=False)
    if batch.accepted_count + batch.known_count + batch.updated_count:
        seen = [
            c.link_cell(words, href(path)) for path, words in (("carte", "la carte"), ("tendances", "les tendances"))
        ]
        c.source(Markup("Ces faits sont dans {}.").format(Markup(" et ").join(seen)))
    else:
        c.source("Aucun fait de ce fichier n’a été gardé\u00a0: ses lignes attendent plus bas.")
    if is_new:
        st.html(TO_RESULT, unsafe_allow_javascript=True)
