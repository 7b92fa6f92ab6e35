"""Blocks of a trial and of its confirmation: the whole file judged, its progress shown, a wrong landlord told early."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lib.domain.labels import number, plural
from lib.errors import ObservatoryError
from lib.store.quality import UNLOCATED
from lib.ui import components as c
from lib.ui import import_report
from lib.ui.import_desk import Desk, refusal, remember, remembered
from lib.ui.session import Visit

TRIED, ELSEWHERE, DONE = (f"import-{name}" for name in ("tried", "elsewhere", "done"))
READING_SHARE = 0.5  # of the bar; the file is read, then its rows are judged
NOBODY = "Aucune résidence de {} dans {}\u00a0: est-ce le bon bailleur, et la bonne colonne pour la résidence\u00a0?"
OF_SAMPLE = {"encoding": "utf-8", "delimiter": ";", "heading_line": 1, "heading_rows": 1}


@dataclass
class Done:
    """An import asked for; ``report`` is filled once it is made, ``is_closed`` once its file was put away."""

    landlord_id: int
    file_name: str
    report: Any = None
    is_closed: bool = False


def trial(visit: Visit, desk: Desk, file: UploadedFile, understood: Any, declared: dict) -> None:
    """The dry run first, its counts, then the confirmation."""
    c.section("Essai, puis import")
    asked = (file.file_id, desk.landlord_id, json.dumps(declared, sort_keys=True, ensure_ascii=False))
    is_asked = st.button("Essayer sans rien écrire", key="import-try")
    if is_asked and _is_elsewhere(desk, understood, declared):
        remember(ELSEWHERE, asked, len(understood.sample))
        is_asked = False
    if is_asked or _insists(desk, asked):
        remember(TRIED, asked, _run(desk, file, understood, declared, desk.steps.try_out))
        st.rerun()
    report = remembered(TRIED, asked)
    if report is None:
        c.source("L’essai lit tout le fichier et compte ce que l’import ferait. Rien n’est écrit.")
        return
    if is_nobody_found(report):
        refusal(NOBODY.format(desk.landlord_name, "ce registre"))
    import_report.show(report, visit=visit, is_trial=True)
    if st.button("Importer", type="primary", key="import-confirm"):
        done = st.session_state[DONE] = Done(desk.landlord_id, file.name)
        confirm = partial(desk.steps.confirm, file_name=file.name)
        _run(desk, file, understood, declared, confirm, made=partial(setattr, done, "report"))
        st.rerun()


def _insists(desk: Desk, asked: object) -> bool:
    """The warning of a wrong landlord; whether the person wants the whole trial nevertheless."""
    sample = remembered(ELSEWHERE, asked)
    if sample is None or remembered(TRIED, asked) is not None:
        return False
    refusal(NOBODY.format(desk.landlord_name, f"les {number(sample)} premières lignes"))
    return st.button("Essayer quand même tout le fichier", key="import-insist")


def _is_elsewhere(desk: Desk, understood: Any, declared: dict) -> bool:
    """Whether the first rows of a long file name no residence of the landlord: told before a trial of minutes."""
    if understood.row_count <= len(understood.sample):
        return False
    first = understood.sample.fillna("").to_csv(sep=OF_SAMPLE["delimiter"], index=False).encode()
    with suppress(ObservatoryError), st.spinner("Lecture des premières lignes…"), desk.steps.held(first) as path:
        report = desk.steps.try_out(desk.engine, path, declared | {"reading": OF_SAMPLE}, desk.landlord_code)
        return is_nobody_found(report)
    return False  # their fault is told by the trial of the whole


def is_nobody_found(report: Any) -> bool:
    """Whether no row of a file could be placed in a residence of the landlord."""
    batch = report.batch
    if not batch.read_count or batch.rejected_count < batch.read_count:
        return False
    is_unlocated = report.reasons["reason"].str.startswith(UNLOCATED)
    return int(report.reasons.loc[is_unlocated, "row_count"].sum()) >= batch.read_count


def _run(
    desk: Desk,
    file: UploadedFile,
    understood: Any,
    declared: dict,
    step: Callable,
    *,
    made: Callable[[Any], None] = lambda _report: None,
) -> Any:
    """One step over the whole file, its progress shown; the bytes lie in a file of ours for that time only.

    A click on «Arrêter» ends the run of the page at the next rows told: the transaction is undone whole.

    Args:
        desk: The landlord's desk.
        file: The register.
        understood: For the number of its rows.
        declared: How it is read.
        step: ``steps.try_out`` or ``confirm``.
        made: Told of the report before anything is drawn again, so that a click that comes too late loses nothing.
    """
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text="Lecture du registre…")
        st.button("Arrêter", key="import-stop")
    expected = max(understood.row_count, 1)

    def progress(done: int, total: int | None) -> None:
        share = min(done / (total or expected), 1.0)
        begun, name, verb = (READING_SHARE, "Étape 2 sur 2", "jugée") if total else (0.0, "Étape 1 sur 2", "lue")
        told = f"{plural(done, f'ligne {verb}', f'lignes {verb}s')} sur {number(total or expected)}"
        bar.progress(begun + READING_SHARE * share, text=f"{name}\u00a0: {told}")

    try:
        with desk.steps.held(file.getbuffer()) as path:
            report = step(desk.engine, path, declared, desk.landlord_code, progress=progress)
    except ObservatoryError:
        place.empty()
        raise
    made(report)
    return report
