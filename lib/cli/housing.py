"""``residences``: the housing stock of a landlord into the store."""

from pathlib import Path
from typing import Annotated

import typer

from lib.cli.console import IMPORTED_BY, faults_told, progress, ready_store, show_report
from lib.ingest.housing import HousingNature, import_residences

app = typer.Typer(help="Résidences des bailleurs.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FICHIER", help="Points RPLS, ou liste du bailleur (CSV, classeur).")]
LandlordCode = Annotated[str, typer.Option("--bailleur", help="Code du bailleur.")]
LandlordName = Annotated[str | None, typer.Option("--nom", help="Nom du bailleur, s’il n’est pas encore dans la base.")]
Told = Annotated[
    HousingNature | None,
    typer.Option("--nature", help="Nature du fichier, reconnue à ses colonnes si elle n’est pas dite."),
]


@app.callback()
def residences() -> None:
    """Résidences des bailleurs."""


@app.command("importer")
def import_file(file: File, landlord: LandlordCode, name: LandlordName = None, nature: Told = None) -> None:
    """Importe les résidences d’un bailleur : chacune est située, ou rejetée avec un motif."""
    with faults_told(), progress() as bar:
        task = bar.add_task(file.name, total=1)
        report = import_residences(
            ready_store(), file, landlord_code=landlord, landlord_name=name, nature=nature, imported_by=IMPORTED_BY
        )
        bar.advance(task)
        show_report(report)
