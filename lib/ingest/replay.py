"""Rows that wait, judged again: under a wider declaration, or with the cells that a person corrected."""

import hashlib
import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from lib.domain.vocabulary import BatchKind, RejectionStatus
from lib.errors import StoreError
from lib.ingest.accounting import MADE, Memory
from lib.ingest.cleaning import plain
from lib.ingest.decisions import decide, decided_before
from lib.ingest.distinct import Rows, gather
from lib.ingest.locating import Geocode
from lib.ingest.mapping import Mapping
from lib.ingest.pipeline import known_landlord, known_store, open_import, read_rows, report_of, say_months
from lib.ingest.places import make_residences
from lib.ingest.reading import Sheet
from lib.ingest.reports import Report
from lib.ingest.settling import Import, Tally, settle
from lib.ingest.validation import REASON_COLUMNS, WHOLE_LINE, Read, Validated
from lib.ingest.waiting import cells_of
from lib.store.incidents import Batch, close_batch, made_references
from lib.store.journal import RESIDENCE, note
from lib.store.rejections import WaitingRow, resolve, rewrite, waiting_by_id
from lib.store.revisions import Change, long_change

FILE_NAME = "lignes rejouées"
ROW_ID = "rejected_row_id"


class _InVainError(Exception):
    """Undoes a replay that changed nothing."""


@dataclass(frozen=True)
class _Rules:
    """How rows are judged."""

    mapping: Mapping
    today: date
    geocode: Geocode | None


@dataclass
class _Refused:
    """Rows that still wait: their keys, and what they are now."""

    row_ids: set[int]
    changed: list[WaitingRow]


def replay(  # noqa: PLR0913 - as an import
    engine: Engine,
    landlord_code: str,
    mapping: Mapping,
    *,
    imported_by: str,
    today: date,
    corrected: pd.DataFrame | None = None,
    geocode: Geocode | None = None,
) -> Report:
    """Judges the waiting rows of a landlord again; those that became facts no longer wait. All of it, or nothing.

    A row that waits for what no column says (too many cells, a reference said twice) is judged again only when it is
    among the corrected ones.

    Args:
        engine: The store.
        landlord_code: Whose rows.
        mapping: The newest declaration.
        imported_by: Account or service that asks, never a person's name.
        today: Last day a fact may bear.
        corrected: ``rejected_row_id`` (column or index) and the cells of corrected rows, under the headings of their
            file; other columns are left out. Then these rows alone are judged.
        geocode: As for ``pipeline.ingest``.

    Returns:
        The accounting of the rows judged, those that wait still counted as rejected or to qualify; ``batch_id`` is None
        where nothing changed.

    Raises:
        MappingError: If the declaration names a type unknown to the nomenclature.
        StoreError: If nobody has this landlord code, if a corrected row no longer waits, or if the store cannot be
            written.
    """
    report = None
    with suppress(_InVainError), long_change(engine, "lignes rejouées") as made:
        landlord_id = known_landlord(made, landlord_code)
        rows = _chosen(waiting_by_id(made.connection, landlord_id), corrected)
        report = _replay(made, rows, (landlord_id, landlord_code), _Rules(mapping, today, geocode), imported_by)
        is_kept = report.resolved_count > 0 or (corrected is not None and len(rows) > 0)
        report = report if is_kept else replace(report, batch_id=None)
        if not is_kept:
            raise _InVainError
    assert report is not None
    return report


def _replay(made: Change, rows: list[WaitingRow], landlord: tuple[int, str], rules: _Rules, imported_by: str) -> Report:
    digest = hashlib.sha256("".join(f"{row.rejected_row_id}{row.cells}" for row in rows).encode()).hexdigest()
    line = Batch(BatchKind.INCIDENTS, landlord[0], FILE_NAME, digest, imported_by, 0, 0, 0, 0)
    under = open_import(made, line)
    tally, ranks, refused = Tally(), _ranks(under), _Refused(set(), [])
    for batch_id in dict.fromkeys(row.batch_id for row in rows):
        own = {row.rejected_row_id: row for row in rows if row.batch_id == batch_id}
        read = _read(under, own, rules, landlord[1])
        settle(under, read, tally, Memory(ranks=ranks), partial(_keep_refused, refused, read, own))
    brought = [row.rejected_row_id for row in rows if row.rejected_row_id not in refused.row_ids]
    resolve(made, under.batch_id, brought)
    rewrite(made, under.batch_id, refused.changed)
    months = say_months(under, replace(rules.mapping, period=None), tally)
    report = report_of(under, tally.counted(line), tally, months=months, resolved_count=len(brought))
    close_batch(made, under.batch_id, report.batch)
    return replace(report, waiting_count=tally.rejected + tally.to_qualify, silent_months=[])


