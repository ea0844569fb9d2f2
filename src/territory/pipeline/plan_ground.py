"""The ground of an earlier split whose number of territories was searched: vacant positions, reps with nobody left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from territory.domain.assignment import Assignment
from territory.domain.scenario import Scenario
from territory.errors import ConfigError
from territory.io.issues import IssueLog
from territory.io.plan_reading import plan_table
from territory.language import Text
from territory.split import SplitProblem
from territory.split.how_many import VACANT, numbers_wanted, vanishing, with_vacancy

ASSIGNMENT = "assignment.csv"


def assignment_path(folder: Path) -> Path:
    """The split's table in a folder: assignment.csv, or assignment.xlsx where a spreadsheet saved only that."""
    workbook = (folder / ASSIGNMENT).with_suffix(".xlsx")
    return workbook if workbook.exists() and not (folder / ASSIGNMENT).exists() else folder / ASSIGNMENT


def staffed(scenario: Scenario, folder: Path | None) -> Scenario:
    """
    The scenario with the vacant positions that the split in a folder names; itself where it asks for no number.

    Raises
    ------
    ScenarioError
        When the table cannot be read.
    """
    if numbers_wanted(scenario) is None or folder is None or not assignment_path(folder).exists():
        return scenario
    table = plan_table(assignment_path(folder), "assignment", scenario, IssueLog())
    return with_positions(scenario, table.column("rep_id"))


def with_positions(scenario: Scenario, rep_ids: Iterable[str]) -> Scenario:
    """The scenario with the vacant positions among these ids; itself where it asks for no number of territories."""
    numbers = numbers_wanted(scenario)
    if numbers is None:
        return scenario
    names = set(rep_ids) - set(scenario.reps.rep_ids)
    found = [re.fullmatch(rf"{VACANT}-([1-9]\d{{0,3}})", name) for name in sorted(names)]
    count = max((int(match[1]) for match in found if match), default=0)
    for number in range(1, count + 1 if count < numbers[-1] else 1):
        scenario = with_vacancy(scenario, number=number)
    return scenario


def problem_of(scenario: Scenario, plan: Assignment) -> SplitProblem:
    """The problem that a plan answers: without the territories it leaves empty, where `[split] territories` allows."""
    whole = SplitProblem.of(scenario)
    numbers = numbers_wanted(scenario)
    if numbers is None:
        return whole
    served = np.isin(np.arange(whole.num_territories), whole.territories(plan))
    empty = [t for t in np.flatnonzero(~served).tolist() if len(whole.reps_of_territory[t]) == 1]
    if whole.num_territories - len(empty) not in numbers:
        return whole
    problem = whole
    for t in reversed(empty):
        problem = vanishing(problem, t)
    return problem


def territories_of(problem: SplitProblem, reps: Sequence[int]) -> tuple[int, ...]:
    """
    Territories of reps, ascending, each once.

    Raises
    ------
    ConfigError
        When a rep has none in this plan.
    """
    found = problem.territory_of_rep[list(reps)].tolist()
    for rep, territory in zip(reps, found, strict=True):
        if territory < 0:
            name = problem.rep_ids[rep]
            raise ConfigError(
                Text(
                    f"{name} has no territory in this plan ([split] territories asks for fewer); name another rep",
                    f"{name} 在该方案中没有区域([split] territories 要求的区域数较少);请指定其他客户经理",
                )
            )
    return tuple(sorted(set(found)))
