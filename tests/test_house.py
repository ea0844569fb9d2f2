"""The house keeps its walls: import contracts, file sizes, and nothing that only one machine has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TEXTS = sorted(
    path
    for folder in ("src", "tests", "benchmarks", "scenarios", "docs")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".md", ".toml", ".js", ".css", ".html", ".typ"} and "vendor" not in path.parts
) + [ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CHANGELOG.md", ROOT / "pyproject.toml"]


def test_import_contracts_hold() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    result = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 430


def test_no_text_names_a_machine_or_a_registry() -> None:
    machine = re.compile(r"(^|[^A-Za-z0-9_.~-])/(work|root|farm)/|/tmp/|pypi\.org|npmjs\.(com|org)|pythonhosted")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEXTS
        if path.name != Path(__file__).name
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if machine.search(line)
    ]
    assert found == []


def test_random_draws_are_never_global() -> None:
    pattern = re.compile(r"np\.random\.(seed|rand|randn|normal|uniform|choice|shuffle)\(|^import random|random\.seed")
    found = [path.name for path in SOURCES if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_the_core_imports_without_any_extra() -> None:
    code = "import territory, sys; assert 'ortools' not in sys.modules and 'numba' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
