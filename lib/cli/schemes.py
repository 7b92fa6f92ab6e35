"""``dispositifs``: what partners set up in a place, into the store."""

from pathlib import Path
from typing import Annotated

import typer

from lib.cli.console import console, faults_told, ready_store
from lib.ingest.schemes import import_schemes

app = typer.Typer()
File = Annotated[
    Path,
    typer.Argument(
        metavar="FICHIER",
        help="Tableau (CSV, classeur)\u00a0: libelle, nature, debut, fin, qpv, bailleur, circonscription, departement.",
    ),
]


@app.command("dispositifs")
def import_file(file: File) -> None:
    """Importe des dispositifs (correspondants de nuit, médiation…) : toutes les lignes, ou aucune."""
    with faults_told():
        saved = import_schemes(ready_store(), file)
        console.print(
            f"{file.name}\u00a0: {sum(saved)} lus, {saved.new_count} ajoutés, {saved.changed_count} modifiés, "
            f"{saved.known_count} déjà connus.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
