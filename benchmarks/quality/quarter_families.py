"""Family `quarter`: thirteen weeks of plan, print, fill in, record, review and plan anew; every visit accounted for."""

from __future__ import annotations

import argparse
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.contract import BenchmarkError, Case, Outcome
from benchmarks.options import count
from benchmarks.quality.quarter_run import Quarter
from territory.effort import Effort

WEEKS, ITERATIONS, REPLAN_ITERATIONS = 13, 5_000, 5_000
_SHOWN = 5


def declare_quarter(parser: argparse.ArgumentParser) -> None:
    """Options of `quarter`."""
    parser.add_argument("--weeks", type=count, default=WEEKS, metavar="N", help="weeks (default: 13)")
    parser.add_argument("--iterations", type=count, default=ITERATIONS, help="of the search for visits, per rep")
    parser.add_argument("--replan-iterations", type=count, default=REPLAN_ITERATIONS, help="of each new plan, per rep")
    parser.add_argument("--processes", type=count, default=2, metavar="N", help="processes that plan (default: 2)")


def quarter_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """One case: the scenario in the folder."""
    if not (folder / "scenario.toml").exists():
        raise BenchmarkError(f"{folder} is no scenario folder: scenario.toml is not there")
    return [
        Case(
            instance=folder.resolve().name,
            sense="min",
            unit="visits unaccounted for",
            run=partial(_run, folder, options),
            options={"processes": options.processes, "replan_iterations": options.replan_iterations},
            iterations=options.iterations,
            is_fixed_work=True,
            has_own_workers=True,
        )
    ]


def _run(folder: Path, options: argparse.Namespace, effort: Effort, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as made:
        quarter = Quarter(
            folder=Path(made),
            seed=seed,
            weeks=options.weeks,
            visit_effort=effort,
            replan_effort=Effort(iterations=options.replan_iterations),
            workers=options.processes,
        )
        measures = quarter.run(folder)
    faults = quarter.books.faults
    return Outcome(
        objective=float(len(faults)),
        bound=None,
        violations=len(faults),
        status="fail" if faults else "pass",
        measures=measures,
        note="; ".join(faults[:_SHOWN]),
    )
