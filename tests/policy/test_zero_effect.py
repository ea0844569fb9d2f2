"""A policy that can have no effect gives the baseline's year, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from territory.domain.policy_rules import YearRules
from territory.policy import PolicyProblem, simulate
from tests.policy.policy_towns import policy, two_teams

RESTLESS = YearRules(turnover_contract=0.5, vacancy_months=1.0)
NEVER = {"start_month": 13}

SECTIONS: dict[str, dict[str, Any]] = {
    "another sentence": {"why": "the same thing in other words"},
    "no pairs, many hours": {"mentoring": {"pairs_share": 0.0, "hours_per_week": 10.0}},
    "no pairs, at random": {"mentoring": {"rule": "random"}},
    "no pairs, high target": {"mentoring": {"target_gain_points": 50.0, "max_renewals": 9}},
    "pairs that never meet": {"mentoring": {"pairs_share": 0.5, "hours_per_week": 0.0}},
    "pairs for no grade": {"mentoring": {"pairs_share": 0.5, "mentee_grades": []}},
    "pairs after the year": {"mentoring": {"pairs_share": 0.5, **NEVER}},
    "pay reform after the year": {"pay": {"egalitarian_share": 0.0, "commission_share": 1.0, **NEVER}},
    "threshold without bonus": {"pay": {"bonus_threshold": 0.5}},
    "yearly period without bonus": {"pay": {"bonus_period_months": 12}},
    "floor without commission": {"pay": {"commission_floor": 0.9}},
    "cap without commission": {"pay": {"commission_cap": 1.1}},
    "assessment after the year": {"assessment": {"outcome_weight_normal": 0.0, "evaluator_noise": 0.3, **NEVER}},
    "weights as they were": {"assessment": {"component_weights": {"mid": [0.3, 0.5, 0.2]}}},
    "onboarding after the year": {"onboarding": {"classroom_weeks": 8, "exam_threshold": 90.0, **NEVER}},
    "exam that asks nothing": {"onboarding": {"exam_threshold": 0.0}},
    "award after the year": {"team_award": {"score_bonus_points": 5.0, "prize_per_member": 500.0, **NEVER}},
    "award of nothing": {"team_award": {"score_bonus_points": 0.0, "prize_per_member": 0.0, "symbolic": 0.0}},
    "penalty without audit": {"anti_gaming": {"penalty_share": 3.0}},
    "audit cost without audit": {"anti_gaming": {"cost_per_audit": 900.0}},
    "audit after the year": {"anti_gaming": {"audit_rate": 1.0, **NEVER}},
    "follow-up of no visits": {"followup": {"visits_per_month": 0.0, "cost_per_visit": 90.0}},
    "follow-up of no grade": {"followup": {"visits_per_month": 4.0, "cost_per_visit": 90.0, "grades": []}},
    "follow-up after the year": {"followup": {"visits_per_month": 4.0, **NEVER}},
    "review that teaches nothing": {"review": {"best_practice_share": 0.0, "hours_per_month": 0.0}},
    "review of no grade": {"review": {"best_practice_share": 0.5, "hours_per_month": 8.0, "grades": []}},
    "review after the year": {"review": {"best_practice_share": 0.5, **NEVER}},
    "sheet that saves nothing": {"one_page_method": {"admin_saving_share": 0.0}},
    "sheet for no grade": {"one_page_method": {"admin_saving_share": 0.5, "grades": []}},
    "sheet after the year": {"one_page_method": {"admin_saving_share": 0.5, **NEVER}},
    "costs after the year": {"review": {"cost_per_month": 1000.0, **NEVER}},
}


@pytest.fixture(scope="module")
def restless() -> PolicyProblem:
    return two_teams(year=RESTLESS)


@pytest.mark.parametrize("name", SECTIONS)
def test_a_policy_without_effect_is_the_baseline(name: str, restless: PolicyProblem) -> None:
    baseline = simulate(restless, policy(), seed=3, replication=1)
    variant = simulate(restless, policy(**SECTIONS[name]), seed=3, replication=1)
    assert variant.facts_differing(baseline) == ()
    assert baseline.quits.sum() > 0


SITUATIONS: dict[str, tuple[PolicyProblem, dict[str, Any], dict[str, Any]]] = {
    "no pool to share out": (
        two_teams(),
        {"pay": {"pool_share": 0.0}},
        {"pay": {"pool_share": 0.0, "egalitarian_share": 0.0}},
    ),
    "no abnormal month": (
        two_teams(year=YearRules(abnormal_months=())),
        {},
        {"assessment": {"outcome_weight_abnormal": 0.0}},
    ),
    "no senior to be weighed": (
        two_teams(grade=np.arange(8) % 2),
        {},
        {"assessment": {"component_weights": {"senior": [1.0, 0.0, 0.0]}}},
    ),
    "nobody ever comes new": (
        two_teams(year=YearRules(turnover_contract=0.0, turnover_formal=0.0)),
        {},
        {"onboarding": {"classroom_weeks": 6, "exam_threshold": 95.0, "cost_per_hire": 9000.0}},
    ),
    "one team has nobody to beat": (
        two_teams(team_idx=np.zeros(8, dtype=np.int64)),
        {},
        {"team_award": {"score_bonus_points": 9.0, "prize_per_member": 900.0, "symbolic": 1.0}},
    ),
    "no team at all": (
        two_teams(team_idx=np.full(8, -1)),
        {},
        {"team_award": {"score_bonus_points": 9.0, "prize_per_member": 900.0, "symbolic": 1.0}},
    ),
    "judges of conduct without a say": (
        two_teams(),
        {
            "assessment": {
                "outcome_weight_normal": 1.0,
                "outcome_weight_abnormal": 1.0,
                "component_weights": {"junior": [0.5, 0.5, 0], "mid": [0.5, 0.5, 0], "senior": [0.5, 0.5, 0]},
            }
        },
        {
            "assessment": {
                "outcome_weight_normal": 1.0,
                "outcome_weight_abnormal": 1.0,
                "evaluator_bias": 0.9,
                "component_weights": {"junior": [0.5, 0.5, 0], "mid": [0.5, 0.5, 0], "senior": [0.5, 0.5, 0]},
            }
        },
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_lever_with_nothing_to_grip_is_the_baseline(name: str) -> None:
    problem, before, after = SITUATIONS[name]
    baseline = simulate(problem, policy(**before), seed=5, replication=0)
    assert simulate(problem, policy(**after), seed=5, replication=0).facts_differing(baseline) == ()


@pytest.mark.parametrize(
    "section",
    [
        {"pay": {"egalitarian_share": 0.0}},
        {"pay": {"pool_share": 0.5}},
        {"pay": {"commission_share": 0.1}},
        {"pay": {"commission_share": 0.1, "commission_floor": 0.8}},
        {"pay": {"commission_share": 0.1, "commission_cap": 1.0}},
        {"pay": {"bonus_share": 0.1}},
        {"pay": {"bonus_share": 0.1, "bonus_threshold": 0.8}},
        {"pay": {"bonus_share": 0.1, "bonus_period_months": 12}},
        {"assessment": {"outcome_weight_normal": 0.3}},
        {"assessment": {"outcome_weight_abnormal": 0.9}},
        {"assessment": {"component_weights": {"junior": [0.0, 1.0, 0.0]}}},
        {"assessment": {"evaluator_noise": 0.3}},
        {"assessment": {"evaluator_bias": 0.5}},
        {"mentoring": {"pairs_share": 0.25}},
        {"mentoring": {"pairs_share": 0.25, "rule": "random"}},
        {"mentoring": {"pairs_share": 0.25, "rule": "strong_weak_in_team"}},
        {"mentoring": {"pairs_share": 0.25, "hours_per_week": 4.0}},
        {"mentoring": {"pairs_share": 0.25, "target_gain_points": 30.0}},
        {"mentoring": {"pairs_share": 0.25, "target_gain_points": 30.0, "max_renewals": 0}},
        {"mentoring": {"pairs_share": 0.25, "mentee_grades": ["senior"]}},
        {"onboarding": {"classroom_weeks": 4}},
        {"onboarding": {"shadow_weeks": 3}},
        {"onboarding": {"exam_threshold": 60.0}},
        {"onboarding": {"cost_per_hire": 10.0}},
        {"team_award": {"score_bonus_points": 2.0}},
        {"team_award": {"prize_per_member": 50.0}},
        {"team_award": {"symbolic": 0.5}},
        {"anti_gaming": {"audit_rate": 0.5}},
        {"anti_gaming": {"audit_rate": 0.5, "cost_per_audit": 10.0}},
        {"followup": {"visits_per_month": 1.0}},
        {"followup": {"visits_per_month": 1.0, "cost_per_visit": 10.0}},
        {"followup": {"visits_per_month": 1.0, "grades": ["mid"]}},
        {"review": {"best_practice_share": 0.05}},
        {"review": {"hours_per_month": 4.0}},
        {"review": {"hours_per_month": 4.0, "grades": ["mid"]}},
        {"one_page_method": {"admin_saving_share": 0.2}},
        {"one_page_method": {"admin_saving_share": 0.2, "grades": ["mid"]}},
        {"one_page_method": {"admin_saving_share": 0.2, "stop_month": 3}},
        {"review": {"cost_per_month": 5.0}},
    ],
    ids=str,
)
def test_every_option_has_an_effect(section: dict[str, Any], restless: PolicyProblem) -> None:
    """The options of one section differ from the same section without the last option named, and from nothing."""
    (lever, options), *_ = section.items()
    fewer = {key: options[key] for key in list(options)[:-1]}
    without = simulate(restless, policy(**({lever: fewer} if fewer else {})), seed=3, replication=1)
    assert simulate(restless, policy(**section), seed=3, replication=1).facts_differing(without) != ()
