"""Laws of a simulated year, one sentence each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import PolicyRules, YearRules
from territory.policy import Draws, PolicyProblem, YearResult, simulate
from territory.policy.kpi import measures
from territory.policy.result import ACTIVITIES
from tests.policy.policy_towns import permuted, policy, two_teams

GAME = ACTIVITIES.index("game")
INCENTIVES = {"egalitarian_share": 0.2, "commission_share": 0.2}


def run(problem: PolicyProblem, rules: PolicyRules, replication: int = 0) -> YearResult:
    return simulate(problem, rules, seed=11, replication=replication)


def value(problem: PolicyProblem, year: YearResult, name: str) -> float:
    return next(measure.value for measure in measures(problem, year) if measure.name == name)


def test_the_same_address_gives_the_same_year(restless_town: PolicyProblem, busy_policy: PolicyRules) -> None:
    assert run(restless_town, busy_policy) == run(restless_town, busy_policy)
    assert run(restless_town, busy_policy) != run(restless_town, busy_policy, replication=1)
    assert len({run(restless_town, busy_policy), run(restless_town, busy_policy)}) == 1


def test_shared_draws_change_nothing(restless_town: PolicyProblem, busy_policy: PolicyRules) -> None:
    draws = Draws.of(restless_town, seed=11, replication=0)
    simulate(restless_town, policy(), seed=11, replication=0, draws=draws)
    shared = simulate(restless_town, busy_policy, seed=11, replication=0, draws=draws)
    assert shared == run(restless_town, busy_policy)


def test_draws_of_another_address_are_refused(town: PolicyProblem) -> None:
    with pytest.raises(ValueError, match="another seed"):
        simulate(town, policy(), seed=11, replication=0, draws=Draws.of(town, seed=11, replication=1))


def test_listing_the_reps_in_another_order_permutes_the_year(busy_policy: PolicyRules) -> None:
    problem = two_teams(year=YearRules(turnover_contract=0.5))
    order = np.array([3, 7, 0, 5, 1, 6, 2, 4])
    year, shuffled = run(problem, busy_policy), run(permuted(problem, order), busy_policy)
    for name in ("true_sales", "recorded_sales", "done_visits", "score", "pay", "skill", "quits", "is_filled_day"):
        np.testing.assert_allclose(getattr(shuffled, name), getattr(year, name)[:, order], rtol=1e-9, err_msg=name)
    assert np.array_equal(shuffled.grade_next, year.grade_next[order])


def test_without_noise_all_replications_are_one(busy_policy: PolicyRules) -> None:
    problem = two_teams(year=YearRules(noise=0.0))
    for rules in (policy(), busy_policy):
        assert run(problem, rules, 0) == run(problem, rules, 1) == run(problem, rules, 2)


def test_an_equal_share_for_all_leaves_effort_ordinary(town: PolicyProblem) -> None:
    effort = run(town, policy(pay={"egalitarian_share": 1.0})).effort
    filled = run(town, policy(pay={"egalitarian_share": 1.0})).is_filled
    assert (effort[filled] == np.array([1.0, 1.0, 0.0, 0.0])).all()


def test_an_equal_share_for_all_pays_a_grade_alike() -> None:
    problem = two_teams(grade=np.ones(8, dtype=np.int64), is_formal=np.zeros(8, dtype=np.int64))
    problem = replace(problem, year=YearRules(turnover_contract=0.0))
    pay = run(problem, policy(pay={"egalitarian_share": 1.0})).pay.sum(axis=(0, 2))
    np.testing.assert_allclose(pay, pay[0], rtol=1e-12)


def test_doubling_the_market_doubles_sales(town: PolicyProblem) -> None:
    double = replace(town, potential=town.potential * 2)
    np.testing.assert_allclose(run(double, policy()).true_sales, 2 * run(town, policy()).true_sales, rtol=1e-12)


def test_dumping_leaves_consumption_alone(restless_town: PolicyProblem) -> None:
    rules = policy(pay=INCENTIVES)
    closed = replace(restless_town, cross_flow=np.zeros_like(restless_town.cross_flow))
    year = run(restless_town, rules)
    leak = restless_town.year.leak_share
    assert year.dumped_out.sum() > 0
    assert run(closed, rules).dumped_out.sum() == 0
    booked = year.recorded_sales.sum() - year.pulled[-1].sum()
    assert booked == pytest.approx(year.true_sales.sum() + leak * year.dumped_out.sum(), rel=1e-12)


def test_pulled_orders_are_missing_a_month_later() -> None:
    problem = two_teams(cross_flow=np.zeros((8, 8)))
    year = run(problem, policy(pay={"bonus_share": 0.3}))
    assert year.pulled[2].sum() > 0
    assert not year.pulled[[0, 1, 3, 4, 6, 7]].any()
    difference = year.recorded_sales - year.true_sales.sum(axis=2)
    np.testing.assert_allclose(difference[3], -year.pulled[2], rtol=1e-6, atol=1e-6)
    assert difference.sum() == pytest.approx(year.pulled[11].sum(), rel=1e-6)


@pytest.mark.parametrize("rates", [(0.0, 0.05), (0.05, 0.2), (0.2, 0.8)])
def test_more_audit_never_raises_gaming(rates: tuple[float, float], restless_town: PolicyProblem) -> None:
    less, more = (
        run(restless_town, policy(pay=INCENTIVES, anti_gaming={"audit_rate": rate, "penalty_share": 0.3}))
        for rate in rates
    )
    assert (more.effort[0, :, GAME] <= less.effort[0, :, GAME]).all()
    assert more.dumped_out.sum() <= less.dumped_out.sum()


def test_more_border_makes_more_dumping() -> None:
    few, many = (two_teams(cross_flow=share * two_teams().cross_flow) for share in (1.0, 3.0))
    assert run(many, policy(pay=INCENTIVES)).dumped_out.sum() > run(few, policy(pay=INCENTIVES)).dumped_out.sum()


def test_more_visits_raise_sales_by_the_long_run_elasticity() -> None:
    calm = YearRules(noise=0.0, max_uplift=1.0, abnormal_months=(), goodwill_carry=0.0)
    problem = two_teams(
        year=calm,
        ability=np.ones(8),
        plateau=np.ones((8, 2)),
        tenure_months=np.full(8, 1e6),
        potential=np.full((8, 3), 1000.0),
        required_visits=np.full((8, 3), 40.0),
        planned_visits=np.full((8, 3), 40.0),
        drive_min=np.full(8, 1.0),
        service_min=np.ones((8, 3)),
    )
    rules = policy(pay={"egalitarian_share": 1.0})
    more = replace(problem, planned_visits=np.full((8, 3), 44.0))
    ratio = run(more, rules).true_sales.sum() / run(problem, rules).true_sales.sum()
    assert np.log(ratio) / np.log(1.1) == pytest.approx(0.31, abs=0.01)


def test_faster_roads_never_cost_visits(restless_town: PolicyProblem) -> None:
    tight = replace(restless_town, drive_min=restless_town.drive_min + 6)
    slow = run(tight, policy()).done_visits.sum()
    assert slow < run(restless_town, policy()).done_visits.sum()


def test_the_sheet_that_saves_paperwork_makes_time_for_visits() -> None:
    tight = replace(two_teams(), drive_min=two_teams().drive_min + 6)
    saved = run(tight, policy(one_page_method={"admin_saving_share": 0.4}))
    plain = run(tight, policy())
    assert value(tight, saved, "core_share") > value(tight, plain, "core_share")
    assert value(tight, saved, "visits_done") > value(tight, plain, "visits_done")


def mean_difference(problem: PolicyProblem, name: str, before: dict[str, Any], after: dict[str, Any]) -> float:
    gaps = []
    for replication in range(4):
        old, new = (run(problem, policy(**sections), replication) for sections in (before, after))
        gaps.append(value(problem, new, name) - value(problem, old, name))
    return float(np.mean(gaps))


@pytest.mark.parametrize(
    ("measure", "sign", "before", "after"),
    [
        ("true_sales", 1, {}, {"pay": INCENTIVES}),
        ("gaming_index", 1, {}, {"pay": INCENTIVES}),
        ("pay_gini", 1, {}, {"pay": INCENTIVES}),
        ("skill", 1, {}, {"mentoring": {"pairs_share": 0.25}}),
        ("skill", 1, {"mentoring": {"pairs_share": 0.25}}, {"mentoring": {"pairs_share": 0.25, "hours_per_week": 4.0}}),
        ("skill_sd", -1, {}, {"mentoring": {"pairs_share": 0.25}}),
        ("true_sales", 1, {}, {"team_award": {"prize_per_member": 400.0}}),
        ("skill", 1, {}, {"review": {"best_practice_share": 0.1}}),
        ("true_sales", 1, {}, {"followup": {"visits_per_month": 3.0}}),
        ("skill", 1, {}, {"onboarding": {"shadow_weeks": 4}}),
        ("exam_failures", 1, {}, {"onboarding": {"exam_threshold": 70.0}}),
    ],
    ids=str,
)
def test_levers_pull_in_the_direction_of_the_evidence(
    measure: str, sign: int, before: dict[str, Any], after: dict[str, Any]
) -> None:
    problem = two_teams(12, year=YearRules(turnover_contract=0.5, vacancy_months=1.0))
    assert sign * mean_difference(problem, measure, before, after) > 0


def test_treatment_that_ends_in_march_is_the_baseline_before_it_starts() -> None:
    problem = two_teams()
    late = run(problem, policy(mentoring={"pairs_share": 0.25, "start_month": 7}))
    base = run(problem, policy())
    assert np.array_equal(late.true_sales[:6], base.true_sales[:6])
    assert not np.array_equal(late.skill[6:], base.skill[6:])
    assert late.pair_start.min() == 6


def test_two_programmes_for_different_grades_add_up_when_nothing_couples_people() -> None:
    problem = two_teams(
        year=YearRules(peer_effect=0.0), cross_flow=np.zeros((8, 8)), drive_min=two_teams().drive_min + 6
    )
    alone = {"pay": {"egalitarian_share": 1.0}}

    def sales(*grades: str) -> np.ndarray:
        sheet = {"admin_saving_share": 0.4, "grades": list(grades)}
        return run(problem, policy(**alone, one_page_method=sheet)).true_sales

    nothing, both = sales(), sales("junior", "senior")
    assert (both != nothing).any()
    np.testing.assert_allclose(both - nothing, sales("junior") + sales("senior") - 2 * nothing, rtol=1e-9, atol=1e-6)


def test_an_incentive_that_ends_is_forgotten_as_fast_as_goodwill() -> None:
    settled = {"turnover_contract": 0.0, "turnover_formal": 0.0, "goodwill_carry": 0.5}
    problem = two_teams(
        year=YearRules(**settled),
        drive_min=np.full(8, 1.0),
        tenure_months=np.full(8, 1e6),
        cross_flow=np.zeros((8, 8)),
    )
    equal = {"egalitarian_share": 1.0}
    base = run(problem, policy(pay=equal))
    treated = run(problem, policy(pay=equal, team_award={"prize_per_member": 800.0, "stop_month": 3}))
    gap = np.abs(treated.goodwill - base.goodwill)
    assert gap[2].min() > 0
    assert (gap[11] < gap[2] * 0.5**8).all()


def test_levers_follow_their_months() -> None:
    year = run(two_teams(), policy(mentoring={"pairs_share": 0.25, "start_month": 2, "stop_month": 5}))
    assert year.pair_start.min() == 1
    assert year.pair_end.max() == 4


@pytest.mark.parametrize(
    "change",
    [
        {"base_pay_per_month": 6000.0},
        {"grade_pay": (1.0, 1.0, 1.0)},
        {"formal_pay": 1.0},
        {"hire_cost": 0.0},
        {"admin_share": 0.3},
        {"season": (1.0,) * 12},
        {"abnormal_months": (3,)},
        {"abnormal_supply": 0.5},
        {"max_uplift": 0.0},
        {"goodwill_carry": 0.1},
        {"turnover_contract": 0.1},
        {"turnover_formal": 0.9},
        {"vacancy_months": 3.0},
        {"vacancy_coverage": 0.1},
        {"leak_share": 0.5},
        {"peer_effect": 0.0},
        {"transfer_per_week": 0.3},
        {"grade_caps": (0.0, 0.5, 0.5)},
        {"noise": 0.5},
    ],
    ids=str,
)
def test_every_setting_of_the_world_has_an_effect(change: dict[str, Any], busy_policy: PolicyRules) -> None:
    ordinary = {"turnover_contract": 0.6, "turnover_formal": 0.5, "vacancy_months": 1.0}
    before, after = (two_teams(year=YearRules(**(ordinary | extra))) for extra in ({}, change))
    assert run(after, busy_policy).facts_differing(run(before, busy_policy)) != ()


def test_the_margin_is_what_profit_is_made_of(quiet_year: YearResult, restless_town: PolicyProblem) -> None:
    rich = replace(restless_town, year=restless_town.year.model_copy(update={"margin_share": 0.24}))
    extra = value(rich, quiet_year, "profit") - value(restless_town, quiet_year, "profit")
    assert extra == pytest.approx(0.12 * quiet_year.true_sales.sum(), rel=1e-9)
