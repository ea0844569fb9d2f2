"""Progress in the user's language: bars on a terminal, JSON lines elsewhere."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress as RichProgress
from rich.progress import TextColumn

from territory.cli.watching import STAGES, Bars, JsonLines
from territory.language import Lang, Text

SOURCES = Path(__file__).resolve().parents[2] / "src" / "territory"


def test_every_stage_has_a_name_in_both_languages() -> None:
    pattern = re.compile(r'(?:^_?STAGE = |\bstage=|\.(?:started|ended)\(\s*)"(\w+)"', re.M)
    found = {name for path in SOURCES.rglob("*.py") for name in pattern.findall(path.read_text(encoding="utf-8"))}
    assert {"split", "visits", "policy", "export"} <= found
    assert found - set(STAGES) == set()
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text.zh) for text in STAGES.values())


@pytest.mark.parametrize(("lang", "shown"), [("en", ("split", "2 outlets")), ("zh", ("划分", "2 家客户"))])
def test_bars_and_lines_speak_the_language_asked_for(
    lang: Lang, shown: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    page = Console(file=io.StringIO(), width=120)
    with RichProgress(
        TextColumn("{task.description}"), TextColumn("{task.fields[note]}"), console=page, auto_refresh=False
    ) as rich:
        bars = Bars(rich, lang)
        bars.started("split", 2)
        bars.ended("split", Text("2 outlets", "2 家客户"))
        (task,) = rich.tasks
        assert (task.description.strip(), task.fields["note"]) == shown
    lines = JsonLines(lang)
    lines.ended("split", Text("2 outlets", "2 家客户"))
    event = json.loads(capsys.readouterr().err)
    assert (event["stage"], event["note"]) == ("split", shown[1])
