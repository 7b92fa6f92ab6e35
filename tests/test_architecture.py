import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from lib.config import ROOT
from lib.ui.session import PAGES

LIB, PAGES_FOLDER, FRAME = ROOT / "lib", ROOT / "pages", ROOT / "lib" / "ui" / "frame.py"
DECISIONS = ROOT / "docs" / "decisions"
# STYLE §1, besides ``config`` and ``errors``, which every folder may import.
ALLOWED: dict[str, set[str]] = {
    "domain": set(),
    "geo": {"domain"},
    "analysis": {"domain"},
    "store": {"domain"},
    "snapshot": {"domain", "store"},
    "ingest": {"domain", "geo", "store"},
    "figures": {"domain", "analysis"},
    "maps": {"domain", "analysis"},
    "exports": {"domain", "analysis"},
    "access": {"domain", "store"},
    "demo": {"domain", "geo", "store", "ingest"},
    "ui": {"domain", "geo", "store", "snapshot", "analysis", "figures", "maps", "exports", "access"},
    "cli": {
        "domain",
        "geo",
        "store",
        "snapshot",
        "ingest",
        "analysis",
        "figures",
        "maps",
        "exports",
        "access",
        "demo",
    },
}
FOR_ALL = {"config", "errors"}
FOR_PAGES = set(ALLOWED) - {"store", "cli"} | FOR_ALL
CLOCKS = {"now", "today", "utcnow", "fromtimestamp", "time_ns"}
TABLE_WORK = {"groupby", "merge", "pivot", "pivot_table", "melt", "query", "sql", "execute", "read_sql"}
LONGEST_PAGE, LONGEST_MODULE, LONGEST_FUNCTION = 80, 300, 40


