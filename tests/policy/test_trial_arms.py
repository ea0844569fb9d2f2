"""A trial inside one company: a random share of the positions is covered, the others are its control group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from territory.domain.policy_rules import LEVERS, YearRules
from territory.policy import Draws, PolicyProblem, YearResult, simulate
from territory.units import BoolArray
from tests.policy.policy_towns import policy, two_teams

TRIALS = 200
SLOTS = 24
TREATED = LEVERS.index("visit_rules")
HALF = {"covered_share": 0.5}


@pytest.fixture(scope="module")
def company() -> PolicyProblem:
    """Positions for a month, with people and territories as different as they are."""
    return two_teams(SLOTS, year=YearRules(horizon_months=1))


def arm(year: YearResult) -> BoolArray:
    return np.asarray(year.strength[0, TREATED] > 0)


def p_value(problem: PolicyProblem, replication: int, **settings: Any) -> float:
    """Of no difference between the arms in log sales per normal sales."""
    draws = Draws.of(problem, seed=9, replication=replication)
    year = simulate(problem, policy(visit_rules=HALF | settings), seed=9, replication=replication, draws=draws)
    sales = np.log(year.true_sales[-1].sum(axis=1) / problem.potential.sum(axis=1))
    covered = arm(year)
    return float(stats.ttest_ind(sales[covered], sales[~covered]).pvalue)


def test_a_trial_of_nothing_has_uniform_p_values(company: PolicyProblem) -> None:
    found = [p_value(company, replication) for replication in range(TRIALS)]
    assert stats.kstest(found, "uniform").pvalue > 0.01


def test_a_trial_of_something_has_small_p_values(company: PolicyProblem) -> None:
    """So that the test above can fail."""
    found = [p_value(company, replication, frequency_factor=0.2) for replication in range(100)]
    assert stats.kstest(found, "uniform", alternative="greater").pvalue < 1e-3


def test_arms_of_levers_are_drawn_apart_and_apart_from_the_years_luck(company: PolicyProblem) -> None:
    rules = policy(review=HALF, training=HALF | {"days_per_year": 0.0})
    together, lucky = [], []
    for replication in range(60):
        year = simulate(company, rules, seed=9, replication=replication)
        first, second = (year.strength[0, LEVERS.index(name)] > 0 for name in ("review", "training"))
        together.append(np.corrcoef(first, second)[0, 1])
        lucky.append(np.corrcoef(first, year.true_sales[0].sum(axis=1) / company.potential.sum(axis=1))[0, 1])
    for found in (together, lucky):
        assert stats.ttest_1samp(found, 0.0).pvalue > 0.01


def test_covering_nobody_differently_leaves_the_year_alone(company: PolicyProblem) -> None:
    """A lever at its ordinary settings changes nothing, whoever is covered."""
    baseline = simulate(company, policy(), seed=9, replication=0)
    trial = simulate(company, policy(visit_rules=HALF), seed=9, replication=0)
    assert trial.facts_differing(baseline) == ()
    assert 0 < arm(trial).sum() < SLOTS
