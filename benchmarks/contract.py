"""What a benchmark case is, and the one JSON object that every run of it becomes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from territory.effort import Effort

Sense = Literal["min", "max"]
Clock = Literal["wall", "cpu"]

KEYS = (
    "family",
    "instance",
    "seed",
    "budget_s",
    "cpu_s",
    "wall_s",
    "objective",
    "reference",
    "gap",
    "bound",
    "violations",
    "status",
)
MORE_KEYS = ("sense", "unit", "reference_source", "note")


class BenchmarkError(Exception):
    """The command asks for something that is not there, or an instance file is not what it should be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A known value of the objective, and who says so."""

    value: float
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """
    What one run came to, as the independent recomputation sees it.

    Attributes
    ----------
    objective, bound
        In the case's unit; None when there is no plan or nothing is known.
    violations
        Number of broken rules that the checkers found.
    measures
        What else is worth a column, by name.
    note
        Why there is no plan, or what a reader must know.
    """

    objective: float | None
    bound: float | None
    violations: int
    status: str
    measures: Mapping[str, object] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    One instance with its options, ready to be run with an effort and a seed.

    Attributes
    ----------
    sense
        Is a smaller or a larger objective better?
    prepare
        What is done before the clock runs: building the problem, compiling kernels.
    options
        The family's own options, written into every row.
    iterations, seconds
        Effort when no seconds are given: iterations if there are any, else seconds; None: the case has no such effort.
    seeds
        Seeds 1 to so many when none are asked for.
    is_fixed_work
        Seconds do not apply: the case always does the same work.
    has_own_workers
        It starts processes of its own, and is not run beside other cases.
    peer
        Another program on the same instance with the same effort and seed, after the run and off its clock; gives
        measures, `peer` and `peer_objective` among them.
    """

    instance: str
    sense: Sense
    unit: str
    run: Callable[[Effort, int], Outcome]
    prepare: Callable[[], None] = lambda: None
    options: Mapping[str, object] = field(default_factory=dict)
    reference: Reference | None = None
    iterations: int | None = None
    seconds: float | None = None
    seeds: int = 1
    is_fixed_work: bool = False
    has_own_workers: bool = False
    peer: Callable[[Effort, int], Mapping[str, object]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocked:
    """An outcome with the seconds it took: `cpu_s` over all threads and children of the process."""

    outcome: Outcome
    cpu_s: float
    wall_s: float


def gap_to(reference: float | None, objective: float | None, sense: Sense) -> float | None:
    """
    How much worse than the reference, as a fraction of it: 0.01 is one per cent worse, negative is better.

    None without a plan or a reference, and where the reference is 0 and missed.
    """
    if reference is None or objective is None:
        return None
    worse_by = objective - reference if sense == "min" else reference - objective
    if worse_by == 0:
        return 0.0
    return worse_by / abs(reference) if reference else None


def row_of(family: str, case: Case, *, seed: int, budget_s: float | None, clocked: Clocked) -> dict[str, object]:
    """The JSON object of one run: `KEYS`, `MORE_KEYS`, then the options and measures of the family."""
    outcome, known = clocked.outcome, case.reference
    row: dict[str, object] = {
        "family": family,
        "instance": case.instance,
        "seed": seed,
        "budget_s": budget_s,
        "cpu_s": round(clocked.cpu_s, 3),
        "wall_s": round(clocked.wall_s, 3),
        "objective": _finite(outcome.objective),
        "reference": _finite(known.value) if known else None,
        "gap": gap_to(known.value if known else None, _finite(outcome.objective), case.sense),
        "bound": _finite(outcome.bound),
        "violations": outcome.violations,
        "status": outcome.status,
        "sense": case.sense,
        "unit": case.unit,
        "reference_source": known.source if known else None,
        "note": outcome.note,
    }
    for name, value in {**case.options, **outcome.measures}.items():
        if name in row:
            raise ValueError(f"{name} is a key of the contract; a family may not use it")
        row[name] = _finite(value) if isinstance(value, float) else value
    return row


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
