"""What pages wait for on a store of a million facts or ten: building the copy, opening it, following, asking."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
from sqlalchemy import Engine, Executable, Select

from bench import on_sqlite
from bench.memory import most_mb
from bench.volume import Volume, fill
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot import protected, queries
from lib.snapshot.columnar import Snapshot, compiled
from lib.snapshot.copies import Copy
from lib.snapshot.direct import Direct
from lib.snapshot.filling import Database
from lib.snapshot.places import Level
from lib.store.engine import connect, open_store
from lib.store.incidents import INCIDENT_COLUMNS, save_incidents
from lib.store.revisions import change

RUNS = 7
NEW_FACTS = 1_000
SQLITE_ROWS = 1_000_000
PANEL = "place_figures, all, constant panel"
POSTGRES = "BENCH_POSTGRES_URL"
Question = Callable[[Snapshot], object]
COLUMNS = ["ours", "raw DuckDB", "SQLite"]


@dataclass
class Measures:
    """Milliseconds, by what was measured; several of each."""

    rows: int
    times: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    once: dict[str, list[float]] = field(default_factory=dict)
    memory_mb: float = 0.0

    def add(self, name: str, column: str, milliseconds: float) -> None:
        """One more run of a question."""
        self.times.setdefault(name, {}).setdefault(column, []).append(milliseconds)


def questions(read: Snapshot) -> dict[str, Question]:
    """Every question of ``snapshot.queries``, over twelve months and the twelve before."""
    assert read.data_on is not None
    chosen = IncidentFilter(Period.last_months(12, read.data_on))
    asked = {"chosen": chosen, "scope": Scope.everything()}
    both = Period(chosen.before.start, chosen.period.end)
    by_level: dict[str, Question] = {
        f"place_figures, {level}": lambda s, level=level: queries.place_figures(s, level, **asked) for level in Level
    }
    return by_level | {
        "residence_counts": lambda s: queries.residence_counts(s, **asked),
        PANEL: lambda s: queries.place_figures(
            s, Level.ALL, **asked | {"chosen": replace(chosen, is_panel_constant=True)}
        ),
        "type_figures": lambda s: queries.type_figures(s, **asked),
        "monthly_facts": lambda s: queries.monthly_facts(s, both, **asked),
        "monthly_facts_by_place, district": lambda s: queries.monthly_facts_by_place(s, Level.DISTRICT, both, **asked),
        "monthly_coverage": lambda s: queries.monthly_coverage(s, both, **asked),
        "monthly_facts_by_place_and_kind, district": lambda s: queries.monthly_facts_by_place_and_kind(
            s, Level.DISTRICT, "type_code", both, **asked
        ),
        "monthly_dwellings_of_residences": lambda s: queries.monthly_dwellings_of_residences(s, both, **asked),
        "facts_by_hour": lambda s: queries.facts_by_hour(s, **asked),
        "incidents": lambda s: queries.incidents(s, ranks=slice(0, 40), **asked),
        "protected_totals": lambda s: protected.totals(s, **asked),
    }


def measured(row_count: int) -> Measures:
    """Everything, on an invented SQLite store of so many facts."""
    told = Measures(row_count)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{Path(folder) / 'store.db'}")
        fill(engine, Volume(row_count))
        for _ in range(RUNS if row_count <= SQLITE_ROWS else 1):
            seconds = _apart("build", engine, Path(folder) / uuid4().hex)[0]
            told.once.setdefault("build of the copy", []).append(1000 * seconds)
        kept = Path(folder) / "kept"
        _apart("build", engine, kept)
        for _ in range(RUNS):
            seconds, told.memory_mb = _apart("reopen", engine, kept)
            told.once.setdefault("reopening, at start", []).append(1000 * seconds)
        copy = Copy(engine, kept)
        _ask(told, copy, engine)
        _follow(told, copy, engine)
        engine.dispose()
    return told


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def _apart(verb: str, engine: Engine, folder: Path) -> tuple[float, float]:
    """Seconds and megabytes of a step, in a process of its own."""
    command = [sys.executable, "-m", __name__, verb, engine.url.render_as_string(hide_password=False), str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


def _step(verb: str, url: str, folder: Path) -> None:
    """Builds or reopens a copy; reopened, it is asked everything, for the memory that takes."""
    engine = connect(url)
    start = time.perf_counter()
    read = Copy(engine, folder).snapshot()
    seconds = time.perf_counter() - start
    if verb == "reopen":
        for question in questions(read).values():
            question(read)
    print(seconds, most_mb())


class _Spy(Snapshot):
    """Notes the statements that a question asks, and passes them on."""

    def __init__(self, read: Snapshot) -> None:
        super().__init__(read.state)
        self.read, self.asked = read, []

    def _frame(self, statement: Executable) -> pd.DataFrame:
        self.asked.append(statement)
        return self.read.frame(statement)

    def _rows(self, statement: Executable) -> list[tuple]:
        return self.read.rows(statement)

    def _release(self) -> None:
        self.read.release()


def _ask(told: Measures, copy: Copy, engine: Engine) -> None:
    """Ours and raw DuckDB in turn; SQLite once, and on the smaller store alone: it takes half a minute a question."""
    read, connection = copy.snapshot(), copy.pinned()
    asked = questions(read)
    statements = {name: _statement(question, read) for name, question in asked.items()}
    texts = {name: compiled(statement) for name, statement in statements.items()}
    for _ in range(RUNS):
        for name, question in asked.items():
            told.add(name, "ours", _timed(lambda question=question: question(read)))
            told.add(name, "raw DuckDB", _timed(lambda name=name: _raw(connection, *texts[name])))
    with engine.connect() as store:
        for name, statement in statements.items() if told.rows <= SQLITE_ROWS else ():
            if name == PANEL:  # SQLite has no intervals
                continue
            told.add(name, "SQLite", _timed(lambda statement=statement: on_sqlite.ask(store, statement)))
    connection.close()
    read.release()


def _statement(question: Question, read: Snapshot) -> Select:
    spy = _Spy(read)
    question(spy)
    return spy.asked[-1]


def _raw(connection: Database, text: str, values: list) -> None:
    connection.execute(text, values).fetch_df()


def _follow(told: Measures, copy: Copy, engine: Engine) -> None:
    """From the commit of a thousand facts to a page that shows them."""
    for number in range(RUNS):
        _add_facts(engine, number)
        told.once.setdefault(f"following {NEW_FACTS:,} new facts", []).append(
            _timed(lambda: copy.snapshot(patience_s=60).release())
        )


def _add_facts(engine: Engine, number: int) -> None:
    rng = np.random.default_rng(number)
    days = [date(2026, 10, 1) + timedelta(days=int(day)) for day in rng.integers(0, 28, NEW_FACTS)]
    names = dict.fromkeys(INCIDENT_COLUMNS)
    given = {
        "external_reference": [f"neuf-{number}-{fact}" for fact in range(NEW_FACTS)],
        "residence_id": rng.integers(1, 12_000, NEW_FACTS),
        "landlord_id": 1,
        "type_code": "BIE-02",
        "occurred_on": days,
        "time_precision": "day",
        "severity_default": 1,
    }
    lists = ("place_type", "report_channel", "victim_category", "cause", "weapon", "complaint_status")
    given |= dict.fromkeys((*lists, "no_complaint_reason", "outcome"), "unknown")
    with change(engine, "essai") as made:
        save_incidents(made, 1, pd.DataFrame({**names, **given}, index=range(NEW_FACTS)))


def on_postgres(row_count: int) -> list[str]:
    """The same questions asked of PostgreSQL itself, in turn, after a round that warms it: markdown.

    In the database of ``BENCH_POSTGRES_URL``, which is to be empty; nothing without it.
    """
    url = os.environ.get(POSTGRES)
    if not url:
        return [f"Not measured: {POSTGRES} names no database."]
    engine = open_store(url)
    fill(engine, Volume(row_count))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    read = Direct(engine).snapshot()
    told: dict[str, list[float]] = {name: [] for name in questions(read)}
    for number in range(1 + RUNS):
        for name, question in questions(read).items():
            milliseconds = _timed(lambda question=question: question(read))
            if number:  # the first round warms it
                told[name].append(milliseconds)
    read.release()
    engine.dispose()
    return [
        "",
        f"## `ANALYTICS=store` on PostgreSQL, {row_count:,} facts, 12,000 residences",
        "",
        f"Milliseconds, medians of {RUNS} rounds.",
        "",
        "| question | median | max |",
        "|---|---|---|",
        *(f"| {name} | {statistics.median(times):,.0f} | {max(times):,.0f} |" for name, times in told.items()),
    ]


def table(told: Measures) -> list[str]:
    """Markdown: the steps, then each question by engine with its ratios."""
    used = [name for name in COLUMNS if any(name in times for times in told.times.values())]
    lines = [
        "",
        f"## {told.rows:,} facts, 12,000 residences, 120 months",
        "",
        "| step | median | min | max |",
        "|---|---|---|---|",
        *(
            f"| {name} | {statistics.median(runs):,.0f} | {min(runs):,.0f} | {max(runs):,.0f} |"
            for name, runs in told.once.items()
        ),
        "",
        f"Memory of a process that opened the copy and asked everything: {told.memory_mb:,.0f} MB at most.",
        "",
        f"| question (medians) | {' | '.join(used)} | ours / raw | SQLite / ours |",
        f"|---|{'---|' * (len(used) + 2)}",
    ]
    for name, times in told.times.items():
        medians = {column: statistics.median(runs) for column, runs in times.items()}
        shown = " | ".join(f"{medians[column]:,.1f}" if column in medians else "" for column in used)
        ours = medians["ours"]
        ratio = f"{medians['SQLite'] / ours:,.0f}" if "SQLite" in medians else ""
        lines.append(f"| {name} | {shown} | {ours / medians['raw DuckDB']:.2f} | {ratio} |")
    return lines


if __name__ == "__main__":
    _step(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
