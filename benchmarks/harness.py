"""Runs cases one after the other, on the clock, and hands every row on as soon as it is there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

from benchmarks.contract import BenchmarkError, Case, Clocked, row_of
from territory.effort import Effort


def rows(family: str, cases: Sequence[Case], *, seeds: int, seconds: float | None) -> Iterator[dict[str, object]]:
    """
    One row per case and seed (1 to `seeds`); reading, building and compiling come before the clock.

    Parameters
    ----------
    seconds
        Wall seconds of search per run; None: every case's own iterations or seconds.

    Raises
    ------
    BenchmarkError
        When a case has no effort of its own and no seconds are given.
    """
    efforts = [_effort(family, case, seconds) for case in cases]
    for case, effort in zip(cases, efforts, strict=True):
        case.prepare()
        for seed in range(1, seeds + 1):
            yield row_of(family, case, seed=seed, budget_s=effort.seconds, clocked=_clocked(case, effort, seed))


def _effort(family: str, case: Case, seconds: float | None) -> Effort:
    """What is given, else the case's own."""
    if seconds is not None and not case.is_fixed_work:
        return Effort(seconds=seconds)
    if case.iterations is not None:
        return Effort(iterations=case.iterations)
    if case.seconds is None or case.is_fixed_work:
        raise BenchmarkError(f"{family}: say how long with --seconds")
    return Effort(seconds=case.seconds)


def _clocked(case: Case, effort: Effort, seed: int) -> Clocked:
    wall_s, cpu_s = time.perf_counter(), _cpu_s()
    outcome = case.run(effort, seed)
    return Clocked(outcome=outcome, cpu_s=_cpu_s() - cpu_s, wall_s=time.perf_counter() - wall_s)


def _cpu_s() -> float:
    """CPU seconds of this process and its ended children, all threads together."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
