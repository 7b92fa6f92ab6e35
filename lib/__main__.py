"""Command line: ``python -m lib --help``. Each command lives in lib/cli."""

import logging
import sys

import typer

from lib.cli import actions, checks, demo, halls, housing, incidents, schemes, territories
from lib.cli.usage import run

app = typer.Typer(
    help="Observatoire de la tranquillité résidentielle\u00a0: territoires, résidences et registres.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.add_typer(checks.app)
app.add_typer(schemes.app)
app.add_typer(halls.app)
app.add_typer(actions.app)
app.add_typer(territories.app, name="territoires", help="Communes, services de police et de gendarmerie, QPV.")
app.add_typer(housing.app, name="residences", help="Patrimoine des bailleurs.")
app.add_typer(incidents.app, name="faits", help="Registres de faits d’incivilité.")

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    sys.exit(run(app, "python -m lib"))
