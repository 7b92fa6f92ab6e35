"""Rows judged, told apart and written, part by part: what an import and a replay have in common."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from lib.ingest.accounting import MADE, REPEATED, Compared, Memory, compare, sort_known, told_columns
from lib.ingest.reports import by_frequency, grouped
from lib.ingest.validation import Read, Validated, judge, reject_lines, without_lines
from lib.store import incidents as facts
from lib.store.incidents import CONTENT, Batch
from lib.store.journal import FACT, changers
from lib.store.revisions import Change

PART_ROWS = 50_000
PREVIEW_ROWS = 10
Recall = Callable[[slice, Collection[int]], set[int]]


@dataclass
class Tally:
    """What became of the rows so far.

    Attributes:
        days: Distinct days of the facts, whether new, known or changed.
        seen: Batches that brought, or changed last, facts found known.
        reasons: Counts by column and reason, part by part.
        preview: First facts written.
    """

    accepted: int = 0
    known: int = 0
    updated: int = 0
    to_qualify: int = 0
    rejected: int = 0
    duplicates: int = 0
    rejected_duplicates: int = 0
    days: set[date] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    reasons: list[pd.DataFrame] = field(default_factory=list)
    preview: list[pd.DataFrame] = field(default_factory=list)

    @property
    def reason_counts(self) -> pd.DataFrame:
        """See ``reports.by_frequency``."""
        none = pd.DataFrame(columns=["column_name", "reason", "row_count"])
        return by_frequency(pd.concat(self.reasons)) if self.reasons else none

    @property
    def shown(self) -> pd.DataFrame:
        """The first facts written; see ``reports.Report``."""
        rows = [frame for frame in self.preview if len(frame)]
        return pd.concat(rows, ignore_index=True).head(PREVIEW_ROWS) if rows else pd.DataFrame()

    def counted(self, batch: Batch) -> Batch:
        """The line of the history with these counts."""
        return replace(
            batch,
            read_count=self.accepted + self.known + self.updated + self.to_qualify + self.rejected,
            accepted_count=self.accepted,
            known_count=self.known,
            updated_count=self.updated,
            to_qualify_count=self.to_qualify,
            rejected_count=self.rejected,
        )


@dataclass(frozen=True)
class Import:
    """The transaction in which rows are written, for whom, and what the store held."""

    made: Change
    batch_id: int
    landlord_id: int
    has_facts: bool


def _none(_part: slice, _lines: Collection[int]) -> set[int]:
    return set()


def settle(  # noqa: PLR0913 - an import and a replay differ by the last three
    under: Import,
    read: Read,
    tally: Tally,
    memory: Memory,
    then: Callable[[slice, Validated, pd.DataFrame], None],
    *,
    known_refused: Recall = _none,
    known_new: Recall = _none,
) -> None:
    """Judges and writes all the rows of a register, part by part.

    Args:
        under: Where they are written.
        read: The rows.
        tally: Counts, completed.
        memory: What the file said so far, completed.
        then: Told of each part: its place, its judgement (rows of repeated references among the rejected), and the
            sound facts of distinct references, with these, whether new, known or changed.
        known_refused: Among refused lines of a part, those that were kept before and became facts since: known.
        known_new: The same, among the lines of facts without reference that the store does not hold.
    """
    names = {residence_id: reference for reference, residence_id in read.known.residences.items()}
    for start in range(0, len(read.rows), PART_ROWS):
        part = slice(start, start + PART_ROWS)
        judged = judge(read, part)
        is_duplicate = pd.Series(read.rows.is_duplicate[part], index=read.rows.lines[part])
        found = sort_known(judged.accepted, is_duplicate.loc[judged.accepted.index].to_numpy(bool), memory, names)
        judged = reject_lines(judged, {int(str(line)): (text, REPEATED) for line, text in found.repeated.items()})
        known = known_refused(part, judged.refused)
        judged = without_lines(judged, known)
        tally.known += len(known)
        _write(under, read, found.first, tally, partial(known_new, part))
        tally.known += found.known_count
        _count(tally, judged, is_duplicate)
        then(part, judged, found.first)


def _write(
    under: Import, read: Read, first: pd.DataFrame, tally: Tally, known_new: Callable[[Collection[int]], set[int]]
) -> None:
    """New facts and changed ones into the store."""
    references = first["external_reference"].tolist() if under.has_facts else []
    stored = facts.stored_facts(under.made.connection, under.landlord_id, references)
    found = compare(first, stored, told_columns(read.rules), read.known.severities)
    told_before = known_new(found.new.index[found.new["external_reference"].str.startswith(MADE)])
    new = found.new.drop(index=list(told_before))
    facts.save_incidents(under.made, under.batch_id, new.assign(landlord_id=under.landlord_id))
    facts.update_incidents(under.made, under.batch_id, found.before, found.after)
    tally.accepted += len(new)
    tally.updated += len(found.before)
    tally.known += found.known_count + len(told_before)
    tally.days |= set(first["occurred_on"])
    _see(under, tally, stored, found)
    if sum(map(len, tally.preview)) < PREVIEW_ROWS:
        tally.preview.append(_shown(new, read))


def _see(under: Import, tally: Tally, stored: Mapping[str, dict[str, Any]], found: Compared) -> None:
    """Remembers whose are the facts found known: their import cannot be undone before this one."""
    changed = {row["incident_id"] for row in found.before}
    known = {row["incident_id"]: row["batch_id"] for row in stored.values() if row["incident_id"] not in changed}
    tally.seen |= set(known.values()) | changers(under.made.connection, FACT, known)


def _shown(new: pd.DataFrame, read: Read) -> pd.DataFrame:
    names = {residence_id: reference for reference, residence_id in read.known.residences.items()}
    rows = new.head(PREVIEW_ROWS)
    shown = rows[["external_reference", *(name for name in CONTENT if name != "residence_id")]]
    places = rows["residence_id"].map(names)
    return shown.assign(residence_reference=places).reset_index()


def _count(tally: Tally, judged: Validated, is_duplicate: pd.Series) -> None:
    refused = judged.refused
    tally.to_qualify += len(judged.to_qualify)
    tally.rejected += len(refused) - len(judged.to_qualify)
    tally.duplicates += int(is_duplicate.loc[judged.accepted.index].sum())
    tally.rejected_duplicates += int(is_duplicate.loc[refused].sum())
    if len(judged.reasons):
        tally.reasons.append(grouped(judged.reasons))
