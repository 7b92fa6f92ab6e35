"""The steps of an import that a person leads on a page: understand, map, look, try, confirm, correct, take back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Engine, update

from lib.config import settings
from lib.domain.vocabulary import BatchKind
from lib.errors import StoreError
from lib.ingest import pipeline, undo
from lib.ingest.cleaning import plain
from lib.ingest.corrections import rows_to_correct, workbook
from lib.ingest.dates import FORMATS
from lib.ingest.geocoding import geocoder
from lib.ingest.mapping import as_declaration, declare
from lib.ingest.reading import delimited, encodings
from lib.ingest.reading.files import clean_file_name
from lib.ingest.replay import replay
from lib.ingest.reports import Report
from lib.ingest.template import write_template
from lib.ingest.understanding import LABELLED, Understood, held, label_proposals, labels_to_qualify, understand
from lib.ingest.undo import UndoReport
from lib.store.housing import landlord_ids
from lib.store.incidents import Batch, save_batch
from lib.store.mappings import latest_mapping, save_mapping
from lib.store.reporting import state_nothing_to_report
from lib.store.revisions import change
from lib.store.schema import IngestBatch
from lib.store.settings import is_synthetic

__all__ = [
    "DATE_ORDERS",
    "DELIMITERS",
    "ENCODINGS",
    "LABELLED",
    "Understood",
    "confirm",
    "correct",
    "declaration",
    "held",
    "label_proposals",
    "labels_to_qualify",
    "model",
    "nothing_to_report",
    "qualify",
    "rows_to_correct",
    "take_back",
    "today",
    "try_out",
    "understand",
    "workbook",
]

IMPORTED_BY = "page Données"
PARIS = ZoneInfo("Europe/Paris")
DATE_ORDERS = {
    "Jour d’abord (31/12/2026)": tuple(name for name in FORMATS if not name.startswith("MM/JJ")),
    "Mois d’abord (12/31/2026)": tuple(name for name in FORMATS if not name.startswith("JJ/MM")),
}
ENCODINGS = {label: name for name, label in encodings.ENCODINGS.items()}
DELIMITERS = {label: sign for sign, label in delimited.DELIMITERS.items()}
DEMONSTRATION = (
    "Cette base est la démonstration\u00a0: un registre réel ne s’y mêle pas. Ouvrez l’observatoire sur une autre base "
    "(DATABASE_URL) pour importer."
)


def declaration(
    base: Mapping[str, Any],
    columns: Mapping[str, str],
    labels: Mapping[str, Mapping[str, str]],
    *,
    reading: Mapping[str, Any],
    date_formats: Sequence[str] | None = None,
) -> dict[str, Any]:
    """What a person confirmed, as ``mapping.declare`` takes it; what was declared before and still fits is kept.

    Args:
        base: Declaration to start from.
        columns: Heading of the file by our column.
        labels: By our column, our code by label of the landlord.
        reading: What they stated of the file, not what was detected: next month's may be written otherwise.
        date_formats: Names of ``dates.FORMATS`` in the order they are tried, or None: decided on the values.
    """
    values = {ours: dict(table) for ours, table in base.get("values", {}).items() if ours in columns}
    for ours, table in labels.items():
        known = {plain(label) for label in table}
        kept = {label: code for label, code in values.get(ours, {}).items() if plain(label) not in known}
        values[ours] = kept | {label: code for label, code in table.items() if code}
    constants = {ours: code for ours, code in base.get("constants", {}).items() if ours not in columns}
    stated = {name: value for name, value in reading.items() if value is not None}
    kept = {key: base[key] for key in ("residence_key", "landlord_name") if base.get(key)}
    made = kept | {"columns": dict(columns), "constants": constants, "values": values, "reading": stated}
    return made | ({"date_formats": list(date_formats)} if date_formats else {})


def try_out(engine: Engine, path: Path, declared: dict, landlord_code: str, **named: Any) -> Report:
    """What an import would do, written nowhere; arguments and errors as ``confirm``."""
    _refuse_demonstration(engine)
    return _ingest(engine, path, declared, landlord_code, dry_run=True, **named)


def confirm(engine: Engine, path: Path, declared: dict, landlord_code: str, *, file_name: str, **named: Any) -> Report:
    """Saves the declaration under its version, then imports the register.

    Args:
        engine: The store.
        path: The file, under a name of ours.
        declared: What ``declaration`` gives.
        landlord_code: Whose register it is.
        file_name: As the person knows it, for the history.
        named: ``progress``.

    Raises:
        FileError: If the file cannot be read.
        MappingError, LayoutError: If the declaration is incomplete, or does not fit.
        StoreError: If the store holds the demonstration.
    """
    _refuse_demonstration(engine)
    version = _save(engine, declared, landlord_code)
    report = _ingest(engine, path, declared, landlord_code, register_mapping_id=version, **named)
    return _named(engine, report, clean_file_name(file_name))


def qualify(engine: Engine, landlord_code: str, labels: Mapping[str, Mapping[str, str]]) -> Report:
    """Adds labels to the declaration confirmed last, as a new version, then judges the waiting rows again.

    Raises:
        StoreError: If no declaration was ever confirmed for this landlord.
    """
    _refuse_demonstration(engine)
    base = _saved(engine, landlord_code)
    declared = dict(base)
    declared["values"] = {
        ours: base.get("values", {}).get(ours, {}) | dict(labels.get(ours, {}))
        for ours in {*base.get("values", {}), *labels}
    }
    _save(engine, declared, landlord_code)
    return replay(engine, landlord_code, declare(declared), **_circumstances())


def correct(engine: Engine, landlord_code: str, corrected: pd.DataFrame) -> Report:
    """Judges the rows that a person corrected, or every waiting row of the landlord where there is none.

    Args:
        engine: The store.
        landlord_code: Whose rows.
        corrected: ``rejected_row_id`` and cells, as ``replay.replay`` takes them.

    Raises:
        StoreError: As ``qualify``, or if a corrected row no longer waits.
    """
    _refuse_demonstration(engine)
    mapping = declare(_saved(engine, landlord_code))
    typed = corrected if len(corrected) else None
    return replay(engine, landlord_code, mapping, corrected=typed, **_circumstances())


def take_back(engine: Engine, batch_id: int) -> UndoReport:
    """Undoes an import whole.

    Raises:
        StoreError: If a later import changed the same facts; its number is said.
    """
    _refuse_demonstration(engine)
    return undo.undo(engine, batch_id, undone_by=IMPORTED_BY)


def model() -> bytes:
    """The model register, ready to be sent."""
    target = BytesIO()
    write_template(target)
    return target.getvalue()


def today() -> date:
    """Civil day in Paris: the last a fact may bear."""
    return datetime.now(PARIS).date()


def nothing_to_report(engine: Engine, landlord_id: int, months: list[date]) -> int:
    """A landlord's statement that these months had no fact, kept in the history as an import; returns what it changed.

    Raises:
        StoreError: If the store holds the demonstration.
    """
    _refuse_demonstration(engine)
    said = ", ".join(f"{month:%m/%Y}" for month in months)
    batch = Batch(
        kind=BatchKind.REPORTING,
        landlord_id=landlord_id,
        file_name=f"Rien à signaler\u00a0: {said}"[:200],
        file_sha256=sha256(said.encode()).hexdigest(),
        imported_by=IMPORTED_BY,
        read_count=0,
        accepted_count=0,
        known_count=0,
        rejected_count=0,
    )
    with change(engine, "calendrier") as made:
        return state_nothing_to_report(made, save_batch(made, batch), landlord_id, months)


def _refuse_demonstration(engine: Engine) -> None:
    with engine.connect() as connection:
        if is_synthetic(connection):
            raise StoreError(DEMONSTRATION)


def _ingest(engine: Engine, path: Path, declared: dict, landlord_code: str, **named: Any) -> Report:
    return pipeline.ingest(engine, path, declare(declared), landlord_code=landlord_code, **_circumstances(), **named)


def _circumstances() -> dict[str, Any]:
    """What every import and replay of the page shares."""
    return {"imported_by": IMPORTED_BY, "today": today(), "geocode": geocoder(settings().geocoder)}


def _named(engine: Engine, report: Report, file_name: str) -> Report:
    """The import under the name its file had when it was given."""
    with change(engine, "nom du fichier") as made:
        line = update(IngestBatch).where(IngestBatch.batch_id == report.batch_id)
        made.connection.execute(line.values(file_name=file_name, revision=made.revision))
    return replace(report, batch=replace(report.batch, file_name=file_name))


def _save(engine: Engine, declared: dict, landlord_code: str) -> int:
    """The declaration as checked and written by ``mapping``, under its version."""
    fit = as_declaration(declare(declared))
    with change(engine, "déclaration") as made:
        return save_mapping(made, landlord_ids(made.connection)[landlord_code], fit, IMPORTED_BY)


def _saved(engine: Engine, landlord_code: str) -> dict[str, Any]:
    with engine.connect() as connection:
        saved = latest_mapping(connection, landlord_ids(connection)[landlord_code])
    if saved is None:
        raise StoreError("Aucune déclaration n’est enregistrée pour ce bailleur\u00a0: importez d’abord un registre.")
    return dict(saved.declaration)
