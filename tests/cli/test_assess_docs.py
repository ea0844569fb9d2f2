"""docs/assessment.md stays true: commands run, the Python runs, every column and header is documented."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from territory.io.headers import COLUMNS
from tests.cli.test_verbs import call
from tests.desk.desk_files import DeskFolder, committee_rows

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "assessment.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", PAGE, flags=re.S) for line in block.splitlines()]


def test_every_command_runs_in_its_order(capsys: pytest.CaptureFixture[str], tables: Path, tmp_path: Path) -> None:
    """On a village in place of the county."""
    pairs = [{"mentor_id": "R004", "mentee_id": "R001", "since": "2027-02"}]
    paths = DeskFolder(folder=tmp_path, committee=committee_rows(), pairs=pairs).written()
    places = {"scenarios/county": str(tables), "policy.toml": str(paths["policies"])}
    places |= {f"{name}.csv": str(path) for name, path in paths.items()}
    places |= {name: str(tmp_path / name) for name in ("OUT", "BLANK")}
    assert len(COMMANDS) == 5
    for command in COMMANDS:
        words = command.split()
        assert words[:2] == ["territory", "assess"]
        code, said, _ = call(capsys, *(places.get(word, word) for word in words[1:]))
        assert (code, bool(said)) == (0, True)


@pytest.mark.parametrize("table", ["panel", "judgements", "committee", "pairs", "supply"])
def test_every_column_and_header_is_documented(table: str) -> None:
    section = PAGE.split(f"### {table}\n")[1].split("\n### ")[0].split("\n## ")[0]
    for column in COLUMNS[table]:
        line = next(
            line for line in section.splitlines() if line.startswith((f"| {column.name} ", f"| **{column.name}** "))
        )
        assert line.startswith("| **") == column.is_required
        assert all(alias in line for alias in column.aliases)


def test_the_python_runs(tables: Path, tmp_path: Path) -> None:
    DeskFolder(folder=tmp_path).written()
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    ran = subprocess.run(
        [sys.executable, "-c", code.replace("SCENARIO", str(tables))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 4
