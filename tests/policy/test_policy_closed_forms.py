"""Learning, leaving, hiring, selling and judging against their closed forms."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from territory.domain.policy_rules import YearRules
from territory.policy import Behaviour, simulate
from territory.policy._world.careers import lead_days, quit_probability
from territory.policy._world.draws import Draws
from territory.policy._world.learning import after_mentoring, after_practice
from territory.policy._world.market import dump, sales_response
from territory.policy.behaviour import SELLING, SKILLS
from territory.policy.scoring import points, winning_team
from territory.units import FloatArray
from tests.policy.policy_towns import SETTLED, alike, policy, two_teams

BEHAVIOUR = Behaviour()
ALONE = YearRules(**SETTLED, visibility="none")
LONG_AGO = 1e6


def practised(skill: FloatArray, practice: float, months: float, behaviour: Behaviour = BEHAVIOUR) -> FloatArray:
    return after_practice(
        skill=skill, plateau=np.ones_like(skill), practice=np.full((1, 1), practice), months=months, behaviour=behaviour
    )


def test_a_newcomer_learns_as_the_exponential_says() -> None:
    skill = np.full((1, 10), 0.62)
    for month in range(1, 13):
        skill = practised(skill, 1.0, 1.0, replace(BEHAVIOUR, skill_start=0.62, learning_months=4.0))
        np.testing.assert_allclose(skill, 1 - 0.38 * math.exp(-month / 4), rtol=0, atol=1e-12)
    assert (1 - 0.38 * math.exp(-2)) / 0.62 == pytest.approx(1.530, abs=1e-3)


def test_unused_skill_halves_in_eleven_months() -> None:
    skill = np.full((1, 10), 1.3)
    for _ in range(11):
        skill = practised(skill, 0.0, 1.0)
    np.testing.assert_allclose(skill, 0.65, rtol=0, atol=1e-12)


def test_used_skill_above_the_plateau_stays() -> None:
    skill = np.full((1, 10), 1.3)
    np.testing.assert_array_equal(practised(skill, 1.0, 6.0), skill)


@given(st.sampled_from([0.0, 1.0]), st.floats(0.1, 6.0), st.floats(0.1, 6.0), st.floats(0.1, 2.0))
def test_two_spells_of_practice_or_of_rest_are_one_long_spell(
    practice: float, first: float, second: float, skill: float
) -> None:
    start = np.full((1, 10), skill)
    in_two = practised(practised(start, practice, first), practice, second)
    np.testing.assert_allclose(in_two, practised(start, practice, first + second), atol=1e-12)


def test_in_the_year_too_a_newcomer_learns_as_the_exponential_says() -> None:
    """Four reps of 0 to 12 months of service, nobody to look at, visits enough for full practice."""
    tenure = np.repeat([0.0, 3.0, 6.0, 12.0], 2)
    problem = alike(year=ALONE, tenure_months=tenure)
    year = simulate(problem, policy(), seed=1, replication=0)
    behaviour = problem.behaviour
    months = np.arange(1, 13)[:, None] + tenure
    expected = 1 - (1 - behaviour.skill_start) * np.exp(-months / behaviour.learning_months)
    np.testing.assert_allclose(year.skill, np.repeat(expected[:, :, None], 2, axis=2), rtol=0, atol=1e-12)


def test_in_the_year_too_unused_skill_halves_in_eleven_months() -> None:
    problem = alike(year=ALONE, workday_min=np.zeros(8))
    skill = simulate(problem, policy(), seed=1, replication=0).skill
    expected = 0.5 ** (np.arange(1, 13) / 11)
    np.testing.assert_allclose(skill, np.broadcast_to(expected[:, None, None], skill.shape), rtol=0, atol=1e-12)


@pytest.mark.parametrize("weeks", [1.0, 4.2])
@pytest.mark.parametrize("hours", [1.0, 2.0, 5.0])
def test_two_hours_a_week_close_the_gap_at_the_transfer_rate(weeks: float, hours: float) -> None:
    mentee, mentor = np.array([0.8, 1.2]), np.array([1.0, 1.0])
    after = after_mentoring(mentee=mentee, mentor=mentor, weeks=weeks, hours_per_week=hours, transfer_per_week=0.1)
    np.testing.assert_allclose(after, [1.0 - 0.2 * 0.9 ** (weeks * hours / 2), 1.2], rtol=0, atol=1e-12)


@pytest.mark.parametrize("selling", [0.0, 0.5, 1.0])
def test_a_course_of_five_days_adds_its_log_points_to_what_is_taught(selling: float) -> None:
    problem = alike(year=ALONE, behaviour=replace(BEHAVIOUR, forgetting_half_life_months=1e15))
    lever = {"days_per_year": 10.0, "month": 3, "selling": selling}
    skill = simulate(problem, policy(training=lever), seed=1, replication=0).skill
    gain = np.log(skill[2] / skill[1])
    course = 2 * problem.behaviour.course_skill
    np.testing.assert_allclose(gain, np.tile([2 * selling * course, 2 * (1 - selling) * course], (8, 1)), atol=1e-12)
    assert len(SELLING) * 2 == len(SKILLS)


def test_a_courses_motivation_halves_in_its_half_life() -> None:
    """Selling effort above the plain year's, month by month; no pay follows it."""
    problem = alike(year=ALONE)
    base = simulate(problem, policy(), seed=1, replication=0).effort
    taught = simulate(problem, policy(training={"days_per_year": 5.0, "month": 3}), seed=1, replication=0).effort
    gained = (taught - base)[2:8, 0, 0]
    half_life = problem.behaviour.motivation_half_life_months
    assert gained[0] == pytest.approx(problem.behaviour.course_motivation, rel=0.02)
    np.testing.assert_allclose(gained[1:] / gained[:-1], 0.5 ** (1 / half_life), rtol=0.02)


