"""What is paid for results beside sales: money in time, ideas, customers kept; bonuses in advance; supervisors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import PolicyRules, YearRules
from territory.policy import Behaviour, PolicyProblem, YearResult, simulate
from territory.policy._world.market import lapsed, sales_response
from territory.policy.result import ACTIVITIES, PAY_PARTS
from territory.units import FloatArray
from tests.policy.policy_towns import SETTLED, policy, scaled, town_in, two_teams

SERVE, GAME = ACTIVITIES.index("serve"), ACTIVITIES.index("game")
RESULTS = {"egalitarian_pool": {"egalitarian_share": 0.2}, "commission": {"share": 0.2}}


def run(problem: PolicyProblem, rules: PolicyRules, replication: int = 0) -> YearResult:
    return simulate(problem, rules, seed=11, replication=replication)


def part(year: YearResult, name: str) -> FloatArray:
    return np.asarray(year.pay[:, :, PAY_PARTS.index(name)])


def test_at_ordinary_service_the_share_of_the_year_is_late() -> None:
    problem = town_in(**SETTLED, visibility="none")
    idle = policy(egalitarian_pool={"egalitarian_share": 1.0}, ladder={"meritocracy": 0.0})
    year = run(problem, idle)
    np.testing.assert_allclose(year.overdue, 0.05 * year.true_sales.sum(axis=2), rtol=1e-12)


def test_half_of_the_pay_for_money_in_time_is_due_when_the_ordinary_share_is_late() -> None:
    problem = town_in(**SETTLED, visibility="none")
    problem = replace(problem, behaviour=replace(problem.behaviour, collecting=0.0))
    paid = policy(activity_pay={"receivables_share": 0.1}, egalitarian_pool={"egalitarian_share": 1.0})
    year = run(problem, paid)
    np.testing.assert_allclose(part(year, "receivables"), 0.05 * year.base_pay, rtol=1e-9)


def test_who_is_paid_for_money_in_time_serves_more_and_pushes_less() -> None:
    problem = town_in(**SETTLED)
    before, after = (
        run(problem, policy(**RESULTS | {"activity_pay": {"receivables_share": share}})) for share in (0.0, 0.2)
    )
    assert (after.effort[1:, :, SERVE] > before.effort[1:, :, SERVE]).all()
    assert before.effort[:, :, GAME].any()
    assert after.effort[:, :, GAME].sum() < before.effort[:, :, GAME].sum()
    assert after.overdue.sum() < before.overdue.sum()


def test_outlets_lapse_as_far_as_their_normal_sales_are_not_called_for() -> None:
    potential = np.array([[100.0, 50.0], [0.0, 0.0], [10.0, 90.0]])
    wanted = np.array([[0.8, 1.2], [0.5, 0.5], [1.0, 1.0]])
    np.testing.assert_allclose(lapsed(potential, wanted), [20 / 150, 0.0, 0.0])


def test_lapsed_customers_cost_their_share_of_base_pay() -> None:
    problem = scaled(town_in(**SETTLED), planned_visits=0.5)
    year = run(problem, policy(commission={"churn_penalty_share": 2.0}))
    wanted = sales_response(year.goodwill, elasticity=0.31)
    expected = [lapsed(potential, month) for potential, month in zip(year.potential, wanted, strict=True)]
    np.testing.assert_allclose(year.lapsed, expected, rtol=1e-12)
    np.testing.assert_allclose(part(year, "churn"), -2.0 * year.lapsed * year.base_pay, rtol=1e-12)
    assert year.lapsed.any()


def test_an_idea_is_paid_once_and_helps_all_who_see_it() -> None:
    paid = {"activity_pay": {"innovation_share": 0.2}}
    problem = town_in(**SETTLED | {"noise": 1.0})
    silent = replace(problem, behaviour=replace(problem.behaviour, idea_gain=0.0))
    year, unheard = run(problem, policy(**paid)), run(silent, policy(**paid))
    np.testing.assert_allclose(part(year, "innovation"), 0.2 * year.ideas * year.base_pay)
    assert 0 < year.ideas.mean() < 0.5
    first = int(np.flatnonzero(year.ideas.any(axis=1))[0])
    team_with_one = problem.groups.total(year.ideas[first].astype(float)) > 0
    gained = year.skill[first].mean(axis=1) > unheard.skill[first].mean(axis=1)
    np.testing.assert_array_equal(gained, team_with_one)


def test_working_out_ideas_takes_time_from_visits() -> None:
    problem = town_in(**SETTLED)
    before, after = (run(problem, policy(activity_pay={"innovation_share": share})) for share in (0.0, 0.2))
    programme = 3
    assert (after.minutes[0, :, programme] > before.minutes[0, :, programme]).all()


@pytest.mark.parametrize("period", [1, 3, 12])
def test_a_bonus_in_advance_ends_as_the_same_money(period: int) -> None:
    """Nobody leaves, so that what is paid and what is taken back add up to the bonus paid at the end."""
    problem = town_in(**SETTLED | {"noise": 1.0})
    bonus = {"share": 0.2, "over_share": 0.3, "period_months": period}
    gain, penalty = (run(problem, policy(bonus=bonus | {"frame": frame})) for frame in ("gain", "penalty"))
    both = part(penalty, "bonus") + part(penalty, "repaid")
    np.testing.assert_allclose(both.sum(axis=0), part(gain, "bonus").sum(axis=0), rtol=1e-9, atol=1e-6)
    starts = np.arange(12) % period == 0
    assert (part(penalty, "bonus")[starts] >= 0.2 * period * penalty.base_pay[starts] * (1 - 1e-12)).all()
    assert not part(gain, "repaid").any()


def test_who_leaves_keeps_the_advance() -> None:
    problem = two_teams(24, year=YearRules(turnover_contract=0.8, vacancy_months=1.0))
    bonus: dict[str, Any] = {"share": 0.2, "threshold": 10.0, "period_months": 12, "frame": "penalty"}
    year = run(problem, policy(bonus=bonus))
    left = year.quits[:-1].any(axis=0)
    assert 0 < left.sum() < 24
    kept = (part(year, "bonus") + part(year, "repaid")).sum(axis=0)
    assert (kept[left] > 0).all()
    np.testing.assert_allclose(kept[~left], 0.0, atol=1e-6)


def test_the_gap_to_formal_colleagues_makes_contract_staff_leave() -> None:
    """Of those who leave in the first month the smaller gap's are some; formal staff feel their own pay alone."""
    problem = two_teams(400, year=YearRules(turnover_contract=0.9))
    problem = replace(problem, behaviour=replace(problem.behaviour, quit_pay=0.0, quit_ability_gap=0.0))
    contract = problem.is_formal == 0
    small, large = (run(problem, policy(base_pay={"status_gap": gap})).quits[0] for gap in (0.0, 3.0))
    assert (small <= large).all()
    assert small[contract].sum() < large[contract].sum()
    np.testing.assert_array_equal(small[~contract], large[~contract])


