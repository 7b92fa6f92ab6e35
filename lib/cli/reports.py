"""What became of a register, in French: sentences and tables of the command line."""

from pathlib import Path
from typing import Any

import pandas as pd
from rich.markup import escape
from rich.table import Table

from lib.cli.console import console
from lib.domain.labels import month_ranges
from lib.domain.spreadsheet import inert_csv
from lib.errors import FileError
from lib.ingest.reports import Report


def show(report: Report) -> None:
    """The accounting of a register, then the reasons of the rows that wait."""
    for sentence in sentences(report):
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    if len(report.reasons):
        console.print(_reason_table(report.reasons))


def sentences(report: Report) -> list[str]:
    """The accounting of a file, in French, the most important first."""
    batch = report.batch
    said = [f"{batch.file_name} ({report.detected})." if report.detected else f"{batch.file_name}."]
    said.append(f"Lignes lues\u00a0: {accounting(batch)}.")
    counted = {
        "Doublons exacts dans le fichier, comptés avec les déjà connues": report.duplicate_count,
        "Doublons exacts parmi les lignes rejetées ou à qualifier": report.rejected_duplicate_count,
        "Lignes rejetées ou à qualifier qui attendaient déjà": report.waiting_count,
        "Lignes en attente résolues": report.resolved_count,
        "Résidences créées à partir des points": report.new_residence_count,
    }
    said += [f"{label}\u00a0: {number(count)}." for label, count in counted.items() if count]
    said += report.decisions
    if report.ignored_headings:
        names = ", ".join(report.ignored_headings)
        said.append(f"Colonnes non reprises ({len(report.ignored_headings)})\u00a0: {names}.")
    if report.months:
        said.append(f"Mois couverts\u00a0: {month_ranges(report.months)}.")
    if report.silent_months:
        empty = month_ranges(report.silent_months)
        said.append(f"À vérifier, mois sans fait, silencieux faute de période déclarée\u00a0: {empty}.")
    return said


def accounting(batch: Any) -> str:
    """«4 = acceptées 2 + déjà connues 0 + …», of a batch or of its line in the history."""
    parts = {
        "acceptées": batch.accepted_count,
        "déjà connues": batch.known_count,
        "mises à jour": batch.updated_count,
        "à qualifier": batch.to_qualify_count,
        "rejetées": batch.rejected_count,
    }
    return f"{number(batch.read_count)} = " + " + ".join(f"{label} {number(count)}" for label, count in parts.items())


def reason_lines(report: Report) -> list[str]:
    """The reasons of the rows that wait, one line each, for a report in a file."""
    rows = report.reasons.itertuples(index=False, name=None)
    return [f"- {column}\u00a0: {reason} ({number(count)})" for column, reason, count in rows]


def number(count: int) -> str:
    """A count, thousands apart."""
    return f"{count:,}".replace(",", "\u202f")


def write_rows(rows: pd.DataFrame, output: Path) -> None:
    """Rows as a CSV that a spreadsheet opens.

    Raises:
        FileError: If it cannot be written there.
    """
    try:
        output.write_bytes(inert_csv(rows))
    except OSError as error:
        raise FileError(f"Le fichier «\u00a0{output.name}\u00a0» ne peut pas être écrit à cet endroit.") from error


def _reason_table(reasons: pd.DataFrame) -> Table:
    table = Table("Colonne", "Motif", "Lignes", title="Motifs")
    for column, reason, count in reasons.itertuples(index=False, name=None):
        table.add_row(*(escape(text) for text in (str(column), str(reason), number(count))))
    return table
