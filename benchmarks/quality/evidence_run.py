"""Runs studies: matched replications of all arms, side by side, and what each target came to."""

from __future__ import annotations

import concurrent.futures as futures
import time
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from benchmarks.quality.evidence_facts import Seen
from benchmarks.quality.evidence_statistic import Measured, measured
from benchmarks.quality.evidence_study import Study, Target
from territory.cli.watching import Bars
from territory.compute import local_executor, run_all
from territory.policy import Draws, simulate
from territory.units import FloatArray

Moments = FloatArray | str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One entry of a target with what the replications say; `why_not` is empty when it is met."""

    target: Target
    found: Measured | None
    why_not: str


@dataclass(frozen=True, kw_only=True)
class StudyResult:
    """All entries of a study, and the CPU seconds of its replications, wherever they ran."""

    parts: tuple[Part, ...]
    replications: int
    cpu_s: float

    def of_target(self, name: str) -> tuple[Part, ...]:
        """The entries with that id."""
        return tuple(part for part in self.parts if part.target.keys.id == name)


@dataclass(frozen=True, kw_only=True)
class _Task:
    study: Study
    seed: int
    replication: int


@dataclass(frozen=True, kw_only=True)
class _Done:
    """Moments of every target, or why there are none."""

    moments: tuple[Moments, ...]
    cpu_s: float


def _replicate(task: _Task) -> _Done:
    """All arms of one replication on common random numbers, reduced to the targets' moments."""
    began = time.process_time()
    study = task.study
    arms: dict[str, Seen] = {}
    broken: dict[str, str] = {}
    drawn: list[Draws] = []
    for name in study.needed_arms:
        try:
            problem = study.problem(name)
            fitting = (d for d in drawn if d.belong_to(problem, seed=task.seed, replication=task.replication))
            draws = next(fitting, None)
            if draws is None:
                draws = Draws.of(problem, seed=task.seed, replication=task.replication)
                drawn.append(draws)
            year = simulate(problem, study.arms[name].policy, seed=task.seed, replication=task.replication, draws=draws)
            arms[name] = Seen(problem=problem, year=year)
        except Exception as error:  # one study must not take the others down; its rows say why
            broken[name] = f"arm {name}: {type(error).__name__}: {error}"
    moments = tuple(_moments(target, arms, broken) for target in study.targets)
    return _Done(moments=moments, cpu_s=time.process_time() - began)


def _moments(target: Target, arms: dict[str, Seen], broken: dict[str, str]) -> Moments:
    reasons = [broken[name] for name in target.statistic.arms() if name in broken]
    if reasons:
        return reasons[0]
    try:
        return target.statistic.moments(arms)
    except Exception as error:  # as above
        return f"{type(error).__name__}: {error}"


@dataclass(kw_only=True)
class Runner:
    """Runs each study once, however many of its targets are asked for; keeps its processes for the next study."""

    workers: int
    replications: int | None
    _executor: futures.Executor | None = None
    _known: dict[tuple[str, int], StudyResult] = field(default_factory=dict)

    def result(self, study: Study, seed: int) -> StudyResult:
        """The study with its own seed moved on by `seed` - 1."""
        key = (study.id, seed)
        if key not in self._known:
            self._known[key] = self._run(study, seed)
        return self._known[key]

    def _run(self, study: Study, seed: int) -> StudyResult:
        number = (self.replications or study.replications) if study.needed_arms else 2
        tasks = [_Task(study=study, seed=study.seed + seed - 1, replication=at) for at in range(number)]
        if self.workers > 1 and study.needed_arms and self._executor is None:
            self._executor = local_executor(self.workers)
        with _bar() as bars:
            done = run_all(
                _replicate,
                tasks,
                stage=study.id,
                executor=self._executor if study.needed_arms else None,
                progress=Bars(bars),
            )
        return StudyResult(
            parts=tuple(_part(target, [each.moments[at] for each in done]) for at, target in enumerate(study.targets)),
            replications=number,
            cpu_s=sum(each.cpu_s for each in done),
        )


def _part(target: Target, moments: list[Moments]) -> Part:
    arrays = [each for each in moments if not isinstance(each, str)]
    if len(arrays) < len(moments):
        reason = next(each for each in moments if isinstance(each, str))
        return Part(target=target, found=None, why_not=f"could not be computed: {reason}")
    found = measured(target.statistic, np.array(arrays))
    return Part(target=target, found=found, why_not=target.why_not(found))


def _bar() -> RichProgress:
    """A bar on a terminal, nothing elsewhere; it goes away when its study is done."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<9}"), BarColumn(bar_width=28), MofNCompleteColumn(), TimeElapsedColumn())
    return RichProgress(*columns, console=console, transient=True, disable=not console.is_terminal)