def modules(folder: Path) -> list[Path]:
    """Every module but the migrations, which Alembic writes."""
    return [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Dotted name and line of everything imported at or under a node; what a ``from`` takes may be a module too."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            yield from ((alias.name, inner.lineno) for alias in inner.names)
        elif isinstance(inner, ast.ImportFrom):
            base = "." * inner.level + (inner.module or "")
            yield from ((f"{base}.{alias.name}", inner.lineno) for alias in inner.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def room_of(path: Path) -> str:
    """Folder of ``lib`` a module stands in, or its own name beside them."""
    return path.relative_to(LIB).parts[0].removesuffix(".py")


def rooms_imported(path: Path) -> Iterator[tuple[str, int]]:
    for name, line in imports(tree_of(path)):
        if within(name, "lib"):
            yield (name.split(".")[1] if "." in name else "", line)


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def body_without_docstring(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = body_without_docstring(function)
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_reader_of_imports_sees_every_form_of_import():
    source = "import lib.store.schema as s\nfrom lib import demo\ndef f():\n    from lib.geo.joins import locate\n"
    assert [name for name, _ in imports(ast.parse(source))] == ["lib.store.schema", "lib.demo", "lib.geo.joins.locate"]


def test_length_of_a_function_leaves_its_docstring_out():
    long, short = functions(
        ast.parse('def f():\n    """A\n\n    B."""\n    x = 1\n\n    return x\ndef g():\n    """C."""\n')
    )
    assert (body_length(long), body_length(short)) == (3, 0)


def test_every_folder_of_lib_has_its_line_in_the_table():
    folders = {path.name for path in LIB.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders - set(ALLOWED) == set()


def test_every_folder_of_lib_is_named_in_the_first_decision():
    pages = list(DECISIONS.glob("0001*.md"))
    assert len(pages) == 1, "docs/decisions/0001*.md describes the folders"
    words = set(re.findall(r"[a-z_]+", pages[0].read_text(encoding="utf-8")))
    folders = {path.name for path in LIB.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders - words == set()


def test_each_folder_imports_only_what_the_table_allows():
    forbidden = [
        f"{place(path, line)} imports lib.{room}"
        for path in sorted(LIB.rglob("*.py"))
        if (own := room_of(path)) in ALLOWED
        for room, line in rooms_imported(path)
        if room not in ALLOWED[own] | FOR_ALL | {own}
    ]
    assert forbidden == []


def test_settings_and_errors_import_nothing_of_ours():
    assert [room for name in sorted(FOR_ALL) for room, _ in rooms_imported(LIB / f"{name}.py")] == []


def test_command_line_starts_from_cli_alone():
    assert {room for room, _ in rooms_imported(LIB / "__main__.py")} <= {"cli"} | FOR_ALL


def test_imports_are_written_from_the_root():
    relative = [
        place(path, line)
        for folder in (LIB, PAGES_FOLDER)
        for path in modules(folder)
        for name, line in imports(tree_of(path))
        if name.startswith(".")
    ]
    assert relative == []


def test_only_ui_the_pages_and_the_entry_point_import_streamlit():
    found = {
        path.relative_to(ROOT).parts[:2]
        for path in [*modules(LIB), *modules(ROOT / "bench"), *modules(ROOT / "scripts")]
        for name, _ in imports(tree_of(path))
        if within(name, "streamlit")
    }
    assert found == {("lib", "ui")}


def test_map_component_is_imported_only_while_a_page_runs():
    inside = [
        (path, function.name)
        for path in [ROOT / "app.py", *modules(LIB), *modules(PAGES_FOLDER)]
        for function in functions(tree_of(path))
        for name, _ in imports(function)
        if within(name, "streamlit_folium")
    ]
    everywhere = [
        path
        for path in [ROOT / "app.py", *modules(LIB), *modules(PAGES_FOLDER)]
        for name, _ in imports(tree_of(path))
        if within(name, "streamlit_folium")
    ]
    assert inside == [(LIB / "ui" / "carte.py", "show")]
    assert len(everywhere) == 1


def test_nothing_imports_a_page():
    folders = (LIB, PAGES_FOLDER, ROOT / "bench", ROOT / "scripts", ROOT / "tests")
    found = [
        place(path, line)
        for path in [ROOT / "app.py", *(path for folder in folders for path in modules(folder))]
        for name, line in imports(tree_of(path))
        if within(name, "pages")
    ]
    assert found == []


def test_pages_see_neither_the_store_nor_sql():
    found = [
        f"{place(path, line)} imports {name}"
        for path in modules(PAGES_FOLDER)
        for name, line in imports(tree_of(path))
        if within(name, "sqlalchemy")
        or within(name, "duckdb")
        or (within(name, "lib") and name.split(".")[1] not in FOR_PAGES)
    ]
    assert found == []


def test_pages_leave_tables_to_the_analysis():
    found = [
        f"{place(path, node.lineno)} calls {node.func.attr}"
        for path in modules(PAGES_FOLDER)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TABLE_WORK
    ]
    assert found == []


def test_questions_hold_no_sql_text():
    """So that one statement runs on two engines; how DuckDB's own tables are filled is for DuckDB alone."""
    questions = [path for path in modules(LIB / "snapshot") if path.name != "filling.py"]
    found = [
        place(path, line)
        for path in questions
        for name, line in imports(tree_of(path))
        if name in {"sqlalchemy.text", "sqlalchemy.sql.text"}
    ]
    texts = [
        place(path, node.lineno)
        for path in questions
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s", node.value)
    ]
    assert found + texts == []


@pytest.mark.parametrize("room", ["domain", "geo", "analysis", "figures", "maps", "snapshot"])
def test_what_is_computed_never_asks_the_clock(room: str):
    found = [
        place(path, node.lineno)
        for path in modules(LIB / room)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert found == []


def test_random_numbers_are_drawn_from_a_generator_that_was_given():
    makers = {"Generator", "default_rng", "SeedSequence", "PCG64"}
    found = [
        place(path, node.lineno)
        for path in modules(LIB)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
        and node.attr not in makers
    ]
    standard = [
        place(path, line)
        for path in modules(LIB)
        for name, line in imports(tree_of(path))
        if within(name, "random") or within(name, "numpy.random")
    ]
    assert found + standard == []


def test_nothing_prints():
    found = [
        place(path, node.lineno)
        for folder in (LIB, PAGES_FOLDER)
        for path in modules(folder)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert found == []


def test_no_module_is_a_place_for_everything():
    catch_all = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert [path for path in modules(LIB) if path.stem in catch_all] == []


def test_pages_are_short():
    assert {path.name: n for path in modules(PAGES_FOLDER) if (n := line_count(path)) > LONGEST_PAGE} == {}


def test_modules_stay_under_the_limit():
    assert {place(path, n): n for path in modules(LIB) if (n := line_count(path)) > LONGEST_MODULE} == {}


def test_functions_stay_under_the_limit():
    found = {
        place(path, function.lineno): length
        for folder in (LIB, PAGES_FOLDER)
        for path in modules(folder)
        for function in functions(tree_of(path))
        if (length := body_length(function)) > LONGEST_FUNCTION
    }
    assert found == {}


def guard_of(path: Path) -> str | None:
    """What the first statement after the imports requires, or None when it requires nothing."""
    statements = [
        node for node in body_without_docstring(tree_of(path)) if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    first = statements[0]
    call = first.value if isinstance(first, ast.Assign | ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "require":
        return None
    return ast.literal_eval(call.args[0])


def registered_pages() -> dict[str, str]:
    """By file, the address under which the frame gives it."""
    calls = [
        node
        for node in ast.walk(tree_of(FRAME))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "page"
    ]
    return {str(ast.literal_eval(call.args[0])): ast.literal_eval(call.args[2]) for call in calls}


def test_every_page_starts_with_its_guard():
    guards = {path.stem: guard_of(path) for path in modules(PAGES_FOLDER)}
    assert guards == registered_pages()
    assert set(guards.values()) == PAGES


def test_page_without_a_guard_at_its_head_is_seen(tmp_path: Path):
    page = tmp_path / "late.py"
    page.write_text('"""Late."""\nfrom lib.ui.session import require\n\nx = 1\nrequire("accueil")\n', encoding="utf-8")
    assert guard_of(page) is None
