"""Rows that wait, judged again: under a wider declaration, or with the cells that a person corrected."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from lib.domain.vocabulary import BatchKind, RejectionStatus
from lib.errors import StoreError
from lib.ingest.accounting import MADE, MADE_REFERENCE, REPEATED, Memory
from lib.ingest.cleaning import plain
from lib.ingest.columns import REFERENCE_COLUMNS
from lib.ingest.corrections import ROW_ID
from lib.ingest.decisions import decide, decided_before
from lib.ingest.distinct import Rows, gather, is_personal
from lib.ingest.locating import Geocode
from lib.ingest.mapping import Mapping, declare
from lib.ingest.pipeline import (
    known_landlord,
    known_store,
    open_import,
    read_rows,
    report_of,
    under_mapping,
)
from lib.ingest.places import make_residences
from lib.ingest.privacy import MASKED
from lib.ingest.reading import Sheet
from lib.ingest.reports import Report, grouped
from lib.ingest.settling import Import, Tally, settle
from lib.ingest.validation import REASON_COLUMNS, WHOLE_LINE, Read, Validated
from lib.ingest.versions import of_waiting
from lib.ingest.waiting import cells_of
from lib.store.incidents import Batch, close_batch, made_references
from lib.store.journal import RESIDENCE, note, note_seen
from lib.store.rejections import WaitingRow, resolve, rewrite, waiting_by_id
from lib.store.reporting import ResidenceMonth, mark_reported
from lib.store.revisions import Change, long_change

FILE_NAME = "lignes rejouées"


class _InVainError(Exception):
    """Undoes a replay that changed nothing, or a dry run."""


@dataclass(frozen=True)
class _Chosen:
    """A row to judge as it is now; ``is_left`` where it is refused without being judged again."""

    now: WaitingRow
    is_left: bool


@dataclass(frozen=True)
class _Rules:
    """How rows are judged; ``mappings`` by the batch they come from."""

    mappings: dict[int, Mapping]
    landlord_code: str
    today: date
    geocode: Geocode | None


@dataclass
class _Judged:
    """What the rows judged became.

    Attributes:
        refused: Keys of those that still wait.
        changed: The same, as they are now.
        told: Residence-months of the facts brought.
    """

    refused: set[int] = field(default_factory=set)
    changed: list[WaitingRow] = field(default_factory=list)
    told: set[ResidenceMonth] = field(default_factory=set)


@dataclass
class _Ranks:
    """Facts without reference that the store holds, by identity: the highest rank, and whose they are."""

    highest: Counter[str] = field(default_factory=Counter)
    batches: dict[str, set[int]] = field(default_factory=dict)


def replay(  # noqa: PLR0913 - as an import
    engine: Engine,
    landlord_code: str,
    mapping: Mapping,
    *,
    imported_by: str,
    today: date,
    register_mapping_id: int | None = None,
    corrected: pd.DataFrame | None = None,
    geocode: Geocode | None = None,
    dry_run: bool = False,
) -> Report:
    """Judges the waiting rows of a landlord again; those that became facts no longer wait. All of it, or nothing.

    Each row is read under the declaration of its own batch, as ``versions.of_batch`` completes it. One that waits for
    what no column says (too many cells, a reference said twice) is judged again only when a person changed it; a
    reference said twice, only when the reference itself is another.

    Args:
        engine: The store.
        landlord_code: Whose rows.
        mapping: The newest declaration: it serves the rows of its own columns, its labels those of its own headings.
        imported_by: Account or service that asks, never a person's name.
        today: Last day a fact may bear.
        register_mapping_id: As for ``pipeline.ingest``; a declaration replayed in vain is not saved.
        corrected: ``rejected_row_id`` (column or index) and the cells of corrected rows, under the headings of their
            file; other columns are left out. Then these rows alone are judged.
        geocode: As for ``pipeline.ingest``.
        dry_run: Judges everything and keeps nothing.

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
        line = Batch(BatchKind.REPLAY, landlord_id, FILE_NAME, "", imported_by, 0, 0, 0, 0)
        line = under_mapping(made, replace(line, register_mapping_id=register_mapping_id), mapping)
        waiting = waiting_by_id(made.connection, landlord_id)
        rules = _Rules(_mappings(made, landlord_id, waiting.values()), landlord_code, today, geocode)
        rows = _chosen(waiting, corrected, rules)
        report = _replay(made, rows, replace(line, file_sha256=_digest(rows)), rules)
        is_kept = report.resolved_count > 0 or (corrected is not None and len(rows) > 0)
        report = report if is_kept and not dry_run else replace(report, batch_id=None)
        if report.batch_id is None:
            raise _InVainError
    assert report is not None
    return report


