"""``faits``: registers of landlords into the store, the rows that wait, the history of imports."""

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
from lib.cli.proposals import proposal_text
from lib.cli.reports import accounting, number, show, write_rows
from lib.cli.watching import Watched, watch
from lib.config import settings
from lib.errors import MappingError, StoreError
from lib.ingest.corrections import IDENTIFIER, PLACE, rows_sent_back, rows_to_correct
from lib.ingest.geocoding import geocoder
from lib.ingest.mapping import Mapping, declare, load_mapping
from lib.ingest.pipeline import ingest
from lib.ingest.replay import replay
from lib.ingest.territories import ensure_reference
from lib.ingest.understanding import declared_for
from lib.ingest.undo import undo
from lib.store.housing import landlord_ids
from lib.store.incidents import batches
from lib.store.mappings import mapping_versions
from lib.store.rejections import waiting_rows

app = typer.Typer(help="Registres de faits des bailleurs.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FICHIER", help="Registre du bailleur (CSV, XLSX, XLS, ODS, Parquet…).")]
LandlordCode = Annotated[str, typer.Option("--bailleur", help="Code du bailleur.")]
AnyLandlord = Annotated[str | None, typer.Option("--bailleur", help="Code du bailleur (tous, s’il n’est pas dit).")]
Declaration = Annotated[
    Path | None,
    typer.Option("--declaration", help="Déclaration des colonnes (TOML)\u00a0; sinon la dernière confirmée."),
]
Base = Annotated[str | None, typer.Option("--base", help="Adresse de la base (par défaut\u00a0: DATABASE_URL).")]
Output = Annotated[Path | None, typer.Option("--csv", help="Fichier où écrire les lignes, avec leurs motifs.")]
Trial = Annotated[bool, typer.Option("--essai", help="Compte tout et n’enregistre rien.")]
Corrections = Annotated[
    Path | None, typer.Option("--corrections", help="Fichier de «\u00a0rejets --csv\u00a0», corrigé.")
]
Rest = Annotated[float, typer.Option("--repos", help="Secondes sans changement avant de prendre un fichier.")]
MAX_SHOWN_ROWS = 20
MAX_BATCH_ID = 2**31 - 1  # a PostgreSQL integer
PARIS = ZoneInfo("Europe/Paris")


@app.command("importer")
def import_register(
    file: File, landlord: LandlordCode, declaration: Declaration = None, trial: Trial = False, base: Base = None
) -> None:
    """Importe un registre : acceptées + déjà connues + mises à jour + à qualifier + rejetées = lues."""
    with faults_told():
        engine = _store(base)
        mapping, mapping_id = _mapping(engine, landlord, declaration, file)
        with console.status(f"Import de {file.name}…"):
            report = ingest(
                engine,
                file,
                mapping,
                landlord_code=landlord,
                imported_by=IMPORTED_BY,
                today=_today(),
                register_mapping_id=mapping_id,
                dry_run=trial,
                geocode=geocoder(settings().geocoder),
            )
        show(report)
        if report.batch_id is not None:
            console.print(f"Import n°\u00a0{report.batch_id}.", highlight=False)


@app.command("proposer")
def propose(file: File) -> None:
    """Écrit une déclaration proposée pour un registre, à relire, compléter et confirmer à l’import."""
    with faults_told():
        console.print(proposal_text(file), markup=False, emoji=False, highlight=False, soft_wrap=True)


@app.command("rejets")
def list_rejections(landlord: AnyLandlord = None, output: Output = None, base: Base = None) -> None:
    """Montre les lignes rejetées et à qualifier qui attendent."""
    with faults_told():
        with _store(base).connect() as connection:
            waiting = waiting_rows(connection, landlord)
        rows = rows_to_correct(waiting)
        if output is not None:
            write_rows(rows.rename_axis(IDENTIFIER).reset_index(), output)
        to_qualify = int((waiting["status"] == "to_qualify").sum())
        said = f"Lignes en attente\u00a0: {number(len(rows))}, dont à qualifier {number(to_qualify)}."
        console.print(said, highlight=False)
        if output is None and len(rows):
            console.print(_waiting_table(rows))


@app.command("rejouer")
def replay_rows(
    landlord: LandlordCode, corrections: Corrections = None, declaration: Declaration = None, base: Base = None
) -> None:
    """Juge de nouveau les lignes en attente, avec la dernière déclaration ou des lignes corrigées."""
    with faults_told():
        engine, geocode = _store(base), geocoder(settings().geocoder)
        corrected = None if corrections is None else rows_sent_back(corrections)
        mapping, mapping_id = _mapping(engine, landlord, declaration)
        report = replay(
            engine,
            landlord,
            mapping,
            imported_by=IMPORTED_BY,
            today=_today(),
            register_mapping_id=mapping_id,
            corrected=corrected,
            geocode=geocode,
        )
        show(report)


