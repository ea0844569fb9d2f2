"""Progress on a terminal (bars) or elsewhere (JSON lines on standard error)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from territory.cli.summary import padded
from territory.language import Lang, Text
from territory.progress import SILENT, Note, Progress

_STAGE_WIDTH = 9

STAGES = {
    "check": Text("check", "检查"),
    "export": Text("export", "导出"),
    "generate": Text("generate", "生成"),
    "hours": Text("hours", "工时"),
    "moves": Text("moves", "调整"),
    "numbers": Text("numbers", "区域数"),
    "policy": Text("policy", "政策"),
    "replan": Text("replan", "重排"),
    "report": Text("report", "报告"),
    "sheets": Text("sheets", "一张纸"),
    "split": Text("split", "划分"),
    "teams": Text("teams", "团队"),
    "today": Text("today", "今日"),
    "visits": Text("visits", "拜访"),
}
"""What a stage is called on a terminal; one that is not here keeps its name."""


def words(note: Note, lang: Lang) -> str:
    """A note in a language."""
    return note.in_(lang) if isinstance(note, Text) else note


class Bars:
    """One bar per stage."""

    def __init__(self, bars: RichProgress, lang: Lang = "en") -> None:
        self._bars, self._lang = bars, lang
        self._tasks: dict[str, TaskID] = {}

    def started(self, stage: str, total: int) -> None:
        """Show the stage."""
        if stage in self._tasks:
            self._bars.reset(self._tasks[stage], total=total)
        else:
            shown = STAGES[stage].in_(self._lang) if stage in STAGES else stage
            self._tasks[stage] = self._bars.add_task(padded(shown, _STAGE_WIDTH), total=total, note="")

    def stepped(self, stage: str, done: int, total: int) -> None:
        """Move the bar."""
        if stage in self._tasks:
            self._bars.update(self._tasks[stage], completed=done, total=total)

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None:
        """Show the best objective so far."""
        if stage in self._tasks:
            best, limit = ("最优 ", ",界 ") if self._lang == "zh" else ("best ", ", bound ")
            shown = f"{best}{objective:.2f}" + ("" if bound is None else f"{limit}{bound:.2f}")
            self._bars.update(self._tasks[stage], note=shown)

    def ended(self, stage: str, note: Note) -> None:
        """Fill the bar and say how it ended."""
        if stage not in self._tasks:
            self.started(stage, 1)
        task = self._tasks[stage]
        total = self._bars.tasks[self._bars.task_ids.index(task)].total or 1
        self._bars.update(task, completed=total, total=total, note=words(note, self._lang))


class JsonLines:
    """One JSON object per event, for programs and logs."""

    def __init__(self, lang: Lang = "en") -> None:
        self._begun, self._lang = time.monotonic(), lang

    def _write(self, **event: object) -> None:
        event["elapsed_s"] = round(time.monotonic() - self._begun, 3)
        print(json.dumps(event, ensure_ascii=False), file=sys.stderr, flush=True)

    def started(self, stage: str, total: int) -> None:
        """A stage begins."""
        self._write(event="started", stage=stage, total=total)

    def stepped(self, stage: str, done: int, total: int) -> None:
        """Some parts are done."""
        self._write(event="stepped", stage=stage, done=done, total=total)

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None:
        """A better plan."""
        self._write(event="incumbent", stage=stage, objective=objective, bound=bound)

    def ended(self, stage: str, note: Note) -> None:
        """A stage is over."""
        self._write(event="ended", stage=stage, note=words(note, self._lang))


@contextmanager
def watcher(*, quiet: bool, lang: Lang = "en") -> Iterator[Progress]:
    """The way of watching that fits where we run."""
    console = Console(stderr=True)
    if quiet:
        yield SILENT
    elif not console.is_terminal:
        yield JsonLines(lang)
    else:
        columns = (
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[note]}"),
        )
        with RichProgress(*columns, console=console) as bars:
            yield Bars(bars, lang)