def _digest(rows: list[_Chosen]) -> str:
    return hashlib.sha256("".join(f"{row.now.rejected_row_id}{row.now.cells}" for row in rows).encode()).hexdigest()


def _mappings(made: Change, landlord_id: int, waiting: Iterable[WaitingRow]) -> dict[int, Mapping]:
    """The declaration of each batch that has waiting rows."""
    found = of_waiting(made.connection, landlord_id, (row.batch_id for row in waiting))
    return {batch_id: declare(declaration) for batch_id, declaration in found.items()}


def _replay(made: Change, rows: list[_Chosen], line: Batch, rules: _Rules) -> Report:
    under = open_import(made, line)
    tally, ranks, judged = Tally(), _ranks(under), _Judged()
    before = Counter(ranks.highest)
    _leave(tally, judged, [row for row in rows if row.is_left])
    for batch_id in dict.fromkeys(row.now.batch_id for row in rows):
        own = {row.now.rejected_row_id: row.now for row in rows if row.now.batch_id == batch_id and not row.is_left}
        if own:
            read = _read(under, own, rules)
            settle(under, read, tally, Memory(ranks=ranks.highest), partial(_take, judged, read, own))
    brought = [row.now.rejected_row_id for row in rows if row.now.rejected_row_id not in judged.refused]
    resolve(made, under.batch_id, brought)
    rewrite(made, under.batch_id, judged.changed)
    mark_reported(made, under.landlord_id, judged.told, batch_id=under.batch_id)
    ranked = [own for own, rank in ranks.highest.items() if rank != before[own]]
    note_seen(made, under.batch_id, tally.seen.union(*(ranks.batches.get(own, set()) for own in ranked)))
    report = report_of(under, tally.counted(line), tally, months=[], resolved_count=len(brought))
    close_batch(made, under.batch_id, report.batch)
    return replace(report, waiting_count=tally.rejected + tally.to_qualify, silent_months=[])


def _chosen(waiting: dict[int, WaitingRow], corrected: pd.DataFrame | None, rules: _Rules) -> list[_Chosen]:
    """The rows to judge, corrected."""
    if corrected is None:
        rows = [row for row in waiting.values() if all(column != WHOLE_LINE for column, _, _ in row.reasons)]
        return [_Chosen(row, is_left=False) for row in rows]
    frame = corrected.reset_index() if ROW_ID not in corrected else corrected
    cells = frame.drop(columns=ROW_ID).astype(object)
    ids = [int(str(text)) for text in frame[ROW_ID]]
    absent = sorted(set(ids) - set(waiting))
    if absent:
        said = ", ".join(map(str, absent[:10]))
        raise StoreError(f"Ces lignes n’attendent plus de correction\u00a0: {said}. Retirez-les, puis recommencez.")
    typed = zip(ids, cells.where(cells.notna(), "").to_dict("records"), strict=True)
    return [_typed(waiting[row_id], texts, rules) for row_id, texts in sorted(dict(typed).items())]


