"""docs/history.md stays true: its commands run one after the other, its Python runs, its table is complete."""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from territory.pipeline.history.desk import Desk
from territory.pipeline.history.orders import KINDS
from territory.pipeline.history.state import stops_of
from tests.cli.test_verbs import call
from tests.pipeline.history.conftest import run_into, small_town

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", PAGE, flags=re.S) for line in block.splitlines()]
VERBS = (
    "log",
    "edit",
    "undo",
    "redo",
    "diff",
    "branch",
    "restore",
    "comment",
    "submit",
    "approve",
    "publish",
    "verify",
)
OUTLETS = {"A0017": "003", "A0018": "004", "A0021": "002", "R02": "R2"}


def dates_of(out: Path) -> dict[str, str]:
    """A day on which A0017 is visited, and the one after."""
    with Desk.open(out) as desk:
        date = min(
            key[:10]
            for key, route in desk.state["routes"].items()
            if any(stop[0] == OUTLETS["A0017"] for stop in stops_of(route))
        )
    return {"2026-12-01": date, "2026-12-02": (dt.date.fromisoformat(date) + dt.timedelta(days=1)).isoformat()}


def test_the_page_runs_from_the_first_command_to_the_last(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_into(tmp_path / "OUT", small_town().write(tmp_path / "tables"))
    monkeypatch.chdir(tmp_path)
    Path("edits.csv").write_text("kind,outlet_id,rep_id,date,to\n锁定,006,,,\n", encoding="utf-8")
    places = OUTLETS | dates_of(tmp_path / "OUT")
    for command in COMMANDS:
        text = command
        for shown, real in places.items():
            text = text.replace(shown, real)
        verb, *words = shlex.split(text)[1:]
        code, said, err = call(capsys, verb, *words)
        assert code == 0, (text, err)
        assert said, text
    (code_block,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    ran = subprocess.run(
        [sys.executable, "-c", code_block],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("[]\n")


def test_the_page_shows_every_verb() -> None:
    assert {command.split()[1] for command in COMMANDS} == set(VERBS)


def test_the_page_names_every_edit_in_both_languages() -> None:
    for kind in set(KINDS.values()):
        assert kind in PAGE
        assert any(word in PAGE for word, meant in KINDS.items() if meant == kind and not word.isascii())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_in_both_languages(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    code, said, _ = call(capsys, verb, "--help")
    assert code == 0
    assert re.search(r"[\u4e00-\u9fff]", said)
    assert "--json" in said
    assert "--lang" in said
