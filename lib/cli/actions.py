"""``effacer-texte``: a text that names somebody, taken out of an action, a meeting or a rule and of all its history."""

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from lib.cli.console import console, faults_told
from lib.config import settings
from lib.domain.labels import plural
from lib.domain.vocabulary import Partner
from lib.ingest.actions import take_out_text
from lib.ingest.choices import take_out_rule_text
from lib.ingest.meetings import take_out_meeting_text
from lib.store.engine import empty_journal, open_store

app = typer.Typer()


class Field(StrEnum):
    """Free texts of an action, of a meeting, then of a rule of response, by what a command line calls them."""

    TITLE = "titre"
    PROBLEM = "probleme"
    OBJECTIVE = "objectif"
    MEANS = "moyens"
    LEGAL_GROUND = "fondement"
    ABANDON_REASON = "motif-abandon"
    VOLUME_UNIT = "unite-volume"
    LABEL = "libelle"
    DECISIONS = "decisions"
    RESPONSE = "reponse"
    RULE_GROUND = "fondement-regle"


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


OF_MEETINGS = (Field.LABEL, Field.DECISIONS)
OF_RULES = {Field.RESPONSE: "response", Field.RULE_GROUND: "legal_ground"}
HIGHEST = 2**31 - 1  # of a key, in PostgreSQL
Number = Annotated[
    int,
    typer.Argument(
        min=1,
        max=HIGHEST,
        metavar="NUMÉRO",
        help="Numéro de l’intervention ou de la réunion, dans son adresse, ou de la règle, dans sa table.",
    ),
]
Text = Annotated[
    Field,
    typer.Argument(
        metavar="CHAMP",
        help=f"Le champ\u00a0: {', '.join(one for one in Field if one not in (*OF_MEETINGS, *OF_RULES))}\u00a0; "
        f"d’une réunion\u00a0: {', '.join(OF_MEETINGS)}\u00a0; d’une règle de réponse\u00a0: {', '.join(OF_RULES)}.",
    ),
]
By = Annotated[Author, typer.Option("--au-nom-de", help=f"Qui le demande\u00a0: {', '.join(Author)}.")]
Past = Annotated[bool, typer.Option("--passe-seulement", help="Garde le texte actuel, déjà corrigé.")]
OfRules = Annotated[
    int | None,
    typer.Option("--version", min=1, help="Version des règles où lire ce numéro, la dernière si rien n’est dit."),
]

STILL_KEPT = (
    "Les sauvegardes de la base, les fichiers déjà téléchargés et la copie d’analyse (le dossier «\u00a0….copie\u00a0» "
    "à côté d’une base SQLite, «\u00a0data/cache\u00a0» pour PostgreSQL) peuvent le garder\u00a0: effacez-les aussi. "
    "La copie d’analyse est refaite au démarrage suivant. Une décision portée depuis une intervention, une "
    "intervention commencée depuis une règle en ont repris le texte\u00a0: retirez-le là aussi."
)
STILL_IN_JOURNAL = (
    "Le journal de la base («\u00a0….db-wal\u00a0») est lu en ce moment et le garde aussi\u00a0: arrêtez "
    "l’observatoire pour qu’il soit vidé."
)


@app.command("effacer-texte")
def erase(number: Number, field: Text, by: By, is_past_only: Past = False, version: OfRules = None) -> None:
    """Retire un texte d’une intervention, d’une réunion ou d’une règle et de tout son historique, qui le dit alors."""
    with faults_told():
        engine = open_store(settings().database_url)
        asked = {"by": Partner[by.name], "keeps_current": is_past_only}
        take_out, noun = take_out_text, "l’intervention"
        if field in OF_MEETINGS:
            take_out, noun = take_out_meeting_text, "la réunion"
        if field in OF_RULES:
            take_out, noun = partial(take_out_rule_text, version=version), "la règle"
        count = take_out(engine, number, OF_RULES.get(field, field.name.lower()), **asked)
        is_emptied = empty_journal(engine)
        engine.dispose()
        still = "" if is_emptied else f" {STILL_IN_JOURNAL}"
        console.print(
            f"Texte retiré de {plural(count, 'version')} de {noun} {number}. {STILL_KEPT}{still}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