def test_the_review_closes_its_share_of_the_gap_to_the_best() -> None:
    plateau = np.ones((8, 10))
    plateau[[0, 4]] = 1.5
    problem = alike(year=ALONE, plateau=plateau, workday_min=np.full(8, 480.0))
    skill = simulate(problem, policy(review={"best_practice_share": 0.25}), seed=1, replication=0).skill
    expected = 1.5 - 0.5 * 0.75 ** np.arange(1, 13)
    np.testing.assert_allclose(skill[:, 1], np.repeat(expected[:, None], 2, axis=1), rtol=0, atol=1e-12)


def test_what_practice_would_give_comes_sooner_by_looking() -> None:
    tenure = np.full(8, LONG_AGO)
    tenure[1] = 0.0
    seen, unseen = (
        simulate(
            alike(year=ALONE.model_copy(update={"visibility": v}), tenure_months=tenure),
            policy(),
            seed=1,
            replication=0,
        ).skill[:, 1, 0]
        for v in ("team", "none")
    )
    behaviour = BEHAVIOUR
    start = behaviour.skill_start
    practice = 1 - (1 - start) * math.exp(-1 / behaviour.learning_months)
    shown = (3 * 1.0 + practice) / 4
    assert seen[0] == pytest.approx(practice + (1 - math.exp(-behaviour.peer_learning)) * (shown - practice), abs=1e-12)
    assert (seen > unseen).all()


def chances(turnover: float, **changes: Any) -> FloatArray:
    values: dict[str, Any] = {
        "is_formal": np.zeros(8, dtype=np.int64),
        "pay_level": np.ones(8),
        "tenure_months": np.full(8, 50.0),
        "morale": np.zeros(8),
        "ability": np.ones(8),
        "status_gap": np.zeros(8),
    }
    problem = two_teams(year=YearRules(turnover_contract=turnover, turnover_formal=0.05))
    return quit_probability(problem, **(values | changes))


@pytest.mark.parametrize(("turnover", "formal"), [(0.2, 0), (0.05, 1), (0.0, 0), (0.9, 0)])
def test_the_ordinary_hazard_gives_the_turnover_of_the_year(turnover: float, formal: int) -> None:
    monthly = chances(turnover, is_formal=np.full(8, formal))
    np.testing.assert_allclose(1 - (1 - monthly) ** 12, turnover, rtol=0, atol=1e-12)


