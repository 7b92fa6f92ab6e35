"""What became of a register: counts, reasons and remarks."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from lib.store.incidents import Batch


@dataclass(frozen=True)
class Report:
    """What became of a file; ``accepted + known + rejected`` is ``read``.

    Attributes:
        batch: Its line in the history, with the counts.
        detected: What was recognised of the file, in French.
        duplicate_count: Known rows identical in all cells to an earlier row of the same file.
        rejected_duplicate_count: Rejected rows identical in all cells to an earlier row of the same file.
        waiting_count: Rejected rows that already waited for correction, and were not stored twice.
        resolved_count: Rows that waited and that this file brings, corrected or now understood.
        new_residence_count: Residences made from points.
        months: First days of the months for which the landlord is held to have reported.
        silent_months: Months between the first and the last fact for which nothing was said.
        ignored_headings: Columns of the file that were left out.
        reasons: ``column_name, reason, row_count``, most frequent first; a row may have several reasons.
    """

    batch: Batch
    detected: str
    duplicate_count: int
    rejected_duplicate_count: int
    waiting_count: int
    resolved_count: int
    new_residence_count: int
    months: list[date]
    silent_months: list[date]
    ignored_headings: list[str]
    reasons: pd.DataFrame


def grouped(reasons: pd.DataFrame) -> pd.DataFrame:
    """Reasons counted: ``column_name, reason, row_count``, most frequent first."""
    counts = reasons.groupby(["column_name", "reason"], as_index=False).agg(row_count=("line_number", "nunique"))
    return counts.sort_values(["row_count", "column_name", "reason"], ascending=[False, True, True], ignore_index=True)
