"""docs/sheets.md stays true: its commands and its Python run, its keys and options exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from territory.io import read_scenario
from territory.sheet import week_sheet
from territory.sheet.form import form_fields, sheet_form
from tests.cli.test_verbs import call
from tests.sheet.carriers import filled_export
from tests.sheet.filling import consistent, full_values
from tests.sheet.town import town

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sheets.md").read_text(encoding="utf-8")


def test_every_command_runs(capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path) -> None:
    commands = [line for block in re.findall(r"```\n(.*?)```", PAGE, flags=re.S) for line in block.splitlines()]
    assert commands
    for command in commands:
        assert command.startswith("territory sheet ")
        words = [{"scenarios/county": str(tables), "OUT": str(planned)}.get(word, word) for word in command.split()[1:]]
        rep = read_scenario(tables).reps.rep_ids[0]
        code, said, _ = call(capsys, *words, "--rep", rep, "--out", str(tmp_path))
        assert code == 0
        assert "XLSX" in said


def test_the_python_runs(tmp_path: Path) -> None:
    case = town(visits_per_day=2)
    content = week_sheet(case.scenario, case.assignment, case.plan, rep_idx=3, week=0)
    (tmp_path / "inbox").mkdir()
    filled_export(content, consistent(full_values(sheet_form(content))), tmp_path / "inbox" / "a.json")
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert content.sheet_id in ran.stdout


def test_the_keys_and_options_that_the_page_names_exist(capsys: pytest.CaptureFixture[str]) -> None:
    case = town(visits_per_day=3)
    keys = {
        field.key for field in form_fields(week_sheet(case.scenario, case.assignment, case.plan, rep_idx=3, week=0))
    }
    named = re.findall(r"`((?:visit|goal)\.[\w.-]+)`", PAGE)
    assert named
    assert set(named) <= keys
    help_text = call(capsys, "sheet", "--help")[1]
    for option in set(re.findall(r"`(--[a-z-]+)", PAGE)):
        assert option in help_text
