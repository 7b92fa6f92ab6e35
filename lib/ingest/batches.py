"""What a file of territories or residences became, and its line in the history of the store."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, exists, select

from lib.domain.vocabulary import BatchKind
from lib.store.incidents import Batch, save_batch
from lib.store.rejections import save_rejections
from lib.store.revisions import Change
from lib.store.rows import Saved
from lib.store.schema import IngestBatch

REJECTION_COLUMNS = ["line_number", "column_name", "value", "reason"]


class NothingNewError(Exception):
    """Undoes a transaction that would add nothing: the file was already imported."""


@dataclass(frozen=True)
class ImportReport:
    """Accounting of one file: ``accepted + known + rejected = read``.

    Attributes:
        file_name: Name without folder.
        nature: What the file is, in the word of the command line.
        read_count: Objects in the file (communes, neighbourhoods, residences, rows of a statistic).
        saved: What became of those that were not rejected.
        rejections: ``line_number, column_name, value, reason`` (French); a line may have several.
        cells: JSON text of the mapped cells of each rejected line, by line number.
        notes: French sentences about the file.
        is_repeat: The same file was already imported and changed nothing.
    """

    file_name: str
    nature: str
    read_count: int
    saved: Saved
    rejections: pd.DataFrame
    cells: pd.Series
    notes: list[str] = field(default_factory=list)
    is_repeat: bool = False

    @property
    def rejected_count(self) -> int:
        """Lines with at least one reason."""
        return int(self.rejections["line_number"].nunique())


def no_rejection() -> pd.DataFrame:
    """An empty frame of rejections."""
    return pd.DataFrame(columns=REJECTION_COLUMNS)


def cells_of(rejections: pd.DataFrame) -> pd.Series:
    """Cells to keep where the rejected value is all there is to correct."""
    lines = rejections.drop_duplicates("line_number")
    texts = [
        json.dumps({column: value}, ensure_ascii=False)
        for column, value in zip(lines["column_name"], lines["value"], strict=True)
    ]
    return pd.Series(texts, index=lines["line_number"].to_numpy(), dtype=object)


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record(change: Change, report: ImportReport, batch: Batch) -> None:
    """Writes the line of the file and its rejected rows.

    Raises:
        NothingNewError: If the same file is already in the history and this time wrote nothing.
    """
    if not report.saved.written_count and was_imported(change.connection, batch):
        raise NothingNewError
    batch_id = save_batch(change, batch)
    save_rejections(change, batch_id, report.cells, report.rejections)


def batch_of(report: ImportReport, kind: BatchKind, *, digest: str, imported_by: str, landlord_id: int | None) -> Batch:
    """The line a file leaves in the history."""
    return Batch(
        kind=kind,
        landlord_id=landlord_id,
        file_name=report.file_name,
        file_sha256=digest,
        imported_by=imported_by,
        read_count=report.read_count,
        accepted_count=report.saved.written_count,
        known_count=report.saved.known_count,
        rejected_count=report.rejected_count,
    )


def was_imported(connection: Connection, batch: Batch) -> bool:
    """Whether a file of this kind and this landlord, with these bytes, is in the history."""
    same = exists().where(
        IngestBatch.file_sha256 == batch.file_sha256,
        IngestBatch.kind == batch.kind,
        IngestBatch.landlord_id == batch.landlord_id if batch.landlord_id else IngestBatch.landlord_id.is_(None),
    )
    return bool(connection.scalar(select(same)))
