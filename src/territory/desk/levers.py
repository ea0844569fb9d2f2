"""Which levers act on whom in a month: the policy's calendar, roll-out, coverage and conditions, on the desk's people.

Only levers that the desk uses are looked at. What the desk cannot know (arms drawn at random, conditions on turnover
or gaming, what a budget suspends) is told by `unknowable`, never guessed.
"""

from __future__ import annotations

import numpy as np

from territory.desk.model import DeskProblem
from territory.domain.policy_rules import LEVERS, Condition, Lever
from territory.language import Text
from territory.policy import coverage
from territory.policy.in_force import InForce
from territory.units import FloatArray, IntArray

USED = (
    "component_weights",
    "outcome_weight",
    "evaluators",
    "stars",
    "ladder",
    "team_award",
    "mentoring",
    "supply",
    "targets",
)
KNOWN_MEASURES = ("sales_attainment", "visit_completion")


def in_force(problem: DeskProblem, month: int, people: IntArray) -> InForce:
    """
    The policy as it stands in a month for some people (their order is kept).

    Parameters
    ----------
    month
        Position in `months`; the one after the last is the month that is coming, for the people as they are now.
    """
    strength = np.zeros((len(LEVERS), len(people)))
    for name in USED:
        strength[LEVERS.index(name)] = _strength(problem, problem.policy.lever(name), month, people)
    return InForce(problem.policy, strength)


def company(levers: InForce, lever: str, setting: str) -> float:
    """A number that belongs to the company, as the lever stands for those who are there; the policy's for nobody."""
    if levers.num_slots == 0:
        return float(getattr(levers.policy.lever(lever), setting))
    return levers.company(lever, setting)


def _strength(problem: DeskProblem, lever: Lever, month: int, people: IntArray) -> FloatArray:
    none = np.zeros(len(people))
    number = problem.policy_month(month)
    level = lever.level_in(number + 1)
    if level == 0.0 or not lever.grades or lever.covered_share == 0.0 or not _is_switched_on(problem, lever, month):
        return none
    facts = min(month, problem.last)
    team_idx = problem.team_idx[facts][people]
    strength = np.full(len(people), level)
    if lever.rollout_months:
        teams = int(problem.team_idx.max()) + 1
        strength = coverage.rolled_out(lever, number, team_idx=team_idx, num_teams=teams)
    if coverage.has_no_bounds(lever):
        return strength
    fits = coverage.fits(
        lever,
        grade=problem.grade[facts][people],
        is_formal=problem.is_formal[facts][people],
        team_idx=team_idx,
        team_ids=problem.team_ids,
        tenure_months=problem.tenure_months[facts][people] + (month - facts),
    )
    return np.where(fits, strength, 0.0)


def _is_switched_on(problem: DeskProblem, lever: Lever, month: int) -> bool:
    """By its conditions, which act from the month after they held."""
    if lever.when is None and lever.stop_when is None:
        return True
    is_on, is_off = lever.when is None, False
    for before in range(min(month, len(problem.months))):
        values = company_measures(problem, before)
        is_on = is_on or _holds(lever.when, values)
        is_off = is_off or (is_on and _holds(lever.stop_when, values))
    return is_on and not is_off


def _holds(condition: Condition | None, values: dict[str, float]) -> bool:
    """Whether a condition held; one on a measure that the desk does not know never does, and is told of."""
    return condition is not None and condition.measure in values and condition.holds(values[condition.measure])


def company_measures(problem: DeskProblem, month: int) -> dict[str, float]:
    """The measures of a month that conditions go by and the desk knows, as shares."""
    there = problem.is_there[month]
    asked = float(np.nansum(problem.target[month][there]))
    due = float(problem.visits_asked[month][there].sum())
    return {
        "sales_attainment": float(np.nansum(problem.sales[month][there])) / asked if asked else 1.0,
        "visit_completion": float(problem.visits_done[month][there].sum()) / due if due else 1.0,
    }


def unknowable(problem: DeskProblem) -> list[tuple[str, str, Text]]:
    """(lever, setting, why) for what the policy asks of the desk and the desk cannot know."""
    found = []
    for name in USED:
        lever = problem.policy.lever(name)
        if 0.0 < lever.covered_share < 1.0:
            why = Text(
                "the arm of a trial is drawn at random in the simulation; at the desk name whom it covers "
                "by grades, teams or tenure",
                "模拟中试点对象为随机抽取;考核时请用 grades、teams 或工龄指明适用对象",
            )
            found.append((name, "covered_share", why))
        for setting, condition in (("when", lever.when), ("stop_when", lever.stop_when)):
            if condition is None:
                continue
            if condition.measure not in KNOWN_MEASURES:
                why = Text(
                    f"the panel does not tell {condition.measure}; once it is known, write start_month or stop_month",
                    f"月度面板中没有 {condition.measure};确定后请改写 start_month 或 stop_month",
                )
                found.append((name, setting, why))
            elif problem.policy_month(0) != 0:
                since, first = f"{problem.first_year}-01", problem.months[0]
                why = Text(
                    f"a condition needs every month since {since}, and the panel begins {first}",
                    f"条件须有自 {since} 起的每个月,而面板始于 {first}",
                )
                found.append((name, setting, why))
    return found
