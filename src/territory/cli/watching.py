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

from territory.progress import SILENT, Progress


class Bars:
    """One bar per stage."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def started(self, stage: str, total: int) -> None:
        """Show the stage."""
        if stage in self._tasks:
            self._bars.reset(self._tasks[stage], total=total)
        else:
            self._tasks[stage] = self._bars.add_task(stage, total=total, note="")

    def stepped(self, stage: str, done: int, total: int) -> None:
        """Move the bar."""
        if stage in self._tasks:
            self._bars.update(self._tasks[stage], completed=done, total=total)

    def incumbent(self, stage: str, objective: float, bound: float | None) -> None:
        """Show the best objective so far."""
        if stage in self._tasks:
            shown = f"best {objective:.2f}" + ("" if bound is None else f", bound {bound:.2f}")
            self._bars.update(self._tasks[stage], note=shown)

    def ended(self, stage: str, note: str) -> None:
        """Fill the bar and say how it ended."""
        if stage not in self._tasks:
            self.started(stage, 1)
        task = self._tasks[stage]
        total = self._bars.tasks[self._bars.task_ids.index(task)].total or 1
        self._bars.update(task, completed=total, total=total, note=note)


class JsonLines:
    """One JSON object per event, for programs and logs."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

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

    def ended(self, stage: str, note: str) -> None:
        """A stage is over."""
        self._write(event="ended", stage=stage, note=note)


@contextmanager
def watcher(*, quiet: bool) -> Iterator[Progress]:
    """The way of watching that fits where we run."""
    console = Console(stderr=True)
    if quiet:
        yield SILENT
    elif not console.is_terminal:
        yield JsonLines()
    else:
        columns = (
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description:<9}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[note]}"),
        )
        with RichProgress(*columns, console=console) as bars:
            yield Bars(bars)
