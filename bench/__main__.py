"""Measures what users wait for and writes bench/RESULTS.md: ``python -m bench [part …]``, all parts by default.

A part measured alone takes the place of its own section; the others stay as they were measured.
"""

import os
import platform
import re
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from bench import map_page, pages, priorities, registers, snapshots

RESULTS = Path(__file__).with_name("RESULTS.md")
STORE, LARGE_STORE = 1_000_000, 10_000_000
REGISTERS = {100_000: 5, 1_000_000: 1}  # rows, and how many times
RESIDENCES = (700, 25_000, 100_000)
SECTION = re.compile(r"<!-- (\w+) -->\n(.*?)(?=<!-- \w+ -->\n|\Z)", re.DOTALL)


def imports() -> list[str]:
    """Registers read, validated, located and stored, each in a process of its own; medians."""
    lines = [
        "## Import of a register",
        "",
        "Invented CSV, 11 columns, 2,000 residences, ten years, into a new SQLite store. Memory is the most of the "
        "whole process, libraries included; the read is one question, asked five times a second meanwhile.",
        "",
        "| rows | runs | seconds | least | of processor | most memory (MB) | longest read (ms) |",
        "|---|---|---|---|---|---|---|",
    ]
    for row_count, times in REGISTERS.items():
        costs = [registers.measured(row_count) for _ in range(times)]
        median = {name: statistics.median(cost[name] for cost in costs) for name in costs[0]}
        least = min(cost["seconds"] for cost in costs)
        lines.append(
            f"| {row_count:,} | {times} | {median['seconds']:,.1f} | {least:,.1f} | {median['cpu']:,.1f} | "
            f"{median['most_mb']:,.0f} | {median['read_ms']:,.0f} |"
        )
    return lines


def stores() -> list[str]:
    """The copy behind every page, on a store of a million facts."""
    return snapshots.table(snapshots.measured(STORE))


def large() -> list[str]:
    """The same on a store of ten million."""
    return snapshots.table(snapshots.measured(LARGE_STORE))


def postgres() -> list[str]:
    """The questions put to PostgreSQL itself."""
    return snapshots.on_postgres(STORE)


def page() -> list[str]:
    """The map page in a browser."""
    return map_page.table([map_page.measured(residences) for residences in RESIDENCES])


def others() -> list[str]:
    """The other pages in a browser."""
    return pages.table(pages.measured())


def ranked() -> list[str]:
    """The ranking of priorities, alone and behind a slider."""
    return priorities.table(*priorities.measured())


PARTS: dict[str, Callable[[], list[str]]] = {
    "imports": imports,
    "stores": stores,
    "large": large,
    "postgres": postgres,
    "page": page,
    "others": others,
    "priorities": ranked,
}


def main(asked: list[str]) -> None:
    """Measures the parts asked for and writes their sections; each is written as soon as it is measured."""
    for name in asked or PARTS:
        lines = PARTS[name]()
        kept = dict(SECTION.findall(RESULTS.read_text(encoding="utf-8"))) if RESULTS.exists() else {}
        write(kept | {name: "\n".join([*lines, ""])})


def write(sections: dict[str, str]) -> None:
    """The machine, then the sections in the order of ``PARTS``."""
    head = (
        f"# Measures\n\n`make bench` on {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}. Wall-clock of a machine that others use too: read ratios and medians.\n\n"
    )
    told = "\n".join(f"<!-- {name} -->\n{sections[name].strip()}\n" for name in PARTS if name in sections)
    RESULTS.write_text(head + told, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
