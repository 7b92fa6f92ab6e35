"""``effacer-texte``: a text that names somebody, taken out of a joint action and of its whole history."""

from enum import StrEnum
from typing import Annotated

import typer

from lib.cli.console import console, faults_told
from lib.config import settings
from lib.domain.labels import plural
from lib.domain.vocabulary import Partner
from lib.ingest.actions import take_out_text
from lib.store.engine import open_store

app = typer.Typer()


class Field(StrEnum):
    """Free texts of an action, by what a command line calls them."""

    TITLE = "titre"
    PROBLEM = "probleme"
    OBJECTIVE = "objectif"
    MEANS = "moyens"
    ABANDON_REASON = "motif-abandon"
    VOLUME_UNIT = "unite-volume"


class Author(StrEnum):
    """Partners, by what a command line calls them."""

    LANDLORD = "bailleur"
    POLICE = "police"
    GENDARMERIE = "gendarmerie"
    MUNICIPAL_POLICE = "police-municipale"
    JUSTICE = "parquet"
    PREFECTURE = "prefecture"
    MUNICIPALITY = "commune"
    PREVENTION_CLUB = "club-prevention"
    MEDIATION = "mediation"


Number = Annotated[int, typer.Argument(metavar="NUMÉRO", help="Numéro de l’intervention, dans son adresse.")]
Text = Annotated[Field, typer.Argument(metavar="CHAMP", help=f"Le champ\u00a0: {', '.join(Field)}.")]
By = Annotated[Author, typer.Option("--au-nom-de", help=f"Qui le demande\u00a0: {', '.join(Author)}.")]
Past = Annotated[bool, typer.Option("--passe-seulement", help="Garde le texte actuel, déjà corrigé.")]


@app.command("effacer-texte")
def erase(number: Number, field: Text, by: By, is_past_only: Past = False) -> None:
    """Retire un texte d’une intervention et de tout son historique, qui dit alors qu’il a été retiré."""
    with faults_told():
        engine = open_store(settings().database_url)
        asked = {"by": Partner[by.name], "keeps_current": is_past_only}
        count = take_out_text(engine, number, field.name.lower(), **asked)
        engine.dispose()
        console.print(
            f"Texte retiré de {plural(count, 'version')} de l’intervention {number}. Les sauvegardes de la base et les "
            "fichiers déjà téléchargés le gardent\u00a0: effacez-les aussi.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