def _chosen(waiting: dict[int, WaitingRow], corrected: pd.DataFrame | None) -> list[WaitingRow]:
    """The rows to judge, corrected."""
    if corrected is None:
        return [row for row in waiting.values() if all(column != WHOLE_LINE for column, _, _ in row.reasons)]
    frame = corrected.reset_index() if ROW_ID not in corrected else corrected
    cells = frame.drop(columns=ROW_ID).astype(object)
    ids = [int(str(text)) for text in frame[ROW_ID]]
    absent = sorted(set(ids) - set(waiting))
    if absent:
        said = ", ".join(map(str, absent[:10]))
        raise StoreError(f"Ces lignes n’attendent plus de correction\u00a0: {said}. Retirez-les, puis recommencez.")
    rows = zip(ids, cells.where(cells.notna(), "").to_dict("records"), strict=True)
    return [_corrected(waiting[row_id], typed) for row_id, typed in sorted(dict(rows).items())]


def _corrected(row: WaitingRow, typed: dict[Any, Any]) -> WaitingRow:
    """The row with what a person typed under headings it has; a cell emptied is blank."""
    cells = json.loads(row.cells)
    now = {heading: str(typed[heading]).strip() or None for heading in cells if heading in typed}
    return replace(row, cells=json.dumps(cells | now, ensure_ascii=False))


def _read(under: Import, own: dict[int, WaitingRow], rules: _Rules, landlord_code: str) -> Read:
    """Waiting rows of one batch, read as its file was."""
    made, mapping = under.made, rules.mapping
    rows, headings = _gathered(own, mapping)
    batch_id = next(iter(own.values())).batch_id
    decisions = decided_before(made.connection, batch_id, decide(rows, mapping), mapping)
    places = make_residences(made, rows, mapping, landlord_code, decisions.coordinates)
    note(made, under.batch_id, RESIDENCE, ((str(residence_id), None) for residence_id in places))
    store = known_store(made, under.landlord_id, rules.today)
    return read_rows(rows, headings, mapping, store=store, decisions=decisions, geocode=rules.geocode)


def _gathered(own: dict[int, WaitingRow], mapping: Mapping) -> tuple[Rows, dict[str, str]]:
    """The rows as those of a register, numbered by their key, and the heading each of our columns had in their file."""
    cells = pd.DataFrame([json.loads(row.cells) for row in own.values()], dtype=object)
    cells.index = pd.Index(list(own), dtype="int64", name="line_number")
    said = {plain(str(heading)): str(heading) for heading in cells.columns}
    headings = {ours: said.get(plain(heading), heading) for ours, heading in mapping.columns.items()}
    cells = cells.reindex(columns=list(dict.fromkeys(headings.values()))).astype(object)
    return gather([Sheet(cells.where(cells.notna(), None), "", FILE_NAME, "")], headings), headings


def _keep_refused(
    refused: _Refused, read: Read, own: dict[int, WaitingRow], part: slice, judged: Validated, _: pd.DataFrame
) -> None:
    """Remembers the rows still refused, as they are said now."""
    by_row = dict(list(judged.reasons.groupby("line_number")))
    for row_id, cells in zip(judged.refused, cells_of(read, part, judged.refused), strict=True):
        row = own[row_id]
        said = tuple(by_row[row_id][REASON_COLUMNS[1:]].itertuples(index=False, name=None))
        status = RejectionStatus.TO_QUALIFY if row_id in judged.to_qualify else RejectionStatus.OPEN
        kept = json.dumps(json.loads(row.cells) | json.loads(cells), ensure_ascii=False)
        refused.row_ids.add(row_id)
        refused.changed.append(replace(row, status=status, cells=kept, reasons=said))


def _ranks(under: Import) -> Counter[str]:
    """Highest rank of each identity in the store: a waiting row without reference is a fact of its own."""
    ranks: Counter[str] = Counter()
    for reference in made_references(under.made.connection, under.landlord_id, MADE):
        own, _, rank = reference.removeprefix(MADE).rpartition(":")
        ranks[own] = max(ranks[own], int(rank))
    return ranks