def test_a_smaller_gap_is_less_pay_than_elsewhere_to_formal_staff() -> None:
    problem = two_teams(400, year=YearRules(turnover_formal=0.9))
    problem = replace(problem, behaviour=replace(problem.behaviour, quit_status=0.0))
    formal = problem.is_formal == 1
    small, large = (run(problem, policy(base_pay={"status_gap": gap})).quits[0] for gap in (0.0, 1.0))
    assert small[formal].sum() > large[formal].sum()
    np.testing.assert_array_equal(small[~formal], large[~formal])


def test_one_supervisor_a_team_is_paid_and_half_the_span_doubles_them() -> None:
    problem = town_in(**SETTLED)
    year = run(problem, policy())
    np.testing.assert_allclose(year.supervisor_pay, 1.8 * 5000.0)
    double = run(problem, policy(supervisor={"span_factor": 0.5}))
    np.testing.assert_allclose(double.supervisor_pay, 2 * 1.8 * 5000.0)


def test_a_supervisors_pay_follows_the_team_as_far_as_it_should() -> None:
    problem = town_in()
    year = run(problem, policy(supervisor={"incentive_share": 0.4}, activity_pay={"supervisor_share": 0.1}))
    for team in range(2):
        mine = problem.team_idx == team
        sold = year.recorded_sales[:, mine].sum(axis=1) / year.target[:, mine].sum(axis=1)
        made = year.done_visits[:, mine].sum(axis=(1, 2)) / year.due_visits[:, mine].sum(axis=(1, 2))
        np.testing.assert_allclose(year.supervisor_pay[:, team], 9000.0 * (0.6 + 0.4 * sold + 0.1 * made), rtol=1e-9)


def test_a_team_without_positions_has_no_supervisor() -> None:
    problem = two_teams(team_ids=("T1", "T2", "T3"))
    assert not run(problem, policy()).supervisor_pay[:, 2].any()


def test_days_of_observation_make_judgement_more_exact() -> None:
    """Of two companies that differ in the error of judgement alone, by the mean square of the difference."""
    problem = two_teams(60, year=YearRules(**SETTLED | {"noise": 1.0}))
    exact = run(problem, policy(evaluators={"noise": 0.0}))
    errors = [
        run(problem, policy(evaluators={"noise": noise}, field_visits={"observation_per_quarter": days}))
        .judged[0, :, 2]
        .copy()
        - exact.judged[0, :, 2]
        for noise, days in ((0.1, 0.0), (0.1, 3.0))
    ]
    plain, observed = (float(np.square(found).mean()) for found in errors)
    assert observed < 0.6 * plain


def test_a_pooled_team_works_as_one_without_a_policy_that_says_so() -> None:
    behaviour = Behaviour()
    assert behaviour.serve_weight > 0
    alone = two_teams(year=YearRules(**SETTLED))
    pooled = replace(alone, role=(alone.team_idx == 1).astype(np.int64))
    one, other = run(alone, policy()), run(pooled, policy())
    assert (other.quality[0, alone.team_idx == 1] >= one.quality[0, alone.team_idx == 1]).all()
    assert other.quality[0, alone.team_idx == 1].sum() > one.quality[0, alone.team_idx == 1].sum()
    np.testing.assert_array_equal(other.quality[0, alone.team_idx == 0], one.quality[0, alone.team_idx == 0])
    asked = run(alone, policy(territory={"pooled_share": 1.0, "teams": ["T2"]}))
    np.testing.assert_array_equal(asked.quality, other.quality)
