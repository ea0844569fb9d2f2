"""Shared years: simulated once, read by many tests."""

from __future__ import annotations

import pytest

from territory.domain.policy_rules import PolicyRules, YearRules
from territory.policy import PolicyProblem, YearResult, simulate
from tests.policy.policy_towns import BUSY, policy, two_teams


@pytest.fixture(scope="session")
def town() -> PolicyProblem:
    return two_teams()


@pytest.fixture(scope="session")
def restless_town() -> PolicyProblem:
    """Half of the staff leave in a year, so that vacancies, hires and newcomers occur; a year and a month."""
    return two_teams(year=YearRules(turnover_contract=0.6, vacancy_months=1.0, sabotage=0.5, horizon_months=13))


@pytest.fixture(scope="session")
def busy_policy() -> PolicyRules:
    return policy(**BUSY)


@pytest.fixture(scope="session")
def busy_year(restless_town: PolicyProblem, busy_policy: PolicyRules) -> YearResult:
    return simulate(restless_town, busy_policy, seed=7, replication=0)


@pytest.fixture(scope="session")
def quiet_year(restless_town: PolicyProblem) -> YearResult:
    return simulate(restless_town, policy(), seed=7, replication=0)
