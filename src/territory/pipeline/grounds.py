"""Grounds for a policy year: today's split or a redrawn one, with routes estimated or planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from territory.compute import Arrays, Journal
from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.effort import Effort
from territory.io import read_visit_plan, write_visit_plan
from territory.language import Text
from territory.measure import Measure
from territory.pipeline import stages
from territory.pipeline.checking import VISITS, assignment_in
from territory.pipeline.history.recording import Keeper
from territory.pipeline.job import write_split
from territory.pipeline.plan_ground import assignment_path, staffed
from territory.pipeline.splitting import split_stage
from territory.pipeline.stages import Bench
from territory.policy import PolicyProblem
from territory.policy.model import DAYS_PER_MONTH

Split = Literal["today", "redrawn"]
Routes = Literal["today", "planned"]
SPLITS: tuple[Split, ...] = ("today", "redrawn")
ROUTES: tuple[Routes, ...] = ("today", "planned")
SPLIT_WORDS: dict[Split, Text] = {
    "today": Text("today's split", "现行划分"),
    "redrawn": Text("redrawn split", "重划方案"),
}
ROUTE_WORDS: dict[Routes, Text] = {
    "today": Text("routes estimated", "线路为估算"),
    "planned": Text("planned routes", "排定线路"),
}
TODAY_VISITS = "visits_today.csv"
PERCENT = 100.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """One split with one kind of routes, ready for a policy year."""

    split: Split
    routes: Routes
    problem: PolicyProblem

    @property
    def label(self) -> Text:
        """Its name for readers."""
        split, routes = SPLIT_WORDS[self.split], ROUTE_WORDS[self.routes]
        return Text(f"{split.en}, {routes.en}", f"{split.zh},{routes.zh}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Efforts:
    """How long the split and each visit plan are searched for, where they are not taken from a folder."""

    split: Effort
    visits: Effort


@dataclass(frozen=True, slots=True)
class _WithEarlier(Journal):
    """A journal that also reads what an earlier run kept."""

    earlier: Journal

    def read(self, key: str) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] | None:
        """The arrays of this journal, else those of the earlier one."""
        found = Journal.read(self, key)
        return self.earlier.read(key) if found is None else found

    def write(self, key: str, arrays: Arrays) -> None:
        """Into this journal alone."""
        Journal.write(self, key, arrays)


def build_grounds(
    scenario: Scenario,
    *,
    splits: Sequence[Split],
    routes: Sequence[Routes],
    plan: Path | None,
    target: Path,
    efforts: Efforts,
    bench: Bench,
    keeper: Keeper | None = None,
) -> tuple[Ground, ...]:
    """
    The grounds in the order of `splits` and, within them, of `routes`.

    Parameters
    ----------
    plan
        Folder of an earlier run: its split is the redrawn one, its visits the planned routes; what it lacks is made.
    target
        Splits and visit plans that had to be made are written there.
    keeper
        Records them in the history of `target`.

    Raises
    ------
    InfeasibleError, NoPlanFoundError
        When no split exists or none was found.
    ScenarioError
        When a table of `plan` does not fit the scenario.
    """
    bench = _reading(bench, plan, target)
    found: list[Ground] = []
    for split in splits:
        case, assignment = _split(
            scenario, split, plan=plan, target=target, effort=efforts.split, bench=bench, keeper=keeper
        )
        for kind in routes:
            visits = None
            if kind == "planned":
                visits = _visits(
                    case,
                    assignment,
                    split,
                    plan=plan,
                    target=target,
                    effort=efforts.visits,
                    bench=bench,
                    keeper=keeper,
                )
            problem = PolicyProblem.of(case, assignment, visits, year=case.year)
            found.append(Ground(split=split, routes=kind, problem=problem))
    return tuple(found)


def _reading(bench: Bench, plan: Path | None, target: Path) -> Bench:
    """The bench, whose journal also knows what the earlier run finished."""
    if plan is None or plan == target or bench.journal is None:
        return bench
    return replace(bench, journal=_WithEarlier(bench.journal.folder, Journal(plan / "journal")))


def _split(
    scenario: Scenario,
    split: Split,
    *,
    plan: Path | None,
    target: Path,
    effort: Effort,
    bench: Bench,
    keeper: Keeper | None,
) -> tuple[Scenario, Assignment]:
    if split == "today":
        return scenario, Assignment.today(scenario.outlets)
    if plan is not None and assignment_path(plan).exists():
        case = staffed(scenario, plan)
        return case, assignment_in(case, plan)
    drawn = split_stage(scenario, effort, bench)
    made = drawn.result.require_plan()
    write = partial(write_split, drawn.scenario, drawn.problem, drawn.result, target, now=drawn.now)
    if keeper is None:
        write()
    else:
        keeper.keep(drawn.scenario, assignment=made, visits=None, write=write)
    return drawn.scenario, made


def _visits(
    scenario: Scenario,
    assignment: Assignment,
    split: Split,
    *,
    plan: Path | None,
    target: Path,
    effort: Effort,
    bench: Bench,
    keeper: Keeper | None,
) -> VisitPlan:
    name = VISITS if split == "redrawn" else TODAY_VISITS
    is_same_split = split == "today" or (plan is not None and assignment_path(plan).exists())
    if plan is not None and is_same_split and (plan / name).exists():
        return read_visit_plan(scenario, plan / name)
    problem = stages.visits_problem(scenario, assignment, team=None)
    stage = "visits" if split == "redrawn" else "today"
    made = stages.visits_stage(problem, effort, bench, stage=stage).require_plan()
    write = partial(write_visit_plan, scenario, assignment, made, target / name)
    if keeper is None or name != VISITS:
        write()
    else:
        keeper.keep(scenario, assignment=assignment, visits=made, write=write)
    return made


def coupling(problem: PolicyProblem) -> tuple[Measure, ...]:
    """What couples a ground to its policies: the border, the road, the plan, and how even the territories are."""
    sales = problem.potential.sum(axis=1)
    crossing = float(sales @ problem.cross_flow.sum(axis=1)) / max(float(sales.sum()), 1e-12)
    drive = float((problem.planned_visits * problem.drive_min[:, None]).sum())
    service = float((problem.planned_visits * problem.service_min).sum())
    time_min = DAYS_PER_MONTH * (1.0 - problem.year.admin_share) * float(problem.workday_min.sum())
    served = sales[sales > 0]
    return (
        _percent("border_flow", crossing, "down", "Flow across borders (dumping opportunity)", "跨界流量(窜货机会)"),
        _percent(
            "drive_share",
            drive / max(drive + service, 1e-12),
            "down",
            "Drive share of planned field time",
            "计划外勤中路途占比",
        ),
        _percent(
            "visits_planned",
            float(problem.planned_visits.sum()) / max(float(problem.required_visits.sum()), 1e-12),
            "up",
            "Required visits in the plan",
            "应访拜访的排入率",
        ),
        _percent(
            "load",
            (drive + service) / max(time_min, 1e-12),
            "none",
            "Planned work of the time there is",
            "计划工作占可用时间",
        ),
        _percent(
            "potential_spread",
            float(served.std() / served.mean()) if served.size else 0.0,
            "down",
            "Spread of sales potential between reps",
            "客户经理间潜力离散度",
        ),
    )


def _percent(name: str, share: float, direction: Literal["up", "down", "none"], en: str, zh: str) -> Measure:
    return Measure(name=name, value=PERCENT * share, unit="%", direction=direction, label=Text(en, zh))
