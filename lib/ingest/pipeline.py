"""One register, from its bytes to the store: every row accepted, already known or rejected, in one transaction."""

import json
import logging
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from lib.domain.vocabulary import BatchKind
from lib.errors import StoreError
from lib.ingest.accounting import Sorted, as_json, sort_known, unseen
from lib.ingest.mapping import Mapping, ResidenceKey, bind
from lib.ingest.points import housing_from_points
from lib.ingest.readers import KnownCodes
from lib.ingest.reading import Sheet, read_sheet
from lib.ingest.reports import Report, grouped
from lib.ingest.validation import Validated, mask_persons, reject_lines, validate
from lib.store import incidents as facts
from lib.store.housing import landlord_ids
from lib.store.reporting import mark_reporting, next_month
from lib.store.revisions import Change, change

logger = logging.getLogger(__name__)
OVERFLOW = "la ligne a plus de cellules que l’en-tête"


@dataclass(frozen=True)
class _Register:
    """A file read under its declaration: ``cells`` has our column names, and no person's data."""

    sheet: Sheet
    headings: dict[str, str]
    cells: pd.DataFrame
    rules: Mapping

    def duplicates(self, lines: pd.Index) -> pd.Series:
        """True where a row of these lines repeats, in all the cells of the file, an earlier one of them."""
        return self.sheet.cells.loc[lines].duplicated()


def ingest(
    engine: Engine, path: Path, mapping: Mapping, *, landlord_code: str, imported_by: str, today: date
) -> Report:
    """Imports one register of one landlord; all of it is written, or nothing.

    Args:
        engine: The store.
        path: The file.
        mapping: Its declaration.
        landlord_code: Whose register it is.
        imported_by: Account or service that imports, never a person's name.
        today: Last day a fact may bear; later ones are rejected.

    Raises:
        FileError: If the file cannot be read.
        LayoutError: If declared columns are absent.
        MappingError: If the declaration names a type unknown to the nomenclature.
        StoreError: If nobody has this landlord code.
    """
    register = _read(path, mapping)
    with change(engine, "faits") as made:
        residences_made = _make_residences(made, register, landlord_code)
        landlord_id = _landlord_id(made, landlord_code)
        known = _known_codes(made, landlord_id, today)
        judged = _judge(register, known)
        found = _sort(made, landlord_id, (register, judged, known))
        batch = _batch(register, found, landlord_id=landlord_id, imported_by=imported_by)
        batch_id = facts.save_batch(made, batch)
        facts.save_incidents(made, batch_id, found.new.assign(landlord_id=landlord_id))
        resolved_count = _resolve(made, landlord_id, register, (judged, found))
        kept_count = _keep_rejected(made, landlord_id, batch_id, (register, judged))
        months = covered_months(judged.accepted["occurred_on"], mapping.period)
        is_list_complete = mapping.residence_key is ResidenceKey.REFERENCE
        mark_reporting(made, landlord_id, months, is_list_complete=is_list_complete)
    logger.info("batch %d: %d read, %d accepted", batch_id, batch.read_count, batch.accepted_count)
    return Report(
        batch=batch,
        detected=register.sheet.detected,
        duplicate_count=found.duplicates,
        rejected_duplicate_count=int(register.duplicates(judged.rejected).sum()),
        waiting_count=batch.rejected_count - kept_count,
        resolved_count=resolved_count,
        new_residence_count=residences_made,
        months=months,
        silent_months=silent_months(judged.accepted["occurred_on"], months),
        ignored_headings=[name for name in register.sheet.cells if name not in register.headings.values()],
        reasons=grouped(judged.reasons),
    )


def covered_months(occurred_on: pd.Series, period: tuple[date, date] | None) -> list[date]:
    """First days of the months for which a register counts as reporting: see docs/guide/import.md.

    Args:
        occurred_on: Dates of the facts of the file, accepted or known.
        period: First and last months declared, or None: only the months that have a fact, a hole may be a silence.
    """
    return _months_between(*period) if period else sorted({day.replace(day=1) for day in set(occurred_on)})


