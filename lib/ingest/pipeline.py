"""One register, from its bytes to the store: every row accounted for, in one transaction."""

import gc
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from lib.domain.vocabulary import BatchKind
from lib.errors import StoreError
from lib.ingest.accounting import Memory
from lib.ingest.columns import ResidenceKey
from lib.ingest.corrections import check_not_sent_back
from lib.ingest.decisions import Decisions, decide, keep_decisions
from lib.ingest.distinct import Rows, gather
from lib.ingest.locating import Geocode, ResidenceIndex, load_index
from lib.ingest.mapping import Mapping, as_declaration, bind
from lib.ingest.places import locate_rows, make_residences
from lib.ingest.privacy import masked_file_name
from lib.ingest.readers import KnownCodes
from lib.ingest.reading import Register, clean_file_name, open_register
from lib.ingest.reports import Report
from lib.ingest.settling import Import, Tally, settle
from lib.ingest.validation import Read, Validated, check_types, read_texts
from lib.ingest.waiting import bring, close, keep, recall, seen_by, waiting_before
from lib.store import incidents as facts
from lib.store.housing import landlord_ids
from lib.store.journal import RESIDENCE, note, note_seen
from lib.store.mappings import save_mapping
from lib.store.reporting import mark_reporting, months_between
from lib.store.revisions import Change, long_change

logger = logging.getLogger(__name__)
Progress = Callable[[int, int | None], None]
FEW_COLLECTIONS = 100_000


class _RehearsedError(Exception):
    """Undoes the transaction of a dry run."""


@dataclass(frozen=True)
class _File:
    """A file read under its declaration, not judged yet."""

    register: Register
    headings: dict[str, str]
    rows: Rows
    rules: Mapping
    geocode: Geocode | None


def ingest(  # noqa: PLR0913 - what a page and a command both say of an import
    engine: Engine,
    path: Path,
    mapping: Mapping,
    *,
    landlord_code: str,
    imported_by: str,
    today: date,
    file_name: str | None = None,
    register_mapping_id: int | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    geocode: Geocode | None = None,
) -> Report:
    """Imports one register of one landlord; all of it is written, or nothing.

    Args:
        engine: The store.
        path: The file.
        mapping: Its declaration.
        landlord_code: Whose register it is.
        imported_by: Account or service that imports, never a person's name.
        today: Last day a fact may bear; later ones are rejected.
        file_name: The name the history shows, where the file lies under another one.
        register_mapping_id: The saved version that the declaration is; where None, it is saved with the import.
        dry_run: Judges everything and keeps nothing.
        progress: Told of the rows done and of their total; the total is None while the file is read.
        geocode: Who is asked for the points of addresses that no residence has; nobody by default.

    Raises:
        FileError: If the file cannot be read, or is that of waiting rows sent back (``SentBackError``).
        LayoutError: If declared columns are absent.
        MappingError: If the declaration names a type unknown to the nomenclature.
        StoreError: If nobody has this landlord code, or if the store cannot be written.
    """
    gc.set_threshold(FEW_COLLECTIONS)  # what a register holds lives to its end
    said: Progress = progress or (lambda _done, _total: None)
    file = _read_file(path, mapping, said, geocode)
    name, digest = masked_file_name(clean_file_name(file_name or path.name)), file.register.file_sha256
    line = facts.Batch(BatchKind.INCIDENTS, None, name, digest, imported_by, 0, 0, 0, 0)
    line = replace(line, register_mapping_id=register_mapping_id)
    report = None
    with suppress(_RehearsedError), long_change(engine, "faits") as made:
        report = _import(made, file, line, landlord_code=landlord_code, today=today, said=said)
        if dry_run:
            raise _RehearsedError
    assert report is not None
    logger.info("%d read, %d accepted", report.batch.read_count, report.batch.accepted_count)
    return replace(report, batch_id=None) if dry_run else report


def _read_file(path: Path, mapping: Mapping, said: Progress, geocode: Geocode | None) -> _File:
    register = open_register(path, mapping.options)
    check_not_sent_back(register.headings)
    headings = bind(mapping, list(register.headings))
    rows = gather(register.chunks(), headings, lambda done: said(done, None))
    return _File(register, headings, rows, mapping, geocode)


