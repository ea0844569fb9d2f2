"""The checker is tested by sabotage: one planted fault, exactly that rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import LEVERS, PolicyRules, YearRules
from territory.policy import PolicyProblem, YearResult, simulate
from territory.policy.check import RULES, check
from territory.policy.result import ACTIVITIES, COST_KINDS, DEDUCTIONS, PAY_PARTS
from tests.policy.policy_towns import BUSY, policy, two_teams

Fault = Callable[[PolicyProblem, YearResult], dict[str, np.ndarray]]
GAME = ACTIVITIES.index("game")


@pytest.fixture(scope="module")
def checked_town() -> PolicyProblem:
    """Leavers, newcomers who fail, somebody to replace and seniors to promote away."""
    year = YearRules(turnover_contract=0.7, vacancy_months=0.5, horizon_months=13)
    return two_teams(14, year=year, grade=np.full(14, 2))


@pytest.fixture(scope="module")
def checked_policy() -> PolicyRules:
    """
    Every lever at work; the plan of visits, supply and audits are let alone, and audits prove nothing in January.
    Supervisors' pay follows nothing, so that a fault in sales or visits is not one in their pay as well.
    """
    changes = {
        "commission": {
            "share": 0.2,
            "floor": 0.8,
            "replaces_fixed": 0.6,
            "guarantee_share": 0.9,
            "churn_penalty_share": 0.2,
        },
        "activity_pay": BUSY["activity_pay"] | {"supervisor_share": 0.0},
        "supervisor": BUSY["supervisor"] | {"incentive_share": 0.0},
        "visit_rules": {"strength": 0.0},
        "supply": {"strength": 0.0},
        "anti_gaming": {"audit_rate": 0.1, "penalty_share": 0.05, "start_month": 2},
        "onboarding": {"classroom_weeks": 1, "shadow_weeks": 1, "exam_threshold": 85.0, "cost_per_hire": 100.0},
    }
    return policy(**BUSY | changes)


@pytest.fixture(scope="module")
def clean(checked_town: PolicyProblem, checked_policy: PolicyRules) -> YearResult:
    return simulate(checked_town, checked_policy, seed=7, replication=0)


def changed(year: YearResult, **places: tuple[Any, float]) -> dict[str, np.ndarray]:
    """Copies of the named facts with an amount added at one place each."""
    columns = {}
    for name, (place, amount) in places.items():
        column = getattr(year, name).copy()
        column[place] += amount
        columns[name] = column
    return columns


def first(mask: np.ndarray) -> tuple[int, ...]:
    """The first place where a fault can be planted; there must be one."""
    places = np.argwhere(mask)
    assert len(places), "the year has no such place"
    return tuple(int(index) for index in places[0])


def _dump_too_much(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    amount = float(year.true_sales[0, 0].sum())
    kept = (1 - problem.year.leak_share) * amount
    columns = changed(year, dumped_out=((0, 0), amount), dumped_in=((0, 1), kept))
    columns["recorded_sales"] = year.recorded_sales.copy()
    columns["recorded_sales"][0, :2] += amount, -kept
    return columns


def _pull_too_much(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    amount = float(year.true_sales[0, 0].sum())
    columns = changed(year, pulled=((0, 0), amount))
    columns["recorded_sales"] = year.recorded_sales.copy()
    columns["recorded_sales"][[0, 1], 0] += amount, -amount
    return columns


def _lost_goods(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    place = first(year.dumped_in > 0)
    amount = float(year.dumped_in[place]) / 2
    return changed(year, dumped_in=(place, -amount), recorded_sales=(place, amount))


def _judged_unseen(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    return changed(year, judged=((*first(~year.is_assessed), 0), 10.0))


def _medal_for_nothing(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    """Fewer points than none."""
    place = first((year.award_points == 0) & (year.score > 5))
    return changed(year, award_points=(place, -1.0), score=(place, -1.0))


def _swap_grades(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    """Caps are kept, but somebody who changes grade goes up in step as well."""
    moved = (year.grade_next[0] != year.grade[0]) & (year.annual_score[0] > 0) & (year.grade_next[0] >= 0)
    return changed(year, step_next=((0, *first(moved)), 2))


def _unproved_penalty(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    place = first(~year.audited & year.is_filled)
    return changed(year, pay=((*place, PAY_PARTS.index("penalty")), -5.0))


def _ghost_pay(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    absent = year.is_filled_day.reshape(-1, 21, problem.num_slots).sum(axis=1) == 0
    return changed(year, pay=((*first(absent), PAY_PARTS.index("activity")), 5.0))


def _dearly_repaid(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    place = first(year.pay[:, :, PAY_PARTS.index("bonus")] > 0)
    return changed(year, pay=((*place, PAY_PARTS.index("repaid")), -1e6))


def _unread_idea(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    """A second idea in a month, paid as promised."""
    place = first(year.ideas == 1)
    share = year.policy.activity_pay.innovation_share
    paid = (*place, PAY_PARTS.index("innovation"))
    return changed(year, ideas=(place, 1), pay=(paid, share * float(year.base_pay[place])))


def _never_repaid(problem: PolicyProblem, year: YearResult) -> dict[str, np.ndarray]:
    """A bonus below nothing, of somebody who has none to give back."""
    slot = first(~year.pay[:, :, PAY_PARTS.index("repaid")].any(axis=0))
    return changed(year, pay=((0, *slot, PAY_PARTS.index("bonus")), -1e6))


FAULTS: dict[str, Fault] = {
    "headcount": lambda p, y: changed(y, exam_failures=((3, 2), 1)),
    "last_day": lambda p, y: changed(y, quits=((5, 0), 1), exam_failures=((5, 0), -1)),
    "visits": lambda p, y: changed(y, done_visits=((0, 0, 0), 1000), reported_visits=((0, 0), 1000)),
    "budget": lambda p, y: changed(y, budget_min_day=((5, 1), -400.0)),
    "minutes": lambda p, y: changed(y, minutes=((0, 0, 4), 5.0)),
    "field_time": lambda p, y: changed(y, cover_min=((0, 0), 5.0)),
    "dumping": _lost_goods,
    "dumping_limits": _dump_too_much,
    "pull": _pull_too_much,
    "recorded": lambda p, y: changed(y, recorded_sales=((0, 0), 100.0)),
    "supply": lambda p, y: changed(y, supply=((0,), 0.5)),
    "effort": lambda p, y: changed(y, effort=((0, 0, GAME), 1.5)),
    "judged": _judged_unseen,
    "score": lambda p, y: changed(y, score=((0, int(np.argmin(y.score[0]))), 1.0)),
    "award": _medal_for_nothing,
    "pool": lambda p, y: changed(y, pool=((0,), 10.0)),
    "pay": _ghost_pay,
    "linked_pay": _dearly_repaid,
    "late_and_lapsed": lambda p, y: changed(y, overdue=((0, 0), 1e9)),
    "ideas": _unread_idea,
    "supervisors": lambda p, y: changed(y, supervisor_pay=((0, 0), 10.0)),
    "audits": _unproved_penalty,
    "ladder": _swap_grades,
    "pairs": lambda p, y: changed(y, pair_renewals=((0,), 1)),
    "costs": lambda p, y: changed(y, costs=((0, COST_KINDS.index("recruiting")), 1.0)),
    "strength": lambda p, y: changed(y, strength=((0, LEVERS.index("review"), 0), 0.5)),
}

# Further ways to break a rule, each of them enough.
MORE: dict[str, tuple[str, Fault]] = {
    "fewer visits due than planned": ("visits", lambda p, y: changed(y, due_visits=((0, 0, 0), 1))),
    "visits unmade": ("visits", lambda p, y: changed(y, done_visits=((0, 0, 0), -10_000))),
    "negative minutes": ("minutes", lambda p, y: changed(y, minutes=((0, 0, [3, 4]), np.array([-9e4, 9e4])))),
    "negative effort": ("effort", lambda p, y: changed(y, effort=((0, 0, 0), -9.0))),
    "a lever before its month": (
        "strength",
        lambda p, y: changed(y, strength=((0, LEVERS.index("anti_gaming"), 0), 1.0)),
    ),
    "a pool of another size": (
        "pool",
        lambda p, y: changed(y, pool=((0,), 10.0), pay=((0, 0, PAY_PARTS.index("pool")), 10.0)),
    ),
    "fixed pay of another size": ("pool", lambda p, y: changed(y, pay=((0, 0, PAY_PARTS.index("fixed")), 10.0))),
    "a reward below nothing": ("pay", _never_repaid),
    "an idea paid twice": (
        "linked_pay",
        lambda p, y: changed(y, pay=((*first(y.ideas > 0), PAY_PARTS.index("innovation")), 9.0)),
    ),
    "customers lost for nothing": (
        "linked_pay",
        lambda p, y: changed(y, pay=((*first(y.lapsed > 0), PAY_PARTS.index("churn")), -9.0)),
    ),
    "money in before it is due": ("late_and_lapsed", lambda p, y: changed(y, overdue=((0, 0), -1e9))),
    "a penalty that is a reward": ("pay", lambda p, y: changed(y, pay=((0, 0, PAY_PARTS.index("penalty")), 1e6))),
    "an audit before audits begin": ("audits", lambda p, y: {"audited": y.audited | _at(y.audited, (0, 0))}),
    "one grade too full": ("ladder", lambda p, y: {"grade_next": np.where(y.grade_next == 0, 1, y.grade_next)}),
    "a pair that outlives its renewals": ("pairs", lambda p, y: changed(y, pair_renewals=((0,), 50))),
    "a cost below nothing": ("costs", lambda p, y: changed(y, costs=((0, 0), -1.0))),
    "levers dearer than the budget": ("costs", lambda p, y: changed(y, costs=((0, 0), 1e6))),
    "an overfull market": ("supply", lambda p, y: changed(y, supply=((0,), 5.0))),
}


def _at(column: np.ndarray, place: tuple[int, ...]) -> np.ndarray:
    found = np.zeros_like(column)
    found[place] = True
    return found


def test_a_simulated_year_is_clean(
    checked_town: PolicyProblem,
    clean: YearResult,
    restless_town: PolicyProblem,
    busy_year: YearResult,
    quiet_year: YearResult,
) -> None:
    assert check(checked_town, clean).is_clean
    assert check(restless_town, busy_year).is_clean
    assert check(restless_town, quiet_year).is_clean


@pytest.mark.parametrize(
    "fact",
    [
        "quits",
        "hires",
        "exam_failures",
        "eliminated",
        "promoted_out",
        "dumped_out",
        "pulled",
        "audited",
        "award_points",
        "pair_start",
        "pair_success",
    ],
)
def test_the_year_contains_everything_that_is_checked(fact: str, clean: YearResult) -> None:
    assert getattr(clean, fact).any()


@pytest.mark.parametrize("part", PAY_PARTS)
def test_the_year_contains_every_part_of_pay(part: str, clean: YearResult) -> None:
    column = PAY_PARTS.index(part)
    paid = clean.pay[:, :, column]
    assert paid.any()
    assert (paid.sum() < 0) == (part in DEDUCTIONS)


@pytest.mark.parametrize("rule", RULES)
def test_one_fault_breaks_exactly_its_rule(rule: str, checked_town: PolicyProblem, clean: YearResult) -> None:
    _breaks_exactly(rule, FAULTS[rule], checked_town, clean)


@pytest.mark.parametrize("name", MORE)
def test_other_faults_break_exactly_their_rule_too(name: str, checked_town: PolicyProblem, clean: YearResult) -> None:
    rule, fault = MORE[name]
    _breaks_exactly(rule, fault, checked_town, clean)


def _breaks_exactly(rule: str, fault: Fault, problem: PolicyProblem, year: YearResult) -> None:
    found = check(problem, replace(year, **fault(problem, year))).violations
    assert {violation.rule for violation in found} == {rule}
    assert all(violation.amount > 0 and violation.unit and violation.subject for violation in found)
