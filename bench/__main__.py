"""Times the demonstration store, its snapshot and every question, and writes bench/RESULTS.md."""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import registers
from lib.demo.store import build_demo
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot import queries
from lib.snapshot.copies import build
from lib.snapshot.places import Level
from lib.store.engine import open_store
from lib.ui import layers

RUNS = 7
REGISTER_ROWS = (100_000, 1_000_000)
RESULTS = Path(__file__).with_name("RESULTS.md")


def measured(actions: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Milliseconds of each action, in interleaved runs: a slow moment of the machine falls on all of them."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(RUNS):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            times[name].append(1000 * (time.perf_counter() - start))
    return times


def main() -> None:
    """Builds a demonstration store in a temporary folder and measures what a page waits for."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{Path(folder) / 'bench.db'}")
        start = time.perf_counter()
        counts = build_demo(engine)
        built_s = time.perf_counter() - start
        times = measured({"build of the snapshot": lambda: build(engine)})
        snapshot = build(engine)
        assert snapshot.data_on is not None
        chosen = IncidentFilter(Period.last_months(12, snapshot.data_on))
        asked = {"chosen": chosen, "scope": Scope.everything()}
        both = Period(chosen.period.year_before().start, chosen.period.end)
        questions: dict[str, Callable[[], object]] = {
            f"place_figures, {level}": lambda level=level: queries.place_figures(snapshot, level, **asked)
            for level in Level
        }
        questions["type_figures"] = lambda: queries.type_figures(snapshot, **asked)
        questions["monthly_facts"] = lambda: queries.monthly_facts(snapshot, both, **asked)
        questions["monthly_coverage"] = lambda: queries.monthly_coverage(snapshot, both, **asked)
        questions["incidents"] = lambda: queries.incidents(snapshot, ranks=slice(0, 40), **asked)
        times |= measured(questions)
        start = time.perf_counter()
        layers.addresses(snapshot)
        layers_ms = 1000 * (time.perf_counter() - start)
    imports = {row_count: registers.measured(row_count) for row_count in REGISTER_ROWS}
    write(counts.incidents, {"demonstration store": 1000 * built_s, "layers of the map": layers_ms}, times)
    append_imports(imports)


def write(incidents: int, once: dict[str, float], times: dict[str, list[float]]) -> None:
    """One table: median and extremes."""
    lines = [
        "# Measures",
        "",
        f"`make bench`, {incidents:,} facts, {os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}. Milliseconds of wall-clock; {RUNS} interleaved runs, machine not reserved: read "
        "ratios.",
        "",
        "| what | median | min | max |",
        "|---|---|---|---|",
        *(f"| {name} (once) | {value:,.0f} | | |" for name, value in once.items()),
        *(
            f"| {name} | {statistics.median(runs):,.1f} | {min(runs):,.1f} | {max(runs):,.1f} |"
            for name, runs in times.items()
        ),
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {RESULTS.name}")


def append_imports(imports: dict[int, dict[str, float]]) -> None:
    """A second table: registers read, validated, located and stored, each in a process of its own."""
    lines = [
        "",
        "Import of an invented register (CSV, 11 columns, 2,000 residences, ten years) into a new SQLite store. Memory "
        "is the most of the whole process, libraries included; the read is one question to the store, asked five times "
        "a second meanwhile.",
        "",
        "| rows | seconds | of processor | most memory (MB) | longest read (ms) |",
        "|---|---|---|---|---|",
        *(
            f"| {rows:,} | {cost['seconds']:,.1f} | {cost['cpu']:,.1f} | {cost['most_mb']:,.0f} | "
            f"{cost['read_ms']:,.0f} |"
            for rows, cost in imports.items()
        ),
    ]
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
