"""Plans that come back from disk: the split and visits of an earlier run, or edited by hand; and names users type."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from territory import split as split_room
from territory import visits as visits_room
from territory.domain.assignment import Assignment
from territory.domain.policy_rules import PolicyRules
from territory.domain.scenario import Scenario
from territory.domain.visit_plan import VisitPlan
from territory.errors import ConfigError
from territory.io import read_assignment, read_visit_plan
from territory.language import Text
from territory.pipeline.plan_ground import assignment_path, problem_of, staffed
from territory.verify import Violation
from territory.visits.planning import planned_problem

VISITS = "visits.csv"


def assignment_in(scenario: Scenario, folder: Path | None) -> Assignment:
    """
    The split of an earlier run, or today's when no folder is named.

    Raises
    ------
    ConfigError
        When the folder has no assignment.csv.
    ScenarioError
        When the table does not fit the scenario.
    """
    if folder is None:
        return Assignment.today(scenario.outlets)
    return read_assignment(scenario, _there(assignment_path(folder), "territory split"))


def visits_in(scenario: Scenario, folder: Path | None) -> VisitPlan:
    """
    The visit plan of an earlier run.

    Raises
    ------
    ConfigError
        When there is none.
    ScenarioError
        When the table does not fit the scenario.
    """
    return read_visit_plan(scenario, _there((folder or Path()) / VISITS, "territory visits"))


def visits_if_any(scenario: Scenario, folder: Path | None) -> VisitPlan | None:
    """The visit plan of an earlier run when it has one."""
    if folder is None or not (folder / VISITS).exists():
        return None
    return read_visit_plan(scenario, folder / VISITS)


def check_plans(scenario: Scenario, folder: Path) -> list[Violation]:
    """Everything that the split and the visit plan in a folder break."""
    scenario = staffed(scenario, folder)
    assignment = assignment_in(scenario, folder)
    found = list(split_room.check(problem_of(scenario, assignment), assignment).violations)
    plan = visits_if_any(scenario, folder)
    if plan is not None:
        found += visits_room.check(planned_problem(scenario, assignment), plan).violations
    return found


def policy_named(scenario: Scenario, name: str | None) -> tuple[str, PolicyRules]:
    """
    A policy of the scenario; the first one when no name is given.

    Raises
    ------
    ConfigError
        When there is none of that name.
    """
    if name is None and scenario.policies:
        name = next(iter(scenario.policies))
    if name is None or name not in scenario.policies:
        raise _unknown("policy", "政策", name or "", list(scenario.policies))
    return name, scenario.policies[name]


def weeks_named(scenario: Scenario, week: str | None) -> Sequence[int]:
    """
    Weeks of the cycle for 1 to 4 or an ISO week; all four for None.

    Raises
    ------
    ConfigError
        When the cycle has no such week.
    """
    count = scenario.calendar.num_weeks
    if week is None:
        return range(count)
    names = {str(number + 1): number for number in range(count)}
    names |= {scenario.calendar.iso_week(number): number for number in range(count)}
    if week not in names:
        raise _unknown("week", "周", week, list(names))
    return (names[week],)


def reps_named(scenario: Scenario, rep_ids: Sequence[str] | None) -> Sequence[int] | None:
    """
    Positions of the reps; None for all.

    Raises
    ------
    ConfigError
        When a rep is unknown.
    """
    if not rep_ids:
        return None
    place = {rep_id: position for position, rep_id in enumerate(scenario.reps.rep_ids)}
    for rep_id in rep_ids:
        if rep_id not in place:
            raise _unknown("rep", "客户经理", rep_id, list(place))
    return [place[rep_id] for rep_id in rep_ids]


def _there(path: Path, verb: str) -> Path:
    if not path.exists():
        raise ConfigError(
            Text(
                f"{path} is not there; name the folder of an earlier run with --plan, or run `{verb}` first",
                f"找不到 {path};请用 --plan 指定以前运行的文件夹,或先执行 `{verb}`",
            )
        )
    return path


def _unknown(kind: str, kind_zh: str, given: str, known: Sequence[str]) -> ConfigError:
    near = difflib.get_close_matches(given, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known[:12]) or 'none'}"
    hint_zh = f"是否想写 {near[0]!r}?" if near else f"可选:{', '.join(known[:12]) or '无'}"
    return ConfigError(Text(f"there is no {kind} {given!r}; {hint}", f"没有{kind_zh} {given!r};{hint_zh}"))
