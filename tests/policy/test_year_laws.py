"""Laws of a simulated year, one sentence each: what leaves a year alone, and what only scales or permutes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import LEVERS, PolicyRules, YearRules
from territory.policy import Behaviour, Draws, PolicyProblem, YearResult, simulate
from territory.policy.kpi import measures
from territory.policy.result import FACTS, PAY_PARTS
from tests.policy.policy_towns import BUSY, SETTLED, alike, permuted, policy, scaled, town_in, two_teams
from tests.policy.year_laws import LAWS, assert_lawful

NO_PRIZE = {"egalitarian_pool": {"egalitarian_share": 1.0}, "ladder": {"meritocracy": 0.0}}


def run(problem: PolicyProblem, rules: PolicyRules, replication: int = 0) -> YearResult:
    return simulate(problem, rules, seed=11, replication=replication)


def value(problem: PolicyProblem, year: YearResult, name: str) -> float:
    return next(measure.value for measure in measures(problem, year) if measure.name == name)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_busy_year_keeps_the_law(law: Any, restless_town: PolicyProblem, busy_year: YearResult) -> None:
    law(restless_town, busy_year)


def test_the_same_address_gives_the_same_year(restless_town: PolicyProblem, busy_policy: PolicyRules) -> None:
    first = run(restless_town, busy_policy)
    assert first == run(restless_town, busy_policy)
    assert first != run(restless_town, busy_policy, replication=1)
    assert len({first, run(restless_town, busy_policy)}) == 1


def test_neither_shared_draws_nor_the_order_of_policies_change_anything(
    restless_town: PolicyProblem, busy_policy: PolicyRules
) -> None:
    rules = (policy(), busy_policy)
    alone = [run(restless_town, each) for each in rules]
    for order in ((0, 1), (1, 0)):
        draws = Draws.of(restless_town, seed=11, replication=0)
        for place in order:
            assert simulate(restless_town, rules[place], seed=11, replication=0, draws=draws) == alone[place]


def test_draws_of_another_address_are_refused(town: PolicyProblem) -> None:
    with pytest.raises(ValueError, match="another seed"):
        simulate(town, policy(), seed=11, replication=0, draws=Draws.of(town, seed=11, replication=1))


@pytest.mark.parametrize("rule", ["strong_weak", "strong_weak_in_team", "random"])
def test_listing_the_reps_in_another_order_permutes_the_year(rule: str, restless_town: PolicyProblem) -> None:
    rules = policy(**BUSY | {"mentoring": BUSY["mentoring"] | {"rule": rule}})
    order = np.array([3, 7, 0, 5, 1, 6, 2, 4])
    year, shuffled = run(restless_town, rules), run(permuted(restless_town, order), rules)
    whole = {"supply", "is_abnormal", "pool", "costs", "supervisor_pay"}
    by_slot = [name for name in FACTS if not name.startswith("pair_") and name not in whole]
    for name in by_slot:
        place = 2 if name == "strength" else 1
        expected = np.take(getattr(year, name), order, axis=place)
        np.testing.assert_allclose(getattr(shuffled, name), expected, rtol=1e-9, atol=1e-9, err_msg=name)
    for name in whole:
        np.testing.assert_allclose(getattr(shuffled, name), getattr(year, name), rtol=1e-9, err_msg=name)
    pairs = lambda of, at: sorted(zip(of.pair_start, at[of.pair_mentor], at[of.pair_mentee], of.pair_end, strict=True))  # noqa: E731
    assert pairs(shuffled, order) == pairs(year, np.arange(8))


def test_without_noise_all_replications_are_one(busy_policy: PolicyRules) -> None:
    problem = town_in(noise=0.0)
    for rules in (policy(), busy_policy):
        first = run(problem, rules, 0)
        assert run(problem, rules, 1).facts_differing(first) == ()
        assert run(problem, rules, 2).facts_differing(first) == ()


def test_an_equal_share_for_all_leaves_effort_ordinary() -> None:
    """No pay follows what one does, and nobody sees what others do."""
    year = run(town_in(visibility="none"), policy(**NO_PRIZE))
    assert (year.effort[year.is_filled] == np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])).all()
    assert not year.dumped_out.any()
    assert not year.pulled.any()


def test_pay_that_follows_results_moves_effort() -> None:
    problem = town_in(visibility="none")
    less_equal = NO_PRIZE | {"egalitarian_pool": {"egalitarian_share": 0.5}}
    effort = run(problem, policy(**less_equal)).effort[0]
    assert (effort[:, :2] != 1.0).any(axis=1).all()


def test_an_equal_share_for_all_pays_a_grade_alike() -> None:
    problem = two_teams(grade=np.ones(8), is_formal=np.zeros(8), step=np.ones(8), year=YearRules(turnover_contract=0.0))
    pay = run(problem, policy(**NO_PRIZE)).pay.sum(axis=2)
    np.testing.assert_allclose(pay, pay[:, :1] * np.ones(8), rtol=1e-12)


def test_unequal_shares_pay_by_score() -> None:
    problem = two_teams(grade=np.ones(8), is_formal=np.zeros(8), step=np.ones(8), year=YearRules(turnover_contract=0.0))
    year = run(problem, policy(egalitarian_pool={"egalitarian_share": 0.0}))
    pool = year.pay[0, :, PAY_PARTS.index("pool")]
    np.testing.assert_allclose(pool / pool.sum(), year.score[0] / year.score[0].sum(), rtol=1e-12)


def test_doubling_the_market_doubles_sales() -> None:
    for supply_limited in (True, False):
        problem = town_in(supply_limited=supply_limited)
        once, twice = run(problem, policy()), run(scaled(problem, potential=2.0), policy())
        np.testing.assert_allclose(twice.true_sales, 2 * once.true_sales, rtol=1e-12)
        np.testing.assert_allclose(twice.score, once.score, rtol=1e-9)


def test_another_currency_leaves_everything_but_the_money(busy_policy: PolicyRules) -> None:
    rate = 0.125
    problem = town_in(turnover_contract=0.5, horizon_months=13)
    pounds = problem.year.model_copy(
        update={"base_pay_per_month": 5000.0 * rate, "hire_cost": problem.year.hire_cost * rate}
    )
    there = replace(scaled(problem, potential=rate), year=pounds, currency="GBP")
    rules = {name: dict(section) if isinstance(section, dict) else section for name, section in BUSY.items()}
    rules["budget_per_year"] *= rate
    for section in rules.values():
        if isinstance(section, dict):
            section |= {
                key: amount * rate for key, amount in section.items() if "cost_per" in key or "prize_per" in key
            }
    here, abroad = run(problem, busy_policy), run(there, policy(**rules))
    money = {
        "target",
        "potential",
        "base_pay",
        "true_sales",
        "dumped_out",
        "dumped_in",
        "pulled",
        "recorded_sales",
        "pool",
        "pay",
        "supervisor_pay",
        "overdue",
        "costs",
    }
    for name in FACTS:
        factor = rate if name in money else 1
        np.testing.assert_allclose(getattr(abroad, name), getattr(here, name) * factor, rtol=1e-9, err_msg=name)


def test_the_first_half_of_a_year_is_the_half_year(busy_policy: PolicyRules) -> None:
    """Six of twelve months, and twelve of thirty, over the ranking of the year."""
    for short, long in ((6, 12), (13, 16)):
        world = {"turnover_contract": 0.6, "vacancy_months": 0.5}
        half, whole = (run(town_in(**world, horizon_months=months), busy_policy) for months in (short, long))
        ends_in = {"is_filled_day", "budget_min_day", "used_min_day"}
        for name in FACTS:
            part, all_of = getattr(half, name), getattr(whole, name)
            if name.startswith("pair_"):
                started = whole.pair_start < short
                assert len(part) == started.sum()
                if name in ("pair_mentor", "pair_mentee", "pair_start"):
                    np.testing.assert_array_equal(part, all_of[started], err_msg=name)
                continue
            length = short * 21 if name in ends_in else short
            if len(part) == -(-short // 12):
                length = short // 12
            np.testing.assert_array_equal(part[:length], all_of[:length], err_msg=name)


def test_a_treatment_before_it_starts_is_the_baseline(town: PolicyProblem) -> None:
    late = run(town, policy(mentoring={"pairs_share": 0.25, "start_month": 7}))
    base = run(town, policy())
    assert np.array_equal(late.true_sales[:6], base.true_sales[:6])
    assert not np.array_equal(late.skill[6:], base.skill[6:])
    assert late.pair_start.min() == 6


@pytest.mark.parametrize(
    "treatment",
    [
        {"team_award": {"prize_per_member": 800.0}},
        {"commission": {"share": 0.3}},
        {"bonus": {"over_share": 0.5}},
        {"visit_rules": {"frequency_factor": 0.7}},
        {"field_visits": {"followup_per_month": 4.0}},
    ],
    ids=lambda treatment: next(iter(treatment)),
)
def test_a_treatment_that_ends_is_forgotten_as_fast_as_goodwill(treatment: dict[str, dict[str, Any]]) -> None:
    """Nothing to learn or to forget, nobody leaves, no score counts: what three months leave halves every month."""
    year = YearRules(turnover_contract=0.0, turnover_formal=0.0, goodwill_carry=0.5, supply_limited=False)
    problem = alike(year=year, behaviour=Behaviour(forgetting_half_life_months=1e15))
    sections = {name: section | {"stop_month": 3} for name, section in treatment.items()}
    base, treated = run(problem, policy(**NO_PRIZE)), run(problem, policy(**NO_PRIZE, **sections))
    gap = np.abs(treated.goodwill - base.goodwill)
    assert gap[2].min() > 0
    assert (gap[3:] <= gap[2] * 0.5 ** np.arange(1, 10)[:, None, None] * (1 + 1e-6)).all()


def test_two_programmes_for_different_grades_add_up_when_nothing_couples_people() -> None:
    """No colleagues in sight, no border, no contest, no pay by score."""
    problem = two_teams(
        year=YearRules(visibility="none"), cross_flow=np.zeros((8, 8)), drive_min=two_teams().drive_min + 6
    )

    def sales(**sections: Any) -> np.ndarray:
        return run(problem, policy(**NO_PRIZE, **sections)).true_sales

    junior = {"one_page_method": {"admin_saving_share": 0.4, "grades": ["junior"]}}
    senior = {"commission": {"share": 0.5, "grades": ["senior"]}}
    nothing, both = sales(), sales(**junior, **senior)
    parts = [sales(**each) - nothing for each in (junior, senior)]
    assert all(part.any() for part in parts)
    assert not (parts[0].any(axis=(0, 2)) & parts[1].any(axis=(0, 2))).any()
    np.testing.assert_allclose(both - nothing, sum(parts), rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("budget", [0.0, 1_000.0, 5_000.0, 20_000.0, 1e9])
def test_levers_never_cost_more_than_the_budget(budget: float, restless_town: PolicyProblem) -> None:
    costs = {name: BUSY.get(name, {}) | {"cost_per_month": 300.0} for name in LEVERS}
    year = run(restless_town, policy(**costs, budget_per_year=budget))
    spent = year.costs[:12, : len(LEVERS)].sum()
    assert spent <= budget
    suspended = ~year.strength.any(axis=2)
    assert suspended.all() == (budget < 300.0)
    assert suspended.any() == (budget < 1e9)
    assert_lawful(restless_town, year)


def test_suspended_levers_are_the_last_of_the_list(restless_town: PolicyProblem) -> None:
    costs = {name: {"cost_per_month": 300.0} for name in LEVERS}
    year = run(restless_town, policy(**costs, budget_per_year=3_000.0))
    acts = year.strength.any(axis=2)
    assert acts[0].tolist() == [True] * 10 + [False] * 15
    assert not acts[1:12].any()
    assert acts[12].tolist() == acts[0].tolist()


def test_without_noise_a_settled_year_repeats_itself() -> None:
    """Reps alike at the plateau: every month of a flat year is the first one."""
    problem = alike(year=YearRules(**SETTLED, season=(1.0,) * 12))
    year = run(problem, policy(**NO_PRIZE))
    np.testing.assert_allclose(year.goodwill[6:], year.goodwill[[6]] * np.ones((6, 1, 1)), rtol=0.02)
    np.testing.assert_allclose(year.skill, 1.0, rtol=1e-12)
    assert np.ptp(year.true_sales.sum(axis=(0, 2))) == pytest.approx(0.0, abs=1e-6)
