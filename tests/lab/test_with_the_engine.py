"""The laboratory on the engine itself: a small company, a few years."""

from __future__ import annotations

import numpy as np
import pytest

from territory.compute import local_executor
from territory.domain.policy_rules import PolicyRules
from territory.lab import Comparison, compare
from territory.policy import PolicyProblem
from tests.policy.policy_towns import policy, two_teams

POLICIES = {
    "now": policy(why="as it is"),
    "idle lever": policy(mentoring={"pairs_share": 0.0, "hours_per_week": 9.0}),
    "commission": policy(egalitarian_pool={"egalitarian_share": 0.2}, commission={"share": 0.2}),
}


@pytest.fixture(scope="module")
def town() -> PolicyProblem:
    return two_teams(6)


@pytest.fixture(scope="module")
def comparison(town: PolicyProblem) -> Comparison:
    return compare(town, POLICIES, replications=4, seed=5)


def test_a_lever_that_does_nothing_differs_by_exactly_nothing(comparison: Comparison) -> None:
    assert np.array_equal(comparison.values[:, 0], comparison.values[:, 1])


def test_months_and_groups_add_up_to_the_measures(comparison: Comparison) -> None:
    for series, measure in (
        ("true_sales", "true_sales"),
        ("recorded_sales", "recorded_sales"),
        ("gross_margin", "gross_margin"),
        ("payroll", "payroll"),
        ("programme_cost", "programme_cost"),
    ):
        for months, policies in zip(comparison.monthly(series), comparison.row(measure).policies, strict=True):
            assert months.level.mean.sum() == pytest.approx(policies.level.mean)
    grades = comparison.groups.of("grade", "true_sales")
    total = sum(row.baseline.mean * row.num_slots * 12 for row in grades)
    assert total == pytest.approx(comparison.row("true_sales").policies[0].level.mean)


def test_money_agrees_with_the_returns(comparison: Comparison) -> None:
    (commission,) = (money for money in comparison.money if money.policy == "commission")
    returns = comparison.returns["commission"]
    assert returns is not None
    assert commission.returns is not None
    assert commission.returns.mean == pytest.approx(returns.mean)


@pytest.mark.slow
def test_processes_and_the_order_of_policies_leave_the_digest_alone(
    town: PolicyProblem, comparison: Comparison
) -> None:
    turned: dict[str, PolicyRules] = dict(reversed(POLICIES.items()))
    with local_executor(2) as executor:
        assert compare(town, turned, replications=4, seed=5, executor=executor).digest() == comparison.digest()
