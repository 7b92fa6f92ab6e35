"""``territoires``: official layers, tables and statistics into the store."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lib.cli.console import IMPORTED_BY, console, faults_told, progress, ready_store, show_report
from lib.ingest.batches import ImportReport
from lib.ingest.official.natures import Nature
from lib.ingest.territories import import_territory, load_reference

app = typer.Typer(help="Territoires et statistiques officielles.", no_args_is_help=True)
Files = Annotated[list[Path], typer.Argument(metavar="FICHIER…", help="Couches, tableaux ou classeurs officiels.")]
Told = Annotated[
    Nature | None,
    typer.Option("--nature", help="Nature des fichiers, reconnue à leurs colonnes si elle n’est pas dite."),
]
ValidFrom = Annotated[
    datetime | None,
    typer.Option("--valable-depuis", formats=["%Y-%m-%d"], help="Jour d’effet d’un tableau de compétence."),
]


@app.command("importer")
def import_files(files: Files, nature: Told = None, valid_from: ValidFrom = None) -> None:
    """Importe des fichiers officiels : QPV (contours, chiffres), compétence, communes, bases du SSMSI, état 4001."""
    with faults_told():
        engine = ready_store()
        day = valid_from.date() if valid_from else None
        reports: list[ImportReport] = []
        try:
            with progress() as bar:
                task = bar.add_task("Import", total=len(files))
                for path in files:
                    bar.update(task, description=path.name)
                    read = import_territory(engine, path, nature=nature, valid_from=day, imported_by=IMPORTED_BY)
                    reports.append(read)
                    bar.advance(task)
        finally:  # a file that is refused takes nothing away from those imported before it
            for report in reports:
                show_report(report)


@app.command("referentiel")
def reload_reference() -> None:
    """Recharge les communes, les services et la nomenclature livrés avec l’observatoire."""
    with faults_told():
        load_reference(ready_store())
        console.print("Référentiel chargé.")
