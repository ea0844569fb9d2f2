"""Family `city`: a whole generated city rep by rep, a sample of reps against long runs, and what knobs cost."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path

import numpy as np

from benchmarks.contract import BenchmarkError, Case, Outcome, Reference
from benchmarks.instances.city import CITY_REPS, CITY_SEED, city, sample_of
from benchmarks.options import count
from benchmarks.quality.city_reference import Entry, append, best_of, read_entries
from benchmarks.quality.visit_outcome import visits_outcome
from territory.compute import local_executor
from territory.domain.rules import EffortRules
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.units import DAYS_PER_CYCLE, DAYS_PER_WEEK, SECONDS_PER_MIN, FloatArray
from territory.visits import VisitsProblem, check, plan_visits, warm_up

REFERENCE_FILE = Path(__file__).parents[1] / "city_reference.jsonl"
REFERENCE_SEEDS, REFERENCE_S = 8, 60.0
PRICES = (0.0, 0.02, 0.03, 0.05, 0.1, 0.5, 1.0, 2.0, 4.0)
MORE_WEEKDAYS = 4  # visits a cycle up to which an outlet may keep one weekday


@dataclass(frozen=True, kw_only=True, slots=True)
class Knob:
    """One setting of one rule, and the setting its travel is compared with."""

    name: str
    rule: str
    value: bool | float
    base: bool | float


KNOBS = (
    Knob(name="same_weekday_hard", rule="same_weekday", value=True, base=False),
    Knob(name="same_weekday_free", rule="same_weekday", value=False, base=False),
    *(Knob(name=f"price_balance_{price:g}", rule="price_balance", value=price, base=0.0) for price in PRICES),
)


def declare_city(parser: argparse.ArgumentParser) -> None:
    """Options of `city`."""
    parser.add_argument(
        "--reps", type=count, default=CITY_REPS, metavar="N", help=f"the city's first N reps (default: {CITY_REPS})"
    )
    parser.add_argument(
        "--effort", type=count, metavar="ROUNDS", help="iterations per rep in place of the product's default"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--sample", action="store_true", help="a fixed sample of 12 reps, one row each")
    what.add_argument(
        "--reference",
        type=Path,
        metavar="FILE",
        help=f"long runs of the sample ({REFERENCE_SEEDS} seeds x {REFERENCE_S:g} CPU seconds unless said otherwise), "
        "kept in FILE (JSON lines) run by run: what is there is not run again",
    )
    what.add_argument("--knobs", action="store_true", help="the sample under other rules: what each costs in travel")
    parser.add_argument(
        "--known",
        type=Path,
        metavar="FILE",
        help=f"what --reference wrote, for the gaps of --sample (default: {REFERENCE_FILE.name} where it is there)",
    )


def city_cases(_folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """
    One case for the whole city, or one per rep of the sample (and knob).

    Raises
    ------
    BenchmarkError
        When the file of known values is not there or not readable.
    """
    rounds = options.effort or EffortRules().visit_iterations
    if options.reference is not None:
        entries = read_entries(options.reference)
        return [_reference_case(part, entries, options.reference) for part in _sample(options.reps)]
    if options.knobs:
        return [_knob_case(part, knob, rounds) for knob in KNOBS for part in _sample(options.reps)]
    if options.sample:
        known = _known(options.known)
        return [_sample_case(part, known, rounds) for part in _sample(options.reps)]
    return [whole_case(options.reps, rounds, options.workers)]


def whole_case(reps: int, rounds: int, workers: int) -> Case:
    """All reps, side by side on so many processes, through the front door that a user's run takes."""
    made = cache(partial(city, reps))

    def run(effort: Effort, seed: int) -> Outcome:
        if workers == 1:
            return visits_outcome(made(), plan_visits(made(), effort=effort, seed=seed))
        with local_executor(workers) as executor:
            return visits_outcome(made(), plan_visits(made(), effort=effort, seed=seed, executor=executor))

    return Case(
        instance=f"city_{reps}",
        sense="min",
        unit="drive minutes",
        prepare=lambda: warm_up(made()),
        run=run,
        options={"reps": reps, "outlets": made().num_outlets, "city_seed": CITY_SEED, "workers": workers},
        iterations=rounds,
        has_own_workers=True,
    )


def _sample_case(part: VisitsProblem, known: Sequence[Entry], rounds: int) -> Case:
    return _rep_case(
        part,
        part.name,
        run=lambda effort, seed: visits_outcome(part, plan_visits(part, effort=effort, seed=seed)),
        reference=best_of(known, part.content_digest()),
        iterations=rounds,
    )


