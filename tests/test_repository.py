import hashlib
import re
from pathlib import Path

import pytest

from lib.config import ROOT

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "pip" + "y.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "ana" + "conda.org",
    "ana" + "conda.com",
    "crates" + ".io",
    "ruby" + "gems.org",
    "proxy." + "golang.org",
    "arti" + "factory",
    "/sim" + "ple/",
]
MACHINE_PATH = re.compile(rb"(?<![\w.~$}*-])/(?:" + b"|".join([b"wo" + b"rk", b"ro" + b"ot", b"ho" + b"me"]) + rb")/")
PIN = re.compile(r"[A-Za-z0-9._-]+(\[[A-Za-z0-9,._-]+\])?==[^\s;]+( ; .+)?")
INDEX = re.compile(r"(^|\s)(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b|://|\s@\s")


def found_in(files: list[Path], pattern: re.Pattern[bytes]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {found.group().decode()}"
        for path in files
        if path.is_file()
        for found in pattern.finditer(path.read_bytes())
    ]


def test_no_file_names_a_package_registry(git_files: list[Path]):
    names = re.compile(b"|".join(re.escape(name.encode()) for name in REGISTRIES), re.IGNORECASE)
    assert found_in(git_files, names) == []


def test_no_file_holds_a_path_of_a_machine(git_files: list[Path]):
    assert found_in(git_files, MACHINE_PATH) == []


@pytest.mark.parametrize(
    ("text", "is_path"),
    [("open('{}x')", True), ("sqlite:///{}x", True), ("https://example.fr{}x", False), ("../shared{}x", False)],
)
def test_path_of_a_machine_is_told_from_a_part_of_an_address(text: str, is_path: bool):
    written = text.format("/" + "wo" + "rk/").encode()
    assert bool(MACHINE_PATH.search(written)) == is_path


def test_no_file_of_the_real_data_is_in_the_repository(git_files: list[Path], real_data: Path):
    lent = [path for path in real_data.rglob("*") if path.is_file() and path.stat().st_size]
    sizes = {path.stat().st_size for path in lent}
    ours = [path for path in git_files if path.is_file() and path.stat().st_size in sizes]
    lent_digests = {digest(path): path.name for path in lent}
    assert len(lent) > 0
    assert [
        f"{path.relative_to(ROOT)} is {lent_digests[d]}" for path in ours if (d := digest(path)) in lent_digests
    ] == []


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name: str):
    lines = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line and line[0] not in "# "]
    assert len(lines) > 10
    assert [line for line in lines if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_name_no_index(name: str):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if INDEX.search(line)] == []


def test_requirements_hold_every_direct_dependency():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert block is not None
    wanted = {name.lower() for name in re.findall(r'"([A-Za-z0-9_.-]+)', block.group(1))}
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*?\])?==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert wanted - {name.lower() for name in pinned} == set()


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_commands_of_the_readme_are_targets_of_the_makefile():
    told = set(re.findall(r"(?:`|^ *)make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"run", "test"} <= told
    assert told - targets() == set()


def test_shared_check_calls_both_gates():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert set(re.findall(r"^make ([a-z]+)", script, re.MULTILINE)) == {"check", "test"}
    assert {"check", "test"} <= targets()
