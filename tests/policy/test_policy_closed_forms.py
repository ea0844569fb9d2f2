"""Mechanisms against their closed forms."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, optimize

from territory.domain.policy_rules import YearRules
from territory.policy import Behaviour
from territory.policy._world.assess import points, winning_team
from territory.policy._world.careers import grades_after_ranking, lead_days, quit_probability
from territory.policy._world.draws import Draws
from territory.policy._world.effort import BOUNDED, best_deviation, bonus_slope, cost_matrix, with_peers
from territory.policy._world.learning import after_mentoring, after_practice
from territory.policy._world.market import dump, elasticity, response
from tests.policy.policy_towns import two_teams

BEHAVIOUR = Behaviour()


def test_a_newcomer_learns_as_the_exponential_says() -> None:
    skill, plateau = np.array([[0.62, 0.62]]), np.ones((1, 2))
    practice = np.ones((1, 1))
    for month in range(1, 13):
        skill = after_practice(skill=skill, plateau=plateau, practice=practice, months=1.0, behaviour=BEHAVIOUR)
        np.testing.assert_allclose(skill, 1 - 0.38 * math.exp(-month / 4), atol=1e-12)
    after_8 = 1 - 0.38 * math.exp(-2)
    assert after_8 / 0.62 == pytest.approx(1.530, abs=1e-3)


def test_unused_skill_halves_in_eleven_months() -> None:
    skill = np.full((1, 2), 1.3)
    for _ in range(11):
        skill = after_practice(
            skill=skill, plateau=np.ones((1, 2)), practice=np.zeros((1, 1)), months=1.0, behaviour=BEHAVIOUR
        )
    np.testing.assert_allclose(skill, 0.65, atol=1e-12)


def test_used_skill_above_the_plateau_stays() -> None:
    skill = np.full((1, 2), 1.3)
    kept = after_practice(
        skill=skill, plateau=np.ones((1, 2)), practice=np.ones((1, 1)), months=6.0, behaviour=BEHAVIOUR
    )
    np.testing.assert_array_equal(kept, skill)


@pytest.mark.parametrize("weeks", [1.0, 4.2])
def test_two_hours_a_week_close_the_gap_at_the_transfer_rate(weeks: float) -> None:
    mentee, mentor = np.array([0.8, 1.2]), np.array([1.0, 1.0])
    after = after_mentoring(mentee=mentee, mentor=mentor, weeks=weeks, hours_per_week=2.0, transfer_per_week=0.1)
    np.testing.assert_allclose(after, [1.0 - 0.2 * 0.9**weeks, 1.2], atol=1e-12)


@pytest.mark.parametrize(("turnover", "formal"), [(0.2, 0), (0.05, 1), (0.0, 0)])
def test_the_ordinary_hazard_gives_the_turnover_of_the_year(turnover: float, formal: int) -> None:
    year = YearRules(turnover_contract=0.2 if turnover else 0.0, turnover_formal=0.05)
    monthly = quit_probability(
        two_teams(year=year),
        is_formal=np.full(8, formal),
        pay_level=np.ones(8),
        tenure_months=np.full(8, 50.0),
        morale=np.zeros(8),
        ability=np.ones(8),
    )
    np.testing.assert_allclose(1 - (1 - monthly) ** 12, turnover, atol=1e-12)


@pytest.mark.parametrize("lift", [1.01, 1.5])
def test_more_pay_never_raises_the_hazard(lift: float) -> None:
    level = np.linspace(0.5, 1.5, 8)
    low, high = (
        quit_probability(
            two_teams(),
            is_formal=np.zeros(8, dtype=np.int64),
            pay_level=pay,
            tenure_months=np.full(8, 5.0),
            morale=np.zeros(8),
            ability=np.linspace(0.7, 1.4, 8),
        )
        for pay in (level, level * lift)
    )
    assert (high < low).all()


def test_the_mean_lead_time_is_that_of_the_year() -> None:
    problem = two_teams()
    uniforms = (np.arange(20000) + 0.5) / 20000
    assert np.mean([lead_days(problem, float(u)) for u in uniforms]) == pytest.approx(42.0, rel=0.01)
    at_once = two_teams(year=YearRules(vacancy_months=0.01))
    assert lead_days(at_once, 0.9) == 1


def test_sales_respond_with_elasticity_031() -> None:
    assert response(np.array([1.0]), BEHAVIOUR)[0] == pytest.approx(1.0, abs=1e-12)
    step = 1e-6
    up, down = response(np.array([1 + step]), BEHAVIOUR)[0], response(np.array([1 - step]), BEHAVIOUR)[0]
    assert (up - down) / (2 * step) == pytest.approx(0.31, abs=1e-9)
    assert elasticity(BEHAVIOUR) == pytest.approx(0.31, abs=1e-12)


def test_peers_solve_the_linear_system() -> None:
    teams = np.array([0, 0, 0, 1, 1, 2, -1])
    same = (teams[:, None] == teams[None, :]) & (teams >= 0)[:, None]
    np.fill_diagonal(same, False)
    weights = same / np.maximum(1, same.sum(axis=1, keepdims=True))
    own = np.array([0.3, -0.1, 0.0, 0.2, 0.0, 0.5, 0.4])
    expected = np.linalg.solve(np.eye(7) - 0.15 * weights, own)
    np.testing.assert_allclose(with_peers(own, team_idx=teams, rho=0.15), expected, atol=1e-12)


def test_a_team_that_moves_alike_is_multiplied() -> None:
    moved = with_peers(np.full(5, 0.2), team_idx=np.zeros(5, dtype=np.int64), rho=0.15)
    np.testing.assert_allclose(moved, 0.2 / 0.85, atol=1e-12)
    alone = with_peers(np.full(3, 0.2), team_idx=np.full(3, -1), rho=0.15)
    np.testing.assert_array_equal(alone, 0.2)


def test_effort_is_the_optimum_of_the_quadratic_program() -> None:
    cost = cost_matrix(BEHAVIOUR)
    marginal = np.random.default_rng(5).normal(0.02, 0.06, (4, 40))
    found = best_deviation(marginal, cost)
    bounds = [(0, None) if j in BOUNDED else (None, None) for j in range(4)]
    for slot in range(40):
        b = marginal[:, slot]
        exact = optimize.minimize(
            lambda d, b=b: -(b @ d) + 0.5 * d @ cost @ d,
            np.zeros(4),
            jac=lambda d, b=b: cost @ d - b,
            bounds=bounds,
            method="L-BFGS-B",
            options={"ftol": 1e-15, "gtol": 1e-12},
        )
        np.testing.assert_allclose(found[:, slot], exact.x, atol=1e-6)


@pytest.mark.parametrize("needed", [-0.4, 0.0, 0.3])
def test_the_bonus_slope_is_the_derivative_of_its_chance(needed: float) -> None:
    sd, step = 0.2, 1e-4

    def chance(need: float) -> float:
        density = lambda z: math.exp(-0.5 * (z / sd) ** 2) / (sd * math.sqrt(2 * math.pi))  # noqa: E731
        return float(integrate.quad(density, need, 4.0, epsabs=1e-13)[0])

    numeric = (chance(needed - step) - chance(needed + step)) / (2 * step)
    assert bonus_slope(needed=np.array([needed]), sd=sd)[0] == pytest.approx(numeric, rel=1e-5)


def test_goods_over_the_border_balance_and_respect_the_limit() -> None:
    true = np.array([100.0, 10.0, 50.0])
    border = np.array([[0.0, 0.3, 0.1], [0.2, 0.0, 0.0], [0.0, 0.5, 0.0]])
    moved = dump(true_sales=true, game=np.ones(3), cross_flow=border, leak=0.1, inflow_limit=0.5)
    assert moved.taken_in.sum() == pytest.approx(0.9 * moved.out.sum(), abs=1e-12)
    assert moved.taken_in[1] == pytest.approx(5.0, abs=1e-12)
    np.testing.assert_allclose(moved.out, [10 + 30 * 5 / 49.5, 2.0, 25 * 5 / 49.5], atol=1e-12)


def test_points_are_80_at_par_and_100_at_most() -> None:
    np.testing.assert_allclose(points(np.array([-1.0, 0.0, 0.5, 1.0, 1.25, 9.0])), [0, 0, 40, 80, 100, 100])


def test_the_best_team_has_the_highest_mean_and_one_team_has_no_contest() -> None:
    score, teams = np.array([90.0, 0.0, 70.0, 80.0]), np.array([0, 0, 1, 1])
    everyone, present = np.ones(4, dtype=bool), np.array([True, False, True, True])
    assert winning_team(score=score, is_assessed=everyone, team_idx=teams) == 1
    assert winning_team(score=score, is_assessed=present, team_idx=teams) == 0
    assert winning_team(score=score, is_assessed=everyone, team_idx=np.zeros(4, dtype=np.int64)) == -1


@pytest.mark.parametrize(("number", "places"), [(10, (3, 6, 1)), (12, (4, 7, 1)), (7, (2, 4, 1)), (1, (0, 1, 0))])
def test_grades_fill_their_caps_by_largest_remainder(number: int, places: tuple[int, int, int]) -> None:
    score = np.arange(number, dtype=float)
    ranked = np.ones(number, dtype=bool)
    after = grades_after_ranking(score=score, is_ranked=ranked, caps=(0.3, 0.6, 0.1), tie=np.arange(number))
    assert tuple(np.bincount(after, minlength=3)) == places
    assert (np.diff(after) >= 0).all()


def test_who_is_not_ranked_gets_no_grade_and_ties_go_to_the_first_row() -> None:
    after = grades_after_ranking(
        score=np.full(4, 50.0),
        is_ranked=np.array([True, True, False, True]),
        caps=(0.0, 0.67, 0.33),
        tie=np.array([2, 0, 1, 3]),
    )
    assert after.tolist() == [1, 2, -1, 1]


def test_blocks_of_draws_have_the_promised_moments() -> None:
    problem = two_teams(200)
    draws = Draws.of(problem, seed=3, replication=0)
    factors = np.concatenate([draws.visits(month).service.ravel() for month in range(2)])
    assert factors.mean() == pytest.approx(1.0, abs=0.005)
    assert np.log(factors).std() == pytest.approx(BEHAVIOUR.service_sd, rel=0.01)
    assert 0 < draws.uniforms("quit", 0).min() < draws.uniforms("quit", 0).max() < 1


def test_more_chance_of_noise_scales_the_normals_only() -> None:
    problem = two_teams()
    double = replace(problem, year=YearRules(noise=2.0))
    one, two = (Draws.of(p, seed=3, replication=0) for p in (problem, double))
    np.testing.assert_allclose(two.normals("sales", 4), 2 * one.normals("sales", 4))
    np.testing.assert_array_equal(two.uniforms("quit", 4), one.uniforms("quit", 4))
