"""Documents stay true: README's example runs, its commands exist, and docs/data.md names every column and setting."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from territory.domain import rules
from territory.domain.policy_rules import COMMON_SETTINGS, LEVERS, Lever, PolicyRules, YearRules
from territory.domain.sheet_rules import SheetLinks
from territory.io.headers import COLUMNS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DATA = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_ten_lines_of_python_run() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    assert len(blocks) == 1
    assert len([line for line in blocks[0].splitlines() if line.strip()]) <= 11
    ran = subprocess.run(
        [sys.executable, "-c", blocks[0]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert ran.returncode == 0, ran.stderr
    assert "visits placed" in ran.stdout


def test_the_two_commands_stand_first() -> None:
    blocks = re.findall(r"```\n(.*?)```", README, flags=re.S)
    assert [block.strip() for block in blocks] == [
        "pip install -e . && territory demo",
        'pip install -e ".[test]" && python -m pytest',
    ]


def test_both_readmes_hold_the_same_commands_code_and_scenarios() -> None:
    chinese = (ROOT / "README.zh.md").read_text(encoding="utf-8")
    for pattern in (r"```\w*\n.*?```", r"`scenarios/\w+`", r"\]\(docs/images/[^)]+\)"):
        assert re.findall(pattern, chinese, flags=re.S) == re.findall(pattern, README, flags=re.S)
    links = re.findall(r"\]\(([^)#]+)\)", chinese)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_test_that_a_guarantee_names_exists() -> None:
    table = README.split("## Guarantees")[1].split("## Limits")[0]
    files = set(re.findall(r"`(tests/[\w/]+(?:\.py)?)`", table))
    assert files
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    names = re.findall(r"`(test_\w+)`", table)
    assert [name for name in names if f"def {name}(" not in tests] == []


def test_every_file_that_the_readme_links_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert [link for link in links if not link.startswith("http") and not (ROOT / link).exists()] == []


@pytest.mark.parametrize(
    "table", ["outlets", "reps", "teams", "flows", "adjacency", "travel", "affinities", "targets", "outlet_facts"]
)
def test_every_column_and_header_is_documented(table: str) -> None:
    section = DATA.split(f"## {table}.csv")[1].split("\n## ")[0]
    for column in COLUMNS[table]:
        shown = "sales_<currency>" if column.name == "sales" else column.name
        assert f"| {shown} |" in section or f"| **{shown}** |" in section
        assert all(alias in section for alias in column.aliases)


SECTIONS = {
    "split": rules.SplitRules,
    "visits": rules.VisitRules,
    "travel": rules.TravelRules,
    "defaults": rules.DefaultRules,
    "effort": rules.EffortRules,
    "sheet.links": SheetLinks,
    "lab": rules.LabRules,
    "year": YearRules,
    "policy.NAME.*": Lever,
} | {f"policy.NAME.{name}": PolicyRules.model_fields[name].annotation for name in LEVERS}


@pytest.mark.parametrize("name", list(SECTIONS))
def test_every_setting_is_documented(name: str) -> None:
    section = DATA.split(f"### [{name}]")[1].split("\n### ")[0]
    model = SECTIONS[name]
    assert model is not None
    shown_elsewhere = COMMON_SETTINGS if name.startswith("policy.NAME.") and model is not Lever else ()
    for key, field in model.model_fields.items():
        if key in shown_elsewhere:
            continue
        line = next((line for line in section.splitlines() if line.startswith(f"| {key} |")), None)
        assert line is not None, key
        default = field.get_default(call_default_factory=True)
        assert f"| {default} |" in line, (key, default)
