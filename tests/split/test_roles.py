"""Role fit: as good as brute force, proved by its prices, and true to the rules."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.assignment import Assignment
from territory.domain.columns import Labels
from territory.domain.reps import Teams
from territory.split.roles import RoleProblem, check_roles, fit_roles, met, needs_of, price_bound, seats_of
from territory.standing import Status
from tests.towns import line_of_shops, with_outlets


@st.composite
def role_problems(draw: st.DrawFn) -> RoleProblem:
    """One to five members, three roles."""
    n = draw(st.integers(1, 5))
    raw = np.array(draw(st.lists(st.integers(1, 9), min_size=3, max_size=3)), dtype=np.float64)
    need = raw / raw.sum()
    skill = np.array(draw(st.lists(st.integers(0, 100), min_size=3 * n, max_size=3 * n)), dtype=np.float64)
    return RoleProblem(
        team_id="T",
        rep_ids=tuple(f"R{i}" for i in range(n)),
        skill=skill.reshape(n, 3),
        need=need,
        seats=seats_of(need, n),
    )


def best_by_force(problem: RoleProblem) -> float:
    n, k = problem.skill.shape
    best = -1.0
    for cells in itertools.product((False, True), repeat=n * k):
        holds = np.array(cells).reshape(n, k)
        if not check_roles(problem, holds):
            best = max(best, met(problem, holds))
    return best


@settings(max_examples=40, deadline=None)
@given(role_problems())
def test_the_fit_equals_brute_force_and_is_proved(problem: RoleProblem) -> None:
    fit = fit_roles(problem)
    assert check_roles(problem, fit.holds) == []
    assert fit.objective == pytest.approx(met(problem, fit.holds))
    if problem.skill.size <= 12:
        assert fit.objective == pytest.approx(best_by_force(problem), abs=1e-6)
    assert fit.status is Status.OPTIMAL
    assert fit.bound == pytest.approx(fit.objective, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(role_problems(), st.lists(st.floats(-50, 50), min_size=8, max_size=8))
def test_any_prices_bound_the_best_fit(problem: RoleProblem, prices: list[float]) -> None:
    bound = price_bound(problem, np.array(prices[:3]), np.array(prices[3 : 3 + len(problem.rep_ids)]))
    assert fit_roles(problem).objective <= bound + 1e-6


def test_a_role_without_its_holders_and_a_member_without_a_role_are_told() -> None:
    problem = RoleProblem(
        team_id="T",
        rep_ids=("R0", "R1", "R2"),
        skill=np.full((3, 3), 50.0),
        need=np.full(3, 1 / 3),
        seats=np.ones(3, dtype=np.int64),
    )
    holds = np.array([[True, False, False], [False, True, False], [False, False, False]])
    assert {(violation.rule, violation.subject) for violation in check_roles(problem, holds)} == {
        ("seats", "key_account"),
        ("member", "R2"),
    }


def test_seats_follow_the_needs_and_every_role_has_one() -> None:
    assert seats_of([0.5, 0.3, 0.2], 10).tolist() == [5, 3, 2]
    assert seats_of([0.98, 0.01, 0.01], 4).tolist() == [2, 1, 1]
    assert seats_of([0.5, 0.3, 0.2], 2).tolist() == [1, 1, 1]


def test_needs_are_read_off_the_team_s_outlets() -> None:
    scenario = with_outlets(
        line_of_shops(4, 1),
        tier=Labels.of(["A", "B", "C", "C"]),
        segment=Labels.of(["shop", "shop", "bar", "bar"]),
        sales_per_week=np.array([60.0, 20.0, 10.0, 10.0]),
    )
    # three of four outlets are no key account; segments share sales 80 : 20; tier A sells 60 %
    raw = np.array([0.75, 1 - 0.8**2 - 0.2**2, 0.6])
    assert needs_of(scenario, np.ones(4, dtype=bool)) == pytest.approx(raw / raw.sum())


def test_the_problem_of_a_team_takes_its_members_and_their_skills() -> None:
    scenario = line_of_shops(6, 3)
    teams = Teams(team_ids=("T0", "T1"), names=("a", "b"), pooled=np.array([True, False]))
    skill = np.array([[90.0, 10, 10], [10, 80, 20], [50, 50, 50]])
    reps = replace(scenario.reps, team_idx=np.array([0, 0, 1]), role_skill=skill)
    scenario = replace(scenario, teams=teams, reps=reps)
    problem = RoleProblem.of(scenario, Assignment.today(scenario.outlets), 0)
    assert problem.rep_ids == ("R0", "R1")
    assert problem.skill.tolist() == skill[:2].tolist()
    fit = fit_roles(problem)
    assert fit.roles_of(0)[0] == 0
    assert sorted(fit.roles_of(0) + fit.roles_of(1)) == [0, 1, 2]
