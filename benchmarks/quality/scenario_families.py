"""Families that read a scenario folder: `scenario` (the split as a whole) and `visits` (rep by rep)."""

from __future__ import annotations

import argparse
import tempfile
from functools import cache, partial
from pathlib import Path

from benchmarks.contract import BenchmarkError, Case, Outcome
from benchmarks.instances.finding import chosen
from benchmarks.quality.graph_split import refuse_if_too_large, warm_up
from benchmarks.quality.visit_outcome import visits_outcome
from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.effort import Effort
from territory.errors import ConfigError, ScenarioError
from territory.generate import prepare as prepare_folder
from territory.io import read_scenario
from territory.progress import SILENT
from territory.split import SplitProblem, kpi, redraw
from territory.split import check as check_split
from territory.visits import VisitsProblem, plan_visits, planned_problem
from territory.visits import warm_up as warm_up_visits

SPLIT_SEED = 1


def declare_scenario(parser: argparse.ArgumentParser) -> None:
    """Options of `scenario`."""
    parser.add_argument("--data", type=Path, help="folder with public data, for scenarios whose recipe needs it")


def declare_visits(parser: argparse.ArgumentParser) -> None:
    """Options of `visits`."""
    declare_scenario(parser)
    parser.add_argument("--instance", nargs="+", metavar="REP", help="only these reps (or pooled teams)")
    parser.add_argument(
        "--split",
        choices=("today", "redrawn"),
        default="today",
        help="whose outlets: today's, or those of a redraw with the scenario's own effort (default: today)",
    )


def scenario_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """The split of one scenario: points of its objective, with the measures a planner asks for."""
    return [split_case(_opened(folder, options.data))]


def visits_cases(folder: Path, options: argparse.Namespace) -> list[Case]:
    """One case per rep (or pooled team), so that seconds are seconds for one of them."""
    scenario = _opened(folder, options.data)
    assignment = Assignment.today(scenario.outlets)
    if options.split == "redrawn":
        problem = _split_problem(scenario)
        assignment = redraw(
            problem, effort=Effort(iterations=scenario.effort.split_iterations), seed=SPLIT_SEED
        ).require_plan()
    parts = {part.name: part for part in planned_problem(scenario, assignment).parts()}
    return [
        visits_case(scenario, name, part, {"split": options.split})
        for name, part in chosen(parts, options.instance).items()
    ]


def split_case(scenario: Scenario) -> Case:
    """The split of a scenario."""
    built = cache(partial(_split_problem, scenario))

    def prepare() -> None:
        warm_up()
        built()

    return Case(
        instance=scenario.name,
        sense="min",
        unit="points",
        prepare=prepare,
        run=lambda effort, seed: _split_outcome(built(), effort, seed),
        options={"units": built().num_units, "parts": built().num_territories},
        iterations=scenario.effort.split_iterations,
    )


def visits_case(scenario: Scenario, name: str, part: VisitsProblem, options: dict[str, object]) -> Case:
    """The visits of one rep or pooled team."""
    return Case(
        instance=f"{scenario.name}/{name}",
        sense="min",
        unit="drive minutes",
        prepare=partial(warm_up_visits, part),
        run=lambda effort, seed: visits_outcome(part, plan_visits(part, effort=effort, seed=seed)),
        options={**options, "outlets": part.num_outlets, "reps": part.num_reps},
        iterations=scenario.effort.visit_iterations,
    )


def _split_outcome(problem: SplitProblem, effort: Effort, seed: int) -> Outcome:
    result = redraw(problem, effort=effort, seed=seed)
    if result.plan is None:
        note = result.reason.en if result.reason is not None else ""
        return Outcome(objective=None, bound=result.bound, violations=0, status=str(result.status), note=note)
    report = check_split(problem, result.plan)
    territory, today = problem.territories(result.plan), problem.today_territory()
    flow = kpi.flow_kept(problem, territory)
    measures: dict[str, object] = {
        "kept_share": flow.share,
        "kept_between": flow.share_between,
        "kept_between_today": kpi.flow_kept(problem, today).share_between,
        "moved_sales": kpi.moved_sales(problem, territory) / problem.served_sales,
        "parts_in_pieces": int((kpi.pieces(problem, territory) > 1).sum()),
    }
    for measure in problem.measures:
        measures[f"{measure.name}_deviation"] = kpi.worst_deviation(problem, measure, territory)
    return Outcome(
        objective=report.objective,
        bound=result.bound,
        violations=len(report.violations),
        status=str(result.status),
        measures=measures,
        note="; ".join(map(str, report.violations[:3])),
    )


def _opened(folder: Path, data: Path | None) -> Scenario:
    """The scenario in a folder, its tables made by its recipe first where it has one."""
    try:
        with tempfile.TemporaryDirectory() as made:
            return read_scenario(prepare_folder(folder, out=Path(made) / "scenario", data=data, progress=SILENT))
    except (ScenarioError, ConfigError) as error:
        raise BenchmarkError(str(error)) from error


def _split_problem(scenario: Scenario) -> SplitProblem:
    refuse_if_too_large(scenario.name, units=len(scenario.outlets), parts=len(scenario.reps))
    return SplitProblem.of(scenario)
