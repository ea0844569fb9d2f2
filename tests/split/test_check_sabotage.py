"""The checker first: a valid split, broken in exactly one way, gives exactly that violation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory.domain.assignment import Assignment
from territory.domain.columns import Labels
from territory.split import SplitProblem, check
from territory.split.check import RULES
from tests.towns import line_of_shops, with_outlets

HALVES = np.array([0, 0, 0, 0, 1, 1, 1, 1])


def problem_with(**columns: object) -> SplitProblem:
    """Eight shops on a line, two reps, today's split already in halves."""
    scenario = line_of_shops(8, 2, workload_tolerance=0.25)
    return SplitProblem.of(with_outlets(scenario, rep_idx=HALVES, **columns))


def rules_broken(problem: SplitProblem, rep: list[int] | np.ndarray) -> list[str]:
    return [v.rule for v in check(problem, Assignment(rep_of_outlet=np.asarray(rep))).violations]


def test_the_valid_split_is_clean() -> None:
    assert check(problem_with(), Assignment(rep_of_outlet=HALVES)).is_clean


def sabotage(rule: str) -> tuple[SplitProblem, list[int]]:
    """A problem and a split that breaks only `rule`."""
    match rule:
        case "one_rep":
            return replace(problem_with(), measures=()), [0, 0, 0, 0, 1, 1, 1, -1]
        case "known_rep":
            return problem_with(), [0, 0, 0, 0, 1, 1, 1, 7]
        case "locked":
            locked = np.zeros(8, dtype=np.bool_)
            locked[3] = True
            return problem_with(locked=locked), [0, 0, 0, 1, 1, 1, 1, 1]
        case "group":
            group = Labels.of(["", "", "chain", "", "chain", "", "", ""])
            return problem_with(group=group), list(HALVES)
        case "allowed":
            problem = problem_with()
            allowed = np.ones((8, 2), dtype=np.bool_)
            allowed[0, 0] = False
            return replace(problem, allowed=allowed), list(HALVES)
        case "balance":
            return problem_with(), [0, 0, 0, 0, 0, 0, 1, 1]
        case "contiguity":
            return problem_with(), [0, 0, 0, 1, 1, 1, 1, 0]
        case "moved_cap":
            return replace(problem_with(), max_moved_share=0.1), [0, 0, 0, 1, 1, 1, 1, 1]
        case "empty_territory":
            return replace(problem_with(), measures=()), [0] * 8
        case "apart":
            return problem_with(apart=Labels.of(["", "rivals", "", "rivals", "", "", "", "rivals"])), list(HALVES)
        case "seed":
            seed = np.array([-1, -1, -1, 1, -1, -1, 0, -1])
            return replace(problem_with(), seed_territory=seed), [0, 0, 0, 1, 1, 1, 1, 1]
    raise AssertionError(rule)


@pytest.mark.parametrize("rule", RULES)
def test_one_planted_fault_gives_exactly_that_violation(rule: str) -> None:
    problem, rep = sabotage(rule)
    broken = rules_broken(problem, rep)
    expected = ["balance", "balance"] if rule == "balance" else [rule]
    assert broken == expected


def test_a_violation_tells_the_amount_and_the_unit() -> None:
    problem = problem_with()
    violations = check(problem, Assignment(rep_of_outlet=np.array([0, 0, 0, 0, 0, 0, 1, 1]))).violations
    workload = problem.measures[0]
    over = workload.amount[:6].sum() - 1.25 * workload.target[0]
    assert violations[0].amount == pytest.approx(over)
    assert violations[0].unit == "min/cycle"
    assert "R0 over" in violations[0].subject


def test_an_exempt_unit_may_lie_apart() -> None:
    locked = np.zeros(8, dtype=np.bool_)
    locked[7] = True
    scenario = line_of_shops(8, 2)
    problem = SplitProblem.of(with_outlets(scenario, rep_idx=np.array([0, 0, 0, 1, 1, 1, 1, 0]), locked=locked))
    assert rules_broken(problem, [0, 0, 0, 1, 1, 1, 1, 0]) == []


def test_outlets_without_a_rep_today_can_not_be_moved() -> None:
    problem = replace(problem_with(), max_moved_share=0.0, today=np.full(8, -1))
    assert rules_broken(problem, HALVES) == []


def test_a_split_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="3 outlets"):
        check(problem_with(), Assignment(rep_of_outlet=np.zeros(3)))
