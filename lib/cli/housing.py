"""``residences``: the housing stock of a landlord into the store."""

from pathlib import Path
from typing import Annotated

import typer

from lib.cli.console import IMPORTED_BY, faults_told, progress, ready_store, show_report
from lib.errors import MappingError
from lib.ingest.housing import HousingNature, Told, import_residences
from lib.ingest.official.residences import LIST_COLUMNS

app = typer.Typer(help="Résidences des bailleurs.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FICHIER", help="Points RPLS, ou liste du bailleur (CSV, classeur).")]
LandlordCode = Annotated[
    str | None, typer.Option("--bailleur", help="Code du bailleur\u00a0; sans lui, une colonne le dit à chaque ligne.")
]
LandlordName = Annotated[str | None, typer.Option("--nom", help="Nom du bailleur, s’il n’est pas encore dans la base.")]
Nature = Annotated[
    HousingNature | None,
    typer.Option("--nature", help="Nature du fichier, reconnue à ses colonnes si elle n’est pas dite."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--colonne", metavar="NOTRE=LEUR", help="Intitulé de la liste pour une de nos colonnes, répétable."),
]
MakesLandlords = Annotated[
    bool, typer.Option("--creer-bailleurs", help="Ajoute à la base les bailleurs que la liste nomme.")
]


@app.callback()
def residences() -> None:
    """Résidences des bailleurs."""


@app.command("importer")
def import_file(
    file: File,
    landlord: LandlordCode = None,
    name: LandlordName = None,
    nature: Nature = None,
    columns: Columns = None,
    makes_landlords: MakesLandlords = False,
) -> None:
    """Importe des résidences : chacune est située, ou rejetée avec un motif."""
    with faults_told():
        with progress() as bar:
            task = bar.add_task(file.name, total=1)
            report = import_residences(
                ready_store(),
                file,
                landlord_code=landlord,
                landlord_name=name,
                told=Told(nature, _named(columns or []), makes_landlords),
                imported_by=IMPORTED_BY,
            )
            bar.advance(task)
        show_report(report)


def _named(pairs: list[str]) -> dict[str, str]:
    """Our columns and the headings given for them.

    Raises:
        MappingError: If one of them is not written «ours=theirs», or is not a column of residences.
    """
    named = dict(pair.partition("=")[::2] for pair in pairs)
    wrong = sorted(ours for ours, heading in named.items() if not heading or ours not in LIST_COLUMNS)
    if wrong:
        raise MappingError(
            f"--colonne s’écrit NOTRE=LEUR, avec une colonne prise dans\u00a0: {', '.join(LIST_COLUMNS)}."
        )
    return named
