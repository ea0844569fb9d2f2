"""Runs side by side in processes. Cases are closures, so each process makes them anew from the command's words."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import cache

from benchmarks.command import cases_of, parsed, seconds_of
from benchmarks.contract import Case
from benchmarks.harness import effort_of, row
from benchmarks.registry import family
from territory.compute import local_executor


def rows_side_by_side(
    words: Sequence[str], cases: Sequence[Case], options: argparse.Namespace
) -> Iterator[dict[str, object]]:
    """The rows that `harness.rows` gives, in the same order; every run has one process to itself."""
    turns = [(at, seed) for at, case in enumerate(cases) for seed in range(1, (options.seeds or case.seeds) + 1)]
    with local_executor(options.workers) as executor:
        running = [executor.submit(_row, tuple(words), at, seed) for at, seed in turns]
        try:
            for future in running:
                yield future.result()
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


def _row(words: tuple[str, ...], at: int, seed: int) -> dict[str, object]:
    """One run, in a process of its own."""
    options = parsed(words)
    chosen = family(options.family)
    case = _prepared(words, at)
    return row(chosen.name, case, effort_of(chosen.name, case, seconds_of(options), chosen.clock), seed)


@cache
def _prepared(words: tuple[str, ...], at: int) -> Case:
    case = _cases(words)[at]
    case.prepare()
    return case


@cache
def _cases(words: tuple[str, ...]) -> Sequence[Case]:
    return cases_of(parsed(words))
