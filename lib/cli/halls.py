"""``halls``: the monthly register of halls into the store."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lib.cli.console import console, faults_told, ready_store
from lib.ingest.dates import CIVIL_TIME
from lib.ingest.halls import import_halls

app = typer.Typer()
File = Annotated[
    Path,
    typer.Argument(
        metavar="FICHIER", help="Tableau (CSV, classeur)\u00a0: bailleur, residence, batiment, hall, mois, etat."
    ),
]


@app.command("halls")
def import_file(file: File) -> None:
    """Importe un registre mensuel des halls (libre, occasionnelle, quotidienne) : toutes les lignes, ou aucune."""
    with faults_told():
        saved = import_halls(ready_store(), file, today=datetime.now(CIVIL_TIME).date())
        console.print(
            f"{file.name}\u00a0: {sum(saved)} lus, {saved.new_count} ajoutés, {saved.changed_count} modifiés, "
            f"{saved.known_count} déjà connus.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
