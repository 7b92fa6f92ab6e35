"""``faits``: registers of landlords into the store, and the rows that wait for correction."""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import pandas as pd
import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine

from lib.cli.console import IMPORTED_BY, console, faults_told, real_store
from lib.config import settings
from lib.errors import FileError
from lib.ingest.mapping import load_mapping
from lib.ingest.pipeline import ingest
from lib.ingest.reports import Report
from lib.ingest.territories import ensure_reference
from lib.store.incidents import open_rejections

app = typer.Typer(help="Registres de faits des bailleurs.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FICHIER", help="Registre du bailleur (CSV ou XLSX).")]
LandlordCode = Annotated[str, typer.Option("--bailleur", help="Code du bailleur.")]
AnyLandlord = Annotated[str | None, typer.Option("--bailleur", help="Code du bailleur (tous, s’il n’est pas dit).")]
Declaration = Annotated[Path, typer.Option("--declaration", help="Déclaration des colonnes (TOML).")]
Base = Annotated[str | None, typer.Option("--base", help="Adresse de la base (par défaut\u00a0: DATABASE_URL).")]
Output = Annotated[Path | None, typer.Option("--csv", help="Fichier où écrire les lignes, avec leurs motifs.")]
MAX_SHOWN_ROWS = 20
PLACE = ["rejet\u00a0: bailleur", "rejet\u00a0: fichier", "rejet\u00a0: ligne", "rejet\u00a0: motifs"]
PARIS = ZoneInfo("Europe/Paris")


@app.command("importer")
def import_register(file: File, landlord: LandlordCode, declaration: Declaration, base: Base = None) -> None:
    """Importe un registre : chaque ligne est acceptée, déjà connue ou rejetée avec un motif."""
    with faults_told():
        mapping = load_mapping(declaration)
        engine = _store(base)
        today = datetime.now(PARIS).date()
        with console.status(f"Import de {file.name}…"):
            report = ingest(engine, file, mapping, landlord_code=landlord, imported_by=IMPORTED_BY, today=today)
        for sentence in sentences(report):
            console.print(sentence, markup=False, highlight=False, soft_wrap=True)
        if report.batch.rejected_count:
            console.print(_reason_table(report.reasons))


@app.command("rejets")
def list_rejections(landlord: AnyLandlord = None, output: Output = None, base: Base = None) -> None:
    """Montre les lignes rejetées qui attendent une correction."""
    with faults_told():
        with _store(base).connect() as connection:
            waiting = open_rejections(connection, landlord)
        rows = rows_to_correct(waiting)
        if output is not None:
            _write(rows, output)
        console.print(f"Lignes en attente de correction\u00a0: {_number(len(rows))}.", highlight=False)
        if output is None and len(rows):
            console.print(_waiting_table(rows))


def sentences(report: Report) -> list[str]:
    """The accounting of a file, in French, the most important first."""
    batch = report.batch
    said = [
        f"{batch.file_name} ({report.detected}).",
        f"Lignes lues\u00a0: {_number(batch.read_count)} = acceptées {_number(batch.accepted_count)} "
        f"+ déjà connues {_number(batch.known_count)} + rejetées {_number(batch.rejected_count)}.",
    ]
    counted = {
        "Doublons exacts dans le fichier, comptés avec les déjà connues": report.duplicate_count,
        "Doublons exacts parmi les lignes rejetées": report.rejected_duplicate_count,
        "Lignes rejetées qui attendaient déjà une correction": report.waiting_count,
        "Lignes en attente que ce fichier résout": report.resolved_count,
        "Résidences créées à partir des points": report.new_residence_count,
    }
    said += [f"{label}\u00a0: {_number(count)}." for label, count in counted.items() if count]
    if report.ignored_headings:
        said.append(
            f"Colonnes non reprises ({len(report.ignored_headings)})\u00a0: {', '.join(report.ignored_headings)}."
        )
    if report.months:
        said.append(f"Mois couverts\u00a0: {_span(report.months)}.")
    if report.silent_months:
        empty = ", ".join(f"{month:%m/%Y}" for month in report.silent_months)
        said.append(f"À vérifier, mois sans fait, silencieux faute de période déclarée\u00a0: {empty}.")
    return said


def rows_to_correct(waiting: pd.DataFrame) -> pd.DataFrame:
    """One row per rejected row: ``PLACE``, then its cells under the headings of its file."""
    rows = [
        dict(zip(PLACE, _place(group), strict=True)) | json.loads(group["cells"].iloc[0])
        for _, group in waiting.groupby(["batch_id", "line_number"], sort=False)
    ]
    return pd.DataFrame(rows, columns=None if rows else PLACE, dtype=object)


def _place(group: pd.DataFrame) -> list[str]:
    """Landlord, file, line and all the reasons of one rejected row."""
    first = group.iloc[0]
    said = zip(group["column_name"], group["value"], group["reason"], strict=True)
    reasons = "\u00a0; ".join(_reason(*three) for three in said)
    return [first["landlord_code"], first["file_name"], str(first["line_number"]), reasons]


def _reason(column: str, value: str, reason: str) -> str:
    return f"{column} «\u00a0{value}\u00a0»\u00a0: {reason}" if value else f"{column}\u00a0: {reason}"


def _store(base: str | None) -> Engine:
    engine = real_store(base or settings().database_url)
    ensure_reference(engine)
    return engine


def inert(cell: object) -> object:
    """A cell that a spreadsheet would run as a formula is quoted; numbers keep their sign."""
    is_formula = isinstance(cell, str) and re.match(r"[=+@\t\r]|-(?![\d,. ]*$)", cell)
    return f"'{cell}" if is_formula else cell


def _write(rows: pd.DataFrame, output: Path) -> None:
    try:
        rows.map(inert).to_csv(output, sep=";", index=False, encoding="utf-8-sig")
    except OSError as error:
        raise FileError(f"Le fichier «\u00a0{output.name}\u00a0» ne peut pas être écrit à cet endroit.") from error


def _reason_table(reasons: pd.DataFrame) -> Table:
    table = Table("Colonne", "Motif", "Lignes", title="Motifs de rejet")
    for column, reason, count in reasons.itertuples(index=False, name=None):
        table.add_row(*(escape(text) for text in (str(column), str(reason), _number(count))))
    return table


def _waiting_table(rows: pd.DataFrame) -> Table:
    hidden = len(rows) - MAX_SHOWN_ROWS
    caption = f"… et {_number(hidden)} autres\u00a0: --csv les écrit toutes." if hidden > 0 else None
    table = Table("Bailleur", "Fichier", "Ligne", "Motifs", caption=caption)
    for place in rows.head(MAX_SHOWN_ROWS)[PLACE].itertuples(index=False, name=None):
        table.add_row(*(escape(str(value)) for value in place))
    return table


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _span(months: list[date]) -> str:
    first, last = months[0], months[-1]
    return f"{first:%m/%Y}" if first == last else f"de {first:%m/%Y} à {last:%m/%Y}"
