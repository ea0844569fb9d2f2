"""Runs cases, on the clock, and hands every row on as soon as it is there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

from benchmarks.contract import BenchmarkError, Case, Clock, Clocked, row_of
from territory.effort import Effort


def rows(
    family: str, cases: Sequence[Case], *, seeds: int | None, seconds: float | None, clock: Clock = "wall"
) -> Iterator[dict[str, object]]:
    """
    One row per case and seed, one after the other; reading, building and compiling come before the clock.

    Parameters
    ----------
    seeds
        Seeds 1 to so many; None: as many as each case says.
    seconds
        Seconds of search per run; None: every case's own iterations or seconds.
    clock
        What seconds are: of the wall, or of the searching process's CPU.

    Raises
    ------
    BenchmarkError
        When a case has no effort of its own and no seconds are given.
    """
    efforts = [effort_of(family, case, seconds, clock) for case in cases]
    for case, effort in zip(cases, efforts, strict=True):
        case.prepare()
        for seed in range(1, (seeds or case.seeds) + 1):
            yield row(family, case, effort, seed)


def row(family: str, case: Case, effort: Effort, seed: int) -> dict[str, object]:
    """One run of a case that is prepared."""
    budget_s = effort.seconds if effort.cpu_seconds is None else effort.cpu_seconds
    found = row_of(family, case, seed=seed, budget_s=budget_s, clocked=_clocked(case, effort, seed))
    return found if case.peer is None else {**found, **case.peer(effort, seed)}


def effort_of(family: str, case: Case, seconds: float | None, clock: Clock) -> Effort:
    """
    What is given, else the case's own.

    Raises
    ------
    BenchmarkError
        When there is neither.
    """
    if seconds is not None and not case.is_fixed_work:
        return _seconds(seconds, clock)
    if case.iterations is not None:
        return Effort(iterations=case.iterations)
    if case.seconds is None or case.is_fixed_work:
        raise BenchmarkError(f"{family}: say how long with --seconds")
    return _seconds(case.seconds, clock)


def _seconds(seconds: float, clock: Clock) -> Effort:
    return Effort(cpu_seconds=seconds) if clock == "cpu" else Effort(seconds=seconds)


def _clocked(case: Case, effort: Effort, seed: int) -> Clocked:
    wall_s, cpu_s = time.perf_counter(), _cpu_s()
    outcome = case.run(effort, seed)
    return Clocked(outcome=outcome, cpu_s=_cpu_s() - cpu_s, wall_s=time.perf_counter() - wall_s)


def _cpu_s() -> float:
    """CPU seconds of this process and its ended children, all threads together."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
