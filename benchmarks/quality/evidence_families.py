"""Family `evidence`: does the simulated year find what published studies found, with one set of parameters?

One row per target. `status` is pass or fail; a target of several parts passes when all do, and its row shows the
first part that fails, else the first. `objective` is the mean.
"""

from __future__ import annotations

import argparse
import math
from functools import partial
from pathlib import Path

from benchmarks.contract import BenchmarkError, Case, Outcome
from benchmarks.options import count
from benchmarks.quality.evidence_run import Part, Runner
from benchmarks.quality.evidence_study import Study, read_folder
from territory.effort import Effort

STUDIES = Path(__file__).resolve().parents[1] / "evidence"
DIGITS = 6


def declare_evidence(parser: argparse.ArgumentParser) -> None:
    """Options of `evidence`."""
    parser.add_argument(
        "folder", type=Path, nargs="?", default=STUDIES, metavar="FOLDER", help="study files (default: those kept here)"
    )
    parser.add_argument("--study", nargs="+", metavar="ID", help="these studies only")
    parser.add_argument("--replications", type=count, metavar="N", help="instead of what each study says, 2 or more")
    parser.add_argument(
        "--workers", type=count, default=1, metavar="N", help="replications side by side in N processes (default: 1)"
    )


def evidence_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """One case per target."""
    if options.replications == 1:
        raise BenchmarkError("--replications is 2 or more: one run has no interval")
    if not options.folder.is_dir():
        raise BenchmarkError(f"{options.folder} is not a folder")
    studies = read_folder(options.folder)
    if options.study:
        unknown = set(options.study) - {study.id for study in studies}
        if unknown:
            raise BenchmarkError(f"there is no study {', '.join(sorted(unknown))} in {options.folder}")
        studies = tuple(study for study in studies if study.id in options.study)
    runner = Runner(workers=options.workers, replications=options.replications)
    return [_case(study, target, runner) for study in studies for target in study.target_ids]


def _case(study: Study, target: str, runner: Runner) -> Case:
    first = next(each for each in study.targets if each.keys.id == target)
    return Case(
        instance=f"{study.id}/{target}",
        sense="max",
        unit=first.statistic.unit,
        run=partial(_run, study, target, runner),
        options={"study": study.id, "target": target, "title": study.title, "source": study.source},
        iterations=runner.replications or study.replications,
        is_fixed_work=True,
    )


def _run(study: Study, target: str, runner: Runner, _effort: Effort, seed: int) -> Outcome:
    result = runner.result(study, seed)
    parts = result.of_target(target)
    failed = [part for part in parts if part.why_not]
    shown = _shown((failed or parts)[0])
    return Outcome(
        objective=shown["mean"] if isinstance(shown["mean"], float) else None,
        bound=None,
        violations=0,
        status="fail" if failed else "pass",
        measures={
            **shown,
            "passes": 0 if failed else 1,
            "details": [_shown(part) for part in parts],
            "replications": result.replications,
            "study_cpu_s": round(result.cpu_s, 2),
        },
        note="; ".join(_named(part) for part in failed),
    )


def _named(part: Part) -> str:
    return f"{part.target.keys.part}: {part.why_not}" if part.target.keys.part else part.why_not


def _shown(part: Part) -> dict[str, object]:
    """A part of a target as JSON; None for what is not a finite number."""
    keys, found = part.target.keys, part.found
    return {
        "part": keys.part,
        "says": keys.says,
        "statistic": keys.statistic,
        "mean": _rounded(found.mean if found else math.nan),
        "half_width": _rounded(found.half_width if found else math.nan),
        "low": keys.low,
        "high": keys.high,
        "reason": keys.reason,
        "is_met": not part.why_not,
    }


def _rounded(value: float) -> float | None:
    return round(value, DIGITS) if math.isfinite(value) else None
