"""What every command shares: one console, a store ready to use, faults told in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from lib.config import settings
from lib.errors import ObservatoryError, StoreError
from lib.ingest.batches import ImportReport
from lib.ingest.territories import ensure_reference
from lib.store.engine import open_store
from lib.store.settings import is_synthetic

IMPORTED_BY = "ligne de commande"
MAX_SHOWN_REJECTIONS = 10
console = Console()


@contextmanager
def faults_told() -> Iterator[None]:
    """Turns a fault of the user or of a file into its sentence and exit code 1, without traceback."""
    try:
        yield
    except ObservatoryError as fault:
        _stop(str(fault), fault)
    except OperationalError as fault:
        _stop("La base est occupée ou ne répond pas\u00a0: rien n’a été écrit, recommencez dans un instant.", fault)


def _stop(sentence: str, fault: Exception) -> NoReturn:
    tell_fault(sentence)
    raise typer.Exit(1) from fault


def tell_fault(sentence: str) -> None:
    """Writes a sentence on the standard error."""
    Console(stderr=True).print(sentence, style="bold", markup=False, highlight=False, soft_wrap=True)


def ready_store() -> Engine:
    """The store of this installation, with the reference of the project in it."""
    engine = real_store(settings().database_url)
    ensure_reference(engine)
    return engine


def real_store(database_url: str) -> Engine:
    """A store that is not a demonstration: real files are never mixed with invented facts.

    Raises:
        StoreError: If the store holds the demonstration.
    """
    engine = open_store(database_url)
    with engine.connect() as connection:
        if is_synthetic(connection):
            raise StoreError("Cette base est la démonstration\u00a0: indiquez une autre base dans DATABASE_URL.")
    return engine


def progress() -> Progress:
    """A bar that counts files."""
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console
    )


def show_report(report: ImportReport) -> None:
    """Accounting of one file, its notes, and its first rejections."""
    saved = report.saved
    console.print(
        f"{report.file_name} ({report.nature})\u00a0: {report.read_count} lus, {saved.new_count} ajoutés, "
        f"{saved.changed_count} modifiés, {saved.known_count} déjà connus, {report.rejected_count} rejetés.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    notes = [*report.notes, "Fichier déjà importé\u00a0: rien n’a été ajouté."] if report.is_repeat else report.notes
    for note in notes:
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    if report.rejected_count:
        _show_rejections(report)


def _show_rejections(report: ImportReport) -> None:
    table = Table("Ligne", "Colonne", "Valeur", "Motif", title="Lignes rejetées")
    for row in report.rejections.head(MAX_SHOWN_REJECTIONS).itertuples():
        table.add_row(*(escape(str(value)) for value in (row.line_number, row.column_name, row.value, row.reason)))
    console.print(table)
    hidden = len(report.rejections) - MAX_SHOWN_REJECTIONS
    if hidden > 0:
        console.print(f"  … et {hidden} autres motifs, gardés dans la base.", highlight=False)
