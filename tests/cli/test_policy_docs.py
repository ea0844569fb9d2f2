"""docs/policies.md stays true: its commands run, its Python runs, its files exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from territory.io.policy_files import read_policies
from territory.policy.trial import levers_on_trial
from tests.cli.test_verbs import call

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.S | re.M)
COMMANDS = [line for kind, block in BLOCKS if not kind for line in block.splitlines()]


def test_the_page_shows_both_verbs() -> None:
    assert {command.split()[1] for command in COMMANDS} == {"simulate", "compare"}
    assert all(command.startswith("territory ") for command in COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path, command: str
) -> None:
    """On a village in place of the county, with few replications."""
    words = command.split()[1:]
    places = {
        "scenarios/county": str(tables),
        "OUT": str(planned if "--plan" in words else tmp_path / "out"),
        "COMPARED": str(tmp_path / "compared"),
    }
    words = [places.get(word, str(ROOT / word) if word.startswith("scenarios/") else word) for word in words]
    code, said, _ = call(capsys, *words, "--replications", "2", "--workers", "1")
    assert code == 0
    assert said


@pytest.mark.slow
def test_the_python_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert ran.returncode == 0, ran.stderr
    assert "Payback" in ran.stdout or "None" in ran.stdout


def test_the_policy_on_the_page_is_one(tmp_path: Path) -> None:
    (text,) = (block for kind, block in BLOCKS if kind == "toml")
    path = tmp_path / "pilot.toml"
    path.write_text(text, encoding="utf-8")
    policies = read_policies(path)
    assert list(policies) == ["pilot"]
    assert levers_on_trial(policies["pilot"]) == ("review",)


def test_every_option_and_file_that_the_page_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    helps = "".join(call(capsys, verb, "--help")[1] for verb in ("simulate", "compare"))
    options = set(re.findall(r"--[a-z][a-z-]+", PAGE))
    assert [option for option in sorted(options) if option not in helps] == []
    for path in re.findall(r"`((?:scenarios|benchmarks)/[\w./]+)`", PAGE):
        assert (ROOT / path).exists(), path
    assert (ROOT / "src" / "territory" / "policy" / "evidence_ranges.py").exists()