def _typed(row: WaitingRow, texts: dict[Any, Any], rules: _Rules) -> _Chosen:
    """A row with what a person typed; left as it is where that is no answer to what is said of the whole line."""
    columns = rules.mappings[row.batch_id].columns
    now = _corrected(row, texts, {plain(heading): ours for ours, heading in columns.items()})
    whole = {reason for column, _, reason in row.reasons if column == WHOLE_LINE}
    before, after = ({plain(name): text for name, text in json.loads(one.cells).items()} for one in (row, now))
    reference = plain(columns.get("external_reference", ""))
    is_repeated = REPEATED in whole and before.get(reference) == after.get(reference)
    is_left = bool(whole) and (before == after or is_repeated)
    return _Chosen(row if is_left else now, is_left)


def _leave(tally: Tally, judged: _Judged, rows: list[_Chosen]) -> None:
    """Counts rows that are not judged again, for the reasons they had."""
    tally.rejected += len(rows)
    judged.refused |= {row.now.rejected_row_id for row in rows}
    said = [(row.now.rejected_row_id, *three) for row in rows for three in row.now.reasons]
    if said:
        tally.reasons.append(grouped(pd.DataFrame(said, columns=REASON_COLUMNS)))


def _corrected(row: WaitingRow, typed: dict[Any, Any], ours: dict[str, str]) -> WaitingRow:
    """The row with what a person typed under headings it has; a cell emptied is blank, a person's data is masked.

    Args:
        row: As it waits.
        typed: Cells by heading.
        ours: Column of ours by plain heading: a cell that no column reads any more is stored too.
    """
    cells = json.loads(row.cells)
    said = {plain(str(heading)): str(text).strip() for heading, text in typed.items()}
    names = {heading: plain(heading) for heading in cells if plain(heading) in said}
    now = {heading: _kept(said[name], ours.get(name)) for heading, name in names.items()}
    return replace(row, cells=json.dumps(cells | now, ensure_ascii=False))


def _kept(text: str, name: str | None) -> str | None:
    return MASKED if is_personal(text, name, is_own=name in REFERENCE_COLUMNS) else text or None


def _read(under: Import, own: dict[int, WaitingRow], rules: _Rules) -> Read:
    """Waiting rows of one batch, read as its file was."""
    batch_id = next(iter(own.values())).batch_id
    made, mapping = under.made, rules.mappings[batch_id]
    rows, headings = _gathered(own, mapping)
    decisions = decided_before(made.connection, batch_id, decide(rows, mapping, rules.today), mapping)
    places = make_residences(made, rows, mapping, rules.landlord_code, decisions.coordinates)
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
    return gather([Sheet(cells.where(cells.notna(), None), "", FILE_NAME, "")], headings, is_judged=True), headings


def _take(
    taken: _Judged, read: Read, own: dict[int, WaitingRow], part: slice, judged: Validated, brought: pd.DataFrame
) -> None:
    """Remembers the rows still refused, as they are said now, and where and when the facts of the others were."""
    days = zip(brought["residence_id"], brought["occurred_on"], strict=True)
    taken.told |= {(int(residence_id), day.replace(day=1)) for residence_id, day in days}
    by_row = dict(list(judged.reasons.groupby("line_number")))
    for row_id, cells in zip(judged.refused, cells_of(read, part, judged.refused), strict=True):
        row = own[row_id]
        said = tuple(by_row[row_id][REASON_COLUMNS[1:]].itertuples(index=False, name=None))
        status = RejectionStatus.TO_QUALIFY if row_id in judged.to_qualify else RejectionStatus.OPEN
        kept = json.dumps(json.loads(row.cells) | json.loads(cells), ensure_ascii=False)
        taken.refused.add(row_id)
        taken.changed.append(replace(row, status=status, cells=kept, reasons=said))


def _ranks(under: Import) -> _Ranks:
    """A waiting row without reference is a fact of its own: it ranks after those alike."""
    ranks = _Ranks()
    for reference, batch_id in made_references(under.made.connection, under.landlord_id, MADE):
        found = MADE_REFERENCE.fullmatch(reference)
        if found:
            ranks.highest[found[1]] = max(ranks.highest[found[1]], int(found[2]))
            ranks.batches.setdefault(found[1], set()).add(batch_id)
    return ranks
