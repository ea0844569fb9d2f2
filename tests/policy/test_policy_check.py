"""The checker is tested by sabotage: one planted fault, exactly that rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from territory.policy import PolicyProblem, YearResult
from territory.policy.check import RULES, check
from territory.policy.result import COST_KINDS, PAY_PARTS

Fault = Callable[[PolicyProblem, YearResult], dict[str, np.ndarray]]


def changed(result: YearResult, **places: tuple[Any, float]) -> dict[str, np.ndarray]:
    """Copies of the named facts with an amount added at one place each."""
    columns = {}
    for name, (place, amount) in places.items():
        column = getattr(result, name).copy()
        column[place] += amount
        columns[name] = column
    return columns


def _dump_too_much(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    amount = float(year.true_sales[0, 0].sum())
    kept = (1 - problem.year.leak_share) * amount
    columns = changed(year, dumped_out=((0, 0), amount), dumped_in=((0, 1), kept))
    columns["recorded_sales"] = year.recorded_sales.copy()
    columns["recorded_sales"][0, 0] += amount
    columns["recorded_sales"][0, 1] -= kept
    return columns


def _pull_too_much(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    amount = float(year.true_sales[0, 0].sum())
    columns = changed(year, pulled=((0, 0), amount))
    columns["recorded_sales"] = year.recorded_sales.copy()
    columns["recorded_sales"][0, 0] += amount
    columns["recorded_sales"][1, 0] -= amount
    return columns


def _lost_goods(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    month, slot = np.argwhere(year.dumped_in > 0)[0]
    amount = float(year.dumped_in[month, slot]) / 2
    return changed(year, dumped_in=((month, slot), -amount), recorded_sales=((month, slot), amount))


def _judged_unseen(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    month, slot = np.argwhere(~year.is_assessed)[0]
    return changed(year, judged=((month, slot, 0), 10.0))


def _medal_for_all(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    month, slot = np.argwhere((year.award_points > 0) & (year.score < 95))[0]
    return changed(year, award_points=((month, slot), 1.0), score=((month, slot), 1.0))


def _swap_grades(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    ranked = np.where(year.annual_score > 0, year.annual_score, np.nan)
    best, worst = int(np.nanargmax(ranked)), int(np.nanargmin(ranked))
    grades = year.grade_next.copy()
    grades[[best, worst]] = grades[[worst, best]]
    return {"grade_next": grades}


def _unproved_penalty(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    month, slot = np.argwhere(~year.audited & year.is_filled)[0]
    return changed(year, pay=((month, slot, PAY_PARTS.index("penalty")), -5.0))


FAULTS: dict[str, Fault] = {
    "headcount": lambda p, y: changed(y, exam_failures=((3, 2), 1)),
    "last_day": lambda p, y: changed(y, quits=((5, 0), 1), exam_failures=((5, 0), -1)),
    "visits": lambda p, y: changed(y, done_visits=((0, 0, 0), 1000)),
    "budget": lambda p, y: changed(y, budget_min_day=((5, 1), -400.0)),
    "minutes": lambda p, y: changed(y, minutes=((0, 0, 4), 5.0)),
    "field_time": lambda p, y: changed(y, cover_min=((0, 0), 5.0)),
    "dumping": _lost_goods,
    "dumping_limits": _dump_too_much,
    "pull": _pull_too_much,
    "recorded": lambda p, y: changed(y, recorded_sales=((0, 0), 100.0)),
    "supply": lambda p, y: changed(y, supply=((0,), 0.5)),
    "effort": lambda p, y: changed(y, effort=((0, 0, 3), 1.5)),
    "judged": _judged_unseen,
    "score": lambda p, y: changed(y, score=((0, int(np.argmin(y.score[0]))), 1.0)),
    "award": _medal_for_all,
    "pool": lambda p, y: changed(y, pool=((0,), 10.0)),
    "pay": lambda p, y: changed(y, pay=((0, 0, PAY_PARTS.index("commission")), -1e6)),
    "audits": _unproved_penalty,
    "ladder": _swap_grades,
    "pairs": lambda p, y: changed(y, pair_renewals=((0,), 1)),
    "costs": lambda p, y: changed(y, costs=((0, COST_KINDS.index("hiring")), 1.0)),
}


def test_a_simulated_year_is_clean(restless_town: PolicyProblem, busy_year: YearResult, quiet_year: YearResult) -> None:
    assert check(restless_town, busy_year).is_clean
    assert check(restless_town, quiet_year).is_clean


def test_the_busy_year_contains_everything_that_is_checked(busy_year: YearResult) -> None:
    assert busy_year.quits.sum() > 0
    assert busy_year.hires.sum() > 0
    assert busy_year.dumped_out.sum() > 0
    assert busy_year.pulled.sum() > 0
    assert busy_year.audited.any()
    assert busy_year.award_points.any()
    assert len(busy_year.pair_start) > 0
    assert (busy_year.pay[:, :, PAY_PARTS.index("penalty")] < 0).any()
    assert (busy_year.pay[:, :, PAY_PARTS.index("bonus")] > 0).any()


@pytest.mark.parametrize("rule", RULES)
def test_one_fault_breaks_exactly_its_rule(rule: str, restless_town: PolicyProblem, busy_year: YearResult) -> None:
    broken = replace(busy_year, **FAULTS[rule](restless_town, busy_year))
    found = check(restless_town, broken).violations
    assert {violation.rule for violation in found} == {rule}
    assert all(violation.amount > 0 and violation.unit for violation in found)
