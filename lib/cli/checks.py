"""``verifier``: what to look at in the store, and what to do."""

import typer
from rich.table import Table

from lib.cli.console import console, faults_told
from lib.config import settings
from lib.ingest.checks import checks_of
from lib.store.engine import open_store

app = typer.Typer()


@app.command("verifier")
def verify() -> None:
    """Vérifie la base : orphelins, points hors de France, rattachements manquants, doublons, couverture."""
    with faults_told():
        engine = open_store(settings().database_url)
        with console.status("Vérification…"), engine.connect() as connection:
            found = checks_of(connection)
        table = Table("Vérification", "Nombre", "Que faire")
        for check in found:
            table.add_row(check.label, f"{check.count:,}".replace(",", "\u202f"), check.advice if check.count else "—")
        console.print(table)