def _import(made: Change, file: _File, line: facts.Batch, *, landlord_code: str, today: date, said: Progress) -> Report:
    decisions = decide(file.rows, file.rules, today)
    places = make_residences(made, file.rows, file.rules, landlord_code, decisions.coordinates)
    landlord_id = known_landlord(made, landlord_code)
    store = known_store(made, landlord_id, today)
    read = read_rows(file.rows, file.headings, file.rules, store=store, decisions=decisions, geocode=file.geocode)
    line = under_mapping(made, replace(line, landlord_id=landlord_id), file.rules)
    under = open_import(made, line)
    note(made, under.batch_id, RESIDENCE, ((str(residence_id), None) for residence_id in places))
    keep_decisions(made, under.batch_id, decisions)
    tally, waiting = Tally(), waiting_before(under, read)

    def then(part: slice, judged: Validated, brought: pd.DataFrame) -> None:
        keep(waiting, under, read, part, judged)
        bring(waiting, read, part, brought)
        said(min(part.stop, len(read.rows)), len(read.rows))

    known_refused, known_new = (partial(recall, waiting, read, are_refused=said_so) for said_so in (True, False))
    settle(under, read, tally, Memory(), then, known_refused=known_refused, known_new=known_new)
    resolved_count = close(waiting, under)
    note_seen(made, under.batch_id, tally.seen | seen_by(waiting, under))
    months = say_months(under, file.rules, tally)
    report = report_of(under, tally.counted(line), tally, months=months, resolved_count=resolved_count)
    facts.close_batch(made, under.batch_id, report.batch)
    used = set(file.headings.values())
    return replace(
        report,
        detected=file.register.detected,
        decisions=[*decisions.sentences, *file.rows.sentences],
        waiting_count=tally.rejected + tally.to_qualify - waiting.kept_count,
        new_residence_count=len(places),
        ignored_headings=[name for name in file.register.headings if name not in used],
    )


def known_landlord(made: Change, landlord_code: str) -> int:
    """The landlord's key.

    Raises:
        StoreError: If nobody has this code.
    """
    ids = landlord_ids(made.connection)
    if landlord_code not in ids:
        raise StoreError(f"Bailleur «\u00a0{landlord_code}\u00a0» inconnu\u00a0: importez d’abord ses résidences.")
    return ids[landlord_code]


def known_store(made: Change, landlord_id: int, today: date) -> tuple[KnownCodes, ResidenceIndex]:
    """What the store knows when a register of this landlord arrives."""
    residences = facts.residence_ids(made.connection, landlord_id)
    known = KnownCodes(residences, facts.default_severities(made.connection), today)
    return known, load_index(made.connection, landlord_id)


def read_rows(
    rows: Rows,
    headings: dict[str, str],
    rules: Mapping,
    *,
    store: tuple[KnownCodes, ResidenceIndex],
    decisions: Decisions,
    geocode: Geocode | None = None,
) -> Read:
    """Rows with what each of their texts says and the residence of each."""
    known, index = store
    check_types(rules, known.severities)
    values = read_texts(rows, rules, known, decisions.formats)
    way = decisions.coordinates
    residences = locate_rows(rows, values, rules, index=index, reading=way, geocode=geocode)
    return Read(rows, values, residences, headings, rules, known)


def under_mapping(made: Change, line: facts.Batch, rules: Mapping) -> facts.Batch:
    """The line of an import under the saved version of its declaration; saved now where the line names none."""
    if line.register_mapping_id is not None:
        return line
    assert line.landlord_id is not None
    version = save_mapping(made, line.landlord_id, as_declaration(rules), line.imported_by)
    return replace(line, register_mapping_id=version)


def open_import(made: Change, line: facts.Batch) -> Import:
    """Opens the line of an import in the history; its counts are written at the end."""
    assert line.landlord_id is not None
    has_facts = facts.has_facts(made.connection, line.landlord_id)
    return Import(made, facts.save_batch(made, line), line.landlord_id, has_facts)


def say_months(under: Import, rules: Mapping, tally: Tally) -> list[date]:
    """Marks the months for which the register counts as reporting, and returns them."""
    months = covered_months(tally.days, rules.period)
    is_list_complete = rules.residence_key is ResidenceKey.REFERENCE
    mark_reporting(under.made, under.landlord_id, months, is_list_complete=is_list_complete, batch_id=under.batch_id)
    return months


def covered_months(days: set[date], period: tuple[date, date] | None) -> list[date]:
    """First days of the months for which a register counts as reporting: see docs/guide/import.md.

    Args:
        days: Those of the facts of the file, new or known.
        period: First and last months declared, or None: only the months that have a fact, a hole may be a silence.
    """
    return months_between(*period) if period else sorted({day.replace(day=1) for day in days})


def silent_months(days: set[date], covered: list[date]) -> list[date]:
    """Months between the first and the last fact of a register for which nothing was said: to be checked."""
    told = set(covered)
    return [month for month in months_between(min(days), max(days)) if month not in told] if days else []


def report_of(under: Import, line: facts.Batch, tally: Tally, *, months: list[date], resolved_count: int) -> Report:
    """What became of rows, whether they come from a file or waited."""
    return Report(
        batch=line,
        batch_id=under.batch_id,
        duplicate_count=tally.duplicates,
        rejected_duplicate_count=tally.rejected_duplicates,
        resolved_count=resolved_count,
        months=months,
        silent_months=silent_months(tally.days, months),
        reasons=tally.reason_counts,
        preview=tally.shown,
    )
