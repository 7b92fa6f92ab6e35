"""``python -m lib demo``: a store filled with invented landlords, residences and facts."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lib.config import settings
from lib.demo.frames import DEFAULT_SEED
from lib.demo.store import STEPS, DemoCounts, build_demo, holds_content
from lib.errors import ObservatoryError
from lib.store.engine import open_store

Seed = Annotated[
    int, typer.Option("--graine", help="Graine du tirage\u00a0: la même donne la même démonstration.", min=0)
]
Base = Annotated[str | None, typer.Option("--base", help="Adresse de la base (par défaut\u00a0: DATABASE_URL).")]
IfEmpty = Annotated[bool, typer.Option("--si-vide", help="Ne fait rien, sans erreur, si la base contient des données.")]
Replace = Annotated[bool, typer.Option("--remplacer", help="Efface d’abord une démonstration déjà présente.")]


def demo(
    seed: Seed = DEFAULT_SEED, base: Base = None, is_replaced: Replace = False, is_only_if_empty: IfEmpty = False
) -> None:
    """Crée la base de démonstration\u00a0: communes et services réels, tout le reste inventé."""
    try:
        engine = open_store(base or settings().database_url)
        if is_only_if_empty and holds_content(engine):
            return
        with _bar() as bar:
            task = bar.add_task("Démonstration", total=len(STEPS))
            counts = build_demo(engine, seed, lambda step: _advance(bar, task, step), is_replaced=is_replaced)
            bar.update(task, completed=len(STEPS), description="Démonstration prête")
        engine.dispose()
    except ObservatoryError as error:
        Console(stderr=True).print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    Console().print(sentence(counts), highlight=False, soft_wrap=True)


def sentence(counts: DemoCounts) -> str:
    """What was written, in one French sentence."""
    numbers = {name: f"{value:,}".replace(",", "\u202f") for name, value in vars(counts).items()}
    return (
        "{landlords} bailleurs, {qpvs} QPV, {residences} résidences ({dwellings} logements) et {incidents} faits, "
        "tous fictifs."
    ).format(**numbers)


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not sys.stderr.isatty())


def _advance(bar: Progress, task, step: str) -> None:
    number = STEPS.index(step)
    bar.update(task, completed=number, description=step)
    if bar.disable:
        bar.console.print(f"{number + 1}/{len(STEPS)} {step}", highlight=False)