def _reference_case(part: VisitsProblem, entries: Sequence[Entry], file: Path) -> Case:
    """Long runs of one rep; a run that the file has is read there."""
    digest = part.content_digest()
    there = {(entry.seed, entry.budget): entry for entry in entries if entry.digest == digest}

    def run(effort: Effort, seed: int) -> Outcome:
        stored = there.get((seed, _budget(effort)))
        if stored is not None:
            return Outcome(
                objective=stored.objective, bound=None, violations=0, status="FEASIBLE", measures={"stored": True}
            )
        found = visits_outcome(part, plan_visits(part, effort=effort, seed=seed))
        if found.violations == 0 and found.objective is not None:
            entry = Entry(rep=part.name, digest=digest, seed=seed, budget=_budget(effort), objective=found.objective)
            append(file, entry)
        return replace(found, measures={**found.measures, "stored": False})

    return _rep_case(part, f"reference/{part.name}", run=run, seconds=REFERENCE_S, seeds=REFERENCE_SEEDS)


def _knob_case(part: VisitsProblem, knob: Knob, rounds: int) -> Case:
    """One rep under one setting; the setting that it is compared with is searched with the same effort and seed."""

    def run(effort: Effort, seed: int) -> Outcome:
        problem, plan = _planned(part, knob.rule, knob.value, effort, seed)
        _, before = _planned(part, knob.rule, knob.base, effort, seed)
        drive_min, base_min = _drive_min(plan), _drive_min(before)
        return Outcome(
            objective=drive_min,
            bound=None,
            violations=len(check(problem, plan).violations),
            status="FEASIBLE",
            measures={
                "base_drive_min": base_min,
                "travel_extra": drive_min / base_min - 1.0,
                "same_weekday_share": same_weekday_share(problem, plan),
                "day_load_spread": day_load_spread(problem, plan),
                "visits_missing": plan.num_unplaced,
            },
        )

    knobs: dict[str, object] = {"knob": knob.rule, "value": knob.value}
    return _rep_case(part, f"{knob.name}/{part.name}", run=run, iterations=rounds, knobs=knobs)


def _rep_case(
    part: VisitsProblem,
    name: str,
    *,
    run: Callable[[Effort, int], Outcome],
    reference: Reference | None = None,
    iterations: int | None = None,
    seconds: float | None = None,
    seeds: int = 1,
    knobs: dict[str, object] | None = None,
) -> Case:
    return Case(
        instance=name,
        sense="min",
        unit="drive minutes",
        prepare=partial(warm_up, part),
        run=run,
        options={"outlets": part.num_outlets, "city_seed": CITY_SEED, **(knobs or {})},
        reference=reference,
        iterations=iterations,
        seconds=seconds,
        seeds=seeds,
    )


def same_weekday_share(problem: VisitsProblem, plan: VisitPlan) -> float:
    """Share of outlets visited weekly or fortnightly, all visits placed, that are visited on one weekday only."""
    kept = counted = 0
    for outlet in np.flatnonzero((problem.frequency > 1) & (problem.frequency <= MORE_WEEKDAYS)).tolist():
        weekdays = plan.day[plan.outlet_idx == problem.outlet_idcs[outlet]] % DAYS_PER_WEEK
        if len(weekdays) > 1:
            counted += 1
            kept += len(set(weekdays.tolist())) == 1
    return kept / counted if counted else 1.0


def day_load_spread(problem: VisitsProblem, plan: VisitPlan) -> float:
    """(largest - smallest) / mean of a rep's day loads (drive and service), over all days the rep works."""
    days = np.flatnonzero(problem.works_on()[0])
    load_s = _load_s(plan)[days]
    return float((load_s.max() - load_s.min()) / load_s.mean())


def _load_s(plan: VisitPlan) -> FloatArray:
    """Seconds of drive and service by day of the cycle, shape (28,), of a plan for one rep."""
    stops = np.bincount(plan.day, weights=plan.drive_s + plan.service_s, minlength=DAYS_PER_CYCLE)
    home = np.bincount(plan.route_day, weights=plan.return_drive_s, minlength=DAYS_PER_CYCLE)
    return np.asarray(stops + home, dtype=np.float64)


def _drive_min(plan: VisitPlan) -> float:
    return float(plan.drive_s.sum() + plan.return_drive_s.sum()) / SECONDS_PER_MIN


@lru_cache(maxsize=64)
def _planned(
    part: VisitsProblem, rule: str, value: bool | float, effort: Effort, seed: int
) -> tuple[VisitsProblem, VisitPlan]:
    """One rep under one setting; kept, because several knobs are compared with the same plan."""
    problem = replace(part, rules=part.rules.model_copy(update={rule: value}))
    return problem, plan_visits(problem, effort=effort, seed=seed).require_plan()


@cache
def _sample(reps: int) -> tuple[VisitsProblem, ...]:
    return sample_of(city(reps).parts())


def _known(file: Path | None) -> Sequence[Entry]:
    if file is None:
        return read_entries(REFERENCE_FILE)
    if not file.is_file():
        raise BenchmarkError(f"there is no file {file}; `city --reference {file}` makes it")
    return read_entries(file)


def _budget(effort: Effort) -> str:
    """An effort in words."""
    return " ".join(f"{value:g} {name}" for name, value in effort.describe().items() if isinstance(value, int | float))
