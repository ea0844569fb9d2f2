"""Any valid policy in any company gives a lawful year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.domain.policy_rules import LEVERS, PolicyRules
from territory.policy import PolicyProblem, simulate
from tests.policy.policy_towns import policy
from tests.policy.random_years import companies, programmes
from tests.policy.year_laws import assert_close, assert_lawful

QUICK, FULL = 60, 1000
UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def lawful(problem: PolicyProblem, rules: PolicyRules, seed: int) -> None:
    assert_lawful(problem, simulate(problem, rules, seed=seed, replication=0))


@given(companies(), programmes(), st.integers(0, 2**31))
@settings(max_examples=QUICK, deadline=None, suppress_health_check=UNHURRIED)
def test_any_policy_gives_a_lawful_year(problem: PolicyProblem, rules: PolicyRules, seed: int) -> None:
    lawful(problem, rules, seed)


@pytest.mark.slow
@given(companies(), programmes(), st.integers(0, 2**31))
@settings(max_examples=FULL, deadline=None, suppress_health_check=UNHURRIED)
def test_a_thousand_policies_give_lawful_years(problem: PolicyProblem, rules: PolicyRules, seed: int) -> None:
    lawful(problem, rules, seed)


@given(companies(), programmes(), st.integers(0, 2**31))
@settings(max_examples=15, deadline=None, suppress_health_check=UNHURRIED)
def test_any_policy_without_strength_is_the_baseline(problem: PolicyProblem, rules: PolicyRules, seed: int) -> None:
    idle = {name: rules.lever(name).model_copy(update={"strength": 0.0}) for name in LEVERS}
    variant = simulate(problem, rules.model_copy(update=idle), seed=seed, replication=0)
    assert variant.facts_differing(simulate(problem, policy(), seed=seed, replication=0)) == ()


@given(companies(most_slots=8, most_months=3), programmes(), st.integers(0, 2**31))
@settings(max_examples=10, deadline=None, suppress_health_check=UNHURRIED)
def test_any_year_walked_visit_by_visit_is_the_same_year(problem: PolicyProblem, rules: PolicyRules, seed: int) -> None:
    walked = simulate(problem, rules, seed=seed, replication=0, mode="visits")
    assert_close(walked, simulate(problem, rules, seed=seed, replication=0))


@given(companies(most_months=5), programmes(), st.integers(0, 2**31))
@settings(max_examples=10, deadline=None, suppress_health_check=UNHURRIED)
def test_the_first_months_of_any_year_are_the_shorter_year(
    problem: PolicyProblem, rules: PolicyRules, seed: int
) -> None:
    months = problem.num_months - 1
    short = replace(problem, year=problem.year.model_copy(update={"horizon_months": months}))
    part, whole = (simulate(each, rules, seed=seed, replication=0) for each in (short, problem))
    for name in ("true_sales", "recorded_sales", "pay", "costs", "skill", "strength", "score", "is_filled", "effort"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:months], err_msg=name)
