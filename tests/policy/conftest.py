"""Shared years: simulated once, read by many tests."""

from __future__ import annotations

import pytest

from territory.domain.policy_rules import YearRules
from territory.policy import PolicyProblem, YearResult, simulate
from tests.policy.policy_towns import policy, two_teams


@pytest.fixture(scope="session")
def town() -> PolicyProblem:
    return two_teams()


@pytest.fixture(scope="session")
def restless_town() -> PolicyProblem:
    """Half of the staff leave in a year, so that vacancies, hires and newcomers occur."""
    return two_teams(year=YearRules(turnover_contract=0.6, vacancy_months=1.0))


@pytest.fixture(scope="session")
def busy_policy() -> object:
    """Every lever at work."""
    return policy(
        pay={"egalitarian_share": 0.2, "commission_share": 0.2, "bonus_share": 0.1, "bonus_threshold": 0.95},
        mentoring={"pairs_share": 0.25},
        onboarding={"classroom_weeks": 2, "shadow_weeks": 2, "exam_threshold": 52.0, "cost_per_hire": 500.0},
        team_award={"score_bonus_points": 3.0, "prize_per_member": 100.0, "symbolic": 0.5, "cost_per_month": 50.0},
        anti_gaming={"audit_rate": 0.15, "penalty_share": 0.1, "cost_per_audit": 80.0},
        followup={"visits_per_month": 1.0, "cost_per_visit": 40.0},
        review={"best_practice_share": 0.02, "hours_per_month": 3.0},
        one_page_method={"admin_saving_share": 0.3},
    )


@pytest.fixture(scope="session")
def busy_year(restless_town: PolicyProblem, busy_policy: object) -> YearResult:
    return simulate(restless_town, busy_policy, seed=7, replication=0)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def quiet_year(restless_town: PolicyProblem) -> YearResult:
    return simulate(restless_town, policy(), seed=7, replication=0)
