"""More of one thing never gives less of another, and levers pull in the direction of the evidence."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.domain.policy_rules import PolicyRules, YearRules
from territory.policy import Behaviour, PolicyProblem, YearResult, simulate
from territory.policy._world.careers import quit_probability
from territory.policy._world.learning import after_mentoring
from territory.policy.kpi import measures
from tests.policy.policy_towns import SETTLED, alike, policy, scaled, town_in, two_teams

INCENTIVES = {"egalitarian_pool": {"egalitarian_share": 0.2}, "commission": {"share": 0.2}}
NO_PRIZE = {"egalitarian_pool": {"egalitarian_share": 1.0}, "ladder": {"meritocracy": 0.0}}


def run(problem: PolicyProblem, rules: PolicyRules, replication: int = 0) -> YearResult:
    return simulate(problem, rules, seed=11, replication=replication)


def value(problem: PolicyProblem, year: YearResult, name: str) -> float:
    return next(measure.value for measure in measures(problem, year) if measure.name == name)


def test_more_visits_never_lower_goodwill() -> None:
    """With time for all of them, and nobody who leaves."""
    problem = alike(service_min=np.full((8, 3), 10.0))
    goodwill = [
        run(problem, policy(**NO_PRIZE, visit_rules={"frequency_factor": factor})).goodwill
        for factor in (0.5, 0.8, 1.0, 1.2, 1.5)
    ]
    for few, many in itertools.pairwise(goodwill):
        assert (many >= few - 1e-12).all()
        assert many.sum() > few.sum()


@given(st.floats(0.0, 0.5), st.floats(0.0, 0.5), st.floats(0.1, 2.0), st.floats(0.1, 2.0), st.floats(0.0, 8.0))
def test_a_higher_transfer_never_lowers_the_mentees_skill(
    one: float, other: float, mentee: float, mentor: float, hours: float
) -> None:
    low, high = (
        after_mentoring(
            mentee=np.array([mentee]), mentor=np.array([mentor]), weeks=4.2, hours_per_week=hours, transfer_per_week=eta
        )[0]
        for eta in sorted((one, other))
    )
    assert mentee <= low <= high <= max(mentee, mentor) + 1e-12


def test_a_higher_transfer_never_lowers_skill_in_a_year_either() -> None:
    """Pairs that form at the same time, as nothing they learn is judged."""
    skill = []
    for transfer in (0.0, 0.1, 0.2, 0.4):
        problem = two_teams(year=YearRules(**SETTLED), behaviour=Behaviour(transfer_per_week=transfer))
        lever = {"pairs_share": 0.5, "target_gain_points": 100.0, "max_renewals": 36}
        skill.append(run(problem, policy(**NO_PRIZE, mentoring=lever)).skill[-1])
    for low, high in itertools.pairwise(skill):
        assert (high >= low - 1e-12).all()
        assert high.sum() > low.sum()


@given(
    st.lists(st.floats(0.1, 3.0), min_size=8, max_size=8),
    st.lists(st.floats(0.3, 2.0), min_size=8, max_size=8),
    st.floats(1.0, 2.0),
)
def test_more_pay_never_raises_the_hazard(levels: list[float], abilities: list[float], lift: float) -> None:
    level = np.array(levels)
    low, high = (
        quit_probability(
            two_teams(),
            is_formal=np.zeros(8, dtype=np.int64),
            pay_level=pay,
            tenure_months=np.full(8, 5.0),
            morale=np.zeros(8),
            ability=np.array(abilities),
            status_gap=np.zeros(8),
        )
        for pay in (level, level * lift)
    )
    assert (high <= low + 1e-15).all()


def test_higher_base_pay_never_loses_anybody_who_would_have_stayed() -> None:
    """Until the first of them leaves, both companies are the same people: leavers of month one are a subset."""
    problem = town_in(turnover_contract=0.95, turnover_formal=0.9)
    for replication in range(10):
        low, high = (
            run(problem, policy(**NO_PRIZE, base_pay={"multiplier": pay}), replication).quits[0] for pay in (0.7, 1.4)
        )
        assert (high <= low).all()


def test_more_audits_never_raise_dumping() -> None:
    """While nobody leaves and penalties do not drive people away."""
    problem = town_in(turnover_contract=0.0, turnover_formal=0.0)
    dumped = [
        run(problem, policy(**INCENTIVES, anti_gaming={"audit_rate": rate, "penalty_share": 0.3})).effort[0, :, 3]
        for rate in (0.0, 0.05, 0.2, 0.6)
    ]
    for few, many in itertools.pairwise(dumped):
        assert (many <= few + 1e-12).all()
    assert dumped[0].sum() > dumped[-1].sum()


def test_a_closely_watched_market_narrows_what_is_dumped() -> None:
    problem = town_in(turnover_contract=0.0, turnover_formal=0.0)
    dumped = [
        run(problem, policy(**INCENTIVES, anti_gaming={"market_watch": watch})).dumped_out.sum()
        for watch in (0, 0.5, 1)
    ]
    assert dumped[0] > dumped[1] > dumped[2] == 0


def test_more_frequent_visits_sell_more_with_elasticity_031() -> None:
    """A flat, noiseless year without carry-over and time for all visits: an arc of ten per cent around today."""
    year = YearRules(**SETTLED, season=(1.0,) * 12, goodwill_carry=0.0)
    problem = alike(year=year, planned_visits=np.full((8, 3), 40.0), required_visits=np.full((8, 3), 42.0))
    more = replace(problem, planned_visits=np.full((8, 3), 44.0))
    fewer, many = (run(each, policy(**NO_PRIZE)).true_sales[-1].sum() for each in (problem, more))
    assert np.log(many / fewer) / np.log(1.1) == pytest.approx(0.31, abs=0.005)


def test_slower_roads_cost_visits(restless_town: PolicyProblem) -> None:
    slow = replace(restless_town, drive_min=restless_town.drive_min + 6)
    assert run(slow, policy()).done_visits.sum() < run(restless_town, policy()).done_visits.sum()


@pytest.mark.parametrize("share", ["admin_saving_share", "travel_saving_share"])
def test_the_sheet_that_saves_paperwork_or_roads_makes_time_for_visits(share: str) -> None:
    tight = replace(two_teams(), drive_min=two_teams().drive_min + 6)
    saved, plain = run(tight, policy(one_page_method={share: 0.4})), run(tight, policy())
    assert value(tight, saved, "core_share") > value(tight, plain, "core_share")
    assert value(tight, saved, "visits_done") > value(tight, plain, "visits_done")


MENTORED = {"mentoring": {"pairs_share": 0.25, "target_gain_points": 50.0}}


@pytest.mark.parametrize(
    ("measure", "sign", "before", "after"),
    [
        ("true_sales", 1, {}, INCENTIVES),
        ("gaming_index", 1, {}, INCENTIVES),
        ("skill", 1, {}, MENTORED),
        ("skill", 1, MENTORED, {"mentoring": MENTORED["mentoring"] | {"hours_per_week": 4.0}}),
        ("true_sales", 1, {}, {"team_award": {"prize_per_member": 400.0}}),
        ("true_sales", 1, {}, {"training": {"days_per_year": 10.0, "month": 1}}),
        ("true_sales", 1, {}, {"review": {"goal_talk": 1.0}}),
        ("true_sales", -1, {}, {"review": {"rank_feedback": 1.0}}),
        ("skill", 1, {}, {"review": {"best_practice_share": 0.1}}),
        ("true_sales", 1, {}, {"field_visits": {"followup_per_month": 3.0}}),
        ("true_sales", 1, {}, {"supervisor": {"incentive_share": 0.5}}),
        ("quality", -1, {}, {"visit_rules": {"rigidity": 1.0}}),
        ("padded_visits", 1, {}, {"activity_pay": {"reports_share": 0.4}}),
        (
            "influence_share",
            -1,
            {"evaluators": {"bias": 0.9}, **INCENTIVES},
            {"evaluators": {"bias": 0.9, "masked": 1.0}, **INCENTIVES},
        ),
        ("harm", 1, INCENTIVES, {**INCENTIVES, "ladder": {"forced_distribution": 1.0}}),
        ("turnover", -1, {}, {"base_pay": {"multiplier": 1.5}}),
        ("true_sales", 1, {}, {"commission": {"churn_penalty_share": 2.0}}),
        ("overdue", -1, {}, {"activity_pay": {"receivables_share": 0.2}}),
        ("gaming_index", -1, INCENTIVES, {**INCENTIVES, "activity_pay": {"receivables_share": 0.2}}),
        ("skill", 1, {}, {"activity_pay": {"innovation_share": 0.2}}),
        ("ideas", 1, {}, {"activity_pay": {"innovation_share": 0.2}}),
        ("supervisor_pay", 1, {}, {"supervisor": {"span_factor": 0.5}}),
        ("vacant_days", -1, {}, {"hiring": {"lead_factor": 0.25}}),
        ("eliminated", 1, {}, {"ladder": {"bottom_elimination": 0.2}}),
        ("exam_failures", 1, {}, {"onboarding": {"exam_threshold": 75.0}}),
        ("true_sales", -1, {}, {"supply": {"shock_months": [2, 3], "shock_supply": 0.5}}),
        ("attainment", -1, {}, {"targets": {"level": 1.2}}),
        ("payroll", 1, {}, {"noncash": {"share": 0.1}}),
    ],
    ids=str,
)
def test_levers_pull_in_the_direction_of_the_evidence(
    measure: str, sign: int, before: dict[str, Any], after: dict[str, Any]
) -> None:
    problem = two_teams(12, year=YearRules(turnover_contract=0.5, vacancy_months=1.0, sabotage=1.0))
    gaps = []
    for replication in range(2):
        old, new = (run(problem, policy(**sections), replication) for sections in (before, after))
        gaps.append(value(problem, new, measure) - value(problem, old, measure))
    assert sign * np.mean(gaps) > 0


def test_pay_that_follows_results_spreads_the_pay_of_equals() -> None:
    year = YearRules(turnover_contract=0.0, turnover_formal=0.0)
    problem = two_teams(year=year, grade=np.ones(8), is_formal=np.zeros(8), step=np.ones(8))
    before, after = (value(problem, run(problem, policy(**sections)), "pay_gini") for sections in ({}, INCENTIVES))
    assert after > 2 * before


def test_scaling_helper_changes_only_what_it_names(town: PolicyProblem) -> None:
    twice = scaled(town, potential=2.0)
    assert np.array_equal(twice.drive_min, town.drive_min)
    assert np.array_equal(twice.potential, 2 * town.potential)