def test_the_hazard_is_one_less_the_double_exponential_of_its_terms() -> None:
    level, morale = np.linspace(0.5, 1.5, 8), np.linspace(-0.4, 0.4, 8)
    ability, tenure = np.linspace(0.6, 1.6, 8), np.linspace(0.0, 30.0, 8)
    b = BEHAVIOUR
    eta = math.log(-math.log(0.8) / 12) + b.quit_pay * np.log(level) + b.quit_morale * morale
    eta += b.quit_new * (tenure < 12) + b.quit_ability_gap * np.maximum(0.0, np.log(ability) - np.log(level))
    gap = np.linspace(-0.3, 0.3, 8)
    eta += b.quit_status * gap
    found = chances(0.2, pay_level=level, morale=morale, ability=ability, tenure_months=tenure, status_gap=gap)
    np.testing.assert_allclose(found, 1 - np.exp(-np.exp(eta)), rtol=1e-12)


def test_at_ordinary_pay_a_years_first_leavers_are_the_turnover_of_the_year() -> None:
    """Many reps alike, all paid what others pay: who left at least once is binomial."""
    slots = 600
    year = YearRules(turnover_contract=0.3, visibility="none", vacancy_months=12.0)
    problem = alike(slots, year=year)
    equal = policy(egalitarian_pool={"egalitarian_share": 1.0}, ladder={"step_pay": 0.0})
    left = int((simulate(problem, equal, seed=4, replication=0).quits.sum(axis=0) > 0).sum())
    assert stats.binomtest(left, slots, 0.3).pvalue > 0.01


def test_the_mean_lead_time_is_that_of_the_year_times_the_levers_factor() -> None:
    problem = two_teams()
    uniforms = (np.arange(20000) + 0.5) / 20000
    assert np.mean([lead_days(problem, float(u)) for u in uniforms]) == pytest.approx(42.0, rel=0.01)
    assert np.mean([lead_days(problem, float(u), factor=0.5) for u in uniforms]) == pytest.approx(21.0, rel=0.01)
    at_once = two_teams(year=YearRules(vacancy_months=0.01))
    assert lead_days(at_once, 0.9) == 1


@pytest.mark.parametrize("elasticity", [0.0, 0.15, 0.31, 0.5, 0.51, 1.0, 1.5])
def test_sales_respond_with_the_elasticity_of_the_year(elasticity: float) -> None:
    def log_sales(log_effort: float) -> float:
        return math.log(sales_response(np.exp([log_effort]), elasticity=elasticity)[0])

    step = 1e-5
    assert log_sales(0.0) == pytest.approx(0.0, abs=1e-12)
    assert (log_sales(step) - log_sales(-step)) / (2 * step) == pytest.approx(elasticity, abs=1e-9)


@given(st.floats(0.0, 1.5), st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_more_goodwill_never_sells_less_and_never_less_than_nothing(
    elasticity: float, one: float, other: float
) -> None:
    low, high = sales_response(np.sort([one, other]), elasticity=elasticity)
    assert 0 <= low <= high + 1e-12


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


def test_blocks_of_draws_have_the_promised_moments() -> None:
    problem = two_teams(200)
    draws = Draws.of(problem, seed=3, replication=0)
    factors = np.concatenate([draws.visits(month).service.ravel() for month in range(2)])
    assert factors.mean() == pytest.approx(1.0, abs=0.005)
    assert np.log(factors).std() == pytest.approx(BEHAVIOUR.service_sd, rel=0.01)
    assert 0 < draws.uniforms("quit", 0).min() < draws.uniforms("quit", 0).max() < 1


def test_more_chance_scales_the_normals_only() -> None:
    problem = two_teams()
    double = replace(problem, year=YearRules(noise=2.0))
    one, two = (Draws.of(p, seed=3, replication=0) for p in (problem, double))
    np.testing.assert_allclose(two.normals("sales", 4), 2 * one.normals("sales", 4))
    np.testing.assert_array_equal(two.uniforms("quit", 4), one.uniforms("quit", 4))
