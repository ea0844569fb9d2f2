"""Any valid policy in any company gives a lawful year."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territory.domain.policy_rules import LEVERS, PolicyRules
from territory.policy import PolicyProblem, simulate
from tests.policy.policy_towns import policy
from tests.policy.random_years import companies, programmes
from tests.policy.year_laws import assert_lawful

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


@given(companies(most_slots=8, most_months=4), programmes(), st.integers(0, 2**31))
@settings(max_examples=10, deadline=None, suppress_health_check=UNHURRIED)
def test_any_year_walked_visit_by_visit_is_the_same_year(problem: PolicyProblem, rules: PolicyRules, seed: int) -> None:
    walked = simulate(problem, rules, seed=seed, replication=0, mode="visits")
    assert walked.facts_differing(simulate(problem, rules, seed=seed, replication=0)) == ()
