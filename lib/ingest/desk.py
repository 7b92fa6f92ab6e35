"""The steps of an import that a person leads on a page: understand, map, look, try, confirm, correct, take back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Engine

from lib.config import settings
from lib.domain.vocabulary import BatchKind, RejectionStatus
from lib.errors import StoreError
from lib.ingest import pipeline, undo
from lib.ingest.cleaning import plain
from lib.ingest.corrections import SentBackError, rows_sent_back, rows_to_correct, workbook
from lib.ingest.dates import FORMATS
from lib.ingest.geocoding import geocoder
from lib.ingest.mapping import Mapping as Rules
from lib.ingest.mapping import as_declaration, declare
from lib.ingest.reading import delimited, encodings
from lib.ingest.replay import replay
from lib.ingest.reports import Report
from lib.ingest.template import write_template
from lib.ingest.understanding import LABELLED, Understood, held, label_proposals, labels_to_qualify, understand
from lib.ingest.undo import UndoReport
from lib.ingest.validation import check_types
from lib.ingest.versions import of_waiting
from lib.store.housing import landlord_ids
from lib.store.incidents import Batch, default_severities, save_batch
from lib.store.mappings import SavedMapping, latest_mapping, save_mapping
from lib.store.rejections import open_rejections
from lib.store.reporting import state_nothing_to_report
from lib.store.revisions import long_change
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
    "Cette base est la démonstration\u00a0: un registre réel ne s’y mêle pas. Ouvrez l’observatoire sur votre propre "
    "base (voir le guide d’import)."
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
    """Imports the register and saves the declaration under its version: both, or nothing.

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
    return _ingest(engine, path, declared, landlord_code, file_name=file_name, **named)


def qualify(engine: Engine, landlord_code: str, labels: Mapping[str, Mapping[str, str]]) -> Report:
    """Adds labels to the declarations of the rows that wait for one, as new versions, then judges the rows again.

    The labels stay where the rows still wait, for another reason: they serve the months after.

    Raises:
        MappingError: If one of the codes is unknown.
        StoreError: If no declaration was ever confirmed for this landlord.
    """
    _refuse_demonstration(engine)
    saved = _saved(engine, landlord_code)
    with engine.connect() as connection:
        rows = open_rejections(connection, landlord_code, RejectionStatus.TO_QUALIFY)
        waiting = of_waiting(connection, landlord_ids(connection)[landlord_code], rows["batch_id"])
        known = set(default_severities(connection))
    declared = [_with_labels(one, labels) for one in waiting.values()] or [_with_labels(saved.declaration, labels)]
    rules = [declare(one) for place, one in enumerate(declared) if one not in declared[:place]]
    for one in rules:
        check_types(one, known)
    version = _save(engine, rules, landlord_code)
    return replay(engine, landlord_code, rules[-1], register_mapping_id=version, **_circumstances())


def _with_labels(declared: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A declaration with these labels in the columns it has; none of its own is said twice."""
    values = {ours: dict(table) for ours, table in declared.get("values", {}).items()}
    for ours, table in labels.items():
        if ours in declared["columns"]:
            said = {plain(label) for label in table}
            kept = {label: code for label, code in values.get(ours, {}).items() if plain(label) not in said}
            values[ours] = kept | dict(table)
    return dict(declared) | {"values": values}


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
    saved = _saved(engine, landlord_code)
    return replay(
        engine,
        landlord_code,
        declare(saved.declaration),
        register_mapping_id=saved.register_mapping_id,
        corrected=corrected if len(corrected) else None,
        **_circumstances(),
    )


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
    with long_change(engine, "calendrier") as made:
        return state_nothing_to_report(made, save_batch(made, batch), landlord_id, months)


def _refuse_demonstration(engine: Engine) -> None:
    with engine.connect() as connection:
        if is_synthetic(connection):
            raise StoreError(DEMONSTRATION)


def _ingest(engine: Engine, path: Path, declared: dict, landlord_code: str, **named: Any) -> Report:
    """A register imported; the workbook of waiting rows, corrected, replayed."""
    rules, dry_run = declare(declared), bool(named.get("dry_run"))
    try:
        return pipeline.ingest(engine, path, rules, landlord_code=landlord_code, **_circumstances(), **named)
    except SentBackError:
        rows = rows_sent_back(path)
        return replay(engine, landlord_code, rules, corrected=rows, dry_run=dry_run, **_circumstances())


def _circumstances() -> dict[str, Any]:
    """What every import and replay of the page shares."""
    return {"imported_by": IMPORTED_BY, "today": today(), "geocode": geocoder(settings().geocoder)}


def _save(engine: Engine, rules: Sequence[Rules], landlord_code: str) -> int:
    """These declarations under their versions; returns the last one."""
    with long_change(engine, "déclaration") as made:
        landlord_id = landlord_ids(made.connection)[landlord_code]
        return [save_mapping(made, landlord_id, as_declaration(one), IMPORTED_BY) for one in rules][-1]


def _saved(engine: Engine, landlord_code: str) -> SavedMapping:
    with engine.connect() as connection:
        saved = latest_mapping(connection, landlord_ids(connection)[landlord_code])
    if saved is None:
        raise StoreError(
            "Aucune correspondance n’est enregistrée pour ce bailleur\u00a0: importez d’abord un registre."
        )
    return saved