def silent_months(occurred_on: pd.Series, covered: list[date]) -> list[date]:
    """Months between the first and the last fact of a register for which nothing was said: to be checked."""
    if occurred_on.empty:
        return []
    months = _months_between(occurred_on.min().replace(day=1), occurred_on.max())
    return [month for month in months if month not in set(covered)]


def _months_between(month: date, last: date) -> list[date]:
    months = []
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def _read(path: Path, mapping: Mapping) -> _Register:
    sheet = read_sheet(path)
    headings = bind(mapping, list(sheet.cells.columns))
    ours = pd.DataFrame({name: sheet.cells[heading] for name, heading in headings.items()}, index=sheet.cells.index)
    return _Register(sheet, headings, mask_persons(ours), mapping)


def _make_residences(made: Change, register: _Register, landlord_code: str) -> int:
    """Residences from the points of the file, where the declaration asks for it; returns how many are new."""
    if register.rules.residence_key is not ResidenceKey.POINTS:
        return 0
    assert register.rules.landlord_name is not None, "checked with the declaration"
    return housing_from_points(made, landlord_code, register.rules.landlord_name, register.cells)


def _landlord_id(made: Change, landlord_code: str) -> int:
    ids = landlord_ids(made.connection)
    if landlord_code not in ids:
        raise StoreError(f"Bailleur «\u00a0{landlord_code}\u00a0» inconnu\u00a0: importez d’abord ses résidences.")
    return ids[landlord_code]


def _known_codes(made: Change, landlord_id: int, today: date) -> KnownCodes:
    residences = facts.residence_ids(made.connection, landlord_id)
    return KnownCodes(residences, facts.default_severities(made.connection), today)


def _judge(register: _Register, known: KnownCodes) -> Validated:
    judged = validate(register.cells, register.headings, register.rules, known)
    return reject_lines(judged, list(register.sheet.overflows), OVERFLOW)


def _sort(made: Change, landlord_id: int, judged_by: tuple[_Register, Validated, KnownCodes]) -> Sorted:
    register, judged, known = judged_by
    stored = facts.known_references(made.connection, landlord_id)
    # Only sound rows are compared: the copy of a rejected row is rejected too, it is not known.
    return sort_known(judged.accepted, register.duplicates(judged.accepted.index), stored, known.residences)


def _batch(register: _Register, found: Sorted, *, landlord_id: int, imported_by: str) -> facts.Batch:
    read_count = len(register.cells)
    return facts.Batch(
        kind=BatchKind.INCIDENTS,
        landlord_id=landlord_id,
        file_name=register.sheet.file_name[-200:],
        file_sha256=register.sheet.file_sha256,
        imported_by=imported_by,
        read_count=read_count,
        accepted_count=len(found.new),
        known_count=found.known,
        rejected_count=read_count - len(found.new) - found.known,
    )


def _resolve(made: Change, landlord_id: int, register: _Register, outcome: tuple[Validated, Sorted]) -> int:
    """Closes the rows that waited and that this file brings: the same cells, or the same reference, now sound."""
    if not facts.open_cells(made.connection, landlord_id):
        return 0
    judged, found = outcome
    texts = as_json(register.cells, register.headings)
    brought, refused = set(texts.loc[judged.accepted.index]), set(texts.loc[judged.rejected])
    heading = register.headings.get("external_reference")

    def is_resolved(cells: str) -> bool:
        if cells in refused:
            return False
        return cells in brought or (heading is not None and json.loads(cells).get(heading) in found.references)

    return facts.resolve_rejections(made, landlord_id, is_resolved)


def _keep_rejected(made: Change, landlord_id: int, batch_id: int, outcome: tuple[_Register, Validated]) -> int:
    """Stores the rejected rows that do not wait yet; returns how many."""
    register, judged = outcome
    rows = as_json(register.cells.loc[judged.rejected], register.headings)
    fresh = unseen(rows, facts.open_cells(made.connection, landlord_id))
    facts.save_rejections(made, batch_id, fresh, judged.reasons)
    return len(fresh)
