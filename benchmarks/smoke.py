"""The smoke run: tiny cases of every capability, quality and speed, with known optima where there are any."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from benchmarks.contract import Case, Outcome, Reference
from benchmarks.instances.small import best_grid_cut, best_road_drive_min, grid, road, town
from benchmarks.quality.graph_families import graph_case
from benchmarks.quality.graph_split import GraphTask
from benchmarks.quality.scenario_families import split_case, visits_case
from benchmarks.speed.rates import speed_cases
from territory.domain.assignment import Assignment
from territory.domain.policy_rules import PolicyRules
from territory.domain.scenario import Scenario
from territory.effort import Effort
from territory.policy import PolicyProblem, simulate
from territory.policy import kpi as policy_kpi
from territory.policy.check import check as check_year
from territory.visits import VisitsProblem

ROAD_OUTLETS = 8
SPLIT_ITERATIONS = 1_200_000


def declare_smoke(_parser: argparse.ArgumentParser) -> None:
    """`smoke` has no options of its own."""


def smoke_cases(folder: Path | None, options: argparse.Namespace) -> list[Case]:
    """Every case of the smoke run."""
    made = town()
    on_road = road(ROAD_OUTLETS)
    quality = [
        _grid_case(side=4, parts=2, known=Reference(value=4.0, source="bisection of an even grid")),
        _grid_case(
            side=12, parts=4, known=Reference(value=best_grid_cut(12, 2), source="edge-isoperimetric inequality")
        ),
        _flow_case(),
        split_case(made),
        replace(
            _first_part(on_road),
            reference=Reference(value=best_road_drive_min(ROAD_OUTLETS), source="there and back once a week"),
        ),
        _first_part(made),
        _policy_case(made),
    ]
    marked = [replace(case, options={**case.options, "kind": "quality"}) for case in quality]
    return marked + speed_cases(folder, options)


def _grid_case(*, side: int, parts: int, known: Reference) -> Case:
    task = GraphTask(instance=grid(side), goal="cut", parts=parts, upper=side * side / parts, connected=True)
    return graph_case(
        "smoke",
        task,
        options={"parts": parts, "tolerance": 0.0},
        reference=known,
        iterations=SPLIT_ITERATIONS,
    )


def _flow_case() -> Case:
    instance = replace(grid(10, flow_seed=1), name="grid_10x10_flow")
    task = GraphTask(instance=instance, goal="kept", parts=4, upper=26.25, connected=True)
    return graph_case(
        "smoke", task, options={"parts": 4, "tolerance": 0.05}, reference=None, iterations=SPLIT_ITERATIONS
    )


def _first_part(scenario: Scenario) -> Case:
    part = VisitsProblem.of(scenario, Assignment.today(scenario.outlets)).parts()[0]
    return visits_case(scenario, part.name, part, {})


def _policy_case(scenario: Scenario) -> Case:
    problem = PolicyProblem.of(scenario, Assignment.today(scenario.outlets), None)

    def run(_effort: Effort, seed: int) -> Outcome:
        year = simulate(problem, PolicyRules(), seed=seed, replication=0)
        report = check_year(problem, year)
        shown = {measure.name: measure.value for measure in policy_kpi.measures(problem, year)}
        return Outcome(
            objective=shown["attainment"] / 100.0,
            bound=None,
            violations=len(report.violations),
            status="FEASIBLE",
            measures={"visits_done": shown["visits_done"] / 100.0},
            note="; ".join(map(str, report.violations[:3])),
        )

    return Case(
        instance=f"{scenario.name}/year",
        sense="max",
        unit="true sales / target",
        run=run,
        options={"reps": problem.num_slots},
        iterations=1,
        is_fixed_work=True,
    )
