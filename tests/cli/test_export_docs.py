"""docs/exports.md stays true: its commands run one after the other, and it names what there is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from territory.io.export.columns import TABLES
from territory.pipeline.exporting import FORMATS
from tests.cli.test_export_verbs import call

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", PAGE, flags=re.S) for line in block.splitlines()]


def test_every_command_runs_in_turn(
    capsys: pytest.CaptureFixture[str], tables: Path, planned: Path, tmp_path: Path
) -> None:
    shutil.copytree(planned, tmp_path / "OUT")
    shutil.copytree(planned, tmp_path / "NEW")
    assert len(COMMANDS) == 5
    for command in COMMANDS:
        words = re.sub(r"\b(OUT|NEW|EDITED|WEEK2)\b", lambda match: str(tmp_path / match[0]), command)
        if "OUT/export/csv" in command:
            assert call(capsys, "export", tmp_path / "OUT", "--scenario", tables, "--to", "csv")[0] == 0
        code, said, told = call(capsys, *words.replace("SCENARIO", str(tables)).split()[1:])
        assert code == 0, told
        assert said


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_its_row(name: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert row.endswith("yes |") == (name in ("xlsx", "csv", "json", "geojson"))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_and_column_that_is_read_is_named(table: object) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{table.name}` ({table.zh}) |"))  # type: ignore[attr-defined]
    named = set(re.findall(r"`(\w+)`", row))
    if table.name != "meta":  # type: ignore[attr-defined]
        assert {column.name for column in table.columns if column.is_read} <= named  # type: ignore[attr-defined]