@app.command("annuler")
def undo_import(batch: Annotated[int, typer.Argument(metavar="NUMERO")], base: Base = None) -> None:
    """Annule un import entier : ses faits, ses mises à jour, ses lignes en attente et les mois qu’il a dits."""
    with faults_told():
        if not 0 < batch <= MAX_BATCH_ID:
            raise StoreError(f"Aucun import de registre ne porte le numéro {batch}.")
        report = undo(_store(base), batch, undone_by=IMPORTED_BY)
        console.print(
            f"Import n°\u00a0{batch} ({report.file_name}) annulé\u00a0: faits retirés {number(report.removed_count)}, "
            f"remis en l’état {number(report.restored_count)}, "
            f"lignes en attente retirées {number(report.removed_row_count)}, "
            f"rouvertes {number(report.reopened_count)}, résidences retirées {number(report.removed_residence_count)}.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


@app.command("historique")
def history(base: Base = None) -> None:
    """Montre les imports, le plus récent d’abord."""
    with faults_told():
        with _store(base).connect() as connection:
            rows = batches(connection).head(MAX_SHOWN_ROWS)
        for row in rows.itertuples():
            day = f"{row.imported_at:%d/%m/%Y}"
            said = f"n°\u00a0{row.batch_id}, {day}, {row.landlord_code or 'tous'}, {row.file_name}"
            undone = " Annulé." if pd.notna(row.undone_at) else ""
            console.print(f"{said}\u00a0: {accounting(row)}.{undone}", markup=False, highlight=False, soft_wrap=True)
        if rows.empty:
            console.print("Aucun import.")


@app.command("surveiller")
def watch_folder(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Un sous-dossier par code de bailleur.")],
    rest_s: Rest = 60,
    base: Base = None,
) -> None:
    """Importe les fichiers déposés, une fois : traités ou refusés, ils sont rangés à côté de leur compte rendu."""
    passed: list[Watched] = []
    with faults_told():
        engine, geocode = _store(base), geocoder(settings().geocoder)
        for one in watch(engine, folder, today=_today(), rest_s=rest_s, geocode=geocode):
            passed.append(one)
            console.print(f"{one.name}\u00a0: {one.became}.", markup=False, highlight=False, soft_wrap=True)
            for sentence in one.sentences:
                console.print(f"  {sentence}", markup=False, highlight=False, soft_wrap=True)
    if not passed:
        console.print("Aucun fichier à importer.")
    if any(one.is_fault for one in passed):
        raise typer.Exit(1)


def _mapping(
    engine: Engine, landlord_code: str, declaration: Path | None, file: Path | None = None
) -> tuple[Mapping, int | None]:
    """The declaration given, which the import saves, or the last of this landlord that fits the file, with its key."""
    if declaration is not None:
        if declaration.exists() and not declaration.is_file():  # a pipe would be waited for
            raise MappingError(f"La déclaration «\u00a0{declaration.name}\u00a0» n’est pas un fichier ordinaire.")
        return load_mapping(declaration), None
    with engine.connect() as connection:
        landlord_id = landlord_ids(connection).get(landlord_code)
        versions = [] if landlord_id is None else mapping_versions(connection, landlord_id)
    saved = next(iter(versions), None) if file is None else declared_for(file, versions)
    if saved is None:
        raise StoreError("Aucune déclaration n’est enregistrée pour ce bailleur\u00a0: donnez-la avec --declaration.")
    return declare(saved.declaration), saved.register_mapping_id


def _store(base: str | None) -> Engine:
    engine = real_store(base or settings().database_url)
    ensure_reference(engine)
    return engine


def _today() -> date:
    return datetime.now(PARIS).date()


def _waiting_table(rows: pd.DataFrame) -> Table:
    hidden = len(rows) - MAX_SHOWN_ROWS
    caption = f"… et {number(hidden)} autres\u00a0: --csv les écrit toutes." if hidden > 0 else None
    table = Table("Motifs", "Fichier", "Ligne", caption=caption)
    for place in rows.head(MAX_SHOWN_ROWS)[PLACE].itertuples(index=False, name=None):
        table.add_row(*(escape(str(value)) for value in place))
    return table
