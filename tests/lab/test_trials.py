"""Trials on a part of the positions: both arms as drawn, and how often a trial of this size would find the effect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from territory.domain.policy_rules import LEVERS, PolicyRules, YearRules
from territory.lab import Comparison, TrialEffect, compare
from territory.lab.trials import TRIAL_VALUES, trial_values, welch
from territory.policy import Draws, PolicyProblem, simulate
from territory.policy.trial import CONTROL, COVERED, NOT_ASKED, arm_of_slot, levers_on_trial
from tests.policy.policy_towns import policy, two_teams

HALF = {"covered_share": 0.5}
TALK: dict[str, Any] = {"review": {"goal_talk": 1.0, **HALF}}


@pytest.fixture(scope="module")
def company() -> PolicyProblem:
    return two_teams(40, year=YearRules(horizon_months=3, visibility="none"))


def compared(company: PolicyProblem, replications: int = 12, **sections: Any) -> Comparison:
    return compare(company, {"today": policy(), "trial": policy(**sections)}, replications=replications, seed=4)


def only(comparison: Comparison) -> TrialEffect:
    (found,) = comparison.trials
    return found


def test_a_policy_without_a_random_share_has_no_trial(company: PolicyProblem) -> None:
    assert compared(company, 2, review={"goal_talk": 1.0}).trials == ()
    assert levers_on_trial(policy(review={"covered_share": 0.5, "strength": 0.0})) == ()
    assert levers_on_trial(policy(**TALK, training={"covered_share": 0.0})) == ("review",)


def test_covered_are_those_on_whom_the_lever_acts(company: PolicyProblem) -> None:
    rules = policy(review={"goal_talk": 1.0, "grades": ["mid"], **HALF})
    draws = Draws.of(company, seed=4, replication=3)
    arm = arm_of_slot(company, rules, draws, "review")
    year = simulate(company, rules, seed=4, replication=3, draws=draws)
    np.testing.assert_array_equal(arm == COVERED, year.strength[0, LEVERS.index("review")] > 0)
    np.testing.assert_array_equal(arm == NOT_ASKED, company.grade != 1)
    assert (arm == CONTROL).any()


def test_arms_of_a_lever_are_the_same_under_every_policy(company: PolicyProblem) -> None:
    draws = Draws.of(company, seed=4, replication=1)
    one = arm_of_slot(company, policy(**TALK), draws, "review")
    other = arm_of_slot(company, policy(review={"best_practice_share": 0.1, **HALF}, training=HALF), draws, "review")
    np.testing.assert_array_equal(one, other)


def test_an_effect_shows_in_the_arm_that_has_it(company: PolicyProblem) -> None:
    trial = only(compared(company, **TALK))
    assert (trial.policy, trial.lever) == ("trial", "review")
    assert trial.num_covered + trial.num_control == 40
    effort = next(row for row in trial.rows if row.value == "effort")
    assert effort.difference.low_together > 0
    assert effort.difference.mean == pytest.approx(effort.covered.mean - effort.control.mean)
    assert effort.found_share == 1.0
    turnover = next(row for row in trial.rows if row.value == "turnover")
    assert turnover.found_share is not None
    assert turnover.found_share < 0.5


def test_a_trial_of_nothing_finds_something_as_often_as_chance_does(company: PolicyProblem) -> None:
    trial = only(compared(company, 60, review=HALF))
    sales = next(row for row in trial.rows if row.value == "sales")
    assert sales.difference.covers_zero
    assert sales.found_share is not None
    assert stats.binomtest(round(60 * sales.found_share), 60, 0.05).pvalue > 0.01


def test_a_row_of_arms_holds_the_means_of_their_positions(company: PolicyProblem) -> None:
    rules = policy(**TALK)
    draws = Draws.of(company, seed=4, replication=0)
    year = simulate(company, rules, seed=4, replication=0, draws=draws)
    found = trial_values(company, rules, draws, year)
    arm = arm_of_slot(company, rules, draws, "review")
    done = 100 * year.done_visits.sum(axis=(0, 2)) / year.due_visits.sum(axis=(0, 2))
    column = 1 + list(TRIAL_VALUES).index("visits_done")
    row = found[LEVERS.index("review")]
    assert row[0, column] == pytest.approx(done[arm == COVERED].mean())
    assert row[1, column] == pytest.approx(done[arm == CONTROL].mean())
    assert row[0, 0] == (arm == COVERED).sum()
    others = np.delete(found, LEVERS.index("review"), axis=0)
    assert np.isnan(others).all()


samples = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=12)


@given(samples, samples)
def test_the_test_is_welchs(one: list[float], other: list[float]) -> None:
    a, b = np.array(one), np.array(other)
    assume(np.ptp(a) > 0 and np.ptp(b) > 0)
    expected = stats.ttest_ind(a, b, equal_var=False).pvalue
    assert welch(a, b) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_where_nothing_differs_there_is_no_p_value() -> None:
    assert np.isnan(welch(np.full(3, 0.1), np.full(4, 0.1 + 1e-17)))
    assert welch(np.full(3, 0.1), np.array([0.1, 0.2])) > 0.05


def test_one_position_is_no_arm() -> None:
    company = two_teams(3, year=YearRules(horizon_months=1))
    comparison = compare(company, {"trial": PolicyRules(review={"covered_share": 0.34})}, replications=3, seed=1)  # type: ignore[arg-type]
    for trial in comparison.trials:
        assert all(row.found_share is None or 0 <= row.found_share <= 1 for row in trial.rows)
