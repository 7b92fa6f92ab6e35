"""What became of a register: counts, reasons and remarks."""

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from lib.store.incidents import Batch


@dataclass(frozen=True)
class Report:
    """What became of a file; accepted + known + updated + to qualify + rejected is read.

    Attributes:
        batch: Its line in the history, with the counts.
        batch_id: Number of that line; None where nothing was kept (dry run, or rows replayed in vain).
        detected: What was recognised of the file, in French.
        decisions: What was decided on the values of the columns (dates, coordinates), one French sentence each.
        duplicate_count: Known rows identical in all cells to an earlier row of the same file.
        rejected_duplicate_count: Rejected rows, or rows to qualify, identical to an earlier row of the same file.
        waiting_count: Rows rejected or to qualify that already waited, and were not stored twice.
        resolved_count: Rows that waited and that this file brings, corrected or now understood.
        new_residence_count: Residences made from points.
        months: First days of the months for which the landlord is held to have reported; none for a replay. See
            ``month_ranges``.
        silent_months: Months between the first and the last fact for which nothing was said.
        ignored_headings: Columns of the file that were left out.
        reasons: ``column_name, reason, row_count``, most frequent first; a row may have several reasons.
        preview: First facts as they are stored, new or changed: ``line_number``, ``residence_reference`` and the
            columns of a fact.
    """

    batch: Batch
    batch_id: int | None
    duplicate_count: int
    rejected_duplicate_count: int
    resolved_count: int
    months: list[date]
    silent_months: list[date]
    reasons: pd.DataFrame
    preview: pd.DataFrame
    detected: str = ""
    decisions: list[str] = field(default_factory=list)
    waiting_count: int = 0
    new_residence_count: int = 0
    ignored_headings: list[str] = field(default_factory=list)


def grouped(reasons: pd.DataFrame) -> pd.DataFrame:
    """Reasons counted: ``column_name, reason, row_count``, most frequent first."""
    counts = reasons.groupby(["column_name", "reason"], as_index=False).agg(row_count=("line_number", "nunique"))
    return by_frequency(counts)


def by_frequency(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts of parts of a file, ``column_name, reason, row_count``, added up, most frequent first."""
    total = counts.groupby(["column_name", "reason"], as_index=False)["row_count"].sum()
    return total.sort_values(["row_count", "column_name", "reason"], ascending=[False, True, True], ignore_index=True)
