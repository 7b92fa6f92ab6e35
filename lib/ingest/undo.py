"""An import taken back whole: its facts, its updates, its waiting rows, the months it said and the places it made."""

import logging
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from lib.errors import StoreError
from lib.store import undoing
from lib.store.journal import later_batches
from lib.store.rejections import reopen
from lib.store.revisions import long_change
from lib.store.undoing import BatchLine

logger = logging.getLogger(__name__)
PARIS = ZoneInfo("Europe/Paris")
MAX_NAMED = 10


@dataclass(frozen=True)
class UndoReport:
    """What was taken back.

    Attributes:
        batch_id: The import undone; its line stays in the history.
        file_name: Name of its file.
        removed_count: Facts it had brought, removed.
        restored_count: Facts it had changed, as they were before.
        removed_row_count: Its waiting rows, removed.
        reopened_count: Rows of earlier imports it had closed or judged again, waiting as before.
        month_count: Residence-months looked at again: they say what the other imports say.
        removed_residence_count: Residences made of points, removed since nothing uses them.
    """

    batch_id: int
    file_name: str
    removed_count: int
    restored_count: int
    removed_row_count: int
    reopened_count: int
    month_count: int
    removed_residence_count: int


def undo(engine: Engine, batch_id: int, *, undone_by: str) -> UndoReport:
    """Undoes an import or a statement of months; all of it, or nothing. Its file can be imported again.

    Args:
        engine: The store.
        batch_id: The import.
        undone_by: Account or service that asks, never a person's name.

    Raises:
        StoreError: If there is no such import, if it is undone already, or if later ones, named, rest on it.
    """
    with long_change(engine, "annulation") as made:
        batch = _undoable(made.connection, batch_id)
        reopened = reopen(made, batch_id)
        restored = undoing.restore_facts(made, batch_id)
        removed = undoing.remove_facts(made, batch_id)
        rows = undoing.remove_waiting(made, batch_id)
        undoing.mark_undone(made, batch_id)
        months = undoing.restore_months(made, batch)
        residences = 0 if batch.landlord_id is None else undoing.remove_residences(made, batch.landlord_id)
    logger.info("batch %d undone by %s: %d facts removed, %d restored", batch_id, undone_by, removed, restored)
    return UndoReport(batch_id, batch.file_name, removed, restored, rows, reopened, months, residences)


def _undoable(connection: Connection, batch_id: int) -> BatchLine:
    batch = undoing.batch_line(connection, batch_id)
    if batch is None:
        raise StoreError(f"Aucun import de registre ne porte le numéro {batch_id}.")
    if batch.undone_at is not None:
        raise StoreError(f"L’import n°\u00a0{batch_id} est déjà annulé.")
    later = [undoing.batch_line(connection, later_id) for later_id in later_batches(connection, batch_id)]
    if later:
        named = [_named(line) for line in later if line is not None][:MAX_NAMED]
        first = "annulez-le d’abord" if len(later) == 1 else "annulez-les d’abord, dans cet ordre"
        more = f" et {len(later) - MAX_NAMED} autres" if len(later) > MAX_NAMED else ""
        raise StoreError(
            "Des imports plus récents ont changé des faits ou des lignes de celui-ci, ou les ont retrouvés déjà connus"
            f"\u00a0: {', '.join(named)}{more}\u00a0; {first}."
        )
    return batch


def _named(line: BatchLine) -> str:
    return f"n°\u00a0{line.batch_id} («\u00a0{line.file_name}\u00a0», {line.imported_at.astimezone(PARIS):%d/%m/%Y})"
