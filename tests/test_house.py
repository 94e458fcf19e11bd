"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.no_qt import Absent
from tests.shared_data import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOP_LEVEL = {
    "main.py",
    "gui",
    "engine",
    "tests",
    "resources",
    "pyproject.toml",
    "constraints.txt",
    "Makefile",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "results",  # what `make run` writes; not kept
}
# The rules are 300 and 40 lines; these limits are where a reviewer must have slept.
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

# Written in parts, so that this file passes its own test.
MACHINE_WORDS = [
    "/" + "work/",
    "/" + "root/",
    "/" + "opt/",
    "/" + "home/",
    "/" + "Users/",
    "C:" + "\\Users",
    "pypi" + ".org",
    "python" + "hosted",
    "index" + "-url",
    "find" + "-links",
    "deb.debian" + ".org",
]

IMPORT_ALL = """
import importlib, pkgutil, sys
import engine

names = [m.name for m in pkgutil.walk_packages(engine.__path__, "engine.")]
for name in names:
    importlib.import_module(name)
roots = {m.partition(".")[0] for m in sys.modules}
print(len(names), *roots & {"PySide6", "shiboken6", "pyqtgraph", "gui"})
"""


def text_files() -> Iterator[tuple[Path, str]]:
    skipped = {"__pycache__", "results"}
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        is_hidden = parts[0].startswith(".") and parts[0] != ".ci"
        if is_hidden or skipped & set(parts) or not path.is_file():
            continue
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture, a font, a workbook


def program_files() -> list[Path]:
    return [
        *(ROOT / "engine").rglob("*.py"),
        *(ROOT / "gui").rglob("*.py"),
        *ROOT.glob("*.py"),
    ]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def requirements() -> list[Requirement]:
    described = project()
    runtime, dev = described["dependencies"], described["optional-dependencies"]["dev"]
    return [Requirement(text) for text in [*runtime, *dev]]


def runtime_packages() -> set[str]:
    """Name what Tarn needs, what that needs, and so on."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in project()["dependencies"]]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if name in found or (marker and not marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += [Requirement(text) for text in requires(name) or []]
    return found


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    found = [line.partition("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in found}


def test_that_every_engine_module_imports_without_qt() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    n_modules, *upstairs = run.stdout.split()
    assert int(n_modules) > 10
    assert upstairs == []


def test_that_qt_and_the_gui_can_be_hidden() -> None:
    finder = Absent()
    for name in ("PySide6.QtCore", "pyqtgraph", "gui.theme"):
        with pytest.raises(ModuleNotFoundError, match="hidden"):
            finder.find_spec(name, None, None)
    assert finder.find_spec("numpy", None, None) is None


def test_that_no_file_names_a_machine_or_an_address_of_packages() -> None:
    found = [
        f"{path}:{number}: {word}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), start=1)
        for word in MACHINE_WORDS
        if word in line
    ]
    assert found == []


def test_that_text_files_end_with_one_newline() -> None:
    ragged = [
        str(path)
        for path, text in text_files()
        if text and (not text.endswith("\n") or text.endswith("\n\n"))
        if path.name != "OFL.txt"  # kept as its authors wrote it
    ]
    assert ragged == []


def test_that_the_top_level_holds_only_what_the_architecture_names() -> None:
    present = {
        path.name
        for path in ROOT.iterdir()
        if not path.name.startswith(".") and path.name != "__pycache__"
    }
    assert present - TOP_LEVEL == set()


@pytest.mark.parametrize("path", program_files(), ids=lambda path: path.name)
def test_that_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    n_lines = len(text.splitlines())
    assert n_lines <= LONGEST_FILE
    long_functions = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long_functions == []


@pytest.mark.parametrize("requirement", requirements(), ids=lambda r: r.name)
def test_that_the_tested_version_is_within_the_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_that_constraints_hold_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pattern = re.compile(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+")
    assert [line for line in lines if not pattern.fullmatch(line)] == []


def test_that_the_readme_installs_every_runtime_dependency() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    install_lines = re.findall(r"pip install -c constraints\.txt (.*)", readme)
    wanted = {Requirement(text).name for text in project()["dependencies"]}
    assert install_lines
    for line in install_lines:
        assert set(line.split()) == wanted


def test_that_each_runtime_package_is_listed_with_its_licence() -> None:
    text = (ROOT / "resources/licences/THIRD_PARTY.md").read_text("utf-8")
    rows = re.findall(r"^\| ([\w.-]+) \| ([\d.]+) \| .+ \|$", text, flags=re.MULTILINE)
    listed = {canonicalize_name(name): version for name, version in rows}
    tested = pins()
    assert listed == {name: tested[name] for name in runtime_packages()}
