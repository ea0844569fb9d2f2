"""A policy that can have no effect gives the baseline's year, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import LEVERS, YearRules
from territory.policy import PolicyProblem, YearResult, simulate
from tests.policy.policy_towns import BUSY, policy, two_teams

RESTLESS = YearRules(turnover_contract=0.5, vacancy_months=1.0, horizon_months=13)
STRONG = {name: BUSY[name] for name in LEVERS}


@pytest.fixture(scope="module")
def restless() -> PolicyProblem:
    return two_teams(year=RESTLESS)


@pytest.fixture(scope="module")
def baseline(restless: PolicyProblem) -> YearResult:
    year = simulate(restless, policy(), seed=3, replication=1)
    assert year.quits.sum() > 0
    assert year.hires.sum() > 0
    return year


@pytest.mark.parametrize("name", LEVERS)
@pytest.mark.parametrize(
    "never",
    [{"strength": 0.0}, {"grades": []}, {"start_month": 14}],
    ids=["no strength", "nobody eligible", "after the horizon"],
)
def test_a_lever_that_never_acts_is_the_baseline(
    name: str, never: dict[str, Any], restless: PolicyProblem, baseline: YearResult
) -> None:
    year = simulate(restless, policy(**{name: STRONG[name] | {"cost_per_month": 900.0} | never}), seed=3, replication=1)
    assert year.facts_differing(baseline) == ()
    assert not year.strength[:, LEVERS.index(name)].any()


@pytest.mark.parametrize(
    "never",
    [
        {"covered_share": 0.0},
        {"teams": ["a team that is not there"]},
        {"min_tenure_months": 600},
        {"when": {"measure": "turnover", "above": 1000.0}},
        {"when": {"measure": "visit_completion", "below": 0.0}},
    ],
    ids=lambda never: next(iter(never)),
)
def test_all_levers_for_nobody_are_the_baseline(
    never: dict[str, Any], restless: PolicyProblem, baseline: YearResult
) -> None:
    year = simulate(restless, policy(**{name: STRONG[name] | never for name in LEVERS}), seed=3, replication=1)
    assert year.facts_differing(baseline) == ()


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_at_full_strength_is_not_the_baseline(name: str, restless: PolicyProblem, baseline: YearResult) -> None:
    """So that the tests above can fail."""
    year = simulate(restless, policy(**{name: STRONG[name]}), seed=3, replication=1)
    assert year.facts_differing(baseline)


IDLE: dict[str, dict[str, Any]] = {
    "another sentence": {"why": "the same thing in other words"},
    "a budget for what costs nothing": {"budget_per_year": 0.0},
    "no pairs, many hours": {"mentoring": {"pairs_share": 0.0, "hours_per_week": 10.0}},
    "no pairs, at random": {"mentoring": {"rule": "random"}},
    "no pairs, high target": {"mentoring": {"target_gain_points": 50.0, "max_renewals": 9, "joint_points": 9.0}},
    "pairs that never meet": {"mentoring": {"pairs_share": 0.5, "hours_per_week": 0.0}},
    "pairs that nobody wants": {"mentoring": {"pairs_share": 0.5, "voluntary_share": 0.0}},
    "threshold without bonus": {"bonus": {"threshold": 0.5}},
    "yearly period without bonus": {"bonus": {"period_months": 12}},
    "frame without bonus": {"bonus": {"frame": "penalty"}},
    "floor without commission": {"commission": {"floor": 0.9}},
    "cap without commission": {"commission": {"cap": 1.1}},
    "accelerator without pay": {"commission": {"accelerator_from": 0.5}},
    "goods of no worth, late": {"noncash": {"delay_months": 6}},
    "weights as they were": {"component_weights": {"mid": [0.3, 0.5, 0.2]}},
    "exam that asks nothing": {"onboarding": {"exam_threshold": 0.0}},
    "award of nothing": {"team_award": {"period_months": 3}},
    "penalty without audit": {"anti_gaming": {"penalty_share": 3.0}},
    "audit cost without audit": {"anti_gaming": {"cost_per_audit": 900.0}},
    "follow-up of no visits": {"field_visits": {"cost_per_visit": 90.0}},
    "courses of no days": {"training": {"refreshers": 3, "tier_factors": [2, 2, 2, 2], "cost_per_day": 9.0}},
    "supervisor without attention": {"supervisor": {"targeting": 1.0}},
    "a shock without loss": {"supply": {"shock_months": [3, 4], "shock_supply": 2.0}},
    "growth of no targets": {"targets": {"growth_per_year": 0.0, "ratchet": 0.0}},
}


@pytest.mark.parametrize("name", IDLE)
def test_settings_without_what_they_belong_to_are_the_baseline(
    name: str, restless: PolicyProblem, baseline: YearResult
) -> None:
    variant = simulate(restless, policy(**IDLE[name]), seed=3, replication=1)
    assert variant.facts_differing(baseline) == ()


CERTAIN = {"normal": 1.0, "abnormal": 1.0}
TWO_PARTS = {"junior": [0.5, 0.5, 0], "mid": [0.5, 0.5, 0], "senior": [0.5, 0.5, 0]}
PRIZES = {"score_bonus_points": 9.0, "prize_per_member": 900.0, "symbolic": 1.0}

SITUATIONS: dict[str, tuple[PolicyProblem, dict[str, Any], dict[str, Any]]] = {
    "no pool to share out": (
        two_teams(),
        {"egalitarian_pool": {"pool_share": 0.0}},
        {"egalitarian_pool": {"pool_share": 0.0, "egalitarian_share": 0.0}},
    ),
    "no abnormal month": (
        two_teams(year=YearRules(abnormal_months=())),
        {},
        {"outcome_weight": {"abnormal": 0.0}},
    ),
    "no senior to be weighed": (
        two_teams(grade=np.arange(8) % 2),
        {},
        {"component_weights": {"senior": [1.0, 0.0, 0.0]}},
    ),
    "nobody ever comes new": (
        two_teams(year=YearRules(turnover_contract=0.0, turnover_formal=0.0)),
        {},
        {
            "onboarding": {"classroom_weeks": 6, "exam_threshold": 95.0, "cost_per_hire": 9000.0},
            "hiring": {"lead_factor": 0.1, "screening": 1.0, "cost_per_hire": 900.0},
        },
    ),
    "one team has nobody to beat": (
        two_teams(team_idx=np.zeros(8)),
        {},
        {"team_award": PRIZES},
    ),
    "no team at all": (two_teams(team_idx=np.full(8, -1)), {}, {"team_award": PRIZES}),
    "no formal staff": (two_teams(is_formal=np.zeros(8)), {}, {"base_pay": {"status_gap": 3.0}}),
    "nobody on a higher step": (
        two_teams(step=np.ones(8)),
        {},
        {"ladder": {"step_pay": 0.5, "jump_share": 0.9, "stop_month": 11}},
    ),
    "no season to swing": (
        two_teams(year=YearRules(season=(1.0,) * 12)),
        {},
        {"supply": {"season_strength": 2.0}},
    ),
    "goods that come without end": (
        two_teams(year=YearRules(supply_limited=False)),
        {},
        {"supply": {"shock_months": [1, 2, 3], "shock_supply": 0.1}},
    ),
    "no border to watch": (
        two_teams(cross_flow=np.zeros((8, 8))),
        {},
        {"anti_gaming": {"market_watch": 1.0}},
    ),
    "a year that does not end": (
        two_teams(year=YearRules(horizon_months=6)),
        {},
        {
            "ladder": {"management_track": 0.2, "jump_share": 1.0},
            "stars": {"monopoly": 1.0, "sales": 0.0, "logistics": 0.0, "call_centre": 0.0},
        },
    ),
    "territories alike in the team": (
        two_teams(potential=np.ones((8, 3))),
        {},
        {"territory": {"rebalance_share": 1.0}},
    ),
    "judges of conduct without a say": (
        two_teams(),
        {"outcome_weight": CERTAIN, "component_weights": TWO_PARTS},
        {
            "outcome_weight": CERTAIN,
            "component_weights": TWO_PARTS,
            "evaluators": {"bias": 0.9, "inspection": 0.0, "service_centre": 0.0, "head": 1.0},
        },
    ),
}
# What a measurement without weight looks like may differ; what follows from it may not.
UNWEIGHED = {"judges of conduct without a say": {"judged"}}


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_lever_with_nothing_to_grip_is_the_baseline(name: str) -> None:
    problem, before, after = SITUATIONS[name]
    first = simulate(problem, policy(**before), seed=5, replication=0)
    differing = set(simulate(problem, policy(**after), seed=5, replication=0).facts_differing(first))
    assert differing == UNWEIGHED.get(name, set())


def test_there_are_more_than_twenty_five_variants() -> None:
    assert len(LEVERS) * 3 + len(IDLE) + len(SITUATIONS) >= 100
